//! What the rules look at, worked out once.

use std::collections::{BTreeSet, HashMap};

use crate::attack::{Tactic, Technique};
use crate::incident::{Entity, EntityKind, Incident, Os};
use crate::text::Text;

use super::infer::{Basis, candidates};
use super::scenario::Match;

/// An incident, seen with the runbook's eyes.
pub(super) struct Facts<'a> {
    pub(super) incident: &'a Incident,
    /// Techniques of ATT&CK Enterprise that the incident names, or that its scenario suggests.
    pub(super) techniques: Vec<&'static Technique>,
    /// Set if the incident names none: what the techniques rest on.
    pub(super) inferred: Option<Basis>,
    /// What the incident calls a technique and ATT&CK Enterprise does not have.
    pub(super) unknown_techniques: Vec<&'a Text>,
    pub(super) tactics: Vec<Tactic>,
    pub(super) unknown_tactics: Vec<&'a Text>,
    /// Lower-case title without the names an attacker may have chosen.
    pub(super) title: String,
    /// The same of the alerts' names and types, each once.
    pub(super) alert_names: String,
    /// The mitigations of all techniques, sorted.
    pub(super) mitigations: BTreeSet<&'static str>,
    by_kind: HashMap<EntityKind, Vec<&'a Entity>>,
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
        let names = incident.alerts.iter().map(|alert| alert.name.to_string());
        let types = incident.alerts.iter().map(|alert| spaced(&alert.kind));
        let alert_names: Vec<String> = names.chain(types).collect::<BTreeSet<String>>().into_iter().collect();
        Self {
            mitigations: mitigations(&techniques),
            by_kind: by_kind(&incident.entities),
            title: without_chosen_names(&incident.title, &incident.entities),
            alert_names: without_chosen_names(&alert_names.join(" | "), &incident.entities),
            incident,
            techniques,
            inferred: None,
            unknown_techniques,
            tactics,
            unknown_tactics,
        }
    }

    /// Adds candidates, if the incident names no technique.
    pub(super) fn with_inferred(mut self, scenarios: &[Match]) -> Self {
        if self.techniques.is_empty()
            && let Some((basis, techniques)) = candidates(&self, scenarios)
        {
            self.inferred = Some(basis);
            self.mitigations = mitigations(&techniques);
            self.techniques = techniques;
        }
        self
    }

    /// Entities of a kind; addresses that may be an outsider's first.
    pub(super) fn of_kind(&self, kind: EntityKind) -> &[&'a Entity] {
        self.by_kind.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// The kinds that are there, the most telling first.
    pub(super) fn kinds(&self) -> Vec<EntityKind> {
        EntityKind::KNOWN.iter().copied().filter(|kind| self.has(*kind)).collect()
    }

    /// What the incident and its first alerts say happened, in lower case, without the names an attacker may have chosen.
    pub(super) fn descriptions(&self) -> Vec<String> {
        const ALERTS: usize = 10;
        let incident = self.incident;
        let alerts = incident.alerts.iter().take(ALERTS).map(|alert| &alert.description);
        let texts = std::iter::once(&incident.description).chain(alerts);
        texts.filter(|text| !text.is_empty()).map(|text| without_chosen_names(text, &incident.entities)).collect()
    }

    pub(super) fn has(&self, kind: EntityKind) -> bool {
        self.by_kind.contains_key(&kind)
    }

    pub(super) fn has_outside_address(&self) -> bool {
        self.of_kind(EntityKind::Ip).first().is_some_and(|entity| is_outside(entity))
    }

    /// The operating systems of the hosts, where known.
    pub(super) fn systems(&self) -> Vec<Os> {
        let hosts = self.of_kind(EntityKind::Host).iter();
        hosts.filter_map(|entity| if let Entity::Host(host) = entity { host.os } else { None }).collect()
    }
}

/// `VM_Digital Currency Mining` for `VM_DigitalCurrencyMining`.
fn spaced(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        if c.is_uppercase() && spaced.ends_with(char::is_lowercase) {
            spaced.push(' ');
        }
        spaced.push(c);
    }
    spaced
}

fn mitigations(techniques: &[&'static Technique]) -> BTreeSet<&'static str> {
    techniques.iter().flat_map(|technique| technique.mitigations()).copied().collect()
}

fn by_kind(entities: &[Entity]) -> HashMap<EntityKind, Vec<&Entity>> {
    let mut by_kind: HashMap<EntityKind, Vec<&Entity>> = HashMap::new();
    for entity in entities {
        by_kind.entry(entity.kind()).or_default().push(entity);
    }
    if let Some(addresses) = by_kind.get_mut(&EntityKind::Ip) {
        addresses.sort_by_key(|entity| !is_outside(entity));
    }
    by_kind
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
