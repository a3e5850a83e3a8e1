//! Entities and alerts as lines.

use crate::incident::{Alert, Entity, EntityKind, Incident, Os, Severity, parse_address};
use crate::redaction::{Level, Redaction};
use crate::runbook;
use crate::text::Text;

use super::{Detail, Question};

/// An entity or alert: what is told of it, and what a person calls it.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) label: String,
}

/// A line for each entity. Strict tells the kind, and of a public address the address; without free text, only names that are none.
pub(super) fn entity_lines(question: &Question, redaction: &mut Redaction) -> Vec<Line> {
    let mut line = |entity: &Entity| {
        let is_outside = matches!(entity, Entity::Ip(ip) if ip.is_outside());
        let is_named = is_outside || redaction.level() != Level::Strict && is_told(entity, question.detail);
        let text = match (is_named, question.detail) {
            (false, _) => entity.kind().to_string(),
            (true, Detail::Full) if redaction.level() != Level::Strict => {
                format!("{}: {}", entity.kind(), redaction.text(&entity_line(entity)))
            }
            (true, _) => format!("{}: {}", entity.kind(), redaction.text(entity.label())),
        };
        let is_honeypot = question.incident.is_honeypot(entity);
        let role = if is_honeypot { "; a honeypot: attacks on it are expected" } else { "" };
        Line { text: format!("{text}{role}"), label: entity.label().to_string() }
    };
    question.incident.entities.iter().map(&mut line).collect()
}

/// True for a kind whose name is no free text.
fn is_told(entity: &Entity, detail: Detail) -> bool {
    const NAMES: &[EntityKind] =
        &[EntityKind::Account, EntityKind::Host, EntityKind::Ip, EntityKind::FileHash, EntityKind::AzureResource];
    let is_word = |text: &Text| !text.contains(' ') && !text.is_altered();
    detail == Detail::Full || NAMES.contains(&entity.kind()) && is_word(entity.label())
}

/// A line for each sighting: of public addresses only, if no free text is told.
pub(super) fn seen_lines(question: &Question, redaction: &mut Redaction) -> Vec<Line> {
    let is_whole = redaction.level() != Level::Strict && question.detail == Detail::Full;
    let sightings = &question.incident.background.sightings;
    let told = sightings.iter().filter(|one| is_whole || parse_address(&one.indicator).is_some());
    told.map(|one| Line { text: redaction.text(&runbook::told(one)), label: one.indicator.to_string() }).collect()
}

/// A line for each alert; how many there are, if no free text is told.
pub(super) fn alert_lines(question: &Question, redaction: &mut Redaction) -> Vec<Line> {
    let incident = question.incident;
    if redaction.level() == Level::Strict || question.detail != Detail::Full {
        let count = incident.alert_count.unwrap_or(0).max(incident.alerts.len() as u64);
        let text = format!("alerts in all: {count}");
        return if count == 0 { Vec::new() } else { vec![Line { text, label: String::new() }] };
    }
    let line = |alert: &Alert| Line { text: redaction.text(&alert_line(alert)), label: alert.name.to_string() };
    by_urgency(incident).into_iter().map(line).collect()
}

/// The severe ones first, and of these the latest.
fn by_urgency(incident: &Incident) -> Vec<&Alert> {
    let rank = |severity: &Severity| match severity {
        Severity::High => 0,
        Severity::Medium => 1,
        Severity::Low => 2,
        Severity::Informational | Severity::Other(_) => 3,
    };
    let mut alerts: Vec<&Alert> = incident.alerts.iter().collect();
    alerts.sort_by(|a, b| rank(&a.severity).cmp(&rank(&b.severity)).then(b.start.cmp(&a.start)));
    alerts
}

fn alert_line(alert: &Alert) -> String {
    let mut line = format!("{} {}", alert.severity, alert.name);
    let times = [("from", alert.start), ("to", alert.end)];
    for (word, time) in times {
        if let Some(time) = time {
            line = format!("{line} {word} {time:.0}");
        }
    }
    for (name, values) in &alert.details {
        let values: Vec<&str> = values.iter().map(Text::as_str).collect();
        line = format!("{line}; {name}: {}", values.join(", "));
    }
    for (name, text) in [("product", &alert.product), ("compromised", &alert.compromised), ("says", &alert.description)]
    {
        if !text.is_empty() {
            line = format!("{line}; {name}: {text}");
        }
    }
    line
}

fn entity_line(entity: &Entity) -> String {
    let more: Vec<(&str, &str)> = match entity {
        Entity::Host(host) => vec![
            ("full name", &host.fqdn),
            (
                "system",
                host.os.map_or("", |os| match os {
                    Os::Linux => "Linux",
                    Os::Windows => "Windows",
                }),
            ),
        ],
        Entity::Ip(ip) => vec![("reach", if ip.is_outside() { "public" } else { "private or own" })],
        Entity::File(file) => vec![("folder", &file.directory)],
        Entity::FileHash(hash) => vec![("algorithm", &hash.algorithm)],
        Entity::Process(process) => vec![("pid", &process.pid), ("command line", &process.command_line)],
        Entity::AzureResource(resource) => vec![("id", &resource.id)],
        Entity::CloudApplication(app) => vec![("app id", &app.app_id)],
        Entity::Malware(malware) => vec![("category", &malware.category)],
        Entity::MailMessage(mail) | Entity::SubmissionMail(mail) => {
            vec![("from", &mail.sender), ("to", &mail.recipient)]
        }
        Entity::RegistryValue(entry) => vec![("key", &entry.key)],
        Entity::Other { kind, .. } => vec![("kind", kind)],
        _ => Vec::new(),
    };
    let more: Vec<String> = more
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("; {name}: {value}"))
        .collect();
    format!("{}{}", entity.label(), more.concat())
}
