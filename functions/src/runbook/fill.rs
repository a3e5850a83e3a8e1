//! Putting the incident's values into the runbook's sentences.
//!
//! Values stand in backticks, so that whoever reads can tell them from our words. Inside a command only a value that no
//! shell can misread is put in; any other leaves the place's name in capitals.

use crate::incident::{Entity, EntityKind};
use crate::text::Text;

use super::facts::Facts;

/// A place in a sentence.
struct Place {
    name: &'static str,
    noun: &'static str,
    kinds: &'static [EntityKind],
}

const PLACES: &[Place] = &[
    Place { name: "account", noun: "the account", kinds: &[EntityKind::Account] },
    Place { name: "host", noun: "the host", kinds: &[EntityKind::Host] },
    Place { name: "address", noun: "the address", kinds: &[EntityKind::Ip] },
    Place { name: "url", noun: "the URL", kinds: &[EntityKind::Url] },
    Place { name: "domain", noun: "the domain", kinds: &[EntityKind::DnsResolution] },
    Place { name: "file", noun: "the file", kinds: &[EntityKind::File] },
    Place { name: "hash", noun: "the file hash", kinds: &[EntityKind::FileHash] },
    Place { name: "process", noun: "the process", kinds: &[EntityKind::Process] },
    Place { name: "mailbox", noun: "the mailbox", kinds: &[EntityKind::Mailbox] },
    Place { name: "message", noun: "the mail", kinds: &[EntityKind::MailMessage, EntityKind::SubmissionMail] },
    Place { name: "resource", noun: "the resource", kinds: &[EntityKind::AzureResource] },
    Place { name: "app", noun: "the application", kinds: &[EntityKind::CloudApplication] },
    Place { name: "malware", noun: "the malware", kinds: &[EntityKind::Malware] },
    Place {
        name: "registry",
        noun: "the registry entry",
        kinds: &[EntityKind::RegistryValue, EntityKind::RegistryKey],
    },
    Place { name: "group", noun: "the group", kinds: &[EntityKind::SecurityGroup] },
];

/// Places that never stand in a command: there they would have to be broken to be safe in a comment.
const NEVER_IN_COMMANDS: &[&str] = &["address", "url", "domain"];

/// Values named in a sentence before it says "and 3 more".
const NAMED: usize = 2;
/// Longest value in a sentence, in characters.
const LONGEST: usize = 60;

/// The sentence with its places filled.
pub(super) fn fill(template: &str, facts: &Facts) -> String {
    template
        .split('`')
        .enumerate()
        .map(|(part, text)| {
            if part % 2 == 1 { format!("`{}`", places(text, facts, in_command)) } else { places(text, facts, in_prose) }
        })
        .collect()
}

/// The places that a text has.
fn places(text: &str, facts: &Facts, write: fn(&Place, &Facts) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let named =
            after.split_once('}').and_then(|(name, tail)| Some((PLACES.iter().find(|p| p.name == name)?, tail)));
        if let Some((place, tail)) = named {
            out.push_str(&write(place, facts));
            rest = tail;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out + rest
}

fn values<'a>(place: &Place, facts: &Facts<'a>) -> Vec<&'a Text> {
    let found: Vec<&Entity> = place.kinds.iter().flat_map(|kind| facts.of_kind(*kind)).copied().collect();
    // Where outside addresses are known, the sentence is about them and not about our own.
    let outside: Vec<&Entity> = found.iter().copied().filter(|entity| super::facts::is_outside(entity)).collect();
    let chosen = if outside.is_empty() { found } else { outside };
    chosen.into_iter().map(Entity::label).collect()
}

fn in_prose(place: &Place, facts: &Facts) -> String {
    let values = values(place, facts);
    if values.is_empty() { place.noun.to_owned() } else { listed(&values, NAMED) }
}

fn in_command(place: &Place, facts: &Facts) -> String {
    let capital = || place.name.to_uppercase();
    if NEVER_IN_COMMANDS.contains(&place.name) {
        return capital();
    }
    match values(place, facts)[..] {
        [only] if is_harmless(only) => only.to_string(),
        _ => capital(),
    }
}

/// True if every shell reads the value as one plain word.
fn is_harmless(value: &Text) -> bool {
    const LONGEST_WORD: usize = 100;
    value.len() <= LONGEST_WORD
        && !value.is_altered()
        && value.starts_with(|c: char| c.is_ascii_alphanumeric())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@'))
}

/// `` `a`, `b` and 3 more ``
pub(super) fn listed<S: AsRef<str>>(values: &[S], most: usize) -> String {
    let quoted: Vec<String> = values.iter().take(most).map(|value| quoted(value.as_ref())).collect();
    let more = values.len().saturating_sub(most);
    match (&quoted[..], more) {
        ([], _) => String::new(),
        ([only], 0) => only.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (some, more) => format!("{} and {more} more", some.join(", ")),
    }
}

/// The value in backticks; its own ones become apostrophes, so that it cannot end the quotation.
pub(super) fn quoted(value: &str) -> String {
    let short: String = value.chars().take(LONGEST).collect();
    let dots = if short.len() < value.len() { "..." } else { "" };
    format!("`{}{dots}`", short.replace('`', "'").trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Incident;

    fn filled(template: &str, names: &[&str]) -> String {
        let entities: Vec<_> = names
            .iter()
            .map(|name| serde_json::json!({"kind": "Account", "properties": {"accountName": name}}))
            .collect();
        let json = serde_json::json!({"title": "x", "entities": entities}).to_string();
        fill(template, &Facts::of(&Incident::from_bytes(json.as_bytes()).unwrap()))
    }

    #[test]
    fn sentences_read_well_with_and_without_values() {
        assert_eq!(filled("Disable {account} now.", &[]), "Disable the account now.");
        assert_eq!(filled("Disable {account} now.", &["al"]), "Disable `al` now.");
        assert_eq!(filled("Disable {account}.", &["a1", "b2"]), "Disable `a1` and `b2`.");
        assert_eq!(filled("Disable {account}.", &["a1", "b2", "c3", "d4"]), "Disable `a1`, `b2` and 2 more.");
    }

    #[test]
    fn commands_take_only_harmless_values() {
        assert_eq!(filled("Run `pkill -u {account}`.", &["deploy"]), "Run `pkill -u deploy`.");
        for name in ["x; rm -rf /", "$(id)", "-rf", "a b", "a'b", "a`b", "a|b", "a\u{200b}b"] {
            assert_eq!(filled("Run `pkill -u {account}`.", &[name]), "Run `pkill -u ACCOUNT`.", "{name}");
        }
        assert_eq!(filled("Run `pkill -u {account}`.", &["a1", "b2"]), "Run `pkill -u ACCOUNT`.");
    }

    #[test]
    fn a_value_cannot_end_its_quotation() {
        assert_eq!(filled("See {account}.", &["a` **b** `c"]), "See `a' **b** 'c`.");
    }
}
