//! Secrets by reference: fetched on first use, kept for a while, and fetched again when one is refused.

#[cfg(feature = "azure")]
mod keyvault;
mod reference;
#[cfg(feature = "aws")]
mod secretsmanager;

use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use crate::error::Failure;
use crate::identity::Source;
use crate::kept::Kept;

pub use reference::{InvalidReference, Reference};

/// How long a fetched secret is kept: so long a revoked one may still be tried.
const KEPT: Duration = Duration::from_hours(1);

/// A secret, where it is.
pub struct Secret {
    reference: Reference,
    #[cfg_attr(not(feature = "azure"), expect(dead_code, reason = "only Key Vault needs an identity of Azure"))]
    identity: Source,
    kept: Kept<(SecretString, Instant)>,
}

impl Secret {
    /// A secret. Nothing is fetched yet.
    #[must_use]
    pub fn new(reference: Reference, identity: Source) -> Self {
        Self { reference, identity, kept: Kept::new() }
    }

    /// The secret.
    ///
    /// # Errors
    /// [`Failure`]: Config if it is not there or may not be read, Retryable if its keeper does not answer.
    pub async fn get(&self) -> Result<SecretString, Failure> {
        self.no_older_than(KEPT).await
    }

    /// The secret, fetched at most so long ago.
    ///
    /// # Errors
    /// As [`Secret::get`]; the one that was kept stays.
    pub async fn no_older_than(&self, age: Duration) -> Result<SecretString, Failure> {
        let fetch = async { Ok((bare(&self.fetch().await?), Instant::now())) };
        Ok(self.kept.get(|(_, since)| since.elapsed() < age, fetch).await?.0)
    }

    /// The secret as it is now: `old` was refused, and may have been rotated.
    ///
    /// # Errors
    /// As [`Secret::get`].
    pub async fn renewed(&self, old: &SecretString) -> Result<SecretString, Failure> {
        self.kept.forget(|(secret, _)| secret.expose_secret() == old.expose_secret()).await;
        self.get().await
    }

    #[cfg_attr(
        not(any(feature = "azure", feature = "aws")),
        expect(clippy::unused_async, reason = "a given secret is there")
    )]
    async fn fetch(&self) -> Result<SecretString, Failure> {
        match &self.reference {
            Reference::Given(secret) => Ok(secret.clone()),
            Reference::Unset => {
                Err(Failure::config("model-key", "the secret's reference names a variable (`env://`) that is not set"))
            }
            #[cfg(feature = "azure")]
            Reference::KeyVault(place) => Box::pin(keyvault::fetch(place, &self.identity)).await,
            #[cfg(feature = "aws")]
            Reference::SecretsManager { id, json_key } => {
                Box::pin(secretsmanager::fetch(id, json_key.as_deref())).await
            }
        }
    }
}

/// `Bearer sk-...` and `sk-...` are the same key.
fn bare(secret: &SecretString) -> SecretString {
    let text = secret.expose_secret().trim();
    let is_bearer = text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer "));
    let key = if is_bearer { &text[7..] } else { text };
    key.trim().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_spellings_give_the_same_key() {
        for text in ["sk-1", " sk-1\n", "Bearer sk-1", "bearer  sk-1"] {
            let secret = Secret::new(Reference::Given(text.into()), Source::Missing);
            let key = secret.get().await.unwrap();
            assert_eq!(key.expose_secret(), "sk-1");
            assert_eq!(secret.renewed(&key).await.unwrap().expose_secret(), "sk-1");
        }
    }
}
