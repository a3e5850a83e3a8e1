//! What a message or a request comes to, whatever host brought it.

use serde_json::{Value, json};

use crate::error::{Class, Failure};
use crate::handlers::{self, App, Call, CommentMessage, IncidentMessage, Subject, Triggered};
use crate::log::Log;

use super::output;

/// How a queue message ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// It is done with.
    Done,
    /// It is done with, and this goes to the queue `comments`.
    HandOver(Value),
    /// It will never work: the message is put aside, if it came by a queue.
    PutAside(Failure),
    /// It must come again.
    TryAgain(Failure),
}

/// An answer over HTTP.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) body: String,
}

/// A message of the queue `incidents`, in its n-th delivery.
pub(super) async fn incident_trigger(app: &App, text: &str, delivery: Option<u32>, invocation: &str) -> Ended {
    let log = Log::new("incident-trigger", invocation);
    let message = match IncidentMessage::parse(text) {
        Ok(message) => message,
        Err(failure) => return failed(&log, failure, delivery),
    };
    let log = log.about(message.id.incident());
    match handlers::incident_trigger(app, &message, Call { log: &log, delivery }).await {
        Ok(Triggered::Done(written)) => {
            log.event(written.event());
            Ended::Done
        }
        Ok(Triggered::HandedOver(message)) => {
            log.event("comment-handed-over");
            Ended::HandOver(message.json())
        }
        Err(failure) => failed(&log, failure, delivery),
    }
}

/// A message of the queue `comments`.
pub(super) async fn add_comment(app: &App, text: &str, delivery: u32, invocation: &str) -> Ended {
    let log = Log::new("add-comment", invocation);
    let message = match CommentMessage::parse(text) {
        Ok(message) => message,
        Err(failure) => return failed(&log, failure, Some(delivery)),
    };
    let log = log.about(message.id.incident());
    match handlers::add_comment(app, message, Call { log: &log, delivery: Some(delivery) }).await {
        Ok(written) => {
            log.event(written.event());
            Ended::Done
        }
        Err(failure) => failed(&log, failure, Some(delivery)),
    }
}

/// A sweep: the messages for the queue `incidents`. Whoever queues one says so to the app.
pub(super) async fn incident_sweep(app: &App, invocation: &str) -> Result<Vec<IncidentMessage>, Failure> {
    let log = Log::new("incident-sweep", invocation);
    let swept = handlers::incident_sweep(app, app.sweep, Call { log: &log, delivery: None }).await;
    let swept = swept.inspect_err(|failure| log.failure(failure))?;
    log.swept(swept.changed, (swept.missing.len(), swept.updates.len()), swept.has_more);
    Ok(swept.due())
}

/// What will never work is put aside at once, everything else comes again.
fn failed(log: &Log, failure: Failure, delivery: Option<u32>) -> Ended {
    let is_permanent = failure.class == Class::Permanent;
    if is_permanent && delivery.is_some() {
        log.poison(&failure);
    } else {
        log.failure(&failure);
    }
    if is_permanent { Ended::PutAside(failure) } else { Ended::TryAgain(failure) }
}

/// A request for an answer: an incident or its id in, JSON or HTML out.
pub(super) async fn gpt_complete(
    app: &App,
    body: Result<&[u8], Failure>,
    format: Option<&str>,
    invocation: &str,
) -> Answer {
    let log = Log::new("gpt-complete", invocation);
    match completed(app, body, format, &log).await {
        Ok(answer) => {
            log.event("completed");
            answer
        }
        Err(failure) => {
            log.failure(&failure);
            refused(&failure)
        }
    }
}

async fn completed(
    app: &App,
    body: Result<&[u8], Failure>,
    format: Option<&str>,
    log: &Log,
) -> Result<Answer, Failure> {
    let is_html = match format {
        None | Some("json") => false,
        Some("html") => true,
        Some(_) => return Err(Failure::permanent("input", "format: expected `json` or `html`")),
    };
    let subject = Subject::parse(body?)?;
    let completed = handlers::gpt_complete(app, subject, Call { log, delivery: None }).await?;
    Ok(if is_html {
        Answer { status: 200, content_type: "text/html", body: completed.comment.html }
    } else {
        let body = output::json(&completed.incident, &completed.triage, &completed.comment);
        Answer { status: 200, content_type: "application/json", body }
    })
}

/// The answer to a failed request.
pub(super) fn refused(failure: &Failure) -> Answer {
    let status = match (failure.class, failure.code) {
        (_, "key") => 401,
        (_, "too-large") => 413,
        (Class::Permanent, "not-found") => 404,
        (Class::Permanent, "workspace") => 403,
        (Class::Permanent, _) => 400,
        (Class::Retryable, "busy") if failure.retry_after.is_some() => 429,
        (Class::Retryable | Class::Config, _) => 503,
    };
    Answer { status, content_type: "application/json", body: error_body(failure).to_string() }
}

/// `{"error": {"class", "code", "message"}}`
pub(super) fn error_body(failure: &Failure) -> Value {
    json!({ "error": { "class": failure.class, "code": failure.code, "message": failure.to_string() } })
}
