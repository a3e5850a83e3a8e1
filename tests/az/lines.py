#!/usr/bin/env python3
"""Prints the az commands that texts tell people to run: a JSON array of arguments a line, for az_args.py.

    lines.py FILE..    Markdown, Rust, or what a script printed
"""

import json
import re
import shlex
import sys
from pathlib import Path

# A command starts a line, a code span, a quoted text, or follows a colon.
COMMAND = re.compile(r"""(?:^[ \t]*|[`'"]|: )az ([a-z]+ ?[^\n`]*)""", re.MULTILINE)
# One that gives another's argument.
NESTED = re.compile(r"\$\(az ([^)]*)\)")
# Words after "az" that make a sentence, not a command.
SENTENCE = re.compile(r"(is|has|reports) ")


def arguments(command: str) -> list:
    command = re.sub(r'"\$\(.*?\)\\?"', "NESTED", command)
    # In a source file the text ends with its quote; in a code span inside a text, with the span.
    command = re.split(r"""(?<!\\)"[,;)]|(?<!\\)"$|\\"\)|' |, then|\. | \| honeytriage """, command)[0].replace('\\"', '"')
    command = re.sub(r"\$\{?\w+\}?|\{\{[^}]*\}\}|\{\w*\}", "VALUE", command)
    return shlex.split(command, comments=True)


def commands(text: str) -> list:
    text = re.sub(r"\\\n[ \t]*", "", text)
    found = [command for command in COMMAND.findall(text) if not SENTENCE.match(command)]
    return [arguments(command) for command in found + NESTED.findall(text)]


def main() -> int:
    for path in map(Path, sys.argv[1:]):
        for argv in commands(path.read_text()):
            print(json.dumps(argv))
    return 0


if __name__ == "__main__":
    sys.exit(main())
