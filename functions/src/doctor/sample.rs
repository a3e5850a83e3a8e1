//! Whether the templates work: an incident of our own becomes a comment and a prompt, without anybody outside.

use uuid::Uuid;

use crate::comment::{Draft, Marker, Purpose};
use crate::completion::Triage;
use crate::error::Failure;
use crate::handlers::{App, Call, Completed, Subject, gpt_complete};
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
    last_line_and_news(&app, &completed)?;
    let offer = Runbook::at(&incident).offer();
    let question = Question { incident: &incident, offer: &offer, budget: DEFAULT_TOKENS, detail: Detail::Full };
    let mut redaction = Redaction::new(settings.redact, &incident, Uuid::new_v4());
    question.prompt(Uuid::new_v4(), &mut redaction, &app.templates).map_err(|error| invalid(&error))?;
    Ok(())
}

/// A comment of other templates must end with the marker and tell what is new: updates hang on both.
fn last_line_and_news(app: &App, completed: &Completed) -> Result<(), Failure> {
    const NEWS: &str = "planted news";
    let triage = Triage { news: vec![NEWS.to_owned()], ..completed.triage.clone() };
    let draft = Draft { triage: &triage, purpose: Purpose::Update1, ..completed.draft() };
    let comment = draft.comment(&app.templates).map_err(|error| Failure::config("template", error.to_string()))?;
    let lacks = |field: &str, why: &str| {
        Err(Failure::config("template", format!("comment/comment.html.hbs: {{{{{field}}}}} is not shown{why}")))
    };
    if Marker::read(&comment.html).is_none() {
        return lacks("marker", " at the end, so that no update can come");
    }
    if comment.html.contains(NEWS) { Ok(()) } else { lacks("news", ", which is what an update tells") }
}
