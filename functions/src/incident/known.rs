//! Which alerts and entities a comment knew, in so few characters that the comment itself can hold them: so a later look can
//! tell what came since, and nothing has to be stored elsewhere.

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest, Sha256};

use super::{Account, Alert, Entity, Host, Incident, IncidentId};

/// Alerts or entities of which marks are kept; with more there are none, and nothing is called new. Sentinel holds 150 alerts.
const MOST: usize = 150;
/// Hexadecimal digits of a mark. One of 4,096: among 20 others, one new entity in 200 is taken for a known one.
const DIGITS: usize = 3;
/// Marks in a word, so that a comment's lines can break.
const IN_A_WORD: usize = 8;
/// What stands for no mark, for too many, and between alerts and entities.
const NONE: &str = "-";
const MANY: &str = "+";
const BETWEEN: &str = "/";

/// Marks of alerts and entities. The incident's id goes into each: who chooses a name cannot choose its mark.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    alerts: Marks,
    entities: Marks,
}

/// Marks of some; none if they were too many.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Marks(Option<BTreeSet<u16>>);

impl Default for Marks {
    fn default() -> Self {
        Self(Some(BTreeSet::new()))
    }
}

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

impl Known {
    /// All that an incident has.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        let salt = salt(incident);
        let alerts = incident.alerts.iter().filter_map(|alert| alert_mark(&salt, alert)).collect();
        let entities = incident.entities.iter().map(|entity| mark(&salt, &names(entity).own)).collect();
        Self { alerts: Marks::bounded(alerts), entities: Marks::bounded(entities) }
    }

    /// Reads what [`Known`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (alerts, entities) = text.split_once(BETWEEN)?;
        Some(Self { alerts: Marks::parse(alerts)?, entities: Marks::parse(entities)? })
    }

    /// Knows what another knew, too.
    pub fn add(&mut self, other: Self) {
        self.alerts.add(other.alerts);
        self.entities.add(other.entities);
    }

    /// How many alerts are known; none if they were too many.
    #[must_use]
    pub fn alerts(&self) -> Option<usize> {
        self.alerts.0.as_ref().map(BTreeSet::len)
    }

    /// True if no entity was known.
    #[must_use]
    pub fn is_without_entities(&self) -> bool {
        self.entities.0.as_ref().is_some_and(BTreeSet::is_empty)
    }
}

impl Incident {
    /// What it has that was not known. An alert without an id is never new.
    #[must_use]
    pub fn news(&self, known: &Known) -> News<'_> {
        let salt = salt(self);
        let is_new = |alert: &&Alert| alert_mark(&salt, alert).is_some_and(|mark| !known.alerts.has(mark));
        News {
            alerts: self.alerts.iter().filter(is_new).collect(),
            entities: self.entities.iter().filter(|entity| !is_known(entity, &salt, known)).collect(),
        }
    }

    /// The incident as far as it was known: without its news, and without the techniques and tactics that only they name.
    #[must_use]
    pub fn as_known(&self, known: &Known) -> Self {
        let salt = salt(self);
        let mut before = self.clone();
        before.alerts.retain(|alert| alert_mark(&salt, alert).is_none_or(|mark| known.alerts.has(mark)));
        before.entities.retain(|entity| is_known(entity, &salt, known));
        let news = self.news(known);
        before.alert_count = self.alert_count.map(|count| count.saturating_sub(news.alerts.len() as u64));
        before.techniques.retain(|text| !is_only_in(text, |alert| &alert.techniques, &news.alerts, &before.alerts));
        before.tactics.retain(|text| !is_only_in(text, |alert| &alert.tactics, &news.alerts, &before.alerts));
        before
    }
}

/// True if one of the new alerts names it, and none of the others.
fn is_only_in(text: &str, list: impl Fn(&Alert) -> &[crate::text::Text], new: &[&Alert], known: &[Alert]) -> bool {
    let names = |alert: &Alert| list(alert).iter().any(|other| other.eq_ignore_ascii_case(text));
    new.iter().any(|alert| names(alert)) && !known.iter().any(names)
}

fn salt(incident: &Incident) -> String {
    incident.id.as_ref().map(IncidentId::canonical).unwrap_or_default()
}

