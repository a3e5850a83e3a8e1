//! The summary: two sentences with the incident's own facts.

use jiff::Timestamp;

use crate::incident::EntityKind;
use crate::text::Text;

use crate::completion::gate::{gives_orders, looks_away};

use super::facts::Facts;
use super::fill::{listed, quoted};
use super::nouns::noun;

/// Details of the alerts that are told, and values of each.
const DETAILS: usize = 4;
const VALUES: usize = 2;
/// Longest title and longest sentence taken from a description, in characters.
const TITLE: usize = 160;
const SENTENCE: usize = 280;
/// Descriptions and entities that are looked at.
const TEXTS: usize = 10;
const LABELS: usize = 100;

/// Two sentences: what the descriptions tell of this incident; or what happened to whom, and how often and when.
pub(super) fn summary(facts: &Facts) -> String {
    match &told_by_descriptions(facts)[..] {
        [first, second] => format!("{first} {second}"),
        [only] => format!("{only} {}", counted(facts)),
        _ => format!("{} {}", titled(facts), counted(facts)),
    }
}

/// Words that tell how it went.
const OUTCOMES: &[&str] = &[
    "succe",
    "approved",
    "opened",
    "clicked",
    "still in",
    "was read",
    "were read",
    "started",
    "executed",
    "ran ",
    "deleted",
    "encrypted",
    "downloaded",
    "uploaded",
    "created",
    "signed in",
    "logged in",
    "blocked",
    "prevented",
    "quarantined",
    "removed",
];

/// The one or two sentences that tell most of this incident, and not of its rule: they name entities, have numbers, and say
/// how it went. They stand in quotation marks, since names in them may be an attacker's words; what speaks to the reader is
/// not repeated at all.
fn told_by_descriptions(facts: &Facts) -> Vec<String> {
    let incident = facts.incident;
    let texts = std::iter::once(&incident.description).chain(incident.alerts.iter().map(|alert| &alert.description));
    let labels: Vec<&str> = incident.entities.iter().map(|e| e.label().as_str()).filter(|l| l.len() > 2).collect();
    let mut scored: Vec<(usize, usize, String)> = Vec::new();
    for (place, sentence) in texts.take(TEXTS).flat_map(|text| sentences(text)).enumerate() {
        let named = labels.iter().take(LABELS).filter(|label| sentence.contains(**label)).count();
        let numbers = sentence.split_whitespace().filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).count();
        let lower = sentence.to_lowercase();
        let outcomes = OUTCOMES.iter().filter(|word| lower.contains(**word)).count();
        let is_of_this = named > 0 && numbers + outcomes > 0 || numbers > 0 && outcomes > 0;
        // A sentence that stands inside a name is the attacker's.
        let is_chosen = incident.entities.iter().any(|e| e.label().contains(sentence.trim_end_matches('.')));
        if is_of_this && !is_chosen && !looks_away(&sentence) && !scored.iter().any(|(_, _, other)| *other == sentence)
        {
            scored.push((named.min(4) * 2 + numbers.min(4) + outcomes.min(2) * 2, place, sentence));
        }
    }
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.truncate(2);
    scored.sort_by_key(|(_, place, _)| *place);
    scored.into_iter().map(|(_, _, sentence)| format!("\"{sentence}\"")).collect()
}

/// The sentences of a text that are not too long, with backticks made apostrophes.
fn sentences(text: &str) -> impl Iterator<Item = String> {
    let sentences = text.split(". ").map(|sentence| sentence.trim_end_matches('.').trim());
    sentences
        .filter(|sentence| !sentence.is_empty() && sentence.chars().count() <= SENTENCE)
        .map(|sentence| format!("{}.", sentence.replace(['`', '"'], "'")))
}

fn titled(facts: &Facts) -> String {
    let title = facts.incident.title.trim_end_matches(['.', '!', '?', ' ']).replace('`', "'");
    let title = match title.as_str() {
        "" => "Incident without a title".to_owned(),
        title if gives_orders(title) => {
            "Incident whose title gives orders to the reader and is not repeated".to_owned()
        }
        title => format!("\"{}\"", title.chars().take(TITLE).collect::<String>().replace('"', "'")),
    };
    match involved(facts) {
        involved if involved.is_empty() => format!("{title}."),
        involved => format!("{title}: {involved}."),
    }
}

