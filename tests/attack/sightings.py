"""What the honeypots saw of an incident: the handler's own query, run on the tables, in the shape of the query API's answer."""
import json
from pathlib import Path

import rules

COLUMNS = ("Indicator", "Hits", "FirstSeen", "LastSeen", "Honeypots", "Credentials", "Commands")
NAMES = {"ip": "address", "filehash": "hashValue", "url": "url"}


def indicators(entities: list[dict]) -> list[str]:
    """As the handler picks them: addresses, hashes in lower case, URLs."""
    found = []
    for entity in entities:
        value = entity["properties"].get(NAMES.get(entity["kind"].lower(), ""))
        if value:
            found.append(value.lower() if entity["kind"].lower() == "filehash" else value)
    return found


def rows(root: Path, connection, asked: list[str], now) -> list[list]:
    """One row for each indicator that was seen; dynamic columns are JSON in a string, times ISO 8601 in UTC."""
    query = (root / "templates/sightings/sightings.kql").read_text()
    query = query.replace("[INDICATORS]", json.dumps(asked), 1)
    return [[cell(row[name]) for name in COLUMNS] for row in rules.run(connection, query, now)]


def cell(value):
    if isinstance(value, list):
        return json.dumps(value)
    if hasattr(value, "isoformat"):
        return value.isoformat() + "Z"
    return value
