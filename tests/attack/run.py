#!/usr/bin/env python3
"""From attack to incident, on one machine, all on loopback.

usage: run.py OUT             a real cowrie is attacked; its log becomes tables, alerts and incidents
       run.py --storm LINES   generated cowrie lines in place of the attack; with OUT, the report is written there too

COWRIE_DIR and DUCKDB_KQL_DIR name the folders that `tests/services/up.sh --print cowrie` and `--print duckdb-kql` print.
OUT gets cowrie.json, tables/, incidents/, map.svg and report.json, which is printed as well. Exit code 0: all that it lists
under `checks` held. `not_run` lists what duckdb-kql does not cover; only kqlcheck has seen that.
"""
import argparse
import json
import os
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def own_python():
    """Starts again with the Python that has duckdb-kql."""
    python = Path(os.environ["DUCKDB_KQL_DIR"]) / "bin" / "python"
    if Path(sys.executable) != python:
        os.execv(python, [str(python), *sys.argv])


def utc_now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)


def write(path: Path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--storm", type=int, metavar="LINES")
    arguments = parser.parse_args()
    if not arguments.out and not arguments.storm:
        parser.error("OUT is missing")
    started = time.monotonic()
    sys.dont_write_bytecode = True
    import scenario

    report = scenario.storm(ROOT, arguments.storm, utc_now()) if arguments.storm else scenario.attack(ROOT, arguments.out, write)
    report["seconds"]["all"] = round(time.monotonic() - started, 2)
    if arguments.out:
        write(arguments.out / "report.json", report)
    print(json.dumps(report, indent=2))
    return 0 if all(check["held"] for check in report["checks"]) else 1


if __name__ == "__main__":
    own_python()
    sys.exit(main())
