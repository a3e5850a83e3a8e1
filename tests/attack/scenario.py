"""The two scenarios, step by step: a real attack, and a storm of generated lines."""
import os
import time
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb_kql

import addresses
import alerts
import attacker
import checks
import incidents
import map as picture
import projection
import rules
import samples
import sightings
import storm as storms
from honeypot import Honeypot


class Clock:
    def __init__(self):
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str):
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 2)


def attack(root: Path, out: Path, write) -> dict:
    clock, not_run = Clock(), rules.NotRun()
    with clock.step("attack"):
        log, url = attacked_log()
    write(out / "cowrie.json", "\n".join(log) + "\n")
    # The rules run a moment after the last line.
    now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0) + timedelta(seconds=1)
    with clock.step("tables"):
        connection, counts, hits = tables(root, log, now, not_run, out, write)
    with clock.step("rules"):
        grouping, found = incidents_of(root, connection, now, not_run)
    with clock.step("queries"):
        queries = {name: size(rows_of(connection, name, kql, now, not_run, "query")) for name, kql in rules.others(root).items()}
    for incident in grouping.incidents:
        name, shape = f"{incident.number:02}-{incident.rule.key}.json", incident.shape()
        write(out / "incidents" / name, shape)
        asked = sightings.indicators(shape["object"]["properties"]["relatedEntities"])
        write(out / "sightings" / name, sightings.rows(root, connection, asked, now))
    write(out / "map.svg", picture.draw(hits))
    facts = {"log": log, "url": url, "tables": counts, "rules": found, "queries": queries, "incidents": grouping.incidents, "not_run": not_run.items, "out": out}
    return {
        "seconds": clock.seconds, "cowrie_lines": len(log), "attacker": addresses.ATTACKER, "url": url, "sha256": attacker.sha256(attacker.PAYLOAD),
        "tables": counts, "rules": found, "queries": queries, "incidents": len(grouping.incidents), "not_run": not_run.items,
        "differences": rules.differences(connection), "checks": checks.attack(facts),
    }


def attacked_log() -> tuple[list[str], str]:
    with Honeypot(Path(os.environ["COWRIE_DIR"]), attacker.USERS) as pot, attacker.download_server() as url:
        attacker.attack(pot.port, url)
    return addresses.public_log(pot.log, url, pot.port)


def tables(root: Path, log: list[str], now: datetime, not_run: rules.NotRun, out: Path, write):
    """Every table from its log; the number of rows of each, and the events by address and honeypot."""
    connection = projection.connect()
    counts, hits = {}, {}
    for table in projection.declared(root):
        lines = samples.log(table["honeypot"], now) + (log if table["honeypot"] == "cowrie" else [])
        try:
            counts[table["table"]] = projection.project(connection, table, lines)
        except duckdb_kql.KqlUnsupportedError as error:
            not_run.add("transform", table["table"], error)
            projection.create(connection, table)
            continue
        rows = projection.rows(connection, table["table"])
        write(out / "tables" / f"{table['table']}.json", rows)
        for row in rows:
            if row["SrcIp"]:
                by = hits.setdefault(row["SrcIp"], {})
                by[table["honeypot"]] = by.get(table["honeypot"], 0) + 1
    return connection, counts, hits


def incidents_of(root: Path, connection, now: datetime, not_run: rules.NotRun):
    """Runs every rule twice: where the estate's tables are missing, and where they are there. Only the second makes alerts."""
    grouping, found = incidents.Grouping(), {}
    loaded = rules.load(root)
    bare = {rule.key: rows_of(connection, rule.key, rule.kql, now, not_run, "rule without the estate") for rule in loaded}
    projection.add_estate(connection, samples.estate(now))
    for rule in loaded:
        rows = rows_of(connection, rule.key, rule.kql, now, not_run, "rule")
        made = alerts.from_rows(rule, rows or [], now)
        before = len(grouping.incidents)
        grouping.add(made)
        found[rule.key] = {"rows_without_estate": size(bare[rule.key]), "rows": size(rows), "alerts": len(made), "incidents": len(grouping.incidents) - before}
    return grouping, found


def rows_of(connection, name: str, kql: str, now: datetime, not_run: rules.NotRun, kind: str):
    try:
        return rules.run(connection, kql, now)
    except duckdb_kql.KqlUnsupportedError as error:
        not_run.add(kind, name, error)
        return None


def size(rows: list | None) -> int | None:
    return None if rows is None else len(rows)


def storm(root: Path, lines: int, now: datetime) -> dict:
    clock, not_run = Clock(), rules.NotRun()
    with clock.step("storm"):
        figures = storms.run(root, lines, now.replace(microsecond=0), not_run)
    return {"seconds": clock.seconds, "storm": figures, "not_run": not_run.items, "checks": checks.storm(figures, not_run.items)}
