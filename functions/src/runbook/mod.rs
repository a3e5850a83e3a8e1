//! Stage 2: the embedded completer. Deterministic and offline: the same incident gives the same [`Triage`].

mod assess;
mod cover;
mod facts;
mod fill;
mod gaps;
mod infer;
mod kql;
mod phrases;
mod queries;
mod scenario;
mod steps;
mod summary;
mod table;

use crate::completion::Triage;
use crate::incident::Incident;

pub use table::{Action, Family, Mitigation, When, action_by_id, mitigation};

use facts::Facts;

/// The version of the runbook's rules and texts, shown in comments.
pub const VERSION: &str = "1.0";
/// The completer's name and version.
pub const NAME: &str = "runbook 1.0";

/// Triages an incident.
#[must_use]
pub fn triage(incident: &Incident) -> Triage {
    let facts = Facts::of(incident);
    let scenarios = scenario::matching(&facts);
    let facts = facts.with_inferred(&scenarios);
    Triage {
        summary: summary::summary(&facts),
        assessment: assess::assessment(&facts, &scenarios),
        steps: steps::steps(&facts, &scenarios),
        queries: queries::queries(&facts, &scenarios),
        questions: scenario::questions(&facts, &scenarios),
        missing: gaps::missing(&facts),
    }
    .bounded()
}
