//! AWS Lambda: one function a process, called by SQS or by its function URL.

mod event;
mod queues;

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::time::Instant;

use crate::error::Failure;
use crate::handlers::{App, PoisonMessage};
use crate::incident::MAX_INPUT;
use crate::log::Log;
use crate::secrets::Secret;
use crate::settings::Settings;

use super::work::{self, Answer, Ended, refused};

pub use event::{Event, InvalidEvent, Record, Request};
use queues::Queues;

/// Which function this process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the functions'")]
pub enum Function {
    IncidentTrigger,
    GptComplete,
    AddComment,
    IncidentSweep,
}

/// One call of the function.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// Its id.
    pub id: &'a str,
    /// When Lambda ends the process.
    pub deadline: SystemTime,
}

impl Invocation<'_> {
    /// When to stop, with some time to answer in: a process that is ended names no message, and all come again.
    fn end(self) -> Instant {
        const TO_ANSWER: Duration = Duration::from_secs(3);
        // Lambda hands out no call that is over. Emulators do: to them a deadline is in 1970.
        const UNTOLD: Duration = Duration::from_mins(5);
        let left = self.deadline.duration_since(SystemTime::now());
        Instant::now() + left.map_or(UNTOLD, |left| left.saturating_sub(TO_ANSWER))
    }
}

fn late() -> Failure {
    Failure::retryable("timeout", "the call took longer than the function may")
}

impl std::str::FromStr for Function {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "incident-trigger" => Ok(Function::IncidentTrigger),
            "gpt-complete" => Ok(Function::GptComplete),
            "add-comment" => Ok(Function::AddComment),
            "incident-sweep" => Ok(Function::IncidentSweep),
            _ => Err("expected `incident-trigger`, `gpt-complete`, `add-comment` or `incident-sweep`"),
        }
    }
}

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// The event is none for this function.
    #[error(transparent)]
    Event(#[from] InvalidEvent),
    /// The sweep failed; the next one starts again.
    #[error("{0}")]
    Sweep(Failure),
}

/// The function with what it works with. Made once a process; connects on first use.
pub struct Lambda {
    function: Function,
    app: App,
    queues: Queues,
    /// What a caller of the function URL must show; nobody may call without one.
    key: Option<Secret>,
}

impl Lambda {
    /// What the settings say, which must be [`Settings::of_host`].
    #[must_use]
    pub fn new(function: Function, settings: Settings) -> Self {
        let key = settings.url_key.clone().map(|reference| Secret::new(reference, settings.identity.clone()));
        let queues = Queues::new(&settings);
        Self { function, app: App::new(settings), queues, key }
    }

    /// What an event comes to: failures of a batch for SQS, an answer for a URL.
    ///
    /// # Errors
    /// [`HandleError`] for an event that this function does not take, and for a sweep that failed.
    pub async fn handle(&self, event: Value, call: Invocation<'_>) -> Result<Value, HandleError> {
        let end = call.end();
        match (Event::parse(event)?, self.function) {
            (Event::Schedule, Function::IncidentSweep) => {
                let swept = tokio::time::timeout_at(end, self.sweep(call.id)).await;
                swept
                    .unwrap_or_else(|_| Err(late()))
                    .inspect_err(|failure| note(failure, call.id))
                    .map_err(HandleError::Sweep)
            }
            (Event::Schedule, _) | (_, Function::IncidentSweep) => Err(InvalidEvent::NotForSchedules.into()),
            (Event::Batch(_), Function::GptComplete) => Err(InvalidEvent::NotForQueues.into()),
            (Event::Batch(records), _) => Ok(self.batch(&records, call.id, end).await),
            (Event::Request(_), Function::AddComment) => Err(InvalidEvent::NotForUrls.into()),
            (Event::Request(request), _) => {
                let answer = tokio::time::timeout_at(end, self.request(&request, call.id)).await;
                Ok(answered(&answer.unwrap_or_else(|_| logged(&late(), call.id))))
            }
        }
    }

    /// Queues what lacks a comment. What is not queued is found again by the next sweep.
    async fn sweep(&self, invocation: &str) -> Result<Value, Failure> {
        let messages = work::incident_sweep(&self.app, invocation).await?;
        for message in &messages {
            self.queues.queue(&message.json()).await?;
            self.app.queued(&message.id);
        }
        Ok(json!({ "queued": messages.len() }))
    }

