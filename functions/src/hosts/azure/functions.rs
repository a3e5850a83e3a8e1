//! The functions as the host knows them: envelope in, outputs out.

use crate::handlers::App;
use crate::hosts::work::{self, Ended};

use super::envelope::{Envelope, Reply, answered, done, queued};

pub(super) async fn incident_trigger(app: &App, envelope: &Envelope, invocation: &str) -> Reply {
    let delivery = Some(envelope.delivery());
    reply(work::incident_trigger(app, &envelope.message(), delivery, invocation).await)
}

pub(super) async fn add_comment(app: &App, envelope: &Envelope, invocation: &str) -> Reply {
    reply(work::add_comment(app, &envelope.message(), envelope.delivery(), invocation).await)
}

fn reply(ended: Ended) -> Reply {
    match ended {
        Ended::Done => done(),
        Ended::HandOver(message) => queued("comments", &message),
        Ended::PutAside(_, message) => queued("poison", &message),
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
