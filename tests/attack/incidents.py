"""Alerts become incidents by the rule's own grouping, and incidents take the shape of the Sentinel incident trigger.

An alert joins the newest incident of its rule when the entities that the rule groups by are the same and the incident is not
older than the rule's lookback. An incident holds 150 alerts at most, as in Sentinel.
"""
from dataclasses import dataclass
from datetime import datetime

from alerts import FRIENDLY, KINDS, WORKSPACE_ID, Alert, guid, rule_name
from projection import plain
from rules import Rule

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
GROUP, WORKSPACE = "rg-soc", "law-soc"
PREFIX = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.OperationalInsights/workspaces/{WORKSPACE}/providers/Microsoft.SecurityInsights"
PORTAL = "https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident"
MOST_ALERTS = 150
# An incident is as severe as its gravest alert.
SEVERITIES = ["Informational", "Low", "Medium", "High"]


@dataclass
class Incident:
    rule: Rule
    created: datetime
    alerts: list[Alert]
    number: int

    def takes(self, alert: Alert) -> bool:
        young = alert.time - self.created <= self.rule.duration("lookback")
        return young and len(self.alerts) < MOST_ALERTS and group_key(self.alerts[0]) == group_key(alert)

    def name(self) -> str:
        return guid("incident", self.alerts[0].name())

    def shape(self) -> dict:
        return {
            "eventUniqueId": guid("event", self.name()), "objectSchemaType": "Incident", "objectEventType": "Create",
            "workspaceInfo": {"SubscriptionId": SUBSCRIPTION, "ResourceGroupName": GROUP, "WorkspaceName": WORKSPACE}, "workspaceId": WORKSPACE_ID,
            "object": {
                "id": f"{PREFIX}/Incidents/{self.name()}", "name": self.name(), "etag": f'"{guid("etag", self.name())}"',
                "type": "Microsoft.SecurityInsights/Incidents", "properties": self.properties(),
            },
        }

    def properties(self) -> dict:
        data, created = self.rule.data, plain(self.created)
        seen = [alert.seen() for alert in self.alerts]
        return {
            "title": self.alerts[0].title(), "description": data["description"], "severity": max((alert.severity() for alert in self.alerts), key=SEVERITIES.index), "status": "New",
            "owner": {"objectId": None, "email": None, "assignedTo": None, "userPrincipalName": None}, "labels": [],
            "firstActivityTimeUtc": min(first for first, _ in seen), "lastActivityTimeUtc": max(last for _, last in seen),
            "lastModifiedTimeUtc": created, "createdTimeUtc": created, "incidentNumber": self.number,
            "additionalData": {
                "alertsCount": len(self.alerts), "bookmarksCount": 0, "commentsCount": 0, "alertProductNames": ["Azure Sentinel"],
                "tactics": data["tactics"], "techniques": data["techniques"],
            },
            "relatedAnalyticRuleIds": [f"{PREFIX}/alertRules/{rule_name(self.rule)}"], "incidentUrl": f"{PORTAL}{PREFIX}/Incidents/{self.name()}",
            "providerName": "Azure Sentinel", "providerIncidentId": str(self.number), "alerts": [alert.shape(PREFIX) for alert in self.alerts],
            "bookmarks": [], "relatedEntities": self.entities(), "comments": [],
        }

    def entities(self) -> list[dict]:
        found = dict.fromkeys(entity for alert in self.alerts for entity in alert.entities())
        return [entity_shape(kind, values) for kind, values in found]


def entity_shape(kind: str, values: tuple) -> dict:
    name = guid("entity", kind, repr(values))
    properties = dict(values)
    properties["friendlyName"] = properties.get(FRIENDLY[kind], "")
    return {"id": f"{PREFIX}/Entities/{name}", "name": name, "type": "Microsoft.SecurityInsights/Entities", "kind": kind, "properties": properties}


def group_key(alert: Alert) -> frozenset:
    """The entities that the rule groups by; without any, every alert of the rule is alike."""
    kinds = {KINDS[name][0] for name in alert.rule.data["groupByEntities"]}
    return frozenset(entity for entity in alert.entities() if entity[0] in kinds)


class Grouping:
    def __init__(self):
        self.incidents: list[Incident] = []
        self.by_rule: dict[str, list[Incident]] = {}

    def add(self, alerts: list[Alert]):
        for alert in alerts:
            of_rule = self.by_rule.setdefault(alert.rule.key, [])
            home = next((incident for incident in reversed(of_rule) if incident.takes(alert)), None)
            if home:
                home.alerts.append(alert)
                continue
            fresh = Incident(alert.rule, alert.time, [alert], len(self.incidents) + 1)
            self.incidents.append(fresh)
            of_rule.append(fresh)
