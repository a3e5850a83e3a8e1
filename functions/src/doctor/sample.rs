//! Whether the templates work: an incident of our own becomes a comment and a prompt, without anybody outside.

use uuid::Uuid;

use crate::error::Failure;
use crate::handlers::{App, Call, Subject, gpt_complete};
use crate::incident::Incident;
use crate::log::Log;
use crate::prompt::{DEFAULT_TOKENS, Detail, Question};
use crate::redaction::Redaction;
use crate::runbook::Runbook;
use crate::settings::{Answerer, Settings};

use super::Check;

const SAMPLE: &[u8] = include_bytes!("../../../examples/incidents/ssh-brute-force.json");

pub(super) async fn check(settings: &Settings) -> Check {
    let from = settings.templates.as_ref().map(|folder| folder.display().to_string()).unwrap_or_default();
    match rendered(settings).await {
        Ok(()) if from.is_empty() => Check::ok("templates", "", "the built-in ones"),
        Ok(()) => Check::ok("templates", from, "a sample incident becomes a comment and a prompt"),
        Err(failure) => Check::failed("templates", from, &failure),
    }
}

async fn rendered(settings: &Settings) -> Result<(), Failure> {
    let invalid = |error: &dyn std::fmt::Display| Failure::config("template", error.to_string());
    let incident = Incident::from_bytes(SAMPLE).map_err(|error| invalid(&error))?;
    let app = App::new(Settings { completer: Answerer::Runbook, asks_sightings: false, ..settings.clone() });
    let call = Call { log: &Log::silent(), delivery: None };
    let completed = gpt_complete(&app, Subject::Incident(Box::new(incident.clone())), call).await?;
    completed.draft().markdown(&app.templates).map_err(|error| invalid(&error))?;
    let offer = Runbook::at(&incident).offer();
    let question = Question { incident: &incident, offer: &offer, budget: DEFAULT_TOKENS, detail: Detail::Full };
    let mut redaction = Redaction::new(settings.redact, &incident, Uuid::new_v4());
    question.prompt(Uuid::new_v4(), &mut redaction, &app.templates).map_err(|error| invalid(&error))?;
    Ok(())
}
