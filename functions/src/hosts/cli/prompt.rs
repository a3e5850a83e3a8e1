//! `honeytriage prompt`: what would leave for a model.

use uuid::Uuid;

use crate::handlers::chat;
use crate::models::{Chat, Dialect, MOST_TOKENS, Message, request_body};
use crate::prompt::{Detail, Question};
use crate::redaction::Redaction;
use crate::runbook::Runbook;
use crate::settings::Settings;

use super::args::{PromptArgs, PromptFormat};
use super::{CliError, read, templates};

/// The model's name in a request if none is set.
const NAME: &str = "model";

/// Gives the messages, or the body of the request.
pub(super) fn prompt(args: PromptArgs, settings: &Settings) -> Result<String, CliError> {
    let incident = read(&args.file)?;
    let offer = Runbook::at(&incident).offer();
    let budget = usize::try_from(args.tokens).unwrap_or(usize::MAX);
    let question = Question { incident: &incident, offer: &offer, budget, detail: Detail::Full };
    let level = args.redact.unwrap_or(settings.redact);
    let mut redaction = Redaction::new(level, &incident, Uuid::new_v4());
    let templates = templates(args.templates.as_deref(), settings);
    let prompt = if args.classic {
        question.classic(Uuid::new_v4(), &mut redaction, &templates)?
    } else {
        question.prompt(Uuid::new_v4(), &mut redaction, &templates)?
    };
    if args.format == PromptFormat::Text {
        let parts = [prompt.system, prompt.user].into_iter().filter(|part| !part.is_empty());
        return Ok(parts.collect::<Vec<_>>().join("\n"));
    }
    let dialect = settings.model_url.as_ref().map(Dialect::of).unwrap_or_default();
    let name = args.model.or_else(|| settings.model.clone()).unwrap_or_else(|| NAME.to_owned());
    let body = if args.classic {
        // The tutorial asks for no form.
        request_body(
            &name,
            &Chat { messages: vec![Message::user(prompt.user)], most_tokens: MOST_TOKENS, schemas: None },
            dialect,
        )
    } else {
        request_body(&name, &chat(&prompt, &offer, Detail::Full), dialect)
    };
    Ok(format!("{}\n", String::from_utf8_lossy(&body)))
}
