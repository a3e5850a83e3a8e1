//! What the templates see: typed, every field always there, all of it defanged.

use serde::Serialize;

use crate::attack::{Tactic, Technique};
use crate::completion::{ModelPart, Query, Step, Triage};
use crate::runbook::{self, action_by_id, mitigation};
use crate::text::defanged;

use super::plan::{FIRST, Plan};
use super::{Draft, Marker, Purpose};

/// The fields of the comment templates. Texts with values in backticks are meant for `{{marked ..}}`.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    /// `Undetermined, likely true positive (0.70)`, or `Update 1`
    pub verdict: String,
    /// `High · incident 4211 · Credential Access`: parts of the header.
    pub header: Vec<String>,
    /// Techniques with the path of their page.
    pub techniques: Vec<TechniqueView>,
    /// How many techniques are not listed.
    pub more_techniques: usize,
    /// Two sentences.
    pub summary: String,
    /// What came to light since the comment before; empty in the first.
    pub news: Vec<String>,
    /// The model's summary; empty without one. All of the model's texts are its words and marked as such.
    pub model_summary: String,
    /// Why a model that was asked has no part in it; empty otherwise.
    pub note: String,
    /// Why the verdict.
    pub reasons: Vec<String>,
    /// What is known from a honeypot; empty without one.
    pub honeypot: Vec<String>,
    /// The most urgent steps.
    pub first: Vec<StepView>,
    /// The other steps.
    pub then: Vec<StepView>,
    /// Queries.
    pub queries: Vec<QueryView>,
    /// Questions.
    pub questions: Vec<String>,
    /// The model's questions.
    pub model_questions: Vec<String>,
    /// Things to check or ask in the model's own words.
    pub own_steps: Vec<String>,
    /// Gaps.
    pub missing: Vec<String>,
    /// What did not fit, in one line; empty if all did.
    pub left_out: String,
    /// Completer, times, advice.
    pub footer: String,
    /// The last line.
    pub marker: String,
}

/// A technique.
#[derive(Debug, Clone, Serialize)]
pub struct TechniqueView {
    /// `T1110.001`
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// `T1110/001`
    pub page: String,
}

/// A step.
#[derive(Debug, Clone, Serialize)]
pub struct StepView {
    /// From 1, through all steps.
    pub number: usize,
    /// `Contain`
    pub phase: String,
    /// What to do: in full, or in a few words.
    pub action: String,
    /// Why; empty in the short form.
    pub why: String,
    /// Why the model chose it; empty if it did not say.
    pub reason: String,
    /// What it is about.
    pub about: String,
}

/// A query.
#[derive(Debug, Clone, Serialize)]
pub struct QueryView {
    /// From 1.
    pub number: usize,
    /// What it shows.
    pub title: String,
    /// The query, as it runs.
    pub kql: String,
}

/// Techniques listed in the header, and entities listed with a step.
const HEADER_TECHNIQUES: usize = 6;
const STEP_ENTITIES: usize = 3;
/// Longest name of an entity in a list, in characters.
const LONGEST_NAME: usize = 80;

impl View {
    pub(super) fn new(draft: &Draft, plan: &Plan) -> Self {
        let triage = draft.triage;
        let techniques = techniques(&triage.steps);
        let steps: Vec<StepView> = triage
            .steps
            .iter()
            .take(plan.steps)
            .enumerate()
            .map(|(index, step)| step_view(step, index, plan, reason(triage, step)))
            .collect();
        let (first, then) = steps.split_at(FIRST.min(steps.len()));
        let all = |texts: &[String], most: usize| texts.iter().take(most).map(|text| defanged(text)).collect();
        Self {
            verdict: verdict(draft),
            header: header(draft),
            more_techniques: techniques.len().saturating_sub(HEADER_TECHNIQUES),
            techniques: techniques.into_iter().take(HEADER_TECHNIQUES).map(technique_view).collect(),
            summary: defanged(&triage.summary),
            news: all(&triage.news, usize::MAX),
            model_summary: triage.model.as_ref().map(|part| defanged(&part.summary)).unwrap_or_default(),
            note: defanged(&triage.note),
            reasons: all(&triage.assessment.reasons, usize::MAX),
            honeypot: all(&triage.honeypot, usize::MAX),
            first: first.to_vec(),
            then: then.to_vec(),
            queries: triage.queries.iter().take(plan.queries).enumerate().map(query_view).collect(),
            questions: all(&triage.questions, plan.questions),
            model_questions: triage.model.as_ref().map(|part| all(&part.questions, plan.words)).unwrap_or_default(),
            own_steps: triage.model.as_ref().map(|part| all(&part.own_steps, plan.words)).unwrap_or_default(),
            missing: all(&triage.missing, plan.missing),
            left_out: left_out(draft, plan),
            footer: footer(draft),
            marker: Marker::of(draft.incident, draft.purpose).to_string(),
        }
    }
}

/// An update has no verdict of its own: the comment before may be a model's, and this one is the runbook's alone.
fn verdict(draft: &Draft) -> String {
    match draft.purpose {
        Purpose::Triage => draft.triage.assessment.to_string(),
        Purpose::Update1 => "Update 1".to_owned(),
        Purpose::Update2 => "Update 2, the last".to_owned(),
    }
}

