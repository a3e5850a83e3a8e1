//! Putting the incident's values into the runbook's sentences.
//!
//! Values stand in backticks, so that whoever reads can tell them from our words. Inside a command only a value that no
//! shell can misread is put in; any other leaves the place's name in capitals.

use crate::incident::{Entity, EntityKind};
use crate::text::{Text, defanged};

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

/// Values named in a sentence before it says "and 3 more".
const NAMED: usize = 2;
/// Longest value in a sentence, in characters.
const LONGEST: usize = 60;

/// Which addresses a sentence may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addresses {
    /// Outsiders' if there are any, else all.
    Any,
    /// Outsiders' only: the sentence blocks or publishes them.
    Outside,
}

/// The sentence with its places filled.
pub(super) fn fill(template: &str, facts: &Facts) -> String {
    fill_with(template, facts, Addresses::Any)
}

/// The same, with a say in which addresses are named.
pub(super) fn fill_with(template: &str, facts: &Facts, addresses: Addresses) -> String {
    template
        .split('`')
        .enumerate()
        .map(|(part, text)| {
            let values = |place: &Place| values(place, facts, addresses);
            if part % 2 == 1 {
                format!("`{}`", places(text, &values, in_command))
            } else {
                places(text, &values, in_prose)
            }
        })
        .collect()
}

/// The sentence with nouns in its places: it names nothing of the incident.
pub(super) fn nouns(template: &str) -> String {
    places(template, &|_| Vec::new(), in_prose)
}

/// A text with its places filled. Of an enumeration (`{url}, {domain} and {hash}`) only the places with values are named,
/// if there are any.
fn places<'a>(text: &str, values: &dyn Fn(&Place) -> Vec<&'a Text>, write: fn(&Place, &[&Text]) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((first, mut tail)) = place(after) else {
            out.push('{');
            rest = after;
            continue;
        };
        let mut members = vec![first];
        while let Some((next, further)) = JOINTS.iter().find_map(|joint| place(tail.strip_prefix(joint)?)) {
            members.push(next);
            tail = further;
        }
        if members.iter().any(|member| !values(member).is_empty()) {
            members.retain(|member| !values(member).is_empty());
        }
        let written: Vec<String> = members.into_iter().map(|member| write(member, &values(member))).collect();
        out.push_str(&joined(&written));
        rest = tail;
    }
    out + rest
}

/// What stands between the members of an enumeration, up to the brace of the next.
const JOINTS: &[&str] = &[", {", " and {", " or {", ", and {", ", or {"];

/// The place whose name and brace `text` starts with, and what follows.
fn place(text: &str) -> Option<(&'static Place, &str)> {
    let (name, tail) = text.split_once('}')?;
    Some((PLACES.iter().find(|place| place.name == name)?, tail))
}

/// `a`, `a and b`, `a, b and c`
fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn values<'a>(place: &Place, facts: &'a Facts, addresses: Addresses) -> Vec<&'a Text> {
    let found: Vec<&Entity> = place.kinds.iter().flat_map(|kind| facts.of_kind(*kind)).copied().collect();
    // Where outside addresses are known, the sentence is about them and not about our own.
    let outside: Vec<&Entity> = found.iter().copied().filter(|entity| super::facts::is_outside(entity)).collect();
    let is_address = place.kinds.contains(&EntityKind::Ip);
    let chosen = match addresses {
        Addresses::Outside if is_address => outside,
        _ if outside.is_empty() => found,
        _ => outside,
    };
    let sites = if place.name == "domain" { &facts.sites[..] } else { &[] };
    let mut values: Vec<&Text> = Vec::new();
    for value in chosen.into_iter().map(Entity::label).chain(sites) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

fn in_prose(place: &Place, values: &[&Text]) -> String {
    if values.is_empty() { place.noun.to_owned() } else { listed(values, NAMED) }
}

fn in_command(place: &Place, values: &[&Text]) -> String {
    match *values {
        [only] if is_harmless(only) => only.to_string(),
        _ => place.name.to_uppercase(),
    }
}

/// True if every shell reads the value as one plain word, and a comment shows it as it is: a command with a broken domain
/// in it would fail.
fn is_harmless(value: &Text) -> bool {
    const LONGEST_WORD: usize = 100;
    value.len() <= LONGEST_WORD
        && !value.is_altered()
        && defanged(value) == value.as_str()
        && value.starts_with(|c: char| c.is_ascii_alphanumeric())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@'))
}

/// `` `a`, `b` and 3 more ``
pub(super) fn listed<S: AsRef<str>>(values: &[S], most: usize) -> String {
    let quoted: Vec<String> = values.iter().take(most).map(|value| quoted(value.as_ref())).collect();
    let more = values.len().saturating_sub(most);
    match more {
        0 => joined(&quoted),
        more => format!("{} and {more} more", quoted.join(", ")),
    }
}

/// The value in backticks; its own ones become apostrophes, so that it cannot end the quotation.
#[must_use]
pub fn quoted(value: &str) -> String {
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
    fn what_is_published_names_no_address_of_our_own() {
        let json = r#"{"title":"x","entities":[{"kind":"Ip","properties":{"address":"10.0.0.5"}}]}"#;
        let incident = Incident::from_bytes(json.as_bytes()).unwrap();
        let facts = Facts::of(&incident);
        assert_eq!(
            fill_with("Add {hash} and {address}.", &facts, Addresses::Outside),
            "Add the file hash and the address."
        );
        assert_eq!(fill_with("Ask {address}.", &facts, Addresses::Any), "Ask `10.0.0.5`.");
    }

    #[test]
    fn enumerations_name_what_there_is() {
        let json = r#"{"title":"x","entities":[{"kind":"Url","properties":{"url":"https://bad.example/x"}}]}"#;
        let incident = Incident::from_bytes(json.as_bytes()).unwrap();
        let facts = Facts::of(&incident);
        assert_eq!(fill("Add {hash}, {domain} and {address} now.", &facts), "Add `bad.example` now.");
        assert_eq!(fill("Add {hash} or {address}.", &facts), "Add the file hash and the address.");
    }

    #[test]
    fn commands_take_only_harmless_values() {
        assert_eq!(filled("Run `pkill -u {account}`.", &["deploy"]), "Run `pkill -u deploy`.");
        for name in ["x; rm -rf /", "$(id)", "-rf", "a b", "a'b", "a`b", "a|b", "a\u{200b}b", "al@contoso.com"] {
            assert_eq!(filled("Run `pkill -u {account}`.", &[name]), "Run `pkill -u ACCOUNT`.", "{name}");
        }
        assert_eq!(filled("Run `pkill -u {account}`.", &["a1", "b2"]), "Run `pkill -u ACCOUNT`.");
    }

    #[test]
    fn a_value_cannot_end_its_quotation() {
        assert_eq!(filled("See {account}.", &["a` **b** `c"]), "See `a' **b** 'c`.");
    }
}
