//! What the prompt templates see.

use serde::Serialize;
use uuid::Uuid;

use crate::incident::Incident;
use crate::redaction::{Level, Redaction};
use crate::runbook::Offer;
use crate::text::Text;

use super::budget::Budget;
use super::line::{Line, alert_lines, entity_lines, seen_lines};
use super::{Detail, Evidence, Question};

/// The fields of the prompt templates. Every value is one clean line.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PromptView {
    /// Marks where the data starts and ends: new for each request.
    pub fence: String,
    /// True if names are placeholders.
    pub is_redacted: bool,
    /// Title; empty if it is not told.
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
    pub entities: Vec<NumberedLine>,
    /// `s1`, and what the honeypots saw of an address, hash or URL.
    pub seen: Vec<NumberedLine>,
    /// `a1`, severity and what is known.
    pub alerts: Vec<NumberedLine>,
    /// Description.
    pub description: String,
    /// What was left out, in one line; empty if nothing was.
    pub left_out: String,
    /// Actions to choose from.
    pub actions: Vec<NumberedLine>,
    /// Queries to choose from.
    pub queries: Vec<NumberedLine>,
}

/// A line with the id by which an answer refers to it.
#[derive(Debug, Clone, Serialize)]
pub struct NumberedLine {
    /// `e1`, `s1`, `a1`, or the id of an action or query.
    pub id: String,
    /// What is known.
    pub text: String,
}

/// Shares of what is left, in percent: entities say most, alerts next; the description gets the rest.
const CHOICES: usize = 40;
const NAMES: usize = 10;
const ENTITIES: usize = 50;
const SEEN: usize = 20;
const ALERTS: usize = 80;
/// Tokens of the templates' own words.
const FRAME: usize = 950;
const CHARACTERS: &str = "characters of the description";

impl PromptView {
    /// Everything: what may be chosen, entities and alerts first, the description with what is left.
    pub(super) fn new(question: &Question, fence: Uuid, redaction: &mut Redaction) -> (Self, Vec<Evidence>) {
        let incident = question.incident;
        let is_strict = redaction.level() == Level::Strict;
        let mut budget = Budget::new(question.budget.saturating_sub(FRAME));
        let mut view = Self { fence: fence.simple().to_string(), ..Self::default() };
        view.header(question, &mut budget, redaction);
        view.choices(question.offer, &mut budget);
        let names_out = view.names(incident, &mut budget, redaction);
        let mut evidence = Vec::new();
        let lines = entity_lines(question, redaction);
        let (entities, entities_out) = budget.take(lines, ENTITIES, |line| line.text.clone());
        view.entities = numbered("e", entities, &mut evidence);
        let (seen, seen_out) = budget.take(seen_lines(question, redaction), SEEN, |line| line.text.clone());
        view.seen = numbered("s", seen, &mut evidence);
        let lines = alert_lines(question, redaction);
        let (alerts, alerts_out) = budget.take(lines, ALERTS, |line| line.text.clone());
        view.alerts = numbered("a", alerts, &mut evidence);
        let mut characters_out = 0;
        if !is_strict && question.detail == Detail::Full {
            (view.description, characters_out) = budget.cut(&redaction.text(&incident.description));
        }
        view.left_out = left_out(&[
            (names_out, "tactics, techniques and products"),
            (entities_out, "entities"),
            (seen_out, "sightings"),
            (alerts_out, "alerts"),
            (characters_out, CHARACTERS),
        ]);
        (view, evidence)
    }

    /// Title and description only: what the classic question names.
    pub(super) fn classic(question: &Question, fence: Uuid, redaction: &mut Redaction) -> Self {
        let mut budget = Budget::new(question.budget.saturating_sub(FRAME));
        let mut view = Self { fence: fence.simple().to_string(), ..Self::default() };
        view.header(question, &mut budget, redaction);
        if redaction.level() != Level::Strict {
            let characters_out;
            (view.description, characters_out) = budget.cut(&redaction.text(&question.incident.description));
            view.left_out = left_out(&[(characters_out, CHARACTERS)]);
        }
        view
    }

    fn header(&mut self, question: &Question, budget: &mut Budget, redaction: &mut Redaction) {
        let incident = question.incident;
        self.is_redacted = redaction.level() != Level::Off;
        if question.detail != Detail::Untitled {
            self.title = redaction.text(&incident.title);
        }
        if redaction.level() != Level::Strict {
            self.severity = incident.severity.to_string();
            self.status = incident.status.to_string();
            self.activity =
                incident.activity().map(|(first, last)| format!("{first:.0} to {last:.0}")).unwrap_or_default();
        }
        for text in [&self.title, &self.severity, &self.status] {
            budget.must(text);
        }
    }

    fn choices(&mut self, offer: &Offer, budget: &mut Budget) {
        let line = |line: &NumberedLine| format!("{} {}\n", line.id, line.text);
        let phase = |action: &crate::runbook::Action| action.phase.to_string().to_lowercase();
        let actions = offer.actions.iter().map(|action| NumberedLine {
            id: action.id.to_string(),
            text: format!("({}) {}", phase(action), action.short),
        });
        let queries = offer.queries.iter().map(|(id, title)| NumberedLine { id: id.to_string(), text: title.clone() });
        self.actions = budget.take(actions.collect(), CHOICES, line).0;
        self.queries = budget.take(queries.collect(), CHOICES / 2, line).0;
    }

    /// Tactics, techniques and products; gives how many of them did not fit.
    fn names(&mut self, incident: &Incident, budget: &mut Budget, redaction: &mut Redaction) -> usize {
        let mut out = 0;
        let mut names = |texts: &[Text]| {
            let texts: Vec<String> = texts.iter().map(|text| redaction.text(text)).collect();
            let (taken, left_out) = budget.take(texts, NAMES, |text| format!("{text}, "));
            out += left_out;
            taken.join(", ")
        };
        self.tactics = names(&incident.tactics);
        self.techniques = names(&incident.techniques);
        self.products = names(&incident.products);
        if redaction.level() == Level::Strict {
            self.products.clear();
        }
        out
    }
}

fn numbered(prefix: &str, lines: Vec<Line>, evidence: &mut Vec<Evidence>) -> Vec<NumberedLine> {
    let numbered = lines.into_iter().enumerate().map(|(index, line)| {
        let id = format!("{prefix}{}", index + 1);
        evidence.push(Evidence { id: id.clone(), label: line.label });
        NumberedLine { id, text: line.text }
    });
    numbered.collect()
}

fn left_out(counts: &[(usize, &str)]) -> String {
    let told = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    told.collect::<Vec<_>>().join(", ")
}
