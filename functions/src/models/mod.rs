//! A chat model behind an OpenAI-compatible interface: OpenAI, Azure OpenAI's `/openai/v1`, Ollama, vLLM, llama.cpp.
//!
//! The client is small and on reqwest, so that waits stay inside one time limit, answers are bounded, and no upstream text gets
//! into an error.

mod dialect;
mod endpoint;
mod refusal;
mod wire;

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};

use crate::completion::Usage;
use crate::error::Failure;
use crate::identity::{Source, Tokens};
use crate::secrets::{InvalidReference, Reference, Secret};
use crate::web;

pub use dialect::{Dialect, MOST_TOKENS, Schemas, request_body};
pub use endpoint::{InvalidModelUrl, ModelUrl};
pub use wire::Message;

use refusal::Refusal;

/// What proves to the server who asks.
pub enum Key {
    /// Nothing: a local server.
    None,
    /// A key.
    Secret(Secret),
    /// A token of Entra ID: keyless.
    Entra(Tokens),
}

/// Where a key is.
#[derive(Debug, Clone)]
pub enum KeyReference {
    /// A secret.
    Secret(Reference),
    /// `entra://SCOPE`: a token for this scope.
    Entra(String),
}

impl KeyReference {
    /// Reads a reference; `variable` gives the value of a variable of the environment.
    ///
    /// # Errors
    /// [`InvalidReference`].
    pub fn parse(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, InvalidReference> {
        const SCHEME: &str = "entra://";
        let is_entra = text.get(..SCHEME.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME));
        match &text[if is_entra { SCHEME.len() } else { 0 }..] {
            _ if !is_entra => Reference::parse(text, variable).map(KeyReference::Secret),
            _ if !cfg!(feature = "azure") => Err(InvalidReference::Scheme),
            scope if scope.contains("://") => Ok(KeyReference::Entra(scope.to_owned())),
            scope => Ok(KeyReference::Entra(format!("https://{scope}"))),
        }
    }
}

impl Key {
    /// The key behind a reference, by this identity where one is needed; `authority` is the Entra ID of its cloud.
    #[must_use]
    pub fn of(reference: Option<KeyReference>, identity: &Source, authority: &str) -> Self {
        match reference {
            None => Key::None,
            Some(KeyReference::Secret(reference)) => Key::Secret(Secret::new(reference, identity.clone())),
            Some(KeyReference::Entra(scope)) => Key::Entra(Tokens::new(identity.clone(), authority.to_owned(), scope)),
        }
    }
}

/// A model on a server. It connects on first use.
pub struct Model {
    /// Its name.
    pub name: String,
    url: ModelUrl,
    key: Key,
    /// How long all requests about one incident may take together.
    pub timeout: Duration,
    http: OnceLock<reqwest::Client>,
    dialect: Mutex<Dialect>,
}

/// What is asked: messages, and the form of the answer.
#[derive(Debug, Clone)]
pub struct Chat {
    /// Messages so far.
    pub messages: Vec<Message>,
    /// Tokens of the longest answer.
    pub most_tokens: u32,
    /// Schemas for the answer; none leaves its form to the words of the prompt.
    pub schemas: Option<Schemas>,
}

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// The prompt is too long for the model: a smaller one may do.
    TooLong,
    /// A filter refused the text: a cleaner one may do.
    Filtered,
    /// Anything else.
    Failed(Failure),
}

/// Largest answer that is read, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;
/// How much of a refusal is read, in bytes.
const MAX_REFUSAL: usize = 64 * 1024;
/// The pause after a 429 that names none.
const PAUSE: Duration = Duration::from_secs(1);
/// Requests for one text: changes of dialect, a fresh key and waits included.
const MOST_REQUESTS: u32 = 8;

impl Model {
    /// A model. Nothing is asked for yet.
    #[must_use]
    pub fn new(url: ModelUrl, name: String, key: Key, timeout: Duration) -> Self {
        let dialect = Mutex::new(Dialect::of(&url));
        Self { name, url, key, timeout, http: OnceLock::new(), dialect }
    }

