//! What the prompt templates see.

use serde::Serialize;
use uuid::Uuid;

use crate::incident::{Alert, Entity, Incident, Severity};
use crate::text::Text;

use super::budget::Budget;

/// The fields of the prompt templates. Every value is one clean line.
#[derive(Debug, Clone, Serialize)]
pub struct PromptView {
    /// Marks where the data starts and ends: new for each request.
    pub fence: String,
    /// Title.
    pub title: String,
    /// Severity.
    pub severity: String,
    /// Status.
    pub status: String,
    /// Tactics, comma-separated.
    pub tactics: String,
    /// Techniques, comma-separated.
    pub techniques: String,
    /// Products, comma-separated.
    pub products: String,
    /// First and last activity.
    pub activity: String,
    /// `e1`, kind and what is known.
    pub entities: Vec<Line>,
    /// `a1`, severity and what is known.
    pub alerts: Vec<Line>,
    /// Description.
    pub description: String,
    /// What was left out, in one line; empty if nothing was.
    pub left_out: String,
}

/// One entity or alert, with the id by which an answer refers to it.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// `e1`, `a1`
    pub id: String,
    /// What is known.
    pub text: String,
}

/// Shares of what is left, in percent: entities say most, alerts next; the description gets the rest.
const ENTITIES: usize = 50;
const ALERTS: usize = 80;
/// Tokens of the templates' own words.
const FRAME: usize = 700;

impl PromptView {
    pub(super) fn new(incident: &Incident, tokens: usize, fence: Uuid) -> Self {
        let mut budget = Budget::new(tokens.saturating_sub(FRAME));
        let join = |texts: &[Text]| texts.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
        let (tactics, techniques, products) =
            (join(&incident.tactics), join(&incident.techniques), join(&incident.products));
        for text in [&incident.title.to_string(), &tactics, &techniques, &products] {
            budget.must(text);
        }
        let entities = numbered("e", incident.entities.iter().map(entity_line));
        let (entities, entities_out) = budget.take(entities, ENTITIES, |line| line.text.clone());
        let alerts = numbered("a", by_urgency(&incident.alerts).into_iter().map(alert_line));
        let (alerts, alerts_out) = budget.take(alerts, ALERTS, |line| line.text.clone());
        let (description, characters_out) = budget.cut(&incident.description);
        Self {
            fence: fence.simple().to_string(),
            title: incident.title.to_string(),
            severity: incident.severity.to_string(),
            status: incident.status.to_string(),
            tactics,
            techniques,
            products,
            activity: incident.activity().map(|(first, last)| format!("{first:.0} to {last:.0}")).unwrap_or_default(),
            entities,
            alerts,
            description,
            left_out: left_out(entities_out, alerts_out, characters_out),
        }
    }
}

fn numbered(prefix: &str, texts: impl Iterator<Item = String>) -> Vec<Line> {
    texts.enumerate().map(|(index, text)| Line { id: format!("{prefix}{}", index + 1), text }).collect()
}

fn left_out(entities: usize, alerts: usize, characters: usize) -> String {
    let parts: Vec<String> =
        [(entities, "entities"), (alerts, "alerts"), (characters, "characters of the description")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
    parts.join(", ")
}

/// The severe ones first, and of these the latest.
fn by_urgency(alerts: &[Alert]) -> Vec<&Alert> {
    let rank = |severity: &Severity| match severity {
        Severity::High => 0,
        Severity::Medium => 1,
        Severity::Low => 2,
        Severity::Informational | Severity::Other(_) => 3,
    };
    let mut alerts: Vec<&Alert> = alerts.iter().collect();
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
                    crate::incident::Os::Linux => "Linux",
                    crate::incident::Os::Windows => "Windows",
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
    format!("{}: {}{}", entity.kind(), entity.label(), more.concat())
}
