//! One JSON line an event: ids, sizes, counts, classes and durations. Never incident text, an upstream body or a secret.

use std::time::Instant;

use serde::Serialize;
use uuid::Uuid;

use crate::completion::{Removed, Usage};
use crate::error::{Class, Failure};

/// The log of one call.
#[derive(Debug, Clone)]
pub struct Log {
    function: &'static str,
    invocation: String,
    incident: Option<Uuid>,
    is_silent: bool,
}

/// A stage that takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Stage {
    Read,
    Complete,
    Write,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    event: &'a str,
    function: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    invocation: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<Stage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updates: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<Removed>,
}

impl Log {
    /// A log for a call of `function`. An invocation id that is no GUID is left out: it may be anything.
    #[must_use]
    pub fn new(function: &'static str, invocation: &str) -> Self {
        let invocation = invocation.parse::<Uuid>().map(|id| id.to_string()).unwrap_or_default();
        Self { function, invocation, incident: None, is_silent: false }
    }

    /// A log that says nothing: for a command line, which has words of its own.
    #[must_use]
    pub fn silent() -> Self {
        Self { function: "", invocation: String::new(), incident: None, is_silent: true }
    }

    /// The same for an incident.
    #[must_use]
    pub fn about(self, incident: Uuid) -> Self {
        Self { incident: Some(incident), ..self }
    }

    /// Something happened.
    pub fn event(&self, event: &str) {
        self.out(&self.line(event));
    }

    /// A stage ended.
    pub fn stage(&self, stage: Stage, started: Instant) {
        let duration_ms = Some(started.elapsed().as_millis());
        self.out(&Line { stage: Some(stage), duration_ms, ..self.line("stage") });
    }

    /// Shadow mode: what would have been written.
    pub fn shadow(&self, hash: &str, size: usize) {
        self.out(&Line { hash: Some(hash), size: Some(size), ..self.line("shadow") });
    }

    /// A sweep ended: how many incidents changed, how many had no comment or something new, and whether there may be more.
    pub fn swept(&self, changed: usize, (missing, updates): (usize, usize), has_more: bool) {
        let (missing, updates) = (Some(missing), (updates > 0).then_some(updates));
        let more = has_more.then_some(true);
        self.out(&Line { changed: Some(changed), missing, updates, more, ..self.line("swept") });
    }

    /// A model answered: what it cost, and what the gate took out.
    pub fn model(&self, usage: Usage, removed: Removed) {
        self.out(&Line { usage: Some(usage), removed: Some(removed), ..self.line("model-answered") });
    }

    /// A model did not answer. The runbook did, so it is no failure of the call.
    pub fn model_failed(&self, usage: Usage, failure: &Failure) {
        self.err(&Line { usage: Some(usage), ..self.failed("model-failed", failure) });
    }

    /// What the honeypots saw could not be asked for. The comment goes without.
    pub fn no_sightings(&self, failure: &Failure) {
        self.out(&self.failed("no-sightings", failure));
    }

    /// A failure, on standard error: the host shows it as one.
    pub fn failure(&self, failure: &Failure) {
        self.err(&self.failed("failure", failure));
    }

    /// A message that is put aside. An alert watches for this event.
    pub fn poison(&self, failure: &Failure) {
        self.err(&self.failed("poison", failure));
    }

    fn failed<'a>(&'a self, event: &'a str, failure: &'a Failure) -> Line<'a> {
        let message = Some(failure.to_string());
        Line { class: Some(failure.class), code: Some(failure.code), message, ..self.line(event) }
    }

    fn line<'a>(&'a self, event: &'a str) -> Line<'a> {
        Line {
            event,
            function: self.function,
            invocation: &self.invocation,
            incident: self.incident,
            ..Line::default()
        }
    }

    fn out(&self, line: &Line) {
        if !self.is_silent {
            write(&mut std::io::stdout().lock(), line);
        }
    }

    fn err(&self, line: &Line) {
        if !self.is_silent {
            write(&mut std::io::stderr().lock(), line);
        }
    }
}

/// A log that cannot be written must not cost the comment.
fn write(to: &mut dyn std::io::Write, line: &Line) {
    let mut bytes = serde_json::to_vec(line).unwrap_or_default();
    bytes.push(b'\n');
    let _ = to.write_all(&bytes).and_then(|()| to.flush());
}
