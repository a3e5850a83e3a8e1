//! Azure Key Vault, by the identity that also writes comments.

use std::sync::Arc;
use std::time::Duration;

use azure_core::error::ErrorKind;
use azure_core::http::{AsyncRawResponse, ClientOptions, HttpClient, Request, Transport};
use azure_security_keyvault_secrets::models::SecretClientGetSecretOptions;
use azure_security_keyvault_secrets::{SecretClient, SecretClientOptions};
use secrecy::SecretString;

use crate::error::Failure;
use crate::identity::{Source, credential};
use crate::web;

/// The longest that a vault may take, the client's own tries included.
const PATIENCE: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(10);

/// A secret in a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    host: String,
    is_loopback: bool,
    name: String,
    version: Option<String>,
}

impl Place {
    /// `VAULT/NAME[/VERSION]`. The vault is a name in the public cloud, a vault's host in another, or this machine for tests.
    pub(super) fn parse(text: &str) -> Option<Self> {
        const CLOUDS: &[&str] = &[".vault.azure.net", ".vault.usgovcloudapi.net", ".vault.azure.cn"];
        let mut parts = text.split('/');
        let (vault, name) = (parts.next()?.to_ascii_lowercase(), parts.next()?.to_owned());
        let version = parts.next().map(str::to_owned).filter(|version| !version.is_empty());
        let is_word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let port = vault.strip_prefix("127.0.0.1:").or_else(|| vault.strip_prefix("localhost:"));
        let is_loopback = port.is_some_and(|port| port.parse::<u16>().is_ok());
        let bare = CLOUDS.iter().find_map(|cloud| vault.strip_suffix(cloud));
        let host = match bare {
            _ if is_loopback => vault.clone(),
            Some(name) if is_word(name) => vault.clone(),
            None if is_word(&vault) => format!("{vault}{}", CLOUDS[0]),
            _ => return None,
        };
        let is_whole = parts.next().is_none() && is_word(&name) && version.as_deref().is_none_or(is_word);
        is_whole.then_some(Self { host, is_loopback, name, version })
    }

    fn vault(&self) -> &str {
        self.host.split('.').next().unwrap_or(&self.host)
    }
}

/// Fetches a secret.
pub(super) async fn fetch(place: &Place, identity: &Source) -> Result<SecretString, Failure> {
    let client = client(place, identity)?;
    let options = SecretClientGetSecretOptions { secret_version: place.version.clone(), ..Default::default() };
    let answer = tokio::time::timeout(PATIENCE, client.get_secret(&place.name, Some(options))).await;
    let response = match answer {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(failure(place, &error)),
        Err(_) => return Err(Failure::retryable("vault", "Key Vault did not answer in time")),
    };
    let secret = response.into_model().map_err(|error| failure(place, &error))?;
    secret.value.map(SecretString::from).ok_or_else(|| Failure::config("vault", "the secret in Key Vault has no value"))
}

fn client(place: &Place, identity: &Source) -> Result<SecretClient, Failure> {
    let http: Arc<dyn HttpClient> = Arc::new(web::fresh(TIMEOUT)?);
    let http = if place.is_loopback { Arc::new(Loopback(http)) } else { http };
    let options = SecretClientOptions {
        client_options: ClientOptions { transport: Some(Transport::new(http)), ..Default::default() },
        verify_challenge_resource: Some(!place.is_loopback),
        ..Default::default()
    };
    SecretClient::new(&format!("https://{}/", place.host), credential(identity)?, Some(options))
        .map_err(|_| Failure::config("vault", "the reference to Key Vault is no URL"))
}

/// The error's own text may hold an upstream body, so it is not shown.
fn failure(place: &Place, error: &azure_core::Error) -> Failure {
    let status = match error.kind() {
        ErrorKind::HttpResponse { status, .. } => u16::from(*status),
        ErrorKind::Credential => {
            return Failure::config("vault", "there is no identity for Key Vault: give the app one, or run `az login`");
        }
        _ => return Failure::retryable("vault", "Key Vault could not be reached, or its answer is none"),
    };
    let told = format!("Key Vault answered {status}");
    match status {
        401 | 403 => Failure::config(
            "vault",
            format!("{told}: the identity needs the role Key Vault Secrets User on the vault"),
        )
        .mended_by(format!(
            "az role assignment create --assignee-object-id OBJECT_ID --assignee-principal-type ServicePrincipal \
             --role \"Key Vault Secrets User\" --scope \"$(az keyvault show --name {} --query id --output tsv)\"",
            place.vault()
        )),
        404 => Failure::config("vault", format!("{told}: there is no secret of this name in the vault")).mended_by(
            format!("az keyvault secret set --vault-name {} --name {} --file FILE", place.vault(), place.name),
        ),
        _ => Failure::retryable("vault", told),
    }
}

/// Sends to this machine over plain HTTP: tokens go there in tests only.
#[derive(Debug)]
struct Loopback(Arc<dyn HttpClient>);

#[async_trait::async_trait]
impl HttpClient for Loopback {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let mut request = request.clone();
        // `http` is a scheme that any `https` URL may become.
        let _ = request.url_mut().set_scheme("http");
        self.0.execute_request(&request).await
    }
}
