"""Result rows become alerts by the rule's own entity mappings, custom details and title."""
import json
import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from projection import plain
from rules import Rule

WORKSPACE_ID = "00000000-0000-0000-0000-000000000002"
QUERY_CHARACTERS = 2975
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
# The rule's entity types and identifiers, as the trigger spells them; the last name of each is the friendly one.
KINDS = {
    "IP": ("Ip", {"Address": "address"}),
    "Host": ("Host", {"HostName": "hostName", "DnsDomain": "dnsDomain", "NTDomain": "ntDomain", "AzureID": "azureID", "FullName": "hostName"}),
    "URL": ("Url", {"Url": "url"}),
    "FileHash": ("FileHash", {"Algorithm": "algorithm", "Value": "hashValue"}),
    "File": ("File", {"Directory": "directory", "Name": "fileName"}),
    "Account": ("Account", {"Name": "accountName", "UPNSuffix": "upnSuffix", "NTDomain": "ntDomain", "FullName": "accountName"}),
    "Process": ("Process", {"ProcessId": "processId", "CommandLine": "commandLine"}),
    "DNS": ("DnsResolution", {"DomainName": "domainName"}),
}
FRIENDLY = {"Ip": "address", "Host": "hostName", "Url": "url", "FileHash": "hashValue", "File": "fileName", "Account": "accountName", "Process": "commandLine", "DnsResolution": "domainName"}


@dataclass
class Alert:
    rule: Rule
    time: datetime
    rows: list[dict]

    def entities(self) -> list[tuple[str, tuple]]:
        """Kind and properties of every entity, each once, in the order of the rows."""
        found = {}
        for row in self.rows:
            for mapping in self.rule.data["entityMappings"]:
                kind, names = KINDS[mapping["entityType"]]
                values = tuple((names[m["identifier"]], row[m["columnName"]]) for m in mapping["fieldMappings"])
                if all(value not in (None, "") for _, value in values):
                    found[(kind, values)] = True
        return list(found)

    def severity(self) -> str:
        """The rule's own, or what a column of the first row says."""
        column = self.rule.data["severityColumn"]
        return self.rows[0][column] if column else self.rule.data["severity"]

    def title(self) -> str:
        """The rule's own title, or its name; placeholders take the first row's values."""
        first = self.rows[0]
        return PLACEHOLDER.sub(lambda name: str(first[name[1]]), self.rule.data.get("title") or self.rule.data["displayName"])

    def details(self) -> dict[str, list[str]]:
        """The custom details, as text, each value once."""
        details = {}
        for name, column in self.rule.data["customDetails"].items():
            values = dict.fromkeys(str(row[column]) for row in self.rows if row[column] is not None)
            details[name] = list(values)
        return details

    def seen(self) -> tuple[str, str]:
        """First and last time in the rows, or the query's window."""
        first = [row["FirstSeen"] for row in self.rows if row.get("FirstSeen")]
        last = [row["LastSeen"] for row in self.rows if row.get("LastSeen")]
        window = self.time - self.rule.duration("period")
        return min(first, default=plain(window)), max(last, default=plain(self.time))

    def name(self) -> str:
        return guid("alert", self.rule.key, plain(self.time), json.dumps(self.rows, sort_keys=True))

    def shape(self, prefix: str) -> dict:
        data, (first, last) = self.rule.data, self.seen()
        time = plain(self.time)
        query = self.rule.kql if len(self.rule.kql) <= QUERY_CHARACTERS else self.rule.kql[:QUERY_CHARACTERS] + "..."
        start = self.time - self.rule.duration("period")
        properties = {
            "systemAlertId": self.name(), "alertDisplayName": self.title(), "friendlyName": self.title(), "description": data["description"],
            "severity": self.severity(), "status": "New", "confidenceLevel": "Unknown", "tactics": data["tactics"], "techniques": data["techniques"],
            "vendorName": "Microsoft", "productName": "Azure Sentinel", "productComponentName": "Scheduled Alerts",
            "alertType": f"{WORKSPACE_ID}_{rule_name(self.rule)}", "startTimeUtc": first, "endTimeUtc": last, "processingEndTime": time, "timeGenerated": time,
            "providerAlertId": guid("provider", self.name()), "resourceIdentifiers": [{"type": "LogAnalytics", "workspaceId": WORKSPACE_ID}],
            "additionalData": {
                "Query": query, "Query Period": span(self.rule.duration("period")),
                "Query Start Time UTC": start.strftime("%Y-%m-%d %H:%M:%SZ"), "Query End Time UTC": self.time.strftime("%Y-%m-%d %H:%M:%SZ"),
                "Search Query Results Overall Count": str(len(self.rows)), "Event Grouping": data["eventGrouping"],
                "Analytic Rule Ids": json.dumps([rule_name(self.rule)]), "Analytic Rule Name": data["displayName"], "ProcessedBySentinel": "True",
                "Custom Details": json.dumps(self.details()),
            },
        }
        return {"id": f"{prefix}/Entities/{self.name()}", "name": self.name(), "type": "Microsoft.SecurityInsights/Entities", "kind": "SecurityAlert", "properties": properties}


def guid(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


def rule_name(rule: Rule) -> str:
    return guid("rule", rule.key)


def span(duration) -> str:
    hours, rest = divmod(int(duration.total_seconds()), 3600)
    return f"{hours // 24}.{hours % 24:02}:{rest // 60:02}:00" if hours >= 24 else f"{hours:02}:{rest // 60:02}:00"


def from_rows(rule: Rule, rows: list[dict], time: datetime) -> list[Alert]:
    """One alert for each row, or one for all, as the rule's event grouping says."""
    if not rows:
        return []
    if rule.data["eventGrouping"] == "AlertPerResult":
        return [Alert(rule, time, [row]) for row in rows]
    return [Alert(rule, time, rows)]
