//! Tokens by an app registration and its secret (OAuth 2.0 client credentials): for hosts that have no identity in Azure.

use std::time::{Duration, SystemTime};

use reqwest::header::CONTENT_TYPE;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use uuid::Uuid;

use crate::error::{Class, Failure};
use crate::secrets::{Reference, Secret};
use crate::web;

use super::{Source, Token};

/// The longest wait for the answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The pause before the second try.
const PAUSE: Duration = Duration::from_secs(1);
/// Largest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// An app registration.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The tenant's id.
    pub tenant: Uuid,
    /// The application's id.
    pub client: Uuid,
    /// Its secret, or where that is.
    pub secret: Reference,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: u64,
}

impl Registration {
    /// A token for `scope`, in two tries. The secret is read anew each time: it may have been rotated.
    pub(super) async fn token(&self, authority: &str, scope: &str) -> Result<Token, Failure> {
        let first = self.once(authority, scope).await;
        match first {
            Err(failure) if failure.class == Class::Retryable => {
                tokio::time::sleep(PAUSE).await;
                self.once(authority, scope).await
            }
            ended => ended,
        }
    }

    async fn once(&self, authority: &str, scope: &str) -> Result<Token, Failure> {
        let secret = Box::pin(Secret::new(self.secret.clone(), Source::Missing).get()).await?;
        let url = format!("{authority}/{}/oauth2/v2.0/token", self.tenant);
        let client = self.client.to_string();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &client),
            ("client_secret", secret.expose_secret()),
            ("scope", scope),
        ];
        let body = form.map(|(name, value)| format!("{name}={}", encoded(value))).join("&");
        let request =
            web::fresh(TIMEOUT)?.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let late = |_| Failure::retryable("identity", "Entra ID could not be reached");
        let response = request.send().await.map_err(late)?;
        refused(response.status().as_u16())?;
        let bytes = web::limited(response, MAX_ANSWER).await.map_err(|_| unusable())?;
        let answer: Answer = serde_json::from_slice(&bytes).map_err(|_| unusable())?;
        Ok(Token::new(answer.access_token.into(), SystemTime::now() + Duration::from_secs(answer.expires_in)))
    }
}

/// What a status means. The answer's text is not shown: it names the tenant and the application.
fn refused(status: u16) -> Result<(), Failure> {
    match status {
        200 => Ok(()),
        400 | 401 | 403 => Err(Failure::config(
            "identity",
            "Entra ID refused the app registration: check HONEYTRIAGE_AZURE_TENANT, _CLIENT_ID and the secret's value and end",
        )),
        status => Err(Failure::retryable("identity", format!("Entra ID answered {status}"))),
    }
}

fn unusable() -> Failure {
    Failure::retryable("identity", "Entra ID's answer is not of the agreed form")
}

/// As a form has it.
fn encoded(value: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    value.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_may_have_any_sign() {
        assert_eq!(encoded("a~B-1_.+/&=é "), "a~B-1_.%2B%2F%26%3D%C3%A9%20");
    }
}
