//! `incident-trigger`: an id comes in, a comment stands in Sentinel: the first one, or one that tells what came since.

use std::time::Instant;

use crate::comment::Purpose;
use crate::error::{Class, Failure};
use crate::incident::{Incident, Known};
use crate::log::Stage;

use super::{App, Call, CommentMessage, Completed, IncidentMessage, Written};

/// How it ended, if not in failure.
#[derive(Debug, Clone, PartialEq)]
pub enum Triggered {
    /// The comment is there, or must not be.
    Done(Written),
    /// The write failed after the completion: the answer is handed to `add-comment`.
    HandedOver(Box<CommentMessage>),
}

/// Reads the incident, triages it and writes the comment. An update that cannot be written is made anew by the next delivery: it
/// costs no model.
///
/// # Errors
/// [`Failure`]: Permanent for what will never work; the others before anything was completed, so that another delivery
/// starts again.
pub async fn incident_trigger(app: &App, message: &IncidentMessage, call: Call<'_>) -> Result<Triggered, Failure> {
    let id = &message.id;
    app.allow(id)?;
    let started = Instant::now();
    let incident = app.sentinel.incident(id, app.patience(call)).await?;
    let writer = app.sentinel.writer().await?;
    if incident.is_redirected() {
        return Ok(Triggered::Done(Written::Merged));
    }
    let first = app.ours(id, &incident, Purpose::Triage, &writer, call).await?;
    call.log.stage(Stage::Read, started);
    if let Some(first) = first {
        return app.update(id, incident, (&first, writer), message.purpose, call).await.map(Triggered::Done);
    }
    wait_for_entities(app, &incident, call)?;
    let started = Instant::now();
    let incident = app.with_background(incident, id, call).await;
    let completed = app.complete(incident, writer, call).await?;
    call.log.stage(Stage::Complete, started);
    let started = Instant::now();
    let written = app.write(id, &completed, call).await;
    call.log.stage(Stage::Write, started);
    match written {
        Ok(written) => Ok(Triggered::Done(written)),
        Err(failure) if failure.class == Class::Permanent => Err(failure),
        Err(failure) => {
            call.log.failure(&failure);
            let known = Some(Known::of(&completed.incident));
            let Completed { triage, generated, .. } = completed;
            let message = CommentMessage { id: id.clone(), triage, generated, known };
            Ok(Triggered::HandedOver(Box::new(message)))
        }
    }
}

/// An incident with alerts and without entities may get them within minutes: the first delivery of a young one fails, so
/// that the host brings it again after its visibility timeout. The second one takes what there is.
fn wait_for_entities(app: &App, incident: &Incident, call: Call) -> Result<(), Failure> {
    let has_alerts = !incident.alerts.is_empty() || incident.alert_count.unwrap_or(0) > 0;
    let has_no_entities = incident.entities.is_empty() || incident.has_derived_entities;
    let is_first = call.delivery == Some(1);
    let age = incident.created.map(|created| app.now().duration_since(created).as_secs());
    let limit = i64::try_from(app.late_entities.as_secs()).unwrap_or(i64::MAX);
    if is_first && has_alerts && has_no_entities && age.is_some_and(|age| age < limit) {
        return Err(Failure::retryable(
            "entities-late",
            "the incident is young and has no entities yet; the next delivery takes what there is",
        ));
    }
    Ok(())
}
