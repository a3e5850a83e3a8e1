//! Queries over the workspace, filled with the incident's entities.

use jiff::{SignedDuration, Timestamp};

use crate::completion::Query as Filled;
use crate::incident::{Entity, EntityKind, Os};
use crate::pool::Str;
use crate::text::Text;

use super::facts::Facts;
use super::fill;
use super::kql;
use super::scenario::Match;
use super::table::{QUERIES, Query, query};

const MOST_QUERIES: usize = 5;
/// Queries that a model may choose from.
const MOST_OFFERED: usize = 12;
/// With fewer than this, general queries about the entities are added.
const ENOUGH_QUERIES: usize = 3;
/// Most values in one list of a query, and the longest value, in characters.
const MOST_VALUES: usize = 10;
const LONGEST_VALUE: usize = 200;
/// What is looked at before and after the activity.
const MARGIN: SignedDuration = SignedDuration::from_hours(1);

/// The queries whose lists can all be filled, the scenarios' first.
pub(super) fn queries(facts: &Facts, scenarios: &[Match]) -> Vec<Filled> {
    let mut found = fillable(of_scenarios(scenarios), facts, MOST_QUERIES);
    if found.len() < ENOUGH_QUERIES {
        found = fillable(of_scenarios(scenarios).chain(general(facts)), facts, ENOUGH_QUERIES);
    }
    found.into_iter().map(|(query, kql)| with_title(query, kql, facts)).collect()
}

/// The queries that a model may choose, with their titles without values.
pub(super) fn offered(facts: &Facts, scenarios: &[Match]) -> Vec<(Str, String)> {
    let found = fillable(of_scenarios(scenarios).chain(general(facts)), facts, MOST_OFFERED);
    found.into_iter().map(|(query, _)| (query.id, fill::nouns(&query.title))).collect()
}

/// The offered queries with these ids, in this order.
pub(super) fn queries_by_choice(facts: &Facts, scenarios: &[Match], ids: &[Str]) -> Vec<Filled> {
    let found = fillable(of_scenarios(scenarios).chain(general(facts)), facts, MOST_OFFERED);
    let chosen = ids.iter().filter_map(|id| found.iter().find(|(query, _)| query.id == *id));
    chosen.take(MOST_QUERIES).map(|(query, kql)| with_title(query, kql.clone(), facts)).collect()
}

fn of_scenarios(scenarios: &[Match]) -> impl Iterator<Item = &'static Query> {
    scenarios.iter().flat_map(|one| one.scenario.queries).filter_map(|id| query(id))
}

fn with_title(query: &Query, kql: String, facts: &Facts) -> Filled {
    Filled { id: query.id.to_string(), title: fill::fill(&query.title, facts), kql }
}

/// The system whose logs alone a query reads; none if it reads others or any.
fn system(query: &Query) -> Option<Os> {
    let windows =
        ["SecurityEvent", "DeviceRegistryEvents", "WindowsEvent"].iter().any(|table| query.kql.contains(table));
    match (windows, query.kql.contains("Syslog")) {
        (true, false) => Some(Os::Windows),
        (false, true) => Some(Os::Linux),
        _ => None,
    }
}

/// At most `most` of the queries, each once, with their filled texts: those of a system that the hosts run, and whose lists
/// are not empty.
fn fillable(
    queries: impl Iterator<Item = &'static Query>,
    facts: &Facts,
    most: usize,
) -> Vec<(&'static Query, String)> {
    let mut found: Vec<(&'static Query, String)> = Vec::new();
    for query in queries {
        let fits = system(query).is_none_or(|os| facts.systems.is_empty() || facts.systems.contains(&os));
        if found.len() < most
            && fits
            && !found.iter().any(|(one, _)| one.id == query.id)
            && let Some(kql) = filled(&query.kql, facts)
        {
            found.push((query, kql));
        }
    }
    found
}

/// The general queries, in the order of the kinds that the incident has.
fn general(facts: &Facts) -> Vec<&'static Query> {
    let mut general: Vec<&Query> = QUERIES.iter().filter(|query| query.id.starts_with("any-")).collect();
    let kinds = facts.kinds();
    general.sort_by_key(|query| {
        let kind = LISTS.iter().find(|list| query.kql.contains(list.name)).map(|list| list.kind);
        kinds.iter().position(|found| Some(*found) == kind).unwrap_or(usize::MAX)
    });
    general
}

