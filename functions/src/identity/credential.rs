//! Tokens by `azure_identity`. A credential is made for each token: ours is the only cache, so a refused token is not
//! handed out again.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::http::{ClientOptions, Transport};
use azure_core::time::OffsetDateTime;
use azure_identity::{
    AzureCliCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
    WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};

use secrecy::{ExposeSecret, SecretString};

use crate::error::Failure;
use crate::web;

use super::{FOREVER, Source, Token};

/// The longest that an identity may take, its own tries included.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest wait for one answer.
const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn token(source: &Source, scope: &str) -> Result<Token, Failure> {
    let credential = credential(source)?;
    let scopes = [scope];
    let token = match tokio::time::timeout(PATIENCE, credential.get_token(&scopes, None)).await {
        Ok(Ok(token)) => token,
        Ok(Err(_)) => return Err(without_token(source)),
        Err(_) => return Err(Failure::retryable("identity", "the identity did not answer in time")),
    };
    let expires = SystemTime::UNIX_EPOCH
        + Duration::from_secs(u64::try_from(token.expires_on.unix_timestamp()).unwrap_or_default());
    Ok(Token::new(token.token.secret().into(), expires))
}

/// The credential of an identity, for the clients of Azure's services.
pub(crate) fn credential(source: &Source) -> Result<Arc<dyn TokenCredential>, Failure> {
    if let Source::Registration(_) = source {
        return Err(Failure::config("identity", "an app registration reads no Key Vault here: keep the secret in AWS"));
    }
    if let Source::Given(token) = source {
        return Ok(Arc::new(Given(token.clone())));
    }
    let made: azure_core::Result<Arc<dyn TokenCredential>> = match source {
        Source::Managed(client_id) => ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
            user_assigned_id: client_id.clone().map(UserAssignedId::ClientId),
            client_options: client_options()?,
        }))
        .map(|credential| credential as _),
        Source::Workload => WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
            credential_options: azure_identity::ClientAssertionCredentialOptions { client_options: client_options()? },
            ..Default::default()
        }))
        .map(|credential| credential as _),
        _ => AzureCliCredential::new(None).map(|credential| credential as _),
    };
    made.map_err(|_| without_token(source))
}

fn client_options() -> Result<ClientOptions, Failure> {
    Ok(ClientOptions { transport: Some(Transport::new(Arc::new(web::fresh(TIMEOUT)?))), ..Default::default() })
}

/// A token that was handed over, for whatever scope.
#[derive(Debug)]
struct Given(SecretString);

#[async_trait::async_trait]
impl TokenCredential for Given {
    async fn get_token(&self, _: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        let expires = OffsetDateTime::now_utc() + FOREVER;
        Ok(AccessToken::new(self.0.expose_secret().to_owned(), expires))
    }
}

/// The error's own text may hold an upstream body, so it is not shown.
fn without_token(source: &Source) -> Failure {
    let failure = |told: &str| Failure::config("identity", told);
    match source {
        Source::Managed(_) => failure(
            "the managed identity gives no token: check AZURE_CLIENT_ID if it is user-assigned, else give the app one",
        )
        .mended_by("az functionapp identity assign --resource-group GROUP --name APP"),
        Source::Workload => failure(
            "the workload identity gives no token: check AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE",
        ),
        _ => {
            failure("the az command line gives no token; `az account get-access-token` says why").mended_by("az login")
        }
    }
}
