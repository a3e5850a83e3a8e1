//! The model that the functions ask.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checked::{checked_number, checked_text};

checked_text!(
    /// Name of a model, or of its deployment.
    ModelName,
    "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$",
    "1 to 64 letters, digits and `._:/-`"
);

checked_text!(
    /// Version of a model in Azure OpenAI.
    ModelVersion,
    "^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$",
    "a version such as `2025-04-14`"
);

checked_number!(
    /// Thousands of tokens a minute.
    Capacity,
    1,
    10_000,
    "thousand tokens a minute"
);

/// Who runs the model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub enum Server {
    /// An Azure OpenAI account that the lab makes; no key.
    AzureOpenAi,
    /// An OpenAI-compatible server: its URL up to and with `/v1`.
    Url(String),
}

impl TryFrom<String> for Server {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const LONGEST: usize = 200;
        if text == "azure-openai" {
            return Ok(Server::AzureOpenAi);
        }
        let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]".contains(&b));
        let rest = text.strip_prefix("https://");
        let url = text.trim_end_matches('/');
        let is_base = |rest: &str| !rest.starts_with(['/', ':']) && is_plain(rest) && url.ends_with("/v1");
        if rest.is_some_and(is_base) && text.len() <= LONGEST {
            return Ok(Server::Url(url.to_owned()));
        }
        Err(super::problem::not_as_expected(&text, "`azure-openai`, or a URL such as `https://api.openai.com/v1`"))
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Server::AzureOpenAi => f.write_str("azure-openai"),
            Server::Url(url) => f.write_str(url),
        }
    }
}

/// How much of an incident the model gets to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Redact {
    /// All but credentials.
    Off,
    /// Names as placeholders.
    #[default]
    On,
    /// Kinds and counts.
    Strict,
}

impl Redact {
    /// As the functions' setting has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Redact::Off => "off",
            Redact::On => "on",
            Redact::Strict => "strict",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_azures_or_speak_https() {
        let parse = |text: &str| Server::try_from(text.to_owned());
        assert_eq!(parse("azure-openai"), Ok(Server::AzureOpenAi));
        assert_eq!(parse("https://api.openai.com/v1/").unwrap().to_string(), "https://api.openai.com/v1");
        for bad in [
            "",
            "openai",
            "http://10.0.0.4/v1",
            "https://",
            "https:///v1",
            "https://u@x/v1",
            "https://x/v1?k=1",
            "https://x/ v1",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
