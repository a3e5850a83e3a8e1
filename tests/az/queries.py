#!/usr/bin/env python3
"""Holds the scripted az to Azure's shapes: what an answer prints must be what --query and --output make of its document.

    queries.py FOLDER [--write]    FOLDER: of `run.py --all --calls FOLDER`; run it with the python of azure-cli's venv

Every --query of a call must have at least one answer with a document (`of`). --write puts the outputs into the scenarios.
"""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import jmespath
from knack.output import format_tsv

from scenario import Scenario, load

HERE = Path(__file__).resolve().parent


# Ids that a script makes up are all one.
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}")


def option(call: list, name: str) -> str:
    return call[call.index(name) + 1] if name in call else ""


def printed(call: list, document) -> str:
    """What az prints for this document."""
    result = jmespath.search(GUID.sub("GUID", option(call, "--query")), document) if "--query" in call else document
    if result is None or option(call, "--output") == "none":
        return ""
    if option(call, "--output") == "tsv":
        return format_tsv(SimpleNamespace(result=result))
    return json.dumps(result, indent=2) + "\n"


def kind(call: list) -> tuple:
    return " ".join(call[:3]), GUID.sub("GUID", option(call, "--query"))


def check(scenario: Scenario, calls: list, covered: set) -> int:
    """Compares the answers to the scenario's calls with their documents; puts the outputs right."""
    wrong = 0
    for call in calls:
        rule = scenario.find(call)
        if rule is None:
            wrong += 1
            print(f"BAD  {scenario.name}: no answer for az {' '.join(call)}")
            continue
        documents = rule.owner.merged("documents")
        for answer in [rule.entry, *rule.entry.get("then", [])]:
            if "of" not in answer:
                continue
            want = printed(call, documents[answer["of"]])
            covered.add(kind(call))
            if answer.get("out", "") != want:
                wrong += 1
                print(f"BAD  {scenario.name}: az {' '.join(call)}\n     {answer.get('out')!r}\n     {want!r}")
                answer["out"] = want
    return wrong


def main() -> int:
    bad = 0
    covered = set()
    asked = {}
    for path in sorted((HERE / "scenarios").glob("*.json")):
        scenario = load(path)
        calls = [json.loads(line) for line in (Path(sys.argv[1]) / f"{path.stem}.jsonl").read_text().splitlines()]
        bad += check(scenario, calls, covered)
        asked.update((kind(call), call) for call in calls if "--query" in call)
    if "--write" in sys.argv:
        for path in (HERE / "scenarios").glob("*.json"):
            path.write_text(json.dumps(load(path).own, indent=1, ensure_ascii=False) + "\n")
    for call_kind, call in asked.items():
        if call_kind not in covered:
            bad += 1
            print(f"BAD  no document for: az {' '.join(call)}")
    print(f"{len(covered)} queries hold to their documents, {bad} do not")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
