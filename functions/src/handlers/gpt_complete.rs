//! `gpt-complete`: an incident or its id comes in, the answer goes out. Nothing is written.

use serde::Deserialize;

use crate::comment::{Comment, Draft, Purpose};
use crate::completion::Triage;
use crate::error::Failure;
use crate::incident::{Incident, IncidentId};
use crate::runbook;

use super::{App, Call};

/// What is to be triaged.
#[derive(Debug)]
pub enum Subject {
    /// An incident, as it is.
    Incident(Box<Incident>),
    /// An id, to be read from Sentinel.
    Id(IncidentId),
}

/// An answer.
#[derive(Debug)]
pub struct Completed {
    /// The incident.
    pub incident: Incident,
    /// What the completer made of it.
    pub triage: Triage,
    /// The comment.
    pub comment: Comment,
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
            Err(error) => Err(Failure::permanent("input", error.to_string())),
        }
    }
}

/// Triages an incident; one that is named by its id is read from Sentinel, if its workspace is allowed.
///
/// # Errors
/// [`Failure`] by class.
pub async fn gpt_complete(app: &App, subject: Subject, call: Call<'_>) -> Result<Completed, Failure> {
    let (incident, writer) = match subject {
        Subject::Incident(incident) => (*incident, String::new()),
        Subject::Id(id) => {
            app.allow(&id)?;
            (app.sentinel.incident(&id, app.patience(call)).await?, app.sentinel.writer().await?)
        }
    };
    let triage = runbook::triage(&incident);
    let completer = format!("runbook {}", runbook::VERSION);
    let draft = Draft {
        incident: &incident,
        triage: &triage,
        completer: &completer,
        generated: app.now(),
        purpose: Purpose::Triage,
        writer: &writer,
    };
    let comment = draft.comment(&app.templates).map_err(|error| Failure::config("template", error.to_string()))?;
    Ok(Completed { incident, triage, comment })
}
