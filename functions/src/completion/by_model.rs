//! A triage in which a model had a part: it chose, the runbook's texts say it, and the gate let its words pass or not.

use crate::incident::Incident;
use crate::pool::Str;
use crate::prompt::Evidence;
use crate::redaction::Redaction;
use crate::runbook::{Offer, Runbook};

use super::gate::{Gate, Slot, gives_orders};
use super::{Answer, Assessment, ModelPart, StepReason, Triage, Usage, Verdict};

/// What an answer is judged by.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// The runbook, opened at it.
    pub runbook: &'a Runbook<'a>,
    /// What was offered.
    pub offer: &'a Offer,
    /// What stood in the prompt.
    pub evidence: &'a [Evidence],
    /// The values behind the placeholders.
    pub redaction: &'a Redaction,
    /// The model's name.
    pub name: &'a str,
}

/// Most sentences and texts of a model's own.
const SUMMARY: usize = 3;
const REASONS: usize = 10;
const QUESTIONS: usize = 4;
const OWN_STEPS: usize = 3;
/// Actions that make a choice.
const ENOUGH: usize = 3;
/// A model is never surer than this, nor surer than the runbook by more than that.
const MOST_SURE: f64 = 0.95;
const SURER: f64 = 0.15;
/// From here on the runbook's signs do not speak against a true positive.
const LIKELY: f64 = 0.5;
/// Evidence that is named.
const NAMED: usize = 4;

impl Judged<'_> {
    /// The triage that an answer makes.
    #[must_use]
    pub fn triage(self, answer: &Answer, usage: Usage) -> Triage {
        let mut gate = Gate::new(self.incident, self.offer, self.redaction);
        let alone = self.runbook.triage();
        let actions = self.actions(answer, &mut gate);
        let queries = self.queries(answer, &mut gate);
        let summary = gate.summary(&answer.summary, SUMMARY);
        let assessment = self.assessment(answer, &summary, &alone.assessment, &mut gate);
        let part = self.part(answer, summary, &actions, gate, usage);
        let ids: Vec<Str> = actions.iter().map(|(id, _)| *id).collect();
        let queries = if queries.is_empty() { alone.queries } else { self.runbook.queries(&queries) };
        // A choice of one or two is none: the runbook's own steps serve better.
        let steps = if ids.len() < ENOUGH { alone.steps } else { self.runbook.steps(&ids) };
        Triage { assessment, steps, queries, model: Some(part), ..alone }.bounded()
    }

    /// The offered actions that were chosen, each once, with the reasons as they came.
    fn actions<'t>(&self, answer: &'t Answer, gate: &mut Gate) -> Vec<(Str, &'t str)> {
        let mut chosen: Vec<(Str, &str)> = Vec::new();
        for action in &answer.actions {
            match self.offer.actions.iter().find(|offered| offered.id == action.id.trim()) {
                Some(offered) if !chosen.iter().any(|(id, _)| *id == offered.id) => {
                    chosen.push((offered.id, &action.reason));
                }
                Some(_) => {}
                None => gate.removed.ids += 1,
            }
        }
        chosen
    }

    fn queries(&self, answer: &Answer, gate: &mut Gate) -> Vec<Str> {
        let mut chosen: Vec<Str> = Vec::new();
        for query in &answer.queries {
            match self.offer.queries.iter().find(|(id, _)| *id == query.trim()) {
                Some((id, _)) if !chosen.contains(id) => chosen.push(*id),
                Some(_) => {}
                None => gate.removed.ids += 1,
            }
        }
        chosen
    }

    /// The model's verdict, as far as the runbook's signs bear it. A verdict of the runbook's own is never weakened: who writes
    /// the incident's text could bring a model to it.
    fn assessment(&self, answer: &Answer, summary: &str, alone: &Assessment, gate: &mut Gate) -> Assessment {
        let shown: Vec<&Evidence> = answer.evidence.iter().filter_map(|id| self.shown(id)).collect();
        gate.removed.ids += answer.evidence.len() - shown.len();
        let verdict = answer.verdict.unwrap_or(Verdict::Undetermined);
        let is_benign = matches!(verdict, Verdict::BenignPositive | Verdict::FalsePositive);
        // Who cannot say what happened does not know what it is. Signs that point the other way weigh more than a model's word.
        let is_doubtful = alone.verdict == Verdict::Undetermined && alone.confidence < LIKELY;
        let is_ungrounded = verdict == Verdict::TruePositive && (shown.is_empty() || summary.is_empty() || is_doubtful);
        if verdict != alone.verdict && (is_benign || is_ungrounded) {
            gate.removed.verdicts += 1;
        }
        let mut assessment = alone.clone();
        if alone.verdict == Verdict::Undetermined && verdict == Verdict::TruePositive && !is_ungrounded {
            assessment.verdict = verdict;
            assessment.confidence =
                answer.confidence.clamp(alone.confidence.min(MOST_SURE), (alone.confidence + SURER).min(MOST_SURE));
        }
        let names = named(&shown);
        if assessment.verdict == verdict && !names.is_empty() {
            assessment.reasons.insert(0, format!("The model judges by {}.", names.join(", ")));
        }
        assessment
    }

    fn shown(&self, id: &str) -> Option<&Evidence> {
        self.evidence.iter().find(|evidence| evidence.id.eq_ignore_ascii_case(id.trim()))
    }

    fn part(
        &self,
        answer: &Answer,
        summary: String,
        actions: &[(Str, &str)],
        mut gate: Gate,
        usage: Usage,
    ) -> ModelPart {
        let reasons = actions.iter().map(|(id, reason)| (id, gate.passed(Slot::Reason, reason, 1)));
        let mut reasons: Vec<StepReason> = reasons
            .filter(|(_, reason)| !reason.is_empty())
            .map(|(id, reason)| StepReason { step: id.to_string(), reason })
            .collect();
        reasons.truncate(REASONS);
        let questions = texts(&mut gate, Slot::Question, &answer.questions, QUESTIONS);
        let own_steps = texts(&mut gate, Slot::OwnStep, &answer.own_steps, OWN_STEPS);
        ModelPart { name: self.name.to_owned(), summary, reasons, questions, own_steps, removed: gate.removed, usage }
    }
}

/// The first sentences that pass, one of each text, each once.
fn texts(gate: &mut Gate, slot: Slot, texts: &[String], most: usize) -> Vec<String> {
    const READ: usize = 10;
    let mut passed: Vec<String> = Vec::new();
    for text in texts.iter().take(READ) {
        let text = gate.passed(slot, text, 1);
        if !text.is_empty() && !passed.contains(&text) {
            passed.push(text);
        }
    }
    passed.truncate(most);
    passed
}

/// The names of the evidence, quoted; those that give orders are not repeated.
fn named(evidence: &[&Evidence]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for label in evidence.iter().map(|evidence| &evidence.label) {
        let name = crate::runbook::quoted(label);
        if !label.is_empty() && !gives_orders(label) && !names.contains(&name) && names.len() < NAMED {
            names.push(name);
        }
    }
    names
}