    /// Each message by itself: only those that must come again are named.
    async fn batch(&self, records: &[Record], invocation: &str, end: Instant) -> Value {
        let mut again = Vec::new();
        for record in records {
            let is_left = tokio::time::timeout_at(end, self.record(record, invocation)).await;
            if is_left.is_err() {
                note(&late(), invocation);
            }
            if is_left.unwrap_or(true) {
                again.push(json!({ "itemIdentifier": record.id }));
            }
        }
        json!({ "batchItemFailures": again })
    }

    /// True if the message must come again.
    async fn record(&self, record: &Record, invocation: &str) -> bool {
        let ended = match self.function {
            Function::AddComment => work::add_comment(&self.app, &record.body, record.delivery, invocation).await,
            _ => work::incident_trigger(&self.app, &record.body, Some(record.delivery), invocation).await,
        };
        let sent = match ended {
            Ended::Done => Ok(()),
            Ended::HandOver(message) => self.queues.hand_over(&message).await,
            Ended::PutAside(failure) => self.queues.put_aside(&PoisonMessage::new(&failure, &record.body)).await,
            Ended::TryAgain(_) => return true,
        };
        if let Err(failure) = &sent {
            note(failure, invocation);
        }
        sent.is_err()
    }

    async fn request(&self, request: &Request, invocation: &str) -> Answer {
        if let Err(failure) = self.knows(request).await {
            return logged(&failure, invocation);
        }
        let body = body(request);
        if self.function == Function::GptComplete {
            let body = body.as_ref().map(Vec::as_slice).map_err(Clone::clone);
            return work::gpt_complete(&self.app, body, request.format.as_deref(), invocation).await;
        }
        let text = match &body {
            Ok(body) => String::from_utf8_lossy(body).into_owned(),
            Err(failure) => return logged(failure, invocation),
        };
        match work::incident_trigger(&self.app, &text, None, invocation).await {
            Ended::Done => told(200, "done"),
            Ended::HandOver(message) => match self.queues.hand_over(&message).await {
                Ok(()) => told(202, "handed-over"),
                Err(failure) => logged(&failure, invocation),
            },
            // The caller hears of it at once: nothing is put aside.
            Ended::PutAside(failure) | Ended::TryAgain(failure) => refused(&failure),
        }
    }

    /// Refuses a caller that does not show the key. A key that is not the kept one may be the new one: it is fetched again, but
    /// not for each guess.
    async fn knows(&self, request: &Request) -> Result<(), Failure> {
        const GUESSES: Duration = Duration::from_secs(15);
        let refused = || {
            Failure::permanent("key", "the header x-honeytriage-key is missing or not the key of HONEYTRIAGE_URL_KEY")
        };
        let (Some(secret), Some(shown)) = (&self.key, &request.key) else { return Err(refused()) };
        if is_same(&secret.get().await?, shown) {
            return Ok(());
        }
        let now = secret.no_older_than(GUESSES).await?;
        if is_same(&now, shown) { Ok(()) } else { Err(refused()) }
    }
}

/// Digests of the same length are compared, in the same time whatever they are. No key is the same as none.
fn is_same(secret: &SecretString, shown: &SecretString) -> bool {
    let digest = |text: &SecretString| Sha256::digest(text.expose_secret().as_bytes());
    !secret.expose_secret().is_empty() && bool::from(digest(shown).ct_eq(&digest(secret)))
}

/// A failure outside the functions.
fn note(failure: &Failure, invocation: &str) {
    Log::new("lambda-handler", invocation).failure(failure);
}

fn logged(failure: &Failure, invocation: &str) -> Answer {
    note(failure, invocation);
    refused(failure)
}

fn body(request: &Request) -> Result<Vec<u8>, Failure> {
    let too_large = || Failure::permanent("too-large", "the body is larger than 4 MiB");
    if request.body.len() > MAX_INPUT * 4 / 3 + 4 {
        return Err(too_large());
    }
    let bytes = if request.is_base64 {
        STANDARD.decode(&request.body).map_err(|_| Failure::permanent("input", "the body is no Base64"))?
    } else {
        request.body.clone().into_bytes()
    };
    if bytes.len() > MAX_INPUT { Err(too_large()) } else { Ok(bytes) }
}

fn told(status: u16, what: &str) -> Answer {
    Answer { status, content_type: "application/json", body: json!({ "result": what }).to_string() }
}

/// The answer of a function URL (payload format 2.0). There are no cookies; `cargo lambda` wants them named all the same.
fn answered(answer: &Answer) -> Value {
    json!({
        "statusCode": answer.status,
        "headers": { "content-type": answer.content_type },
        "cookies": [],
        "body": answer.body,
        "isBase64Encoded": false,
    })
}
