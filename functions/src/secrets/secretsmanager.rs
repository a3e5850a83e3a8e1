//! AWS Secrets Manager, by whatever credentials AWS's own tools would use.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::SdkError;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use secrecy::SecretString;
use serde_json::Value;

use crate::aws;
use crate::error::Failure;

/// The longest that it may take, the client's own tries included.
const PATIENCE: Duration = Duration::from_secs(30);

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
    let answer = Client::new(&aws::config().await?)
        .get_secret_value()
        .secret_id(id)
        .send()
        .await
        .map_err(|error| failure(&error))?;
    answer
        .secret_string
        .ok_or_else(|| Failure::config("secrets-manager", "the secret in Secrets Manager is binary; a text is needed"))
}

/// The error's own text may hold an upstream body, so it is not shown.
fn failure(error: &SdkError<GetSecretValueError, HttpResponse>) -> Failure {
    const NEEDS: &str = "secretsmanager:GetSecretValue on this secret (and kms:Decrypt on its key)";
    let SdkError::ServiceError(service) = error else {
        return aws::failure(error, "secrets-manager", "Secrets Manager", NEEDS);
    };
    let config = |text: &str| Failure::config("secrets-manager", text);
    match (service.err(), service.raw().status().as_u16()) {
        (GetSecretValueError::ResourceNotFoundException(_), _) => config("there is no such secret in Secrets Manager"),
        (GetSecretValueError::DecryptionFailure(_), _) => {
            config("Secrets Manager could not decrypt the secret: the identity needs kms:Decrypt on its key")
        }
        _ => aws::failure(error, "secrets-manager", "Secrets Manager", NEEDS),
    }
}
