//! The HTTP client that all outside services share the settings of.

use std::sync::OnceLock;
use std::time::Duration;

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
    let client = build(timeout).map_err(|error| Failure::config("tls", format!("no HTTP client: {error}")))?;
    Ok(cell.get_or_init(|| client))
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
