//! Every technique and every mitigation that ATT&CK maps to it stands in a step.

use std::collections::{BTreeMap, BTreeSet};

use crate::attack::{Tactic, Technique};
use crate::completion::{Phase, Step};
use crate::incident::EntityKind;

use super::facts::Facts;
use super::fill::Addresses;
use super::steps::{Draft, MOST_NAMED, Place, about, draft};
use super::table::{Family, Mitigation, mitigation, tactic_action};

/// Puts each technique that no step names into the step of its tactic, or into one that looks through the alerts.
pub(super) fn techniques(facts: &Facts, drafts: &mut Vec<Draft>) {
    let mut rest: Vec<&'static Technique> = Vec::new();
    for technique in &facts.techniques {
        let is_named = drafts.iter().any(|d| d.step.techniques.iter().any(|id| *id == technique.id));
        if !is_named && !joins_tactic(technique, facts, drafts) {
            rest.push(technique);
        }
    }
    for (number, group) in rest.chunks(MOST_NAMED).enumerate() {
        drafts.push(Draft {
            order: (Phase::Investigate, Place::Runbook, 70),
            step: look_through(number + 1, group, facts),
        });
    }
}

fn joins_tactic(technique: &Technique, facts: &Facts, drafts: &mut Vec<Draft>) -> bool {
    let (of_incident, others): (Vec<Tactic>, Vec<Tactic>) =
        technique.tactics.iter().partition(|tactic| facts.tactics.contains(tactic));
    for action in of_incident.into_iter().chain(others).filter_map(tactic_action) {
        if !drafts.iter().any(|d| d.step.id == action.id) {
            drafts.push(draft(action, facts));
        }
        let step = drafts.iter_mut().map(|d| &mut d.step).find(|step| step.id == action.id);
        if let Some(step) = step.filter(|step| step.techniques.len() < MOST_NAMED) {
            step.techniques.push(technique.id.to_string());
            return true;
        }
    }
    false
}

fn look_through(number: usize, group: &[&'static Technique], facts: &Facts) -> Step {
    let names: Vec<&str> = group.iter().map(|technique| technique.name.as_str()).collect();
    Step {
        id: format!("check-techniques-{number}"),
        phase: Phase::Investigate,
        action: format!(
            "Read the alerts that name these techniques and note when, where and by whom: {}.",
            names.join(", ")
        ),
        why: "Each is part of the same intrusion until shown otherwise.".to_owned(),
        techniques: group.iter().map(|technique| technique.id.to_string()).collect(),
        mitigations: Vec::new(),
        entities: about(&[EntityKind::Host, EntityKind::Account], Addresses::Any, facts),
    }
}

/// Adds steps for the mitigations that no preventing step realises, one or more a family.
pub(super) fn mitigations(facts: &Facts, drafts: &mut Vec<Draft>) {
    let named: BTreeSet<String> = drafts
        .iter()
        .filter(|d| d.step.phase == Phase::Prevent)
        .flat_map(|d| d.step.mitigations.iter().cloned())
        .collect();
    let mut families: BTreeMap<Family, Vec<&'static Mitigation>> = BTreeMap::new();
    for id in facts.mitigations.iter().copied().filter(|id| !named.contains(id.as_str())) {
        if let Some(found) = mitigation(&id) {
            families.entry(found.family).or_default().push(found);
        }
    }
    for (family, members) in families {
        // Evenly: 8 become 4 and 4, not 6 and 2.
        let groups = members.len().div_ceil(MOST_NAMED);
        for (number, group) in members.chunks(members.len().div_ceil(groups)).enumerate() {
            drafts.push(Draft {
                order: (Phase::Prevent, Place::Runbook, 80),
                step: prevent(family, number, group, facts),
            });
        }
    }
}

fn prevent(family: Family, number: usize, group: &[&'static Mitigation], facts: &Facts) -> Step {
    let counters = |technique: &&&Technique| group.iter().any(|m| technique.mitigations().contains(&m.id));
    let (name, kinds): (&str, &[EntityKind]) = match family {
        Family::Identity => ("identity", &[EntityKind::Account]),
        Family::Host => ("host", &[EntityKind::Host]),
        Family::Network => ("network", &[EntityKind::Host, EntityKind::Ip]),
        Family::Data => ("data", &[EntityKind::AzureResource, EntityKind::File, EntityKind::Mailbox]),
        Family::Software => ("software", &[EntityKind::Host, EntityKind::CloudApplication]),
        Family::People => ("people", &[EntityKind::Account]),
    };
    let suffix = if number == 0 { String::new() } else { format!("-{}", number + 1) };
    let texts: Vec<&str> = group.iter().map(|m| m.text.as_str()).collect();
    Step {
        id: format!("prevent-{name}{suffix}"),
        phase: Phase::Prevent,
        action: texts.join(" "),
        why: "So that the same way does not work again.".to_owned(),
        techniques: facts.techniques.iter().filter(counters).take(MOST_NAMED).map(|t| t.id.to_string()).collect(),
        mitigations: group.iter().map(|m| m.id.to_string()).collect(),
        entities: about(kinds, Addresses::Any, facts),
    }
}