/// The entities that say most.
fn involved(facts: &Facts) -> String {
    const KINDS: [EntityKind; 9] = [
        EntityKind::Account,
        EntityKind::Host,
        EntityKind::AzureResource,
        EntityKind::CloudApplication,
        EntityKind::Malware,
        EntityKind::Process,
        EntityKind::Mailbox,
        EntityKind::Ip,
        EntityKind::DnsResolution,
    ];
    const MOST_KINDS: usize = 4;
    let mut parts = Vec::new();
    for kind in KINDS {
        let labels: Vec<&str> = facts.of_kind(kind).iter().map(|entity| entity.label().as_str()).collect();
        if !labels.is_empty() {
            parts.push(format!("{} {}", noun(kind, labels.len()), listed(&labels, VALUES)));
        }
    }
    parts.truncate(MOST_KINDS);
    parts.join(", ")
}

fn counted(facts: &Facts) -> String {
    let incident = facts.incident;
    let count = incident.alert_count.unwrap_or(0).max(incident.alerts.len() as u64);
    let alerts = if count == 1 { "1 alert".to_owned() } else { format!("{count} alerts") };
    let from = match &incident.products[..] {
        [] => String::new(),
        products => format!(" from {}", plain_list(products.iter().map(Text::as_str).take(VALUES + 1))),
    };
    let when = incident.activity().map(|(first, last)| format!(", {}", span(first, last))).unwrap_or_default();
    let details = details(facts);
    let details = if details.is_empty() { String::new() } else { format!(" ({details})") };
    format!("{alerts}{from}{when}{details}.")
}

fn plain_list<'t>(names: impl Iterator<Item = &'t str>) -> String {
    names.filter(|name| !gives_orders(name)).map(|name| name.replace('`', "'")).collect::<Vec<_>>().join(", ")
}

/// `FailedLogins 4213, User deploy`: what the rules' authors thought worth telling.
fn details(facts: &Facts) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut told: Vec<String> = Vec::new();
    for (name, values) in facts.incident.alerts.iter().flat_map(|alert| &alert.details) {
        if told.len() == DETAILS {
            break;
        }
        // The times of the activity are told anyway, and orders to the reader are not details.
        let is_told = values.iter().any(|value| value.parse::<Timestamp>().is_ok() || looks_away(value));
        if is_told || gives_orders(name) || names.contains(&name.as_str()) {
            continue;
        }
        let values: Vec<String> = values.iter().take(VALUES).map(|value| quoted(value)).collect();
        told.push(format!("{} {}", name.replace('`', "'"), values.join(", ")));
        names.push(name);
    }
    told.join("; ")
}

/// `2026-01-05 10:11 to 10:42 UTC, 31 min`
pub(super) fn span(first: Timestamp, last: Timestamp) -> String {
    let (day, end_day) = (first.strftime("%F").to_string(), last.strftime("%F").to_string());
    let start = first.strftime("%F %H:%M");
    let minutes = last.duration_since(first).as_mins();
    match minutes {
        0 => format!("{start} UTC"),
        _ if day == end_day => format!("{start} to {} UTC, {}", last.strftime("%H:%M"), length(minutes)),
        _ => format!("{start} to {} UTC, {}", last.strftime("%F %H:%M"), length(minutes)),
    }
}

fn length(minutes: i64) -> String {
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_naturally() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(
            span(at("2026-01-05T10:11:00Z"), at("2026-01-05T10:42:07Z")),
            "2026-01-05 10:11 to 10:42 UTC, 31 min"
        );
        assert_eq!(span(at("2026-01-05T10:11:00Z"), at("2026-01-05T10:11:30Z")), "2026-01-05 10:11 UTC");
        assert_eq!(
            span(at("2026-01-05T22:00:00Z"), at("2026-01-06T01:00:00Z")),
            "2026-01-05 22:00 to 2026-01-06 01:00 UTC, 3 h"
        );
    }

    #[test]
    fn the_sentence_with_most_facts_is_told() {
        let json = serde_json::json!({
            "title": "SSH brute force",
            "description": "Finds addresses that fail often. 203.0.113.7 failed 4,213 times on web-01. The end.",
            "entities": [{"kind": "Ip", "properties": {"address": "203.0.113.7"}}],
        });
        let incident = crate::incident::Incident::from_bytes(json.to_string().as_bytes()).unwrap();
        assert_eq!(summary(&Facts::of(&incident)), "\"203.0.113.7 failed 4,213 times on web-01.\" 0 alerts.");
    }
}
