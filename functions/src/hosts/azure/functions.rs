//! The functions as the host knows them: envelope to handler, handler to outputs.

use serde_json::json;

use crate::error::{Class, Failure};
use crate::handlers::{self, App, Call, CommentMessage, IncidentMessage, PoisonMessage, Subject, Triggered};
use crate::hosts::output;
use crate::log::Log;

use super::envelope::{Envelope, Reply, answered, done, error_body, queued};

pub(super) async fn incident_trigger(app: &App, envelope: &Envelope, invocation: &str) -> Reply {
    let log = Log::new("incident-trigger", invocation);
    let text = envelope.message();
    let message = match IncidentMessage::parse(&text) {
        Ok(message) => message,
        Err(failure) => return ended(&log, failure, &text),
    };
    let log = log.about(message.id.incident());
    let call = Call { log: &log, delivery: Some(envelope.delivery()) };
    match handlers::incident_trigger(app, &message, call).await {
        Ok(Triggered::Done(written)) => {
            log.event(written.event());
            done()
        }
        Ok(Triggered::HandedOver(message)) => {
            log.event("comment-handed-over");
            queued("comments", &message.json())
        }
        Err(failure) => ended(&log, failure, &text),
    }
}

pub(super) async fn add_comment(app: &App, envelope: &Envelope, invocation: &str) -> Reply {
    let log = Log::new("add-comment", invocation);
    let text = envelope.message();
    let message = match CommentMessage::parse(&text) {
        Ok(message) => message,
        Err(failure) => return ended(&log, failure, &text),
    };
    let log = log.about(message.id.incident());
    let call = Call { log: &log, delivery: Some(envelope.delivery()) };
    match handlers::add_comment(app, message, call).await {
        Ok(written) => {
            log.event(written.event());
            done()
        }
        Err(failure) => ended(&log, failure, &text),
    }
}

/// A failure on a queue: what will never work is put aside at once, everything else comes again.
fn ended(log: &Log, failure: Failure, text: &str) -> Reply {
    if failure.class == Class::Permanent {
        log.poison(&failure);
        return queued("poison", &json!(PoisonMessage::new(&failure, text)));
    }
    log.failure(&failure);
    Reply::TryAgain(failure)
}

pub(super) async fn gpt_complete(app: &App, envelope: &Envelope, invocation: &str) -> Reply {
    let log = Log::new("gpt-complete", invocation);
    match completed(app, envelope, &log).await {
        Ok(reply) => {
            log.event("completed");
            reply
        }
        Err(failure) => {
            log.failure(&failure);
            answered(status(&failure), "application/json", &error_body(&failure).to_string())
        }
    }
}

async fn completed(app: &App, envelope: &Envelope, log: &Log) -> Result<Reply, Failure> {
    let request = envelope.request()?;
    let is_html = match request.format.as_deref() {
        None | Some("json") => false,
        Some("html") => true,
        Some(_) => return Err(Failure::permanent("input", "format: expected `json` or `html`")),
    };
    let subject = Subject::parse(request.body.as_bytes())?;
    let completed = handlers::gpt_complete(app, subject, Call { log, delivery: None }).await?;
    Ok(if is_html {
        answered(200, "text/html", &completed.comment.html)
    } else {
        answered(200, "application/json", &output::json(&completed.incident, &completed.triage, &completed.comment))
    })
}

/// The HTTP status of a failure.
fn status(failure: &Failure) -> u16 {
    match (failure.class, failure.code) {
        (_, "too-large") => 413,
        (Class::Permanent, "not-found") => 404,
        (Class::Permanent, "workspace") => 403,
        (Class::Permanent, _) => 400,
        (Class::Retryable, "busy") if failure.retry_after.is_some() => 429,
        (Class::Retryable | Class::Config, _) => 503,
    }
}
