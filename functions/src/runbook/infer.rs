//! Techniques of an incident that names none: candidates, and told as such.

use crate::attack::{Tactic, Technique};
use crate::incident::EntityKind;

use super::facts::Facts;
use super::scenario::Match;

/// What the candidates rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// A scenario that the title or an alert's name or type chose.
    Title,
    /// A tactic together with a kind of entity.
    Tactics,
}

/// A tactic on a kind of entity usually means this.
const BY_TACTIC: &[(Tactic, EntityKind, &str)] = &[
    (Tactic::Reconnaissance, EntityKind::Ip, "T1595"),
    (Tactic::InitialAccess, EntityKind::MailMessage, "T1566"),
    (Tactic::InitialAccess, EntityKind::Account, "T1078"),
    (Tactic::InitialAccess, EntityKind::Host, "T1190"),
    (Tactic::Execution, EntityKind::Process, "T1059"),
    (Tactic::Execution, EntityKind::File, "T1204"),
    (Tactic::Persistence, EntityKind::Account, "T1098"),
    (Tactic::Persistence, EntityKind::RegistryKey, "T1547"),
    (Tactic::Persistence, EntityKind::Host, "T1543"),
    (Tactic::PrivilegeEscalation, EntityKind::Account, "T1078"),
    (Tactic::PrivilegeEscalation, EntityKind::Host, "T1068"),
    (Tactic::DefenseEvasion, EntityKind::Host, "T1562"),
    (Tactic::CredentialAccess, EntityKind::Account, "T1110"),
    (Tactic::CredentialAccess, EntityKind::Host, "T1003"),
    (Tactic::Discovery, EntityKind::Account, "T1087"),
    (Tactic::Discovery, EntityKind::Ip, "T1046"),
    (Tactic::LateralMovement, EntityKind::Host, "T1021"),
    (Tactic::Collection, EntityKind::Mailbox, "T1114"),
    (Tactic::Collection, EntityKind::CloudApplication, "T1213"),
    (Tactic::CommandAndControl, EntityKind::Ip, "T1071"),
    (Tactic::CommandAndControl, EntityKind::DnsResolution, "T1071"),
    (Tactic::CommandAndControl, EntityKind::Url, "T1071"),
    (Tactic::Exfiltration, EntityKind::CloudApplication, "T1567"),
    (Tactic::Exfiltration, EntityKind::Host, "T1048"),
    (Tactic::Impact, EntityKind::Host, "T1486"),
    (Tactic::Impact, EntityKind::AzureResource, "T1485"),
];

/// Most candidates: more would be guessing.
const MOST: usize = 3;

/// The candidates, and what they rest on; none if nothing suggests any.
pub(super) fn candidates(facts: &Facts, scenarios: &[Match]) -> Option<(Ground, Vec<&'static Technique>)> {
    let named = scenarios.iter().filter(|found| found.is_by_title());
    let by_title = found(named.flat_map(|found| found.scenario.infers).map(|id| id.as_str()));
    if !by_title.is_empty() {
        return Some((Ground::Title, by_title));
    }
    // The first kind that is there decides for each tactic.
    let of_tactic =
        |tactic: &Tactic| BY_TACTIC.iter().find(|row| row.0 == *tactic && facts.has(row.1)).map(|row| row.2);
    let by_tactic = found(facts.tactics.iter().filter_map(of_tactic));
    (!by_tactic.is_empty()).then_some((Ground::Tactics, by_tactic))
}

fn found(ids: impl Iterator<Item = &'static str>) -> Vec<&'static Technique> {
    let mut techniques: Vec<&'static Technique> = Vec::new();
    for technique in ids.filter_map(Technique::find) {
        if !techniques.contains(&technique) && techniques.len() < MOST {
            techniques.push(technique);
        }
    }
    techniques
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Incident;
    use crate::runbook::scenario::matching;

    fn inferred(json: &serde_json::Value) -> Option<(Ground, Vec<&'static str>)> {
        let incident = Incident::from_bytes(json.to_string().as_bytes()).unwrap();
        let facts = Facts::of(&incident);
        let scenarios = matching(&facts);
        candidates(&facts, &scenarios).map(|(basis, found)| (basis, found.iter().map(|t| t.id.as_str()).collect()))
    }

    #[test]
    fn every_rule_names_a_technique_of_its_tactic() {
        for (tactic, _, id) in BY_TACTIC {
            assert!(Technique::find(id).unwrap().tactics.contains(tactic), "{id} {tactic}");
        }
    }

    #[test]
    fn from_the_title_from_the_alert_type_and_from_the_tactics() {
        let json = serde_json::json!({"title": "Password spray attack"});
        assert_eq!(inferred(&json), Some((Ground::Title, vec!["T1110.003"])));
        let json = serde_json::json!({"title": "Alert", "alerts": [{"properties": {"alertType": "VM_DigitalCurrencyMining"}}]});
        assert_eq!(inferred(&json).unwrap().0, Ground::Title);
        let json = serde_json::json!({"title": "x", "additionalData": {"tactics": ["CredentialAccess"]},
            "entities": [{"kind": "Account", "properties": {"accountName": "a"}}]});
        assert_eq!(inferred(&json), Some((Ground::Tactics, vec!["T1110"])));
        assert_eq!(inferred(&serde_json::json!({"title": "x"})), None);
    }
}