fn alert_mark(salt: &str, alert: &Alert) -> Option<u16> {
    (!alert.id.is_empty()).then(|| mark(salt, &format!("alert {}", alert.id.to_lowercase())))
}

fn is_known(entity: &Entity, salt: &str, known: &Known) -> bool {
    let names = names(entity);
    known.entities.has(mark(salt, &names.own)) || names.before.is_some_and(|name| known.entities.has(mark(salt, &name)))
}

/// What an entity is known by.
struct Names {
    own: String,
    /// What it was known by before Sentinel learned its domain.
    before: Option<String>,
}

fn names(entity: &Entity) -> Names {
    let kind = entity.kind();
    let named = |name: &str| format!("{kind} {}", name.to_lowercase());
    match entity {
        Entity::Account(Account { name, upn }) if !upn.is_empty() => {
            Names { own: named(upn), before: Some(named(name)) }
        }
        Entity::Host(Host { name, fqdn, .. }) if !fqdn.is_empty() => {
            Names { own: named(fqdn), before: Some(named(name)) }
        }
        _ => Names { own: named(entity.label()), before: None },
    }
}

fn mark(salt: &str, name: &str) -> u16 {
    let bytes = Sha256::digest(format!("{salt}\n{name}"));
    u16::from_be_bytes([bytes[0], bytes[1]]) >> (16 - 4 * DIGITS)
}

impl Marks {
    fn bounded(marks: BTreeSet<u16>) -> Self {
        Self((marks.len() <= MOST).then_some(marks))
    }

    fn has(&self, mark: u16) -> bool {
        self.0.as_ref().is_none_or(|marks| marks.contains(&mark))
    }

    fn add(&mut self, other: Self) {
        match (&mut self.0, other.0) {
            (Some(marks), Some(more)) => marks.extend(more),
            (marks, _) => *marks = None,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            NONE => return Some(Self::default()),
            MANY => return Some(Self(None)),
            _ => {}
        }
        let mut marks = BTreeSet::new();
        for word in text.split_whitespace() {
            if !word.len().is_multiple_of(DIGITS) || !word.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            marks.extend(
                (0..word.len()).step_by(DIGITS).map_while(|at| u16::from_str_radix(&word[at..at + DIGITS], 16).ok()),
            );
        }
        (!marks.is_empty() && marks.len() <= MOST).then_some(Self(Some(marks)))
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {BETWEEN} {}", self.alerts, self.entities)
    }
}

impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str(MANY),
            Some(marks) if marks.is_empty() => f.write_str(NONE),
            Some(marks) => marks.iter().enumerate().try_for_each(|(index, mark)| {
                let gap = if index > 0 && index.is_multiple_of(IN_A_WORD) { " " } else { "" };
                write!(f, "{gap}{mark:0DIGITS$x}")
            }),
        }
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
        let known = Known::of(&incident(&[], &["al@contoso.com"]));
        assert_eq!(incident(&[], &["al@contoso.com", "al@fabrikam.com"]).news(&known).entities.len(), 1);
    }

    #[test]
    fn nothing_and_too_many_have_a_sign_of_their_own() {
        assert_eq!(Known::of(&incident(&[], &[])).to_string(), "- / -");
        let names: Vec<String> = (0..400).map(|n| format!("user{n}")).collect();
        let many = incident(&[("a", "T1110")], &names.iter().map(String::as_str).collect::<Vec<_>>());
        let known = Known::of(&many);
        assert!(known.to_string().ends_with(" / +"), "{known}");
        assert!(incident(&[("a", "T1110")], &["new"]).news(&known).is_empty());
        let few = Known::of(&incident(&[], &names.iter().take(30).map(String::as_str).collect::<Vec<_>>()));
        assert!(few.to_string().split(' ').all(|word| word.len() <= IN_A_WORD * DIGITS), "{few}");
        assert_eq!(Known::parse(&few.to_string()), Some(few));
        for bad in ["", "/", "- /", "12 / -", "xyz / -", "- - / -", "123 - / -", "1234567 / 1"] {
            assert_eq!(Known::parse(bad), None, "{bad}");
        }
    }
}
