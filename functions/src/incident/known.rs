//! Which alerts and entities a comment knew, in so few characters that the comment itself can hold them: so a later look can
//! tell what came since, and nothing has to be stored elsewhere.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{Account, Alert, Entity, Host, Incident, IncidentId};
use crate::text::Text;

/// Alerts or entities of which marks are kept; with more there are none, and nothing is called new. Sentinel holds 150 alerts.
const MOST: usize = 300;
/// Hexadecimal digits of a mark: one of 65,536.
const DIGITS: usize = 4;
/// Marks in a word, so that a comment's lines can break.
const IN_A_WORD: usize = 6;
/// What stands for no mark and for too many, and before the marks. Words, since signs may come back as character references.
const NONE: &str = "none";
const MANY: &str = "many";
const ALERTS: &str = "alerts ";
const ENTITIES: &str = " entities ";
const FACTS: &str = " facts ";

/// Marks of alerts, entities, and facts of the whole: title, description, severity, techniques, tactics and products. The
/// incident's id goes into each: who chooses a name cannot choose its mark.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    pub(super) alerts: Marks,
    pub(super) entities: Marks,
    pub(super) facts: Marks,
}

/// Marks of some, sorted; none if they were too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marks(Option<Vec<u16>>);

impl Known {
    /// All that an incident has. Entities that are only derived from its alerts are none: the real ones may come yet.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        let salt = salt(incident);
        let alerts = incident.alerts.iter().map(|alert| alert_mark(&salt, alert)).collect();
        let entities = incident.entities.iter().filter(|_| !incident.has_derived_entities);
        let mut entities: Vec<u16> = entities.map(|entity| mark(&salt, &names(entity).own)).collect();
        entities.sort_unstable();
        entities.dedup();
        let facts = facts(incident).iter().map(|fact| mark(&salt, fact)).collect();
        Self { alerts: Marks::bounded(alerts), entities: Marks::bounded(entities), facts: Marks::bounded(facts) }
    }

    /// Reads what [`Known`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (alerts, text) = text.strip_prefix(ALERTS)?.split_once(ENTITIES)?;
        let (entities, facts) = text.split_once(FACTS)?;
        Some(Self { alerts: Marks::parse(alerts)?, entities: Marks::parse(entities)?, facts: Marks::parse(facts)? })
    }

    /// Knows what another knew, too.
    pub fn add(&mut self, other: Self) {
        self.alerts.add(other.alerts);
        self.entities.add(other.entities);
        self.facts.add(other.facts);
    }

    /// How many alerts are known; none if they were too many.
    #[must_use]
    pub fn alerts(&self) -> Option<usize> {
        self.alerts.0.as_ref().map(Vec::len)
    }

    /// True if no entity was known.
    #[must_use]
    pub fn is_without_entities(&self) -> bool {
        self.entities.0.as_ref().is_some_and(Vec::is_empty)
    }
}

pub(super) fn salt(incident: &Incident) -> String {
    incident.id.as_ref().map(IncidentId::canonical).unwrap_or_default()
}

/// An alert without an id is known by its name and time.
pub(super) fn alert_mark(salt: &str, alert: &Alert) -> u16 {
    let name = match alert.id.as_str() {
        "" => format!("{} {}", alert.name, alert.start.map(|start| start.to_string()).unwrap_or_default()),
        id => id.to_lowercase(),
    };
    mark(salt, &format!("alert {name}"))
}

/// What an incident says of itself as a whole.
fn facts(incident: &Incident) -> Vec<String> {
    let texts = |kind: &'static str, texts: &[Text]| texts.iter().map(move |text| fact(kind, text)).collect::<Vec<_>>();
    let mut facts = vec![fact("title", &incident.title), fact("description", &incident.description)];
    facts.push(fact("severity", &incident.severity.to_string()));
    facts.extend(texts("technique", &incident.techniques));
    facts.extend(texts("tactic", &incident.tactics));
    facts.extend(texts("product", &incident.products));
    facts
}

pub(super) fn fact(kind: &str, text: &str) -> String {
    format!("{kind} {}", text.to_lowercase())
}

/// What an entity is known by.
pub(super) struct Names {
    pub(super) own: String,
    /// What it was known by before Sentinel learned its domain.
    pub(super) before: Option<String>,
}