    /// The answer's text. Waits that the server asks for are kept as long as `deadline` allows.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn text(&self, chat: &Chat, deadline: Instant, usage: &mut Usage) -> Result<String, NoAnswer> {
        let mut key = in_time(deadline, self.key()).await.map_err(NoAnswer::Failed)?;
        let mut is_fresh = false;
        let known = *self.dialect();
        let mut dialect = known;
        let mut last = StatusCode::OK;
        for _ in 0..MOST_REQUESTS {
            usage.requests += 1;
            let body = request_body(&self.name, chat, dialect);
            let response = self.send(body, key.as_ref(), deadline).await.map_err(NoAnswer::Failed)?;
            last = response.status();
            match last.as_u16() {
                200..=299 => {
                    self.learn(known, dialect);
                    return Self::read(response, usage).await;
                }
                401 | 403 if !is_fresh => {
                    is_fresh = true;
                    key = in_time(deadline, self.renewed(key)).await.map_err(NoAnswer::Failed)?;
                }
                429 | 503 => wait(&response, deadline).await?,
                _ => dialect = simpler(response, dialect).await?,
            }
        }
        Err(NoAnswer::Failed(refusal::failure(last)))
    }

    async fn send(&self, body: Vec<u8>, key: Option<&SecretString>, deadline: Instant) -> Result<Response, Failure> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(late());
        }
        let http = web::client(&self.http, self.timeout)?;
        let mut request = http.post(self.url.chat()).header(CONTENT_TYPE, "application/json").timeout(left).body(body);
        if let Some(key) = key {
            request = request.header(AUTHORIZATION, header(&format!("Bearer {}", key.expose_secret()))?);
            if self.url.is_azure() && matches!(self.key, Key::Secret(_)) {
                request = request.header("api-key", header(key.expose_secret())?);
            }
        }
        request.send().await.map_err(|error| unreachable(&error))
    }

    async fn read(response: Response, usage: &mut Usage) -> Result<String, NoAnswer> {
        let bytes = web::limited(response, MAX_ANSWER).await.map_err(|error| match error {
            web::ReadError::TooLarge => {
                NoAnswer::Failed(Failure::permanent("model", "the model's answer is larger than 1 MiB"))
            }
            web::ReadError::Broken(error) => NoAnswer::Failed(unreachable(&error)),
        })?;
        let answer = wire::Answer::parse(&bytes).ok_or_else(|| {
            NoAnswer::Failed(Failure::permanent("model", "what answers at the model's URL is no chat model"))
        })?;
        usage.input_tokens = usage.input_tokens.saturating_add(answer.usage.prompt_tokens);
        usage.output_tokens = usage.output_tokens.saturating_add(answer.usage.completion_tokens);
        answer.text().ok_or(NoAnswer::Filtered)
    }

    /// Keeps a form of request that worked, for the life of this process, unless another request has learned in the meantime.
    fn learn(&self, known: Dialect, works: Dialect) {
        let mut dialect = self.dialect();
        if *dialect == known {
            *dialect = works;
        }
    }

    fn dialect(&self) -> std::sync::MutexGuard<'_, Dialect> {
        self.dialect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn key(&self) -> Result<Option<SecretString>, Failure> {
        Ok(match &self.key {
            Key::None => None,
            Key::Secret(secret) => Some(secret.get().await?),
            Key::Entra(tokens) => Some(tokens.get().await?.secret().into()),
        })
    }

    /// A key other than the refused one, if there is one.
    async fn renewed(&self, old: Option<SecretString>) -> Result<Option<SecretString>, Failure> {
        Ok(match (&self.key, old) {
            (Key::Secret(secret), Some(old)) => Some(secret.renewed(&old).await?),
            (Key::Entra(tokens), Some(old)) => Some(tokens.renewed(old.expose_secret()).await?.secret().into()),
            _ => return Err(refusal::failure(StatusCode::UNAUTHORIZED)),
        })
    }
}

fn header(value: &str) -> Result<HeaderValue, Failure> {
    let mut header = HeaderValue::from_str(value).map_err(|_| {
        Failure::config("model-key", "HONEYTRIAGE_MODEL_KEY holds signs that no key has: check what it refers to")
    })?;
    header.set_sensitive(true);
    Ok(header)
}

fn late() -> Failure {
    Failure::retryable("model-timeout", "the model did not answer in time; HONEYTRIAGE_MODEL_TIMEOUT may allow more")
}

fn unreachable(error: &reqwest::Error) -> Failure {
    match error {
        error if error.is_timeout() => late(),
        error if error.is_connect() => Failure::retryable(
            "model-unreachable",
            "the model's server could not be reached: check HONEYTRIAGE_MODEL_URL",
        ),
        _ => Failure::retryable("model-unreachable", "the model's server broke off the connection"),
    }
}

/// Waits as long as the server asks, if the deadline allows it.
async fn wait(response: &Response, deadline: Instant) -> Result<(), NoAnswer> {
    let asked = response.headers().get(RETRY_AFTER).and_then(web::retry_after);
    let wait = asked.unwrap_or(PAUSE);
    if wait >= deadline.saturating_duration_since(Instant::now()) {
        let status = response.status().as_u16();
        let told = format!("the model's server answered {status}, and asks for a longer wait than there is");
        return Err(NoAnswer::Failed(Failure::retryable("model-busy", told).after(Some(wait))));
    }
    tokio::time::sleep(wait).await;
    Ok(())
}

/// The form of request to try after a refusal.
async fn simpler(response: Response, dialect: Dialect) -> Result<Dialect, NoAnswer> {
    let status = response.status();
    let body = web::limited(response, MAX_REFUSAL).await.unwrap_or_default();
    match Refusal::of(status, &body) {
        Refusal::TooLong => Err(NoAnswer::TooLong),
        Refusal::Filtered => Err(NoAnswer::Filtered),
        Refusal::Unknown(field) => dialect.without(field).ok_or_else(|| NoAnswer::Failed(refusal::failure(status))),
        Refusal::Other => Err(NoAnswer::Failed(refusal::failure(status))),
    }
}

/// What a key's keeper gives before the deadline.
async fn in_time<T>(deadline: Instant, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let left = deadline.saturating_duration_since(Instant::now());
    tokio::time::timeout(left, work)
        .await
        .map_err(|_| Failure::retryable("model-key", "the model's key did not come in time"))?
}
