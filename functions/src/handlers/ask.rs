//! Asking a model: one question, a smaller one if the server refuses it, and one round to mend an answer. It never costs the
//! comment: what goes wrong ends with the runbook's own answer.

use std::time::Instant;

use uuid::Uuid;

use crate::completion::{Answer, Bounds, Judged, Triage, Usage, answer_schema};
use crate::error::Failure;
use crate::incident::Incident;
use crate::models::{Chat, MOST_TOKENS, Message, Model, NoAnswer, Schemas};
use crate::prompt::{DEFAULT_TOKENS, Detail, Prompt, Question};
use crate::redaction::Redaction;
use crate::runbook::{Offer, Runbook};

use super::{App, Call};

/// What an asked model came to.
pub(super) struct Asked {
    pub(super) triage: Triage,
    /// Why the model has no part in it.
    pub(super) failure: Option<Failure>,
}

/// Rounds for one prompt: the answer, and one repair.
const ROUNDS: usize = 2;

impl App {
    /// Asks a model about an incident.
    pub(super) async fn ask(&self, model: &Model, incident: &Incident, call: Call<'_>) -> Asked {
        let runbook = Runbook::at(incident);
        let offer = runbook.offer();
        let started = Instant::now();
        let mut usage = Usage::default();
        let answered = self.answered(model, incident, (&runbook, &offer), started, &mut usage).await;
        usage.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match answered {
            Ok(mut triage) => {
                if let Some(part) = &mut triage.model {
                    part.usage = usage;
                    call.log.model(usage, part.removed);
                }
                Asked { triage, failure: None }
            }
            Err(failure) => {
                call.log.model_failed(usage, &failure);
                let note = note(&failure).to_owned();
                Asked { triage: Triage { note, ..runbook.triage() }, failure: Some(failure) }
            }
        }
    }

    async fn answered(
        &self,
        model: &Model,
        incident: &Incident,
        (runbook, offer): (&Runbook<'_>, &Offer),
        started: Instant,
        usage: &mut Usage,
    ) -> Result<Triage, Failure> {
        let deadline = started + model.timeout;
        let mut detail = Detail::Full;
        loop {
            let budget = if detail == Detail::Full { DEFAULT_TOKENS } else { DEFAULT_TOKENS / 2 };
            let mut redaction = Redaction::new(self.redact, incident, Uuid::new_v4());
            let question = Question { incident, offer, budget, detail };
            let prompt = question
                .prompt(Uuid::new_v4(), &mut redaction, &self.templates)
                .map_err(|error| Failure::config("template", error.to_string()))?;
            match rounds(model, chat(&prompt, offer, detail), deadline, usage).await {
                Ok(answer) => {
                    let evidence = &prompt.evidence;
                    let judged =
                        Judged { incident, runbook, offer, evidence, redaction: &redaction, name: &model.name };
                    return Ok(judged.triage(&answer, *usage));
                }
                Err(NoAnswer::Failed(failure)) => return Err(failure),
                Err(refused) => detail = smaller(detail, &refused)?,
            }
        }
    }
}

/// What to tell after a refusal: less, once.
fn smaller(told: Detail, refused: &NoAnswer) -> Result<Detail, Failure> {
    match (told, refused) {
        (Detail::Full, NoAnswer::TooLong) => Ok(Detail::Brief),
        (Detail::Full, _) => Ok(Detail::Untitled),
        (_, NoAnswer::TooLong) => {
            Err(Failure::permanent("model-context", "the incident is too long for the model, even shortened"))
        }
        _ => {
            Err(Failure::permanent("model-filter", "a content filter refused the incident, even without its free text"))
        }
    }
}

/// The first message of a conversation, with the form of the answer.
#[must_use]
pub fn chat(prompt: &Prompt, offer: &Offer, detail: Detail) -> Chat {
    let evidence: Vec<String> = prompt.evidence.iter().map(|evidence| evidence.id.clone()).collect();
    let schema = |bounds| answer_schema(offer, &evidence, bounds);
    Chat {
        messages: vec![Message::system(prompt.system.clone()), Message::user(prompt.user.clone())],
        most_tokens: if detail == Detail::Full { MOST_TOKENS } else { MOST_TOKENS / 2 },
        schemas: Some(Schemas { bounded: schema(Bounds::Lengths), strict: schema(Bounds::None) }),
    }
}

/// Asks, and asks once more if the answer is none.
async fn rounds(model: &Model, mut chat: Chat, deadline: Instant, usage: &mut Usage) -> Result<Answer, NoAnswer> {
    /// What is repeated of a broken answer, in bytes.
    const REPEATED: usize = 2000;
    for _ in 0..ROUNDS {
        let text = model.text(&chat, deadline, usage).await?;
        match Answer::parse(&text) {
            Ok(answer) => return Ok(answer),
            Err(invalid) => {
                chat.messages.truncate(2);
                chat.messages.push(Message::assistant(text[..text.floor_char_boundary(REPEATED)].to_owned()));
                chat.messages.push(Message::user(format!(
                    "That is not the JSON object that was asked for: {invalid}. Answer again with the whole object and nothing else."
                )));
            }
        }
    }
    Err(NoAnswer::Failed(Failure::permanent("model-answer", "the model gave no answer of the agreed form, twice")))
}

/// What a reader is told. The log has the next step.
fn note(failure: &Failure) -> &'static str {
    match failure.code {
        "model-timeout" => "The model did not answer in time: this is the runbook's answer alone.",
        "model-filter" => "The model's content filter refused this incident: this is the runbook's answer alone.",
        "model-context" => "The incident is too long for the model: this is the runbook's answer alone.",
        "model-answer" => "The model gave no usable answer: this is the runbook's answer alone.",
        "model-key" | "vault" | "secrets-manager" | "identity" => {
            "The model's key was not taken or not found: this is the runbook's answer alone."
        }
        _ => "The model could not be asked: this is the runbook's answer alone.",
    }
}
