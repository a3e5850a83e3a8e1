//! Stage 4: the [`Triage`], what a completer makes of an incident.
//!
//! Texts are plain, apart from one convention: values of the incident and commands stand in `backticks`.

mod answer;
mod bound;
mod by_model;
pub mod gate;
mod schema;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use answer::{Answer, Bounds, InvalidAnswer, answer_schema};
pub use bound::MAX_BYTES;
pub use by_model::Judged;
pub use gate::Removed;
pub use schema::Schema;

/// The whole answer about one incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Triage {
    /// Two sentences with the incident's own facts.
    pub summary: String,
    /// What it probably is.
    pub assessment: Assessment,
    /// What came to light since the comment before. Empty in the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub news: Vec<String>,
    /// What to do, in the order of the phases.
    pub steps: Vec<Step>,
    /// Queries to run in the workspace, at most five.
    pub queries: Vec<Query>,
    /// What only a person can answer.
    pub questions: Vec<String>,
    /// What could not be known, and what the input lacked.
    pub missing: Vec<String>,
    /// What is known from a honeypot: its part in the incident, and what it saw. Empty without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub honeypot: Vec<String>,
    /// What a model had a part in; none if the runbook answered alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelPart>,
    /// Why a model that was asked has no part in it; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A model's part in a triage. Its words passed the gate: no links, no code, no orders, nothing that is not in the input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModelPart {
    /// The model's name, as configured.
    pub name: String,
    /// Its summary; empty if nothing of it was left.
    pub summary: String,
    /// Why it chose a step.
    pub reasons: Vec<StepReason>,
    /// Its questions.
    pub questions: Vec<String>,
    /// Things to check or ask that no action covers, at most three.
    pub own_steps: Vec<String>,
    /// What the gate took out of its answer.
    pub removed: Removed,
    /// What it cost.
    pub usage: Usage,
}

/// Why a model chose a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepReason {
    /// The step's id.
    pub step: String,
    /// One sentence or two.
    pub reason: String,
}

/// What a model's answer cost, all requests together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Requests that were sent.
    pub requests: u32,
    /// Tokens of the prompts; 0 if the server does not tell.
    pub input_tokens: u64,
    /// Tokens of the answers.
    pub output_tokens: u64,
    /// From the first request to the last answer, in milliseconds.
    pub duration_ms: u64,
}

/// A verdict with its confidence and reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assessment {
    /// The verdict.
    pub verdict: Verdict,
    /// 0 to 1: how sure the verdict is; for `Undetermined`, how likely a true positive is.
    pub confidence: f64,
    /// Why, strongest first.
    pub reasons: Vec<String>,
}

impl fmt::Display for Assessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// From here on an undetermined incident is told as likely.
        const LIKELY: f64 = 0.6;
        let is_likely = self.verdict == Verdict::Undetermined && self.confidence >= LIKELY;
        let leaning = if is_likely { ", likely true positive" } else { "" };
        write!(f, "{}{leaning} ({:.2})", self.verdict, self.confidence)
    }
}

/// Sentinel's classifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the names are Sentinel's")]
pub enum Verdict {
    TruePositive,
    BenignPositive,
    FalsePositive,
    Undetermined,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::TruePositive => "True positive",
            Verdict::BenignPositive => "Benign positive",
            Verdict::FalsePositive => "False positive",
            Verdict::Undetermined => "Undetermined",
        })
    }
}

/// The phases of a response, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Phase {
    Contain,
    Investigate,
    Eradicate,
    Recover,
    Prevent,
}

impl Phase {
    /// All, in order.
    pub const ALL: [Phase; 5] = [Phase::Contain, Phase::Investigate, Phase::Eradicate, Phase::Recover, Phase::Prevent];
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Contain => "Contain",
            Phase::Investigate => "Investigate",
            Phase::Eradicate => "Eradicate",
            Phase::Recover => "Recover",
            Phase::Prevent => "Prevent",
        })
    }
}

/// Something a person does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// The runbook's id of the action.
    pub id: String,
    /// Phase.
    pub phase: Phase,
    /// What to do.
    pub action: String,
    /// Why it is worth doing.
    pub why: String,
    /// The incident's techniques that it answers: bare ids, at most six.
    pub techniques: Vec<String>,
    /// The ATT&CK mitigations that it realises: bare ids, at most six.
    pub mitigations: Vec<String>,
    /// What it is about.
    pub entities: Vec<String>,
}

/// A KQL query, filled with the incident's entities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Query {
    /// The runbook's id of the query.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The query.
    pub kql: String,
}

/// The JSON Schema of a [`Triage`], for whoever makes or reads one.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Triage).to_value()
}
