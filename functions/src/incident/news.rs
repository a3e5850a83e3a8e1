//! What an incident has that a comment did not know, and how it was without that.

use std::collections::HashSet;

use jiff::SignedDuration;

use super::known::{Names, alert_mark, fact, mark, names, salt};
use super::members::compromised;
use super::{Alert, Entity, Incident, Ip, Known, Severity, Sighting};
use crate::text::Text;

/// What an incident has that was not known.
#[derive(Debug, Clone, Default)]
pub struct News<'a> {
    /// Alerts.
    pub alerts: Vec<&'a Alert>,
    /// Entities.
    pub entities: Vec<&'a Entity>,
}

impl News<'_> {
    /// True if all is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alerts.is_empty() && self.entities.is_empty()
    }
}

impl Incident {
    /// What it has that was not known.
    #[must_use]
    pub fn news(&self, known: &Known) -> News<'_> {
        Judge::of(self, known).news(self)
    }

    /// The same incident, with what was not known before the rest, since only the first of many are named in steps; and with the
    /// times of all its alerts, which its own may lag behind.
    #[must_use]
    pub fn with_news_first(mut self, known: &Known) -> Self {
        let judge = Judge::of(&self, known);
        self.alerts.sort_by_cached_key(|alert| judge.knows_alert(alert));
        self.entities.sort_by_cached_key(|entity| judge.knows(entity));
        let (start, end) = self.alert_times();
        self.first_activity = start.into_iter().chain(self.first_activity).min();
        self.last_activity = end.into_iter().chain(self.last_activity).max();
        self
    }

    /// The incident as far as it was known: without its news, and without what it says of itself that was not known.
    #[must_use]
    pub fn as_known(&self, known: &Known) -> Self {
        let judge = Judge::of(self, known);
        let news = judge.news(self);
        let mut before = self.clone();
        before.alerts.retain(|alert| judge.knows_alert(alert));
        before.entities.retain(|entity| judge.knows(entity));
        if before.entities.is_empty() {
            before.entities = compromised(&before.alerts);
            before.has_derived_entities = !before.entities.is_empty();
        }
        before.alert_count = self.alert_count.map(|count| count.saturating_sub(news.alerts.len() as u64));
        before.techniques.retain(|text| judge.knows_fact("technique", text));
        before.tactics.retain(|text| judge.knows_fact("tactic", text));
        before.products.retain(|text| judge.knows_fact("product", text));
        for (kind, text) in [("title", &mut before.title), ("description", &mut before.description)] {
            if !judge.knows_fact(kind, text) {
                *text = Text::default();
            }
        }
        if let Some(severity) = SEVERITIES.into_iter().find(|one| judge.knows_fact("severity", &one.to_string())) {
            before.severity = severity;
        }
        let background = &mut before.background;
        background.honeypots.retain(|name| before.entities.iter().any(|entity| entity.label() == name));
        background.sightings.retain(|sighting| !news.entities.iter().any(|entity| is_about(sighting, entity)));
        before.shorten_activity();
        before
    }

    /// The times of the alerts, where the incident's own are longer by so much that queries would miss what is beyond.
    fn shorten_activity(&mut self) {
        /// Queries look so far beyond the activity.
        const MARGIN: SignedDuration = SignedDuration::from_hours(1);
        let (first, last) = self.alert_times();
        if let (Some(first), Some(whole)) = (first, self.first_activity)
            && first.duration_since(whole) > MARGIN
        {
            self.first_activity = Some(first);
        }
        if let (Some(last), Some(whole)) = (last, self.last_activity)
            && whole.duration_since(last) > MARGIN
        {
            self.last_activity = Some(last);
        }
    }
}

/// The severities that may have been known.
const SEVERITIES: [Severity; 4] = [Severity::High, Severity::Medium, Severity::Low, Severity::Informational];

fn is_about(sighting: &Sighting, entity: &Entity) -> bool {
    let is_address = |ip: &Ip| ip.parsed.is_some_and(|address| address.to_string() == sighting.indicator.as_str());
    entity.label().eq_ignore_ascii_case(&sighting.indicator) || matches!(entity, Entity::Ip(ip) if is_address(ip))
}

/// Tells what of an incident is known.
struct Judge<'a> {
    known: &'a Known,
    salt: String,
    /// What the entities of the incident are known by.
    own: HashSet<String>,
    /// The same of each one that has a short name too, with the short one.
    full: Vec<(String, String)>,
    /// What the known alerts call compromised, if no entity was known: it was all that there was.
    derived: HashSet<String>,
}

