//! One request: with a token, a time limit, a limit on the answer, and a second try where that may help.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use uuid::Uuid;

use crate::error::{Class, Failure};
use crate::identity::Token;
use crate::incident::{IncidentId, WorkspaceId};
use crate::web;

use super::{API_VERSION, Patience, Sentinel, answer};

/// Largest answer that is read, in bytes; an incident's own limit is below it.
const MAX_ANSWER: usize = 8 * 1024 * 1024;
const TRIES: u32 = 2;
/// The pause before a second try if none is asked for; up to twice that, so that many do not come at once.
const PAUSE: Duration = Duration::from_millis(400);

/// What is sent.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) body: Option<Vec<u8>>,
    pub(super) workspace: &'a WorkspaceId,
    /// The role that allows it.
    pub(super) role: &'static str,
}

impl Sentinel {
    /// Sends a request about an incident and gives the answer's body.
    pub(super) async fn send(
        &self,
        id: &IncidentId,
        method: Method,
        part: &str,
        body: Option<Vec<u8>>,
        patience: Patience,
    ) -> Result<Vec<u8>, Failure> {
        let url = format!("{}{id}{part}?api-version={API_VERSION}", self.cloud.base());
        let request = Request { method, url, body, workspace: id.workspace(), role: answer::RESPONDER };
        self.retried(&request, patience).await
    }

    /// Sends a request, a second time where that may help.
    pub(super) async fn retried(&self, request: &Request<'_>, patience: Patience) -> Result<Vec<u8>, Failure> {
        let mut token = self.tokens.get().await?;
        let mut is_fresh = false;
        let mut tries = 0;
        loop {
            let failure = match self.once(request, &token).await {
                Ok(bytes) => return Ok(bytes),
                Err(failure) => failure,
            };
            // A grant may be newer than the token.
            if failure.class == Class::Config && !is_fresh {
                is_fresh = true;
                token = self.tokens.renewed(token.secret()).await?;
                continue;
            }
            tries += 1;
            let wait = failure.retry_after.unwrap_or(PAUSE);
            let may_help = failure.class == Class::Retryable && failure.code != answer::CONFLICT;
            if !may_help || tries == TRIES || wait > patience.longest_wait {
                return Err(failure);
            }
            tokio::time::sleep(wait + jitter(PAUSE)).await;
        }
    }

    pub(super) async fn once(&self, what: &Request<'_>, token: &Token) -> Result<Vec<u8>, Failure> {
        let http = web::client(&self.http, self.timeout)?;
        let mut request =
            http.request(what.method.clone(), &what.url).header(ACCEPT, "application/json").bearer_auth(token.secret());
        if let Some(body) = &what.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        } else if what.method == Method::POST {
            request = request.body(Vec::new());
        }
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        let (status, headers) = (response.status(), response.headers());
        if let Some(failure) = answer::failure(status, headers, what.workspace, what.role, token) {
            return Err(failure);
        }
        web::limited(response, MAX_ANSWER).await.map_err(|error| match error {
            web::ReadError::TooLarge => Failure::permanent("too-large", "Sentinel's answer is larger than 8 MiB"),
            web::ReadError::Broken(error) => unreachable(&error),
        })
    }
}

fn unreachable(error: &reqwest::Error) -> Failure {
    let what = match error {
        error if error.is_timeout() => "did not answer in time",
        error if error.is_connect() => "could not be reached",
        _ => "broke off the connection",
    };
    Failure::retryable("unreachable", format!("Sentinel {what}"))
}

/// Something between nothing and `most`.
fn jitter(most: Duration) -> Duration {
    most * u32::from(Uuid::new_v4().as_bytes()[0]) / u32::from(u8::MAX)
}
