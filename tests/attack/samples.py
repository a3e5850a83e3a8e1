"""The sample logs of the other honeypots, and small tables of the estate. Their times are moved so that they end now.

All samples are made up; the fields are those that the honeypots write. samples/cowrie.jsonl holds a few lines of two days
before: what is new can only be told where there is a past.
"""
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent / "samples"
NEWEST = datetime(2026, 11, 12, 1, 31, 30)
TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def moved(text: str, now: datetime) -> str:
    """The same text with every time moved; fractions and zones stay as they are."""
    shift = timedelta(seconds=int((now - NEWEST).total_seconds()))
    return TIME.sub(lambda found: (datetime.fromisoformat(found[0]) + shift).isoformat(), text)


def log(honeypot: str, now: datetime) -> list[str]:
    path = FOLDER / f"{honeypot}.jsonl"
    return moved(path.read_text(), now).splitlines() if path.exists() else []


def estate(now: datetime) -> dict[str, dict]:
    """Tables of the estate by name, each with its columns' types and its rows."""
    return {path.stem: json.loads(moved(path.read_text(), now)) for path in sorted((FOLDER / "estate").glob("*.json"))}