/// A list of values that a query may name.
struct List {
    name: &'static str,
    kind: EntityKind,
    value: fn(&Entity) -> Vec<Text>,
}

const LISTS: &[List] = &[
    List {
        name: "{accounts}",
        kind: EntityKind::Account,
        value: |e| part(e, |e| if let Entity::Account(a) = e { Some(&a.name) } else { None }),
    },
    List {
        name: "{upns}",
        kind: EntityKind::Account,
        value: |e| part(e, |e| if let Entity::Account(a) = e { Some(&a.upn) } else { None }),
    },
    List { name: "{hosts}", kind: EntityKind::Host, value: own_label },
    List { name: "{fqdns}", kind: EntityKind::Host, value: host_names },
    List { name: "{addresses}", kind: EntityKind::Ip, value: own_label },
    List { name: "{urls}", kind: EntityKind::Url, value: own_label },
    List { name: "{domains}", kind: EntityKind::DnsResolution, value: own_label },
    List { name: "{files}", kind: EntityKind::File, value: own_label },
    List { name: "{hashes}", kind: EntityKind::FileHash, value: own_label },
    List { name: "{processes}", kind: EntityKind::Process, value: own_label },
    List { name: "{mailboxes}", kind: EntityKind::Mailbox, value: own_label },
    List {
        name: "{resources}",
        kind: EntityKind::AzureResource,
        value: |e| part(e, |e| if let Entity::AzureResource(r) = e { Some(&r.id) } else { None }),
    },
    List { name: "{apps}", kind: EntityKind::CloudApplication, value: app_names },
    List {
        name: "{messages}",
        kind: EntityKind::MailMessage,
        value: |e| part(e, |e| if let Entity::MailMessage(m) = e { Some(&m.network_message_id) } else { None }),
    },
];

fn own_label(entity: &Entity) -> Vec<Text> {
    vec![entity.label().clone()]
}

fn part(entity: &Entity, get: fn(&Entity) -> Option<&Text>) -> Vec<Text> {
    get(entity).cloned().into_iter().collect()
}

fn host_names(entity: &Entity) -> Vec<Text> {
    match entity {
        Entity::Host(host) => vec![host.name.clone(), host.fqdn.clone()],
        _ => Vec::new(),
    }
}

fn app_names(entity: &Entity) -> Vec<Text> {
    match entity {
        Entity::CloudApplication(app) => vec![app.app_id.clone(), app.name.clone()],
        _ => Vec::new(),
    }
}

