//! Tokens by an app registration and its secret (OAuth 2.0 client credentials): for hosts that have no identity in Azure.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use reqwest::header::CONTENT_TYPE;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use uuid::Uuid;

use crate::error::Failure;
use crate::secrets::{Reference, Secret};
use crate::web;

use super::{Source, Token};

/// The longest wait for the answer.
const TIMEOUT: Duration = Duration::from_secs(10);
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
    /// A token for `scope`. The secret is read anew each time: it may have been rotated.
    pub(super) async fn token(&self, authority: &str, scope: &str) -> Result<Token, Failure> {
        let secret = Box::pin(Secret::new(self.secret.clone(), Source::Missing).get()).await?;
        let url = format!("{authority}/{}/oauth2/v2.0/token", self.tenant);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.client.to_string()),
            ("client_secret", secret.expose_secret()),
            ("scope", scope),
        ];
        let body = form.map(|(name, value)| format!("{name}={}", encoded(value))).join("&");
        let cell = OnceLock::new();
        let http = web::client(&cell, TIMEOUT)?;
        let request = http.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let late = || Failure::retryable("identity", "Entra ID could not be reached");
        let response = request.send().await.map_err(|_| late())?;
        match response.status().as_u16() {
            200 => {}
            // The answer's text is not shown: it names the tenant and the application.
            400 | 401 | 403 => {
                return Err(Failure::config(
                    "identity",
                    "Entra ID refused the app registration: check HONEYTRIAGE_AZURE_TENANT, _CLIENT_ID and the secret's value and end",
                ));
            }
            status => return Err(Failure::retryable("identity", format!("Entra ID answered {status}"))),
        }
        let bytes = web::limited(response, MAX_ANSWER).await.map_err(|_| late())?;
        let answer: Answer = serde_json::from_slice(&bytes).map_err(|_| late())?;
        Ok(Token::new(answer.access_token.into(), SystemTime::now() + Duration::from_secs(answer.expires_in)))
    }
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
