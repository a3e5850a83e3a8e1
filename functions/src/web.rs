//! The HTTP client that all outside services share the settings of.

use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderValue;

use crate::error::Failure;

/// The client in `cell`, built on first use: rustls with the roots that are built in, no redirects, no proxies of the
/// environment.
///
/// # Errors
/// [`Failure`] if the client cannot be built.
pub(crate) fn client(cell: &OnceLock<reqwest::Client>, timeout: Duration) -> Result<&reqwest::Client, Failure> {
    if let Some(client) = cell.get() {
        return Ok(client);
    }
    let client = fresh(timeout)?;
    Ok(cell.get_or_init(|| client))
}

/// The same client for one use.
///
/// # Errors
/// [`Failure`] if the client cannot be built.
pub(crate) fn fresh(timeout: Duration) -> Result<reqwest::Client, Failure> {
    build(timeout).map_err(|error| Failure::config("tls", format!("no HTTP client: {error}")))
}

fn build(timeout: Duration) -> Result<reqwest::Client, Box<dyn std::error::Error>> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(timeout)
        .timeout(timeout)
        .user_agent(concat!("honeytriage/", env!("CARGO_PKG_VERSION")))
        .build()?;
    Ok(client)
}

/// `Retry-After`: seconds, or a date of HTTP.
pub(crate) fn retry_after(value: &HeaderValue) -> Option<Duration> {
    let value = value.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Duration::try_from(date.duration_since(Timestamp::now())).ok()
}

/// Why a body was not read.
pub(crate) enum ReadError {
    /// Larger than allowed.
    TooLarge,
    /// The connection broke.
    Broken(reqwest::Error),
}

/// The body, at most `most` bytes.
pub(crate) async fn limited(mut response: reqwest::Response, most: usize) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ReadError::Broken)? {
        if body.len() + chunk.len() > most {
            return Err(ReadError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_come_in_seconds_or_as_a_date() {
        let wait = |value: &str| retry_after(&value.parse().unwrap());
        assert_eq!(wait("17"), Some(Duration::from_secs(17)));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("Wed, 21 Oct 2015 07:28:00 GMT"), None);
        assert!(wait("Fri, 21 Oct 2095 07:28:00 GMT").is_some());
    }
}
