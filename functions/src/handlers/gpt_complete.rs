//! `gpt-complete`: an incident or its id comes in, the answer goes out. Nothing is written.

use serde::Deserialize;

use crate::error::Failure;
use crate::incident::{Incident, IncidentId};

use super::{App, Call, Completed, Written};

/// What is to be triaged.
#[derive(Debug)]
pub enum Subject {
    /// An incident, as it is.
    Incident(Box<Incident>),
    /// An id, to be read from Sentinel.
    Id(IncidentId),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IdBody {
    incident_arm_id: String,
}

impl Subject {
    /// Reads a body: `{"incidentArmId": ..}`, or an incident in any of its shapes.
    ///
    /// # Errors
    /// Permanent, with the JSON path.
    pub fn parse(body: &[u8]) -> Result<Self, Failure> {
        if let Ok(IdBody { incident_arm_id }) = serde_json::from_slice(body) {
            let id = incident_arm_id.parse();
            return id
                .map(Subject::Id)
                .map_err(|error| Failure::permanent("incident-id", format!("$.incidentArmId: {error}")));
        }
        match Incident::from_bytes(body) {
            Ok(incident) => Ok(Subject::Incident(Box::new(incident))),
            Err(error) if error.is_too_large() => Err(Failure::permanent("too-large", error.to_string())),
            Err(error) => Err(Failure::permanent("input", error.to_string())),
        }
    }
}

/// Triages an incident; one that is named by its id is read from Sentinel, if its workspace is allowed.
///
/// # Errors
/// [`Failure`] by class.
pub async fn gpt_complete(app: &App, subject: Subject, call: Call<'_>) -> Result<Completed, Failure> {
    match subject {
        Subject::Incident(incident) => app.complete(*incident, String::new(), call).await,
        Subject::Id(id) => {
            app.allow(&id)?;
            let incident = app.sentinel.incident(&id, app.patience(call)).await?;
            let writer = app.sentinel.writer().await?;
            let incident = app.with_background(incident, &id, call).await;
            app.complete(incident, writer, call).await
        }
    }
}

/// Writes the comment of an answer, for a person who asked for it: once, and not on a merged incident.
///
/// # Errors
/// [`Failure`] by class.
pub async fn write_completed(
    app: &App,
    id: &IncidentId,
    completed: &Completed,
    call: Call<'_>,
) -> Result<Written, Failure> {
    match app.settled(id, &completed.incident, (completed.purpose, &completed.writer), call).await? {
        Some(settled) => Ok(settled),
        None => app.write(id, completed, call).await,
    }
}
