//! The Functions host calls a custom handler: one POST a call, an envelope in and out.

mod envelope;
mod functions;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::error::Failure;
use crate::handlers::App;

pub use envelope::Envelope;
use envelope::Reply;

use super::work::error_body;

/// Largest envelope, in bytes: an incident of 4 MiB, escaped twice.
const MAX_ENVELOPE: usize = 20 * 1024 * 1024;
/// The longest a call may take; below the `functionTimeout` of host.json, so that the handler answers and is not killed.
const LONGEST_CALL: Duration = Duration::from_mins(9);

/// The routes: one for each function, and `GET /`, by which the host sees that the handler is up.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(|| async { json(StatusCode::OK, "{}".to_owned()) }))
        .route("/incident-trigger", post(incident_trigger))
        .route("/gpt-complete", post(gpt_complete))
        .route("/add-comment", post(add_comment))
        .route("/incident-sweep", post(incident_sweep))
        .fallback(|| async {
            failed(StatusCode::NOT_FOUND, &Failure::permanent("function", "there is no such function"))
        })
        .layer(DefaultBodyLimit::max(MAX_ENVELOPE))
        .with_state(app)
}

async fn incident_trigger(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    in_time(async {
        let envelope = opened(body)?;
        Ok(functions::incident_trigger(&app, &envelope, invocation(&headers)).await)
    })
    .await
}

async fn gpt_complete(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    in_time(async {
        let envelope = opened(body)?;
        Ok(functions::gpt_complete(&app, &envelope, invocation(&headers)).await)
    })
    .await
}

async fn add_comment(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    in_time(async {
        let envelope = opened(body)?;
        Ok(functions::add_comment(&app, &envelope, invocation(&headers)).await)
    })
    .await
}

async fn incident_sweep(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    in_time(async {
        opened(body)?;
        Ok(functions::incident_sweep(&app, invocation(&headers)).await)
    })
    .await
}

/// The body, or why it could not be read: too large, or cut off.
type Body = Result<Bytes, BytesRejection>;

fn opened(body: Body) -> Result<Envelope, Failure> {
    let body = body.map_err(|_| Failure::permanent("envelope", "the call is too large or was cut off"))?;
    Envelope::parse(&body)
}

/// The one place where the end of a call becomes a status: a reply is success, a failure is for the host to try again.
async fn in_time(call: impl Future<Output = Result<Reply, Failure>>) -> Response {
    match tokio::time::timeout(LONGEST_CALL, call).await {
        Ok(Ok(Reply::Success(outputs))) => json(StatusCode::OK, outputs.to_string()),
        Ok(Ok(Reply::TryAgain(failure)) | Err(failure)) => failed(StatusCode::INTERNAL_SERVER_ERROR, &failure),
        Err(_) => failed(StatusCode::INTERNAL_SERVER_ERROR, &Failure::retryable("timeout", "the call took too long")),
    }
}

fn failed(status: StatusCode, failure: &Failure) -> Response {
    json(status, error_body(failure).to_string())
}

fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn invocation(headers: &HeaderMap) -> &str {
    headers.get("x-azure-functions-invocationid").and_then(|value| value.to_str().ok()).unwrap_or_default()
}
