//! What the clients of AWS share: credentials as AWS's own tools find them, one HTTP client, and what an error means.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::error::Failure;
use crate::web;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Region, credentials and HTTP client.
pub(crate) async fn config() -> Result<SdkConfig, Failure> {
    let connector = SharedHttpConnector::new(Connector(web::fresh(TIMEOUT)?));
    let client = http_client_fn(move |_, _| connector.clone());
    Ok(aws_config::defaults(BehaviorVersion::latest()).http_client(client).load().await)
}

/// What an error means that has no meaning of its own; `needs` is the permission.
pub(crate) fn failure<E: ProvideErrorMetadata>(
    error: &SdkError<E, HttpResponse>,
    code: &'static str,
    service: &str,
    needs: &str,
) -> Failure {
    let nobody = || Failure::config(code, "AWS has no region or credentials here: set AWS_REGION and an identity");
    match error {
        SdkError::ConstructionFailure(_) => nobody(),
        SdkError::DispatchFailure(dispatch) if !dispatch.is_io() && !dispatch.is_timeout() => nobody(),
        SdkError::ServiceError(answer) if is_about(answer.err(), &["Throttl", "LimitExceeded"]) => {
            Failure::retryable(code, format!("{service} asks for fewer requests"))
        }
        SdkError::ServiceError(answer) if is_about(answer.err(), &["NonExistent", "DoesNotExist"]) => {
            Failure::config(code, format!("{service} does not know it: check name, region and account"))
        }
        SdkError::ServiceError(answer) => match answer.raw().status().as_u16() {
            400 | 401 | 403 => Failure::config(code, format!("{service} refused: the identity needs {needs}")),
            status => Failure::retryable(code, format!("{service} answered {status}")),
        },
        _ => Failure::retryable(code, format!("{service} could not be reached")),
    }
}

fn is_about(error: &impl ProvideErrorMetadata, words: &[&str]) -> bool {
    error.code().is_some_and(|code| words.iter().any(|word| code.contains(word)))
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
