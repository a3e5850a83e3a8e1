//! What the rules look at, worked out once.

use crate::attack::{Tactic, Technique};
use crate::incident::{Entity, EntityKind, Incident, Os};
use crate::text::Text;

use super::scenario::Match;

/// An incident, seen with the runbook's eyes.
pub(super) struct Facts<'a> {
    pub(super) incident: &'a Incident,
    /// Techniques of ATT&CK Enterprise that the incident names, or that its scenario suggests.
    pub(super) techniques: Vec<&'static Technique>,
    /// True if the incident names none and the scenario suggested them.
    pub(super) is_inferred: bool,
    /// What the incident calls a technique and ATT&CK Enterprise does not have.
    pub(super) unknown_techniques: Vec<&'a Text>,
    pub(super) tactics: Vec<Tactic>,
    pub(super) unknown_tactics: Vec<&'a Text>,
    /// Lower-case title without the names an attacker may have chosen.
    pub(super) title: String,
    /// The same of the alerts' names.
    pub(super) alert_names: String,
}

/// Most entities of a kind that stand in one step.
pub(super) const MAIN_OF_A_KIND: usize = 6;

impl<'a> Facts<'a> {
    pub(super) fn of(incident: &'a Incident) -> Self {
        let (mut techniques, mut unknown_techniques) = (Vec::new(), Vec::new());
        for text in &incident.techniques {
            match Technique::named_by(text) {
                Some(technique) if techniques.contains(&technique) => {}
                Some(technique) => techniques.push(technique),
                None => unknown_techniques.push(text),
            }
        }
        let (mut tactics, mut unknown_tactics) = (Vec::new(), Vec::new());
        for text in &incident.tactics {
            match Tactic::named_by(text) {
                Some(tactic) if tactics.contains(&tactic) => {}
                Some(tactic) => tactics.push(tactic),
                None => unknown_tactics.push(text),
            }
        }
        let alert_names: Vec<&str> = incident.alerts.iter().map(|alert| alert.name.as_str()).collect();
        Self {
            title: without_chosen_names(&incident.title, &incident.entities),
            alert_names: without_chosen_names(&alert_names.join(" | "), &incident.entities),
            incident,
            techniques,
            is_inferred: false,
            unknown_techniques,
            tactics,
            unknown_tactics,
        }
    }

    /// Adds the techniques that the scenarios suggest, if the incident names none.
    pub(super) fn with_inferred(mut self, scenarios: &[Match]) -> Self {
        if !self.techniques.is_empty() {
            return self;
        }
        for found in scenarios.iter().filter(|found| found.by_title) {
            for technique in found.scenario.infers.iter().filter_map(|id| Technique::find(id)) {
                if !self.techniques.contains(&technique) {
                    self.techniques.push(technique);
                }
            }
        }
        self.is_inferred = !self.techniques.is_empty();
        self
    }

    /// Entities of a kind; addresses that may be an outsider's first.
    pub(super) fn of_kind(&self, kind: EntityKind) -> Vec<&'a Entity> {
        let mut found: Vec<&Entity> = self
            .incident
            .entities
            .iter()
            .filter(|entity| entity.kind() == kind)
            .collect();
        if kind == EntityKind::Ip {
            found.sort_by_key(|entity| !is_outside(entity));
        }
        found
    }

    /// The kinds that are there, the most telling first.
    pub(super) fn kinds(&self) -> Vec<EntityKind> {
        EntityKind::KNOWN
            .iter()
            .copied()
            .filter(|kind| self.has(*kind))
            .collect()
    }

    /// What the incident and its alerts say happened, in lower case, without the names an attacker may have chosen.
    pub(super) fn descriptions(&self) -> Vec<String> {
        let incident = self.incident;
        let texts =
            std::iter::once(&incident.description).chain(incident.alerts.iter().map(|alert| &alert.description));
        texts
            .filter(|text| !text.is_empty())
            .map(|text| without_chosen_names(text, &incident.entities))
            .collect()
    }

    pub(super) fn has(&self, kind: EntityKind) -> bool {
        self.incident.entities.iter().any(|entity| entity.kind() == kind)
    }

    pub(super) fn has_outside_address(&self) -> bool {
        self.incident.entities.iter().any(is_outside)
    }

    /// The operating systems of the hosts, where known.
    pub(super) fn systems(&self) -> Vec<Os> {
        let hosts = self.incident.entities.iter();
        hosts
            .filter_map(|entity| if let Entity::Host(host) = entity { host.os } else { None })
            .collect()
    }
}

pub(super) fn is_outside(entity: &Entity) -> bool {
    matches!(entity, Entity::Ip(ip) if ip.is_outside())
}

/// Who attacks may choose the name of an account, a file or a URL, and with it the words in a title. A scenario must not
/// be chosen by such words. Hosts, resources and products are named by their owners.
fn without_chosen_names(text: &str, entities: &[Entity]) -> String {
    const SHORTEST: usize = 3;
    let mut text = text.to_lowercase();
    for entity in entities {
        let chosen = !matches!(
            entity.kind(),
            EntityKind::Host | EntityKind::AzureResource | EntityKind::Malware | EntityKind::SecurityGroup
        );
        let name = entity.label().to_lowercase();
        if chosen && name.len() >= SHORTEST && text.contains(&name) {
            text = text.replace(&name, "\u{fffd}");
        }
    }
    // The runbook's phrases are written the same way.
    text.replace(['-', '_', '/'], " ")
}
