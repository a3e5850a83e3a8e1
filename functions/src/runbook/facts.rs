//! What the rules look at, worked out once.

use std::collections::{BTreeSet, HashMap};

use crate::attack::{Tactic, Technique};
use crate::incident::{Entity, EntityKind, Incident, Os, parse_address};
use crate::pool::Str;
use crate::text::Text;

use super::infer::{Ground, candidates};
use super::phrases::scenarios_named;
use super::scenario::Match;

/// An incident, seen with the runbook's eyes.
pub(super) struct Facts<'a> {
    pub(super) incident: &'a Incident,
    /// Techniques of ATT&CK Enterprise that the incident names, or that its scenario suggests.
    pub(super) techniques: Vec<&'static Technique>,
    /// Set if the incident names none: what the techniques rest on.
    pub(super) inferred: Option<Ground>,
    /// What the incident calls a technique and ATT&CK Enterprise does not have.
    pub(super) unknown_techniques: Vec<&'a Text>,
    pub(super) tactics: Vec<Tactic>,
    pub(super) unknown_tactics: Vec<&'a Text>,
    /// Lower-case title without the names an attacker may have chosen.
    pub(super) title: String,
    /// The same of the alerts' names and types, each once.
    pub(super) alert_names: String,
    /// The mitigations of all techniques, sorted.
    pub(super) mitigations: BTreeSet<Str>,
    /// The operating systems of the hosts, told or hinted at; empty if unknown.
    pub(super) systems: Vec<Os>,
    /// Sites of the URLs.
    pub(super) sites: Vec<Text>,
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
        let mut facts = Self {
            systems: Vec::new(),
            mitigations: mitigations(&techniques),
            by_kind: by_kind(incident),
            sites: sites(&incident.entities),
            title: without_chosen_names(&incident.title, &incident.entities),
            alert_names: without_chosen_names(&alert_names.join(" | "), &incident.entities),
            incident,
            techniques,
            inferred: None,
            unknown_techniques,
            tactics,
            unknown_tactics,
        };
        facts.systems = facts.told_or_hinted_systems();
        facts
    }

    /// Adds candidates, if the incident names no technique.
    pub(super) fn with_inferred(mut self, scenarios: &[Match]) -> Self {
        if self.techniques.is_empty()
            && let Some((basis, techniques)) = candidates(&self, scenarios)
        {
            self.inferred = Some(basis);
            self.mitigations = mitigations(&techniques);
            self.techniques = techniques;
            self.systems = self.told_or_hinted_systems();
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

    /// The operating systems of the hosts: as told, or else as techniques and title suggest.
    fn told_or_hinted_systems(&self) -> Vec<Os> {
        const WINDOWS: &[&str] =
            &["T1059.001", "T1059.003", "T1003.001", "T1003.002", "T1003.003", "T1550", "T1558", "T1547.001"];
        const LINUX: &[&str] = &["T1059.004", "T1053.003", "T1098.004", "T1003.008"];
        let hosts = self.of_kind(EntityKind::Host).iter();
        let told: Vec<Os> =
            hosts.filter_map(|entity| if let Entity::Host(host) = entity { host.os } else { None }).collect();
        if !told.is_empty() {
            return told;
        }
        let hints = |ids: &[&str]| self.techniques.iter().any(|known| ids.iter().any(|id| known.is_covered_by(id)));
        let linux = hints(LINUX) || self.title.split(' ').any(|word| matches!(word, "ssh" | "linux"));
        let windows =
            hints(WINDOWS) || self.title.split(' ').any(|word| matches!(word, "rdp" | "windows" | "powershell"));
        [(linux, Os::Linux), (windows, Os::Windows)].into_iter().filter(|(hint, _)| *hint).map(|(_, os)| os).collect()
    }

    /// True if every account is one that the system itself needs: these are never disabled or reset.
    pub(super) fn has_only_built_in_accounts(&self) -> bool {
        let accounts = self.of_kind(EntityKind::Account);
        !accounts.is_empty() && accounts.iter().all(|entity| entity.is_built_in())
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

fn mitigations(techniques: &[&'static Technique]) -> BTreeSet<Str> {
    techniques.iter().flat_map(|technique| technique.mitigations()).copied().collect()
}

/// Where a real machine was attacked too, steps are about that one: nobody cleans a honeypot.
fn by_kind(incident: &Incident) -> HashMap<EntityKind, Vec<&Entity>> {
    let mut by_kind: HashMap<EntityKind, Vec<&Entity>> = HashMap::new();
    let is_about_honeypots = incident.is_about_honeypots();
    for entity in incident.entities.iter().filter(|entity| is_about_honeypots || !incident.is_honeypot(entity)) {
        by_kind.entry(entity.kind()).or_default().push(entity);
    }
    if let Some(addresses) = by_kind.get_mut(&EntityKind::Ip) {
        addresses.sort_by_key(|entity| !is_outside(entity));
    }
    if let Some(accounts) = by_kind.get_mut(&EntityKind::Account) {
        accounts.sort_by_key(|entity| entity.is_built_in());
    }
    by_kind
}

/// The hosts of the URLs that are names, each once.
fn sites(entities: &[Entity]) -> Vec<Text> {
    const LONGEST: usize = 200;
    let mut sites: Vec<Text> = Vec::new();
    for entity in entities {
        let Entity::Url(url) = entity else { continue };
        let after_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
        let site = Text::derived(host, &[url], LONGEST);
        if host.contains('.') && parse_address(host).is_none() && !sites.contains(&site) {
            sites.push(site);
        }
    }
    sites
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
        if chosen && name.len() >= SHORTEST && hides_a_phrase(&name) {
            text = without(&text, &name);
        }
    }
    spaced_out(&text)
}

/// As the runbook's phrases are written.
fn spaced_out(text: &str) -> String {
    text.replace(['-', '_', '/'], " ")
}

/// A phrase is an attacker's only if it stands inside the name. A name such as `ransom` or `root` takes nothing away from
/// what the rule itself says.
fn hides_a_phrase(name: &str) -> bool {
    !scenarios_named(&spaced_out(name)).is_empty()
}

/// `text` without `name`, where it stands as a word.
fn without(text: &str, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let end = at + name.len();
        let is_word = !rest[..at].ends_with(char::is_alphanumeric) && !rest[end..].starts_with(char::is_alphanumeric);
        out.push_str(&rest[..at]);
        out.push_str(if is_word { "\u{fffd}" } else { name });
        rest = &rest[end..];
    }
    out + rest
}
