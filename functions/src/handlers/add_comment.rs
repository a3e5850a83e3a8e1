//! `add-comment`: an answer whose first write failed is written.

use std::time::Instant;

use crate::error::Failure;
use crate::log::Stage;

use super::{App, Call, CommentMessage, Written};

/// Writes a finished triage. The incident is read again: for its workspace, whether it was merged, header and marker.
///
/// # Errors
/// [`Failure`]: Permanent for what will never work; the others so that another delivery tries again.
pub async fn add_comment(app: &App, message: &CommentMessage, call: Call<'_>) -> Result<Written, Failure> {
    let id = &message.id;
    app.allow(id)?;
    let patience = app.patience(call);
    let started = Instant::now();
    let incident = app.sentinel.incident(id, patience).await?;
    call.log.stage(Stage::Read, started);
    if incident.is_redirected() {
        return Ok(Written::Merged);
    }
    let writer = app.sentinel.writer().await?;
    if app.is_written(id, &incident, &writer, patience).await? {
        return Ok(Written::AlreadyThere);
    }
    let comment = app.rendered(&incident, &message.triage, message.generated, &writer)?;
    let started = Instant::now();
    let written = app.write(id, &incident, &comment, &writer, call).await;
    call.log.stage(Stage::Write, started);
    written
}