/// The query with its places filled; none if a list it names would be empty.
fn filled(template: &str, facts: &Facts) -> Option<String> {
    let mut out = String::with_capacity(template.len() + 200);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (_, tail) = after.split_once('}')?;
        out.push_str(&place(&rest[before.len()..rest.len() - tail.len()], facts)?);
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

fn place(name: &str, facts: &Facts) -> Option<String> {
    match name {
        "{from}" => Some(window(facts).0),
        "{to}" => Some(window(facts).1),
        "{domains}" => {
            let looked_up = facts.of_kind(EntityKind::DnsResolution).iter().map(|entity| entity.label().clone());
            literals(looked_up.chain(facts.sites.iter().cloned()))
        }
        "{alerts}" => literals(facts.incident.alerts.iter().map(|alert| alert.id.clone())),
        _ => {
            let list = LISTS.iter().find(|list| list.name == name)?;
            literals(facts.of_kind(list.kind).iter().flat_map(|entity| (list.value)(entity)))
        }
    }
}

/// The values as KQL strings, each once; none if there are none.
fn literals(values: impl Iterator<Item = Text>) -> Option<String> {
    let mut literals: Vec<String> = Vec::new();
    for literal in values.filter(is_searchable).map(|value| kql::string(&value)) {
        if literals.len() < MOST_VALUES && !literals.contains(&literal) {
            literals.push(literal);
        }
    }
    (!literals.is_empty()).then(|| literals.join(", "))
}

/// A value that was cleaned, masked or cut would not match what the logs hold.
fn is_searchable(value: &Text) -> bool {
    !value.is_empty() && !value.is_altered() && value.chars().count() <= LONGEST_VALUE
}

/// The time to look at, as KQL: the activity with a margin; the last week if the incident has no times.
fn window(facts: &Facts) -> (String, String) {
    let margin = |time: Timestamp, by: SignedDuration| time.checked_add(by).unwrap_or(time);
    match facts.incident.activity() {
        Some((first, last)) => (kql::datetime(margin(first, -MARGIN)), kql::datetime(margin(last, MARGIN))),
        None => ("ago(7d)".to_owned(), "now()".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::*;
    use crate::incident::Incident;

    /// An incident with a value for every list.
    fn everything() -> Incident {
        let entity = |kind: &EntityKind| {
            let value = format!("value \"of\" {kind}");
            serde_json::json!({"kind": kind.name(), "properties": {
                "accountName": "alice", "upnSuffix": "contoso.com", "hostName": "web-01", "address": "203.0.113.7", "url": value,
                "fileName": value, "hashValue": "0123456789abcdef", "commandLine": "cmd.exe /c x", "resourceId": "/subscriptions/x",
                "appId": value, "appName": value, "domainName": "bad.example", "mailboxPrimaryAddress": "alice@contoso.com",
                "subject": value, "networkMessageId": value, "friendlyName": value,
            }})
        };
        let json = serde_json::json!({
            "title": "x", "firstActivityTimeUtc": "2026-01-05T08:00:00Z", "lastActivityTimeUtc": "2026-01-05T09:00:00Z",
            "alerts": [{"properties": {"systemAlertId": "a-1"}}],
            "entities": EntityKind::KNOWN.iter().map(entity).collect::<Vec<_>>(),
        });
        Incident::from_bytes(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn every_query_can_be_filled() {
        let incident = everything();
        let facts = Facts::of(&incident);
        for query in QUERIES {
            let kql = filled(&query.kql, &facts).unwrap_or_else(|| panic!("{}", query.id));
            assert!(kql.contains("datetime(2026-01-05T07:00:00Z) .. datetime(2026-01-05T10:00:00Z)"), "{kql}");
        }
    }

    #[test]
    fn a_query_without_its_values_is_left_out() {
        let incident = Incident::from_bytes(br#"{"title":"x"}"#).unwrap();
        assert_eq!(queries(&Facts::of(&incident), &[]), Vec::new());
    }

    #[test]
    fn masked_and_cleaned_values_are_not_searched_for() {
        let json = r#"{"title":"x","entities":[{"kind":"Url","properties":{"url":"https://u:hunter2@x.example"}},
            {"kind":"Host","properties":{"hostName":"a\u200bb"}}]}"#;
        let incident = Incident::from_bytes(json.as_bytes()).unwrap();
        assert_eq!(queries(&Facts::of(&incident), &[]), Vec::new());
    }

    #[test]
    #[ignore = "needs node, @kusto/language-service-next in KUSTO_NODE_DIR and the checker in HONEYTRIAGE_SHARED"]
    fn every_query_of_the_runbook_passes_the_kql_checker() {
        let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
        let shared = std::env::var_os("HONEYTRIAGE_SHARED").map_or_else(beside, PathBuf::from);
        let folder = tempfile::tempdir().unwrap();
        let incident = everything();
        let facts = Facts::of(&incident);
        let mut command = Command::new("node");
        command.arg(shared.join("tools/kqlcheck.mjs")).arg(shared.join("data/sentinel-tables.json"));
        for query in QUERIES {
            let file = folder.path().join(format!("{}.kql", query.id));
            std::fs::write(&file, filled(&query.kql, &facts).unwrap()).unwrap();
            command.arg(file);
        }
        let output = command.output().unwrap();
        let report = String::from_utf8_lossy(&output.stdout);
        let bad: Vec<&str> = report.lines().filter(|line| !line.contains(": ok ->")).collect();
        assert!(output.status.success() && bad.is_empty(), "{bad:#?} {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(report.lines().count(), QUERIES.len());
    }
}
