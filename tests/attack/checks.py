"""What must hold at the end of a run, each with what was found."""
import json
from xml.etree import ElementTree

import addresses
import attacker
from incidents import MOST_ALERTS

MUST_NAME_THE_ATTACKER = ["cowrie-login", "malware-download", "brute-force", "suricata-exploit", "new-botnet-key", "seen-on-estate", "account-tried"]
# Rules that compare with the estate find nothing where its tables are missing, and fail nowhere.
NEED_THE_ESTATE = ["seen-on-estate", "account-tried"]
# What duckdb-kql cannot: geo_info_from_ip_address.
LOOK_UP_PLACES = {"workbook/attack-map", "workbook/countries"}


def check(what: str, held: bool, found="") -> dict:
    return {"check": what, "held": bool(held), "found": found}


def attack(facts: dict) -> list[dict]:
    return [*honeypot(facts), tables(facts), *rules(facts), queries(facts), *incidents(facts), picture(facts)]


def refused(facts: dict, kind: str) -> set[str]:
    return {item["name"] for item in facts["not_run"] if item["kind"] == kind}


def honeypot(facts: dict) -> list[dict]:
    events = [json.loads(line) for line in facts["log"]]

    def of(name: str) -> list[dict]:
        return [event for event in events if event["eventid"] == f"cowrie.{name}"]

    failed, typed = of("login.failed"), [event["input"] for event in of("command.input")]
    guesses = len(attacker.GUESSES) + 2 * len(attacker.OTHER_GUESSES)
    downloads = {(event.get("url"), event["shasum"]) for event in of("session.file_download")}
    return [
        check("cowrie logged every wrong password", sum("password" in event for event in failed) == guesses, len(failed)),
        check("cowrie let the right password in, once", len(of("login.success")) == 1, len(of("login.success"))),
        check("cowrie logged every command", all(command in typed for command in attacker.commands(facts["url"])), len(typed)),
        check("cowrie kept the file that wget fetched", (facts["url"], attacker.sha256(attacker.PAYLOAD)) in downloads, sorted(map(str, downloads))),
        check("cowrie kept the file sent over SFTP", any(e["shasum"] == attacker.sha256(attacker.UPLOAD) for e in of("session.file_upload"))),
        check("three addresses showed one key", len({event["src_ip"] for event in of("client.fingerprint")}) == 3),
        check("no loopback address is left in the log", not any("127.0.0." in event["src_ip"] for event in events)),
    ]


def tables(facts: dict) -> dict:
    empty = [name for name, rows in facts["tables"].items() if not rows]
    return check("every transform that ran gave the declared columns and some rows", not empty, facts["tables"])


def rules(facts: dict) -> list[dict]:
    named = {incident.rule.key for incident in facts["incidents"] if addresses.ATTACKER in entities(incident, "Ip", "address")}
    not_run = refused(facts, "rule")
    missing = [key for key in MUST_NAME_THE_ATTACKER if key not in named and key not in not_run]
    found = facts["rules"]
    return [
        check("nothing but the panels that look up places was left out", {item["name"] for item in facts["not_run"]} == LOOK_UP_PLACES, facts["not_run"]),
        check("every rule that ran made an incident that names the attacker", not missing, missing),
        check("where the estate has no tables, rules that need them find nothing", not any(found[key]["rows_without_estate"] for key in NEED_THE_ESTATE)),
    ]


def queries(facts: dict) -> dict:
    """Those for hunting may find nothing; a panel of the workbook that runs shows something."""
    empty = [name for name, rows in facts["queries"].items() if rows == 0 and name.startswith("workbook/")]
    return check("every panel of the workbook that ran shows something", not empty, empty)


def incidents(facts: dict) -> list[dict]:
    hashes = {value for incident in facts["incidents"] for value in entities(incident, "FileHash", "hashValue")}
    urls = {value for incident in facts["incidents"] for value in entities(incident, "Url", "url")}
    text = "\n".join(path.read_text() for path in sorted((facts["out"] / "incidents").glob("*.json")))
    passwords = [attacker.PASSWORD, "Summer2026!", *[password for _, password in attacker.GUESSES if "@" in password]]
    titles = [incident.alerts[0].title() for incident in facts["incidents"]]
    return [
        check("an incident carries the hash of the downloaded file", attacker.sha256(attacker.PAYLOAD) in hashes, sorted(hashes)),
        check("an incident carries the URL", facts["url"] in urls, sorted(urls)),
        check("no incident holds a password", not any(password in text for password in passwords)),
        check("no title holds a command, a URL or an open placeholder", not any(sign in title for title in titles for sign in ("{{", "http", "wget")), titles),
    ]


def entities(incident, kind: str, name: str) -> set[str]:
    return {dict(values).get(name) for alert in incident.alerts for found, values in alert.entities() if found == kind}


def picture(facts: dict) -> dict:
    root = ElementTree.parse(facts["out"] / "map.svg").getroot()
    return check("the map is well-formed SVG", root.tag == "{http://www.w3.org/2000/svg}svg")


def storm(figures: dict, not_run: list) -> list[dict]:
    return [
        check("every rule ran", not not_run, not_run),
        check("the rules found the storm", figures["incidents"] > 0, figures["incidents"]),
        check("no rule makes more incidents than its runs times the alerts of a run", all(f["incidents"] <= f["bound"] for f in figures["rules"].values()), figures["bound"]),
        check("grouping makes fewer incidents than alerts", figures["incidents"] < figures["alerts"], figures["alerts"]),
        check("an address makes one incident of a rule a day, and another only where one is full", all(f["addresses"] <= f["incidents"] <= f["addresses"] + f["alerts"] // MOST_ALERTS for f in figures["rules"].values())),
    ]