impl<'a> Judge<'a> {
    fn of(incident: &Incident, known: &'a Known) -> Self {
        let names_of = || incident.entities.iter().map(names);
        let own = names_of().map(|names| names.own).collect();
        let full = names_of().filter_map(|names| Some((names.before?, names.own))).collect();
        let mut judge = Self { known, salt: salt(incident), own, full, derived: HashSet::new() };
        if known.is_without_entities() {
            let alerts: Vec<Alert> = incident.alerts.iter().filter(|alert| judge.knows_alert(alert)).cloned().collect();
            let named = compromised(&alerts);
            judge.derived =
                named.iter().map(names).flat_map(|names| names.before.into_iter().chain([names.own])).collect();
        }
        judge
    }

    fn news<'i>(&self, incident: &'i Incident) -> News<'i> {
        News {
            alerts: incident.alerts.iter().filter(|alert| !self.knows_alert(alert)).collect(),
            entities: incident.entities.iter().filter(|entity| !self.knows(entity)).collect(),
        }
    }

    fn knows_alert(&self, alert: &Alert) -> bool {
        self.known.alerts.has(alert_mark(&self.salt, alert))
    }

    fn knows_fact(&self, kind: &str, text: &str) -> bool {
        self.known.facts.has(mark(&self.salt, &fact(kind, text)))
    }

    /// An entity is known by its name; or, if it is the only one of its short name with a domain, by the short one, and the
    /// other way round. Not so a user beside a local account of that name.
    fn knows(&self, entity: &Entity) -> bool {
        let Names { own, before } = names(entity);
        let has = |name: &str| self.known.entities.has(mark(&self.salt, name)) || self.derived.contains(name);
        let only_full = |short: &str| match &self.full.iter().filter(|(one, _)| one == short).collect::<Vec<_>>()[..] {
            [(_, full)] => Some(full.clone()),
            _ => None,
        };
        let is_host = matches!(entity, Entity::Host(_));
        let by_short = |short: &str| has(short) && only_full(short).is_some() && (is_host || !self.own.contains(short));
        has(&own)
            || before.as_deref().is_some_and(by_short)
            || (is_host && only_full(&own).is_some_and(|full| has(&full)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(alerts: &[(&str, &str)], accounts: &[&str]) -> Incident {
        let alerts: Vec<_> = alerts
            .iter()
            .map(|(id, technique)| serde_json::json!({"properties": {"systemAlertId": id, "techniques": [technique]}}))
            .collect();
        let entities: Vec<_> = accounts
            .iter()
            .map(|name| {
                let (name, suffix) = name.split_once('@').unwrap_or((name, ""));
                serde_json::json!({"kind": "Account", "properties": {"accountName": name, "upnSuffix": suffix}})
            })
            .collect();
        let techniques: Vec<_> = alerts.iter().map(|alert| alert["properties"]["techniques"][0].clone()).collect();
        let json = serde_json::json!({
            "title": "x", "alerts": alerts, "entities": entities,
            "additionalData": {"alertsCount": alerts.len(), "techniques": techniques}
        });
        Incident::from_bytes(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn news_are_what_was_not_known() {
        let before = incident(&[("a1", "T1110")], &["al"]);
        let after = incident(&[("A1", "T1110"), ("b2", "T1486")], &["AL", "bob"]);
        let known = Known::parse(&Known::of(&before).to_string()).unwrap();
        let news = after.news(&known);
        assert_eq!((news.alerts.len(), news.alerts[0].id.as_str()), (1, "b2"));
        assert_eq!((news.entities.len(), news.entities[0].label().as_str()), (1, "bob"));
        assert!(before.news(&known).is_empty() && after.news(&Known::of(&after)).is_empty());
        assert!(before.news(&Known::of(&after)).is_empty(), "what went is no news");
        let as_known = after.as_known(&known);
        assert_eq!((as_known.alerts.len(), as_known.alert_count, as_known.entities.len()), (1, Some(1), 1));
        assert_eq!(as_known.techniques.iter().map(crate::text::Text::as_str).collect::<Vec<_>>(), ["T1110"]);
    }

    #[test]
    fn an_account_whose_domain_became_known_is_none_but_a_namesake_is() {
        let known = Known::of(&incident(&[], &["al"]));
        assert!(incident(&[], &["al@contoso.com"]).news(&known).is_empty());
        assert_eq!(
            incident(&[], &["al", "al@contoso.com"]).news(&known).entities.len(),
            1,
            "a local account and a user"
        );
        let known = Known::of(&incident(&[], &["al@contoso.com"]));
        assert_eq!(incident(&[], &["al@contoso.com", "al@fabrikam.com"]).news(&known).entities.len(), 1);
        let host = |name: &str, domain: &str| serde_json::json!({"kind": "Host", "properties": {"hostName": name, "dnsDomain": domain}});
        let of = |hosts: &[serde_json::Value]| read(&serde_json::json!({"title": "x", "entities": hosts}));
        let (full, bare) = (host("web-01", "contoso.com"), host("web-01", ""));
        let known = Known::of(&of(std::slice::from_ref(&full)));
        assert!(of(&[full.clone(), bare.clone()]).news(&known).is_empty());
        assert_eq!(of(&[full.clone(), bare.clone(), host("web-01", "fabrikam.com")]).news(&known).entities.len(), 2);
        let known = Known::of(&of(std::slice::from_ref(&bare)));
        assert!(of(&[full, bare]).news(&known).is_empty(), "the same machine with its domain");
        let known = Known::of(&incident(&[], &["al"]));
        assert_eq!(incident(&[], &["al@contoso.com", "al@fabrikam.com"]).news(&known).entities.len(), 2);
    }

    fn read(json: &serde_json::Value) -> Incident {
        Incident::from_bytes(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn the_same_program_or_file_name_may_be_news() {
        let process = |line: &str| serde_json::json!({"kind": "Process", "properties": {"commandLine": line}});
        let file = |folder: &str| serde_json::json!({"kind": "File", "properties": {"fileName": "a.exe", "directory": folder}});
        let before = read(&serde_json::json!({"title": "x", "entities": [process("powershell -c a"), file("C:/a")]}));
        let after = read(&serde_json::json!({"title": "x", "entities": [
            process("powershell -c a"), process("powershell -c b"), file("C:/a"), file("C:/b")]}));
        assert_eq!(after.news(&Known::of(&before)).entities.len(), 2);
    }

    #[test]
    fn what_alerts_called_compromised_is_known_and_the_other_entities_are_news() {
        let alert =
            serde_json::json!({"properties": {"systemAlertId": "a", "compromisedEntity": "WEB-01.contoso.com"}});
        let before = read(&serde_json::json!({"title": "x", "alerts": [alert]}));
        let known = Known::of(&before);
        assert!(before.has_derived_entities && known.is_without_entities() && before.news(&known).is_empty());
        let host = |name: &str| serde_json::json!({"kind": "Host", "properties": {"hostName": name}});
        let after =
            read(&serde_json::json!({"title": "x", "alerts": [alert], "entities": [host("web-01"), host("db-02")]}));
        let news = after.news(&known);
        assert_eq!(news.entities.iter().map(|entity| entity.label().as_str()).collect::<Vec<_>>(), ["db-02"]);
    }

    #[test]
    fn a_title_severity_product_and_sighting_of_what_is_new_were_not_known() {
        let alert = |id: &str, severity: &str, product: &str| {
            serde_json::json!({"properties": {
            "systemAlertId": id, "alertDisplayName": id, "severity": severity, "productName": product}})
        };
        let address = |text: &str| serde_json::json!({"kind": "Ip", "properties": {"address": text}});
        let whole = |alerts: &[serde_json::Value], addresses: &[serde_json::Value]| {
            read(
                &serde_json::json!({"title": "Ransomware", "severity": "High", "alerts": alerts, "entities": addresses,
                "additionalData": {"alertProductNames": ["P", "Q"]}}),
            )
        };
        let mut before = whole(&[alert("a", "Medium", "P")], &[address("203.0.113.7")]);
        before.title = Text::new("SSH brute force", 40);
        before.severity = Severity::Medium;
        before.products = vec![Text::new("P", 40)];
        let mut after = whole(
            &[alert("a", "Medium", "P"), alert("b", "High", "Q")],
            &[address("203.0.113.7"), address("203.0.113.8")],
        );
        for indicator in ["203.0.113.7", "203.0.113.8"] {
            let time = jiff::Timestamp::UNIX_EPOCH;
            after.background.sightings.push(Sighting {
                indicator: Text::new(indicator, 40),
                hits: 1,
                first: time,
                last: time,
                honeypots: vec![],
                credentials: 0,
                commands: vec![],
            });
        }
        let known = Known::of(&before);
        let as_known = after.as_known(&known);
        assert_eq!((as_known.title.as_str(), &as_known.severity), ("", &Severity::Medium));
        assert_eq!(as_known.products.iter().map(Text::as_str).collect::<Vec<_>>(), ["P"]);
        assert_eq!(as_known.background.sightings.len(), 1);
        let first = after.with_news_first(&known);
        assert_eq!((first.alerts[0].id.as_str(), first.entities[0].label().as_str()), ("b", "203.0.113.8"));
    }
}
