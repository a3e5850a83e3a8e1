//! AWS Secrets Manager, by whatever credentials AWS's own tools would use.

use std::sync::OnceLock;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use secrecy::SecretString;
use serde_json::Value;

use crate::error::Failure;
use crate::web;

/// The longest that it may take, the client's own tries included.
const PATIENCE: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(10);

/// Fetches a secret, or a member of one that is a JSON object.
pub(super) async fn fetch(id: &str, json_key: Option<&str>) -> Result<SecretString, Failure> {
    let text = tokio::time::timeout(PATIENCE, text(id))
        .await
        .map_err(|_| Failure::retryable("secrets-manager", "Secrets Manager did not answer in time"))??;
    let Some(key) = json_key else { return Ok(text.into()) };
    let json: Option<Value> = serde_json::from_str(&text).ok();
    let member = json.as_ref().and_then(|json| json.get(key)?.as_str());
    member
        .map(SecretString::from)
        .ok_or_else(|| Failure::config("secrets-manager", "the secret in Secrets Manager has no text of this JSON key"))
}

async fn text(id: &str) -> Result<String, Failure> {
    let http = web::client(&OnceLock::new(), TIMEOUT)?.clone();
    let connector = SharedHttpConnector::new(Connector(http));
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .load()
        .await;
    let answer = Client::new(&config).get_secret_value().secret_id(id).send().await.map_err(|error| failure(&error))?;
    answer
        .secret_string
        .ok_or_else(|| Failure::config("secrets-manager", "the secret in Secrets Manager is binary; a text is needed"))
}

/// The error's own text may hold an upstream body, so it is not shown.
fn failure(error: &SdkError<GetSecretValueError, HttpResponse>) -> Failure {
    let config = |text: &str| Failure::config("secrets-manager", text);
    match error {
        SdkError::ConstructionFailure(_) => {
            config("AWS has no region or credentials here: set AWS_REGION and an identity")
        }
        SdkError::ServiceError(service) => match (service.err(), service.raw().status().as_u16()) {
            (GetSecretValueError::ResourceNotFoundException(_), _) => {
                config("there is no such secret in Secrets Manager")
            }
            (error, 400) if matches!(error.code(), Some("ThrottlingException" | "LimitExceededException")) => {
                Failure::retryable("secrets-manager", "Secrets Manager asks for fewer requests")
            }
            (GetSecretValueError::DecryptionFailure(_), _) => {
                config("Secrets Manager could not decrypt the secret: the identity needs kms:Decrypt on its key")
            }
            (_, 400 | 401 | 403) => config(
                "Secrets Manager refused: the identity needs secretsmanager:GetSecretValue on this secret (and kms:Decrypt on its key)",
            ),
            (_, status) => Failure::retryable("secrets-manager", format!("Secrets Manager answered {status}")),
        },
        SdkError::DispatchFailure(dispatch) if !dispatch.is_io() && !dispatch.is_timeout() => {
            config("AWS has no region or credentials here: set AWS_REGION and an identity")
        }
        _ => Failure::retryable("secrets-manager", "Secrets Manager could not be reached"),
    }
}

/// The HTTP client of everything else here, so that a bundle holds one.
#[derive(Debug)]
struct Connector(reqwest::Client);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            let (parts, body) = request.into_parts();
            let bytes = body.bytes().map(<[u8]>::to_vec).unwrap_or_default();
            let sent =
                client.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(bytes).send().await;
            let response = sent.map_err(network)?;
            let (status, headers) = (response.status(), response.headers().clone());
            let body = response.bytes().await.map_err(network)?;
            let status = status.as_u16().try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
            let mut answer = HttpResponse::new(status, SdkBody::from(body.to_vec()));
            for (name, value) in &headers {
                if let Ok(value) = value.to_str() {
                    answer.headers_mut().append(name.as_str().to_owned(), value.to_owned());
                }
            }
            Ok(answer)
        })
    }
}

fn network(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() { ConnectorError::timeout(error.into()) } else { ConnectorError::io(error.into()) }
}
