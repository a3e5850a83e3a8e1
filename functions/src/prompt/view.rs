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
const NAMES: usize = 10;
const ENTITIES: usize = 50;
const ALERTS: usize = 80;
/// Tokens of the templates' own words.
const FRAME: usize = 700;
const CHARACTERS: &str = "characters of the description";

impl PromptView {
    /// Everything: entities and alerts first, the description with what is left.
    pub(super) fn new(incident: &Incident, tokens: usize, fence: Uuid) -> Self {
        let mut budget = Budget::new(tokens.saturating_sub(FRAME));
        let mut view = Self::header(incident, fence);
        for text in [&view.title, &view.severity, &view.status] {
            budget.must(text);
        }
        let (tactics, tactics_out) = names(&incident.tactics, &mut budget);
        let (techniques, techniques_out) = names(&incident.techniques, &mut budget);
        let (products, products_out) = names(&incident.products, &mut budget);
        let line = |line: &Line| format!("{} {}\n", line.id, line.text);
        let entities = numbered("e", incident.entities.iter().map(entity_line));
        let (entities, entities_out) = budget.take(entities, ENTITIES, line);
        let alerts = numbered("a", by_urgency(&incident.alerts).into_iter().map(alert_line));
        let (alerts, alerts_out) = budget.take(alerts, ALERTS, line);
        let (description, characters_out) = budget.cut(&incident.description);
        (view.tactics, view.techniques, view.products) = (tactics, techniques, products);
        (view.entities, view.alerts, view.description) = (entities, alerts, description);
        view.left_out = left_out(&[
            (tactics_out + techniques_out + products_out, "tactics, techniques and products"),
            (entities_out, "entities"),
            (alerts_out, "alerts"),
            (characters_out, CHARACTERS),
        ]);
        view
    }

    /// Title and description only: what the classic question names.
    pub(super) fn classic(incident: &Incident, tokens: usize, fence: Uuid) -> Self {
        let mut budget = Budget::new(tokens.saturating_sub(FRAME));
        let mut view = Self::header(incident, fence);
        budget.must(&view.title);
        let (description, characters_out) = budget.cut(&incident.description);
        view.description = description;
        view.left_out = left_out(&[(characters_out, CHARACTERS)]);
        view
    }

    fn header(incident: &Incident, fence: Uuid) -> Self {
        Self {
            fence: fence.simple().to_string(),
            title: incident.title.to_string(),
            severity: incident.severity.to_string(),
            status: incident.status.to_string(),
            activity: incident.activity().map(|(first, last)| format!("{first:.0} to {last:.0}")).unwrap_or_default(),
            tactics: String::new(),
            techniques: String::new(),
            products: String::new(),
            entities: Vec::new(),
            alerts: Vec::new(),
            description: String::new(),
            left_out: String::new(),
        }
    }
}

/// Names in a row, as many as fit into a small share, and how many did not.
fn names(texts: &[Text], budget: &mut Budget) -> (String, usize) {
    let (taken, left_out) = budget.take(texts.iter().collect(), NAMES, |text| format!("{text}, "));
    (taken.iter().map(|text| text.as_str()).collect::<Vec<_>>().join(", "), left_out)
}

fn numbered(prefix: &str, texts: impl Iterator<Item = String>) -> Vec<Line> {
    texts.enumerate().map(|(index, text)| Line { id: format!("{prefix}{}", index + 1), text }).collect()
}

fn left_out(counts: &[(usize, &str)]) -> String {
    let told = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    told.collect::<Vec<_>>().join(", ")
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
