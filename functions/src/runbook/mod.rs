//! Stage 2: the embedded completer. Deterministic and offline: the same incident gives the same [`Triage`].

mod assess;
mod cover;
mod facts;
mod fill;
mod gaps;
mod infer;
mod kql;
mod nouns;
mod phrases;
mod queries;
mod scenario;
mod seen;
mod steps;
mod summary;
mod table;
mod update;

use std::collections::BTreeSet;

use crate::completion::{Query, Step, Triage};
use crate::incident::Incident;
use crate::pool::Str;

pub use fill::quoted;
pub use kql::string as literal;
pub use seen::told;
pub use table::{Action, Family, Mitigation, When, action_by_id, mitigation};
pub use update::update;

use facts::Facts;
use scenario::Match;

/// The version of the runbook's rules and texts, shown in comments.
pub const VERSION: &str = "1.0";
/// The completer's name and version.
pub const NAME: &str = "runbook 1.0";

/// The runbook, opened at an incident.
pub struct Runbook<'a> {
    facts: Facts<'a>,
    scenarios: Vec<Match>,
}

/// What a model may choose from. Nothing of the incident stands in it.
#[derive(Debug, Clone, Default)]
pub struct Offer {
    /// Actions: id, phase and a few words.
    pub actions: Vec<&'static Action>,
    /// Queries: id and what they show.
    pub queries: Vec<(Str, String)>,
    /// Techniques and mitigations that steps may name.
    pub attack_ids: BTreeSet<String>,
}

impl<'a> Runbook<'a> {
    /// Looks up what fits the incident.
    #[must_use]
    pub fn at(incident: &'a Incident) -> Self {
        let facts = Facts::of(incident);
        let scenarios = scenario::matching(&facts);
        Self { facts: facts.with_inferred(&scenarios), scenarios }
    }

    /// The runbook's own answer.
    #[must_use]
    pub fn triage(&self) -> Triage {
        let (facts, scenarios) = (&self.facts, &self.scenarios[..]);
        Triage {
            summary: summary::summary(facts),
            assessment: assess::assessment(facts, scenarios),
            news: Vec::new(),
            steps: steps::steps(facts, scenarios),
            queries: queries::queries(facts, scenarios),
            questions: scenario::questions(facts, scenarios),
            missing: gaps::missing(facts),
            honeypot: seen::lines(facts),
            model: None,
            note: String::new(),
        }
        .bounded()
    }

    /// What a model may choose from.
    #[must_use]
    pub fn offer(&self) -> Offer {
        let facts = &self.facts;
        let techniques = facts.techniques.iter().map(|technique| technique.id);
        Offer {
            actions: steps::offered(facts, &self.scenarios),
            queries: queries::offered(facts, &self.scenarios),
            attack_ids: techniques.chain(facts.mitigations.iter().copied()).map(|id| id.to_string()).collect(),
        }
    }

    /// The steps for the offered actions with these ids, in this order within each phase. What contains or saves evidence stays
    /// whatever was chosen, and so does a step for every technique, mitigation and kind of entity.
    #[must_use]
    pub fn steps(&self, ids: &[Str]) -> Vec<Step> {
        steps::steps_by_choice(&self.facts, &self.scenarios, ids)
    }

    /// The offered queries with these ids, in this order.
    #[must_use]
    pub fn queries(&self, ids: &[Str]) -> Vec<Query> {
        queries::queries_by_choice(&self.facts, &self.scenarios, ids)
    }
}

/// Triages an incident.
#[must_use]
pub fn triage(incident: &Incident) -> Triage {
    Runbook::at(incident).triage()
}