fn header(draft: &Draft) -> Vec<String> {
    let incident = draft.incident;
    let severity = incident.severity.to_string();
    let number = incident.number.map(|number| format!("incident {number}"));
    let mut tactics: Vec<Tactic> = incident.tactics.iter().filter_map(|text| Tactic::named_by(text)).collect();
    tactics.sort_unstable();
    tactics.dedup();
    let tactics: Vec<&str> = tactics.iter().map(|tactic| tactic.name()).collect();
    let alerts = match incident.alert_count.unwrap_or(0).max(incident.alerts.len() as u64) {
        0 => None,
        1 => Some("1 alert".to_owned()),
        count => Some(format!("{count} alerts")),
    };
    let parts = [Some(severity), number, alerts, Some(tactics.join(", "))];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).map(|part| defanged(&part)).collect()
}

/// Every technique that a step names, in the order of the ids.
fn techniques(steps: &[Step]) -> Vec<&'static Technique> {
    let mut found: Vec<_> =
        steps.iter().flat_map(|step| &step.techniques).filter_map(|id| Technique::find(id)).collect();
    found.sort_unstable_by_key(|technique| technique.id);
    found.dedup();
    found
}

fn technique_view(technique: &'static Technique) -> TechniqueView {
    TechniqueView { id: technique.id.as_str(), name: technique.name.as_str(), page: technique.page() }
}

/// Why the model chose a step; empty if it did not say.
fn reason<'t>(triage: &'t Triage, step: &Step) -> &'t str {
    let reasons = triage.model.iter().flat_map(|part| &part.reasons);
    reasons.filter(|reason| reason.step == step.id).map(|reason| reason.reason.as_str()).next().unwrap_or_default()
}

fn step_view(step: &Step, index: usize, plan: &Plan, reason: &str) -> StepView {
    let is_full = index < FIRST + plan.full;
    StepView {
        number: index + 1,
        phase: step.phase.to_string(),
        action: if is_full { defanged(&step.action) } else { short(step) },
        why: if index < FIRST { defanged(&step.why) } else { String::new() },
        reason: if index < FIRST + plan.words { defanged(reason) } else { String::new() },
        about: about(&step.entities),
    }
}

/// The step in a few words: the runbook's, or those of the mitigations it realises, or else the step itself.
fn short(step: &Step) -> String {
    if let Some(action) = action_by_id(&step.id) {
        return defanged(&action.short);
    }
    let phrases: Vec<String> =
        step.mitigations.iter().filter_map(|id| mitigation(id)).map(|m| format!("{} {}", m.id, m.short)).collect();
    if phrases.is_empty() { defanged(&step.action) } else { defanged(&phrases.join("; ")) }
}

fn about(entities: &[String]) -> String {
    let mut names: Vec<String> = entities
        .iter()
        .take(STEP_ENTITIES)
        .map(|name| {
            let short: String = name.chars().take(LONGEST_NAME).collect();
            let dots = if short.len() < name.len() { "..." } else { "" };
            defanged(&format!("{short}{dots}"))
        })
        .collect();
    if entities.len() > STEP_ENTITIES {
        names.push(format!("{} more", entities.len() - STEP_ENTITIES));
    }
    names.join(", ")
}

fn query_view((index, query): (usize, &Query)) -> QueryView {
    QueryView { number: index + 1, title: defanged(&query.title), kql: query.kql.clone() }
}

fn left_out(draft: &Draft, plan: &Plan) -> String {
    let triage = draft.triage;
    let part = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    };
    let later = plan.steps.saturating_sub(FIRST);
    let parts: Vec<String> = [
        part(triage.steps.len() - plan.steps, "step", "steps"),
        part(later.saturating_sub(plan.full), "step's full text", "steps' full texts"),
        part(triage.queries.len() - plan.queries, "query", "queries"),
        part(triage.questions.len() - plan.questions, "question", "questions"),
        part(words_out(triage, plan), "text of the model", "texts of the model"),
        part(triage.missing.len() - plan.missing, "note on missing data", "notes on missing data"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { String::new() } else { format!("Left out for length: {}.", parts.join(", ")) }
}

/// Texts of the model's that are not shown: questions, own steps, and reasons for later steps.
fn words_out(triage: &Triage, plan: &Plan) -> usize {
    let Some(part) = &triage.model else { return 0 };
    let beyond = |texts: &[String]| texts.len().saturating_sub(plan.words);
    let steps = triage.steps.iter().take(plan.steps).skip(FIRST + plan.words);
    let reasons = steps.filter(|step| !reason(triage, step).is_empty()).count();
    beyond(&part.questions) + beyond(&part.own_steps) + reasons
}

fn footer(draft: &Draft) -> String {
    let generated = draft.generated.strftime("%F %H:%M UTC");
    let data = match draft.incident.activity() {
        Some((first, last)) => format!("{} to {} UTC", first.strftime("%F %H:%M"), last.strftime("%F %H:%M")),
        None => "no times given".to_owned(),
    };
    let completer = draft.triage.model.as_ref().map_or_else(|| runbook::NAME.to_owned(), by_model);
    format!("{} · generated {generated} · data {data} · check before acting", defanged(&completer))
}

/// Who answered, what it cost, and what did not pass.
fn by_model(part: &ModelPart) -> String {
    let usage = part.usage;
    let tokens = match (usage.input_tokens, usage.output_tokens) {
        (0, 0) => String::new(),
        (input, output) => format!(", {input} + {output} tokens"),
    };
    let removed = match part.removed.total() {
        0 => String::new(),
        count => format!(", {count} of its words or choices removed"),
    };
    let (seconds, tenths) = (usage.duration_ms / 1000, usage.duration_ms % 1000 / 100);
    format!("{} with {} ({seconds}.{tenths} s{tokens}{removed})", part.name, runbook::NAME)
}
