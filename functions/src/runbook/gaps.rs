//! What could not be known, and what the input lacked.

use crate::attack;
use crate::incident::{EntityKind, Incident};

use super::facts::{Facts, MAIN_OF_A_KIND};
use super::fill::listed;
use super::infer::Ground;

/// Alerts of one incident that Sentinel holds (service limits).
const ALERTS_HELD: u64 = 150;
const MOST_NAMED: usize = 5;

/// One line for each gap.
pub(super) fn missing(facts: &Facts) -> Vec<String> {
    let incident = facts.incident;
    let mut gaps = techniques(facts);
    gaps.extend(alerts(incident));
    if incident.has_derived_entities {
        gaps.push("No entities yet: hosts and accounts are those that the alerts call compromised.".to_owned());
    } else if incident.entities.is_empty() {
        gaps.push("No entities: Sentinel may add them up to ten minutes after it creates an incident.".to_owned());
    }
    gaps.extend(EntityKind::KNOWN.iter().filter_map(|kind| {
        let count = facts.of_kind(*kind).len();
        (count > MAIN_OF_A_KIND)
            .then(|| format!("Steps name {MAIN_OF_A_KIND} of {count} entities of kind {kind}: look at the others too."))
    }));
    if incident.description.is_empty() {
        gaps.push("No description.".to_owned());
    }
    if incident.activity().is_none() {
        gaps.push("No times: the queries look at the last 7 days.".to_owned());
    }
    if incident.is_redirected() {
        gaps.push("This incident was merged into another one (label Redirected): work there.".to_owned());
    }
    if incident.has_foreign_id {
        gaps.push("The id is not the ARM id of a Sentinel incident, so it was not used.".to_owned());
    }
    gaps
}

fn techniques(facts: &Facts) -> Vec<String> {
    let mut gaps = Vec::new();
    if let Some(ground) = facts.inferred {
        let names: Vec<String> = facts.techniques.iter().map(|t| format!("{} {}", t.id, t.name)).collect();
        let basis = match ground {
            Ground::Title => "its title or alerts",
            Ground::Tactics => "its tactics and entities",
        };
        gaps.push(format!("The incident names no known technique: {} inferred from {basis}.", names.join(", ")));
    } else if facts.techniques.is_empty() {
        gaps.push("The incident names no known technique, and nothing suggests one: no mitigations.".to_owned());
    }
    if !facts.unknown_techniques.is_empty() {
        let names = listed(&facts.unknown_techniques, MOST_NAMED);
        gaps.push(format!("Not in ATT&CK Enterprise v{}, so not used: {names}.", attack::VERSION));
    }
    if !facts.unknown_tactics.is_empty() {
        let names = listed(&facts.unknown_tactics, MOST_NAMED);
        gaps.push(format!("Not a tactic of ATT&CK Enterprise: {names}."));
    }
    gaps
}

fn alerts(incident: &Incident) -> Vec<String> {
    let mut gaps = Vec::new();
    let (here, count) = (incident.alerts.len() as u64, incident.alert_count.unwrap_or(0));
    if here == 0 && count == 0 {
        gaps.push("No alerts in the input.".to_owned());
    } else if here == 0 {
        gaps.push(format!("None of the {count} alerts was in the input."));
    } else if here < count {
        gaps.push(format!("Only {here} of {count} alerts were in the input."));
    }
    if count.max(here) >= ALERTS_HELD {
        gaps.push(format!("Sentinel holds at most {ALERTS_HELD} alerts of an incident; there may be more."));
    }
    if incident.alerts.iter().any(|alert| alert.is_query_cut) {
        gaps.push("A rule's query came cut off: read the whole query in the analytics rule.".to_owned());
    }
    gaps
}
