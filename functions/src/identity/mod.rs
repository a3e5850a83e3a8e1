//! Who we are to Azure: a token for Resource Manager, and the object id in it.

mod claims;
#[cfg(feature = "azure")]
mod credential;
mod registration;

use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};

use crate::error::Failure;
use crate::kept::Kept;

pub use registration::Registration;

#[cfg(feature = "azure")]
pub(crate) use credential::credential;

/// Where tokens come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// One that was handed over: for tests and stop-gaps.
    Given(SecretString),
    /// The managed identity of the platform; of the user-assigned one with this client id, if there is one.
    #[cfg(feature = "azure")]
    Managed(Option<String>),
    /// A federated token in a file, as Kubernetes mounts it.
    #[cfg(feature = "azure")]
    Workload,
    /// Whoever is logged in to the az command line.
    #[cfg(feature = "azure")]
    AzLogin,
    /// An app registration of Entra ID with a secret.
    Registration(Registration),
    /// None of them.
    Missing,
}

/// A token and who it speaks for.
#[derive(Debug, Clone)]
pub struct Token {
    secret: SecretString,
    /// The `oid` claim: the writer's object id; empty if the token does not tell.
    pub writer: String,
    is_person: bool,
    renew_at: SystemTime,
}

impl Token {
    /// Who gets a role, in the words of az.
    pub(crate) fn assignee(&self) -> String {
        let id = if self.writer.is_empty() { "OBJECT_ID" } else { &self.writer };
        let kind = if self.is_person { "User" } else { "ServicePrincipal" };
        format!("--assignee-object-id {id} --assignee-principal-type {kind}")
    }

    pub(crate) fn secret(&self) -> &str {
        self.secret.expose_secret()
    }

    pub(crate) fn new(secret: SecretString, expires: SystemTime) -> Self {
        let claims = claims::Claims::of(secret.expose_secret());
        let writer = claims.as_ref().and_then(claims::Claims::object_id).unwrap_or_default();
        let is_person = claims.is_some_and(|claims| claims.is_person());
        Self { writer, is_person, renew_at: expires.checked_sub(EARLY).unwrap_or(expires), secret }
    }
}

/// Tokens are renewed this long before they end.
const EARLY: Duration = Duration::from_mins(5);
/// How long a token that was handed over is taken to last: it is never renewed.
const FOREVER: Duration = Duration::from_hours(365 * 24);

/// Tokens for one scope, kept until shortly before they end.
pub struct Tokens {
    source: Source,
    /// Where an app registration logs in.
    authority: String,
    scope: String,
    kept: Kept<Token>,
}

impl Tokens {
    /// Tokens of `source` for `scope`, in the cloud whose Entra ID is at `authority`. Nothing is asked for yet.
    #[must_use]
    pub fn new(source: Source, authority: String, scope: String) -> Self {
        Self { source, authority, scope, kept: Kept::new() }
    }

    /// A token that is good for some minutes.
    ///
    /// # Errors
    /// [`Failure`]: Config if there is no identity, Retryable if it does not answer.
    pub async fn get(&self) -> Result<Token, Failure> {
        self.kept.get(|token| token.renew_at > SystemTime::now(), self.fetch()).await
    }

    /// A token other than the refused one: a fresh grant is in fresh tokens only.
    ///
    /// # Errors
    /// As [`Tokens::get`].
    pub async fn renewed(&self, refused: &str) -> Result<Token, Failure> {
        self.kept.forget(|token| token.secret() == refused).await;
        self.get().await
    }

    async fn fetch(&self) -> Result<Token, Failure> {
        match &self.source {
            Source::Given(secret) => Ok(Token::new(secret.clone(), SystemTime::now() + FOREVER)),
            Source::Registration(registration) => registration.token(&self.authority, &self.scope).await,
            Source::Missing => Err(Failure::config(
                "identity",
                "no identity: run `az login`, give the function app a managed identity, set HONEYTRIAGE_AZURE_TENANT and the others of an app registration, or HONEYTRIAGE_ARM_TOKEN",
            )),
            #[cfg(feature = "azure")]
            source => credential::token(source, &self.scope).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_is_kept_and_tells_its_writer() {
        // {"alg":"none"}.{"oid":"00000000-0000-0000-0000-00000000000a"}.
        let jwt = "eyJhbGciOiJub25lIn0.eyJvaWQiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMGEifQ.";
        let tokens = Tokens::new(Source::Given(jwt.into()), String::new(), "scope".into());
        let token = tokens.get().await.unwrap();
        assert_eq!(token.writer, "00000000-0000-0000-0000-00000000000a");
        assert_eq!(tokens.renewed(token.secret()).await.unwrap().secret(), jwt);
        assert!(!format!("{token:?}").contains("eyJ"));
    }

    #[tokio::test]
    async fn without_an_identity_the_next_step_is_told() {
        let failure = Tokens::new(Source::Missing, String::new(), String::new()).get().await.unwrap_err();
        assert!(failure.to_string().contains("az login"));
    }
}
