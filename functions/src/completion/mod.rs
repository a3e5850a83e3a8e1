//! Stage 4: the [`Triage`], what a completer makes of an incident.
//!
//! Texts are plain, apart from one convention: values of the incident and commands stand in `backticks`.

mod bound;
pub mod gate;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bound::MAX_BYTES;

/// The whole answer about one incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Triage {
    /// Two sentences with the incident's own facts.
    pub summary: String,
    /// What it probably is.
    pub assessment: Assessment,
    /// What to do, in the order of the phases.
    pub steps: Vec<Step>,
    /// Queries to run in the workspace, at most five.
    pub queries: Vec<Query>,
    /// What only a person can answer.
    pub questions: Vec<String>,
    /// What could not be known, and what the input lacked.
    pub missing: Vec<String>,
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
