"""The analytics rules, run on the tables: each result row is what an alert is made of.

The KQL runs unchanged. What duckdb-kql does not cover is kept in a list with its reason, and shown; any other error ends the run.
"""
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb
import duckdb_kql

from projection import plain

SOC = "templates/azure/soc"
# What Bicep puts in place of HONEYPOT_VM: here the name in the logs of the tests.
HONEYPOT = "tpot-01"
DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")
TABLE = re.compile(r"\bHoneypot\w+_CL\b")
LIMIT = re.compile(r"\|\s*(?:top|take|limit)\s+(\d+)\b")
MOST_ALERTS_A_RUN = 150


@dataclass
class Rule:
    data: dict
    kql: str

    @property
    def key(self) -> str:
        return self.data["key"]

    @property
    def tables(self) -> set[str]:
        return set(TABLE.findall(self.kql))

    @property
    def most_alerts(self) -> int:
        """Alerts that one run can make: one, or as many as the query lets through, or else Sentinel's own limit."""
        if self.data["eventGrouping"] != "AlertPerResult":
            return 1
        found = LIMIT.findall(self.kql)
        return int(found[-1]) if found else MOST_ALERTS_A_RUN

    def duration(self, name: str) -> timedelta:
        days, hours, minutes = (int(part or 0) for part in DURATION.match(self.data[name]).groups())
        return timedelta(days=days, hours=hours, minutes=minutes)


@dataclass
class NotRun:
    """What duckdb-kql refused, and why."""

    items: list[dict] = field(default_factory=list)

    def add(self, kind: str, name: str, error: Exception):
        self.items.append({"kind": kind, "name": name, "reason": f"{type(error).__name__}: {error}"})


def load(root: Path) -> list[Rule]:
    folder = root / SOC / "rules"
    rules = json.loads((folder / "rules.json").read_text())["rules"]
    return [Rule(rule, (folder / f"{rule['key']}.kql").read_text().replace("HONEYPOT_VM", HONEYPOT)) for rule in rules]


def others(root: Path) -> dict[str, str]:
    """The queries of the workbook and for hunting, by name."""
    files = sorted(path for name in ("hunting", "workbook") for path in (root / SOC / name).glob("*.kql"))
    return {f"{path.parent.name}/{path.stem}": path.read_text() for path in files}


def run(connection: duckdb.DuckDBPyConnection, kql: str, now: datetime) -> list[dict]:
    """The result rows, with the time of the run as `now()`."""
    result = duckdb_kql.kql(connection, kql, query_now=now.replace(tzinfo=timezone.utc))
    return [dict(zip(result.columns, map(plain, row))) for row in result.fetchall()]


def differences(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    """Where duckdb-kql is known to run a query and to give more than Kusto would: told, so that nobody reads it as a result."""
    rows = duckdb_kql.kql(connection, "range x from 1 to 9 step 1 | summarize s = make_set(x, 5)").fetchall()
    found = len(json.loads(rows[0][0]) if isinstance(rows[0][0], str) else rows[0][0])
    return [] if found <= 5 else [{"name": "make_set and make_list", "reason": f"the size limit is ignored: {found} elements in place of 5"}]
