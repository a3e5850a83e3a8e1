//! Where a model is.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

use crate::incident::is_public;

/// The base URL of an OpenAI-compatible interface, up to and with `/v1`.
///
/// `http` only where the wire is ours: this machine, private addresses, and names without a dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelUrl {
    base: String,
    host: String,
}

/// A URL that cannot be a model's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidModelUrl {
    /// No absolute URL, or one with parts that a base has not.
    #[error("expected a URL up to and with `/v1`, such as `https://api.openai.com/v1` or `http://127.0.0.1:11434/v1`")]
    Form,
    /// Plain HTTP over the Internet.
    #[error("expected `https`; `http` is for this machine, private addresses and names without a dot")]
    Plain,
}

impl ModelUrl {
    /// Where chats go.
    #[must_use]
    pub fn chat(&self) -> String {
        format!("{}/chat/completions", self.base)
    }

    /// True for Azure OpenAI, which also knows the header `api-key`.
    #[must_use]
    pub fn is_azure(&self) -> bool {
        [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com", ".openai.azure.us"]
            .iter()
            .any(|domain| self.host.ends_with(domain))
    }

    /// True for the servers whose strict mode takes only a part of JSON Schema.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.is_azure() || self.host == "api.openai.com" || self.host.ends_with(".api.openai.com")
    }
}

impl fmt::Display for ModelUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

impl FromStr for ModelUrl {
    type Err = InvalidModelUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim_end_matches('/');
        let text = text.strip_suffix("/chat/completions").unwrap_or(text);
        let url = Url::parse(text).map_err(|_| InvalidModelUrl::Form)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(InvalidModelUrl::Form)?.to_ascii_lowercase();
        let is_bare =
            url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        match url.scheme() {
            _ if !is_bare => Err(InvalidModelUrl::Form),
            "https" => Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), host }),
            "http" if is_near(&host) => Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), host }),
            "http" => Err(InvalidModelUrl::Plain),
            _ => Err(InvalidModelUrl::Form),
        }
    }
}

fn is_near(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        Ok(address) => !is_public(address) && !address.is_unspecified(),
        Err(_) => !host.contains('.'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_of_all_servers() {
        for (text, chat) in [
            ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
            ("https://x.openai.azure.com/openai/v1/", "https://x.openai.azure.com/openai/v1/chat/completions"),
            ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1/chat/completions"),
            ("http://[::1]:8080/v1", "http://[::1]:8080/v1/chat/completions"),
            ("http://ollama:11434/v1/chat/completions", "http://ollama:11434/v1/chat/completions"),
            ("http://10.0.0.5:8000/v1", "http://10.0.0.5:8000/v1/chat/completions"),
        ] {
            assert_eq!(text.parse::<ModelUrl>().unwrap().chat(), chat);
        }
        assert!("https://X.OpenAI.Azure.com/openai/v1".parse::<ModelUrl>().unwrap().is_azure());
        assert!(!"https://openai.azure.com.evil.example/v1".parse::<ModelUrl>().unwrap().is_azure());
    }

    #[test]
    fn anything_else_is_refused() {
        for (text, error) in [
            ("", InvalidModelUrl::Form),
            ("api.openai.com/v1", InvalidModelUrl::Form),
            ("ftp://127.0.0.1/v1", InvalidModelUrl::Form),
            ("https://user:key@api.openai.com/v1", InvalidModelUrl::Form),
            ("https://api.openai.com/v1?key=x", InvalidModelUrl::Form),
            ("http://api.openai.com/v1", InvalidModelUrl::Plain),
            ("http://203.0.113.7/v1", InvalidModelUrl::Plain),
            ("http://0.0.0.0/v1", InvalidModelUrl::Plain),
        ] {
            assert_eq!(text.parse::<ModelUrl>(), Err(error), "{text}");
        }
    }
}
