//! `add-comment`: an answer whose first write failed is written.

use std::time::Instant;

use crate::comment::Purpose;
use crate::error::Failure;
use crate::log::Stage;

use super::{App, Call, CommentMessage, Written};

/// Writes a finished triage. The incident is read again: for its workspace, whether it was merged, header and marker.
///
/// # Errors
/// [`Failure`]: Permanent for what will never work; the others so that another delivery tries again.
pub async fn add_comment(app: &App, message: CommentMessage, call: Call<'_>) -> Result<Written, Failure> {
    let CommentMessage { id, triage, generated, known } = message;
    app.allow(&id)?;
    let started = Instant::now();
    let incident = app.sentinel.incident(&id, app.patience(call)).await?;
    let writer = app.sentinel.writer().await?;
    let settled = app.settled(&id, &incident, (Purpose::Triage, &writer), call).await?;
    call.log.stage(Stage::Read, started);
    if let Some(settled) = settled {
        return Ok(settled);
    }
    // What came since the answer is not in it: the comment must not say that it knew of it.
    let incident = match known {
        Some(known) => incident.as_known(&known),
        None => incident,
    };
    let completed = app.finish(incident, triage, Purpose::Triage, (generated, writer))?;
    let started = Instant::now();
    let written = app.write(&id, &completed, call).await;
    call.log.stage(Stage::Write, started);
    written
}
