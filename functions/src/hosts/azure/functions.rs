//! The functions as the host knows them: envelope in, outputs out.

use serde_json::json;

use crate::handlers::{App, PoisonMessage};
use crate::hosts::work::{self, Ended};

use super::envelope::{Envelope, Reply, answered, done, queued, queued_each};

pub(super) async fn incident_trigger(app: &App, envelope: &Envelope, invocation: &str) -> Reply {
    let text = envelope.message();
    reply(work::incident_trigger(app, &text, Some(envelope.delivery()), invocation).await, &text)
}

pub(super) async fn add_comment(app: &App, envelope: &Envelope, invocation: &str) -> Reply {
    let text = envelope.message();
    reply(work::add_comment(app, &text, envelope.delivery(), invocation).await, &text)
}

pub(super) async fn incident_sweep(app: &App, invocation: &str) -> Reply {
    match work::incident_sweep(app, invocation).await {
        Ok(messages) if messages.is_empty() => done(),
        Ok(messages) => {
            let mut queued = Vec::new();
            for message in &messages {
                app.queued(&message.id);
                queued.push(message.json());
            }
            queued_each("incidents", &queued)
        }
        Err(failure) => Reply::TryAgain(failure),
    }
}

fn reply(ended: Ended, text: &str) -> Reply {
    match ended {
        Ended::Done => done(),
        Ended::HandOver(message) => queued("comments", &message),
        Ended::PutAside(failure) => queued("poison", &json!(PoisonMessage::new(&failure, text))),
        Ended::TryAgain(failure) => Reply::TryAgain(failure),
    }
}

pub(super) async fn gpt_complete(app: &App, envelope: &Envelope, invocation: &str) -> Reply {
    let request = envelope.request();
    let format = request.as_ref().ok().and_then(|request| request.format.clone());
    let body = request.as_ref().map(|request| request.body.as_bytes()).map_err(Clone::clone);
    let answer = work::gpt_complete(app, body, format.as_deref(), invocation).await;
    answered(answer.status, answer.content_type, &answer.body)
}
