//! Completing: an incident becomes an answer and a comment.

use jiff::Timestamp;

use crate::comment::{Comment, Draft, Purpose};
use crate::completion::Triage;
use crate::error::Failure;
use crate::incident::Incident;
use crate::runbook;

use super::ask::Asked;
use super::{App, Call, Completer};

/// An incident with its answer.
#[derive(Debug, Clone)]
pub struct Completed {
    /// The incident.
    pub incident: Incident,
    /// What the completer made of it.
    pub triage: Triage,
    /// Why there is a comment.
    pub purpose: Purpose,
    /// When.
    pub generated: Timestamp,
    /// The object id of who writes, or would; empty if unknown.
    pub writer: String,
    /// The comment.
    pub comment: Comment,
    /// Why a model that was asked has no part in it.
    pub model_failure: Option<Failure>,
}

impl Completed {
    /// What the comment is made of, for other formats.
    #[must_use]
    pub fn draft(&self) -> Draft<'_> {
        let Self { incident, triage, generated, purpose, writer, .. } = self;
        Draft { incident, triage, generated: *generated, purpose: *purpose, writer }
    }
}

impl App {
    /// Triages an incident.
    pub(super) async fn complete(
        &self,
        incident: Incident,
        writer: String,
        call: Call<'_>,
    ) -> Result<Completed, Failure> {
        let Asked { triage, failure } = match &self.completer {
            Completer::Runbook => Asked { triage: runbook::triage(&incident), failure: None },
            Completer::Model(model) => Box::pin(self.ask(model, &incident, call)).await,
        };
        let completed = self.finish(incident, triage, Purpose::Triage, (self.now(), writer))?;
        Ok(Completed { model_failure: failure, ..completed })
    }

    /// Renders the comment of an answer.
    pub(super) fn finish(
        &self,
        incident: Incident,
        triage: Triage,
        purpose: Purpose,
        (generated, writer): (Timestamp, String),
    ) -> Result<Completed, Failure> {
        let comment = Draft { incident: &incident, triage: &triage, generated, purpose, writer: &writer }
            .comment(&self.templates)
            .map_err(|error| Failure::config("template", error.to_string()))?;
        Ok(Completed { incident, triage, purpose, generated, writer, comment, model_failure: None })
    }
}
