//! The JSON that programs read. Its form is a contract.

use serde::Serialize;

use crate::comment::Comment;
use crate::completion::{Removed, Triage};
use crate::incident::Incident;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output<'a> {
    incident: IncidentOutput<'a>,
    completer: &'static str,
    triage: &'a Triage,
    /// What was taken out of a model's answer; the runbook has nothing to take out.
    removed: Removed,
    comment: CommentOutput<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IncidentOutput<'a> {
    arm_id: Option<String>,
    number: Option<u64>,
    title: &'a str,
}

#[derive(Serialize)]
struct CommentOutput<'a> {
    id: String,
    html: &'a str,
}

/// The result as JSON, with a newline at the end.
pub(super) fn json(incident: &Incident, triage: &Triage, comment: &Comment) -> String {
    let output = Output {
        incident: IncidentOutput {
            arm_id: incident.id.as_ref().map(ToString::to_string),
            number: incident.number,
            title: &incident.title,
        },
        completer: if triage.model.is_some() { "model" } else { "runbook" },
        triage,
        removed: triage.model.as_ref().map(|part| part.removed).unwrap_or_default(),
        comment: CommentOutput { id: comment.id.to_string(), html: &comment.html },
    };
    // Strings, numbers and lists of them always serialize.
    let json = serde_json::to_string_pretty(&output).unwrap_or_default();
    format!("{json}\n")
}
