"""Scenarios of the scripted az: JSON files in scenarios/.

    about      what is the case
    like       the scenario that answers what this one does not
    lab        values of lab.sh that differ from tests/az/lab.sh
    without    files that are not in the bundle; `with`: files that are (path: text)
    env        variables of the script
    documents  Azure's JSON by name, for `of`
    answers    a list; the first that matches a call answers it:
                 az    the call: command words, then words that some argument must contain (=word: must be)
                 out, err, exit, sleep    what az prints, its exit code, and seconds before
                 of    the document that `out` is taken from by --query and --output: queries.py checks that
                 then  a list of such answers for the second call, the third ..; the last one stays
    runs       a list: do (script and arguments), exit, says, never, calls (in this order), not_called, input,
               interrupt (Ctrl-C when the output has this text), secret (text of the file with the key)
"""

import json
from functools import cache
from pathlib import Path


class Rule:
    """One entry of `answers`."""

    def __init__(self, entry: dict, owner: "Scenario"):
        self.entry = entry
        self.owner = owner
        self.words = entry["az"].split(" ")
        options = [at for at, word in enumerate(self.words) if not word[:1].isalpha()]
        self.command = self.words[: options[0]] if options else self.words
        self.inside = self.words[len(self.command) :]

    def matches(self, argv: list) -> bool:
        if argv[: len(self.command)] != self.command:
            return False
        return all(self.has(argv, word) for word in self.inside)

    @staticmethod
    def has(argv: list, word: str) -> bool:
        if word.startswith("="):
            return word[1:] in argv
        return any(word in argument for argument in argv)

    def answer(self, calls: int) -> dict:
        answers = [self.entry, *self.entry.get("then", [])]
        return answers[min(calls, len(answers) - 1)]


class Scenario:
    """A scenario with those it is like."""

    def __init__(self, path: Path):
        self.name = path.stem
        self.own = json.loads(path.read_text())
        self.path = path
        self.base = load(path.with_name(self.own["like"] + ".json")) if "like" in self.own else None
        self.rules = [Rule(entry, self) for entry in self.own.get("answers", [])]

    def find(self, argv: list):
        for rule in self.rules:
            if rule.matches(argv):
                return rule
        return self.base.find(argv) if self.base else None

    def merged(self, key: str) -> dict:
        return {**(self.base.merged(key) if self.base else {}), **self.own.get(key, {})}


@cache
def load(path: Path) -> Scenario:
    return Scenario(path)