/// Whole names: a label may be no more than a file's name or a mail's subject, which an attacker uses again.
pub(super) fn names(entity: &Entity) -> Names {
    let kind = entity.kind();
    let named = |parts: &[&Text]| parts.iter().fold(kind.to_string(), |name, part| name + " " + &part.to_lowercase());
    let own = match entity {
        Entity::Account(Account { name, upn }) if !upn.is_empty() => {
            return Names { own: named(&[upn]), before: Some(named(&[name])) };
        }
        Entity::Host(Host { name, fqdn, .. }) if !fqdn.is_empty() => {
            return Names { own: named(&[fqdn]), before: Some(named(&[name])) };
        }
        Entity::File(file) => named(&[&file.directory, &file.name]),
        Entity::Process(process) => named(&[&process.image, &process.command_line]),
        Entity::AzureResource(resource) => named(&[&resource.id, &resource.name]),
        Entity::MailMessage(mail) | Entity::SubmissionMail(mail) => {
            named(&[&mail.network_message_id, &mail.subject, &mail.sender, &mail.recipient])
        }
        Entity::RegistryKey(entry) | Entity::RegistryValue(entry) => named(&[&entry.key, &entry.value_name]),
        _ => named(&[entity.label()]),
    };
    Names { own, before: None }
}

pub(super) fn mark(salt: &str, name: &str) -> u16 {
    let bytes = Sha256::digest(format!("{salt}\n{name}"));
    u16::from_be_bytes([bytes[0], bytes[1]])
}

impl Default for Marks {
    fn default() -> Self {
        Self(Some(Vec::new()))
    }
}

impl Marks {
    fn bounded(mut marks: Vec<u16>) -> Self {
        marks.sort_unstable();
        Self((marks.len() <= MOST).then_some(marks))
    }

    pub(super) fn has(&self, mark: u16) -> bool {
        self.0.as_ref().is_none_or(|marks| marks.contains(&mark))
    }

    /// Those of the other that are not here.
    fn add(&mut self, other: Self) {
        let (Some(marks), Some(more)) = (&mut self.0, other.0) else {
            self.0 = None;
            return;
        };
        let new: Vec<u16> = more.into_iter().filter(|mark| !marks.contains(mark)).collect();
        marks.extend(new);
    }

    fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            NONE => return Some(Self::default()),
            MANY => return Some(Self(None)),
            _ => {}
        }
        let mut marks = Vec::new();
        for word in text.split_whitespace() {
            if !word.len().is_multiple_of(DIGITS) || !word.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            let each = (0..word.len()).step_by(DIGITS);
            marks.extend(each.map_while(|at| u16::from_str_radix(&word[at..at + DIGITS], 16).ok()));
        }
        (!marks.is_empty() && marks.len() <= MOST).then(|| Self::bounded(marks))
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ALERTS}{}{ENTITIES}{}{FACTS}{}", self.alerts, self.entities, self.facts)
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

    fn incident(accounts: usize) -> Incident {
        let account =
            |number| serde_json::json!({"kind": "Account", "properties": {"accountName": format!("user{number}")}});
        let accounts: Vec<_> = (0..accounts).map(account).collect();
        let json =
            serde_json::json!({"title": "x", "alerts": [{"properties": {"systemAlertId": "a"}}], "entities": accounts});
        Incident::from_bytes(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn nothing_and_too_many_have_a_word_of_their_own() {
        assert_eq!(Known::default().to_string(), "alerts none entities none facts none");
        let many = Known::of(&incident(400));
        assert!(many.to_string().contains(" entities many facts "), "{many}");
        assert!(incident(500).news(&many).is_empty());
        let few = Known::of(&incident(30));
        assert!(few.to_string().split(' ').all(|word| word.len() <= IN_A_WORD * DIGITS), "{few}");
        assert_eq!(Known::parse(&few.to_string()), Some(few));
        for bad in [
            "",
            "alerts none",
            "alerts none entities none",
            "alerts entities none facts none",
            "alerts 123 entities none facts none",
            "alerts wxyz entities none facts none",
            "alerts none none entities none facts none",
            "alerts 12345 entities none facts none",
            "0123456789ab",
        ] {
            assert_eq!(Known::parse(bad), None, "{bad}");
        }
    }
}
