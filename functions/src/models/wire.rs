//! Messages and answers of `/chat/completions`.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    role: &'static str,
    content: String,
}

impl Message {
    /// What the model is told first.
    #[must_use]
    pub fn system(content: String) -> Self {
        Self { role: "system", content }
    }

    /// What it is asked.
    #[must_use]
    pub fn user(content: String) -> Self {
        Self { role: "user", content }
    }

    /// What it answered.
    #[must_use]
    pub fn assistant(content: String) -> Self {
        Self { role: "assistant", content }
    }
}

#[derive(Deserialize)]
pub(super) struct Answer {
    choices: Vec<Choice>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) usage: Tokens,
}

#[derive(Deserialize)]
struct Choice {
    message: Content,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    content: Option<Value>,
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Tokens {
    pub(super) prompt_tokens: u64,
    pub(super) completion_tokens: u64,
}

/// Servers differ: a count that is no number must not cost the answer.
fn or_default<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tokens, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

impl Answer {
    /// The answer in a body; none if it is not one.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(body).ok().filter(|answer| !answer.choices.is_empty())
    }

    /// What the model wrote; none if a filter or the model itself refused.
    pub(super) fn text(self) -> Option<String> {
        let choice = self.choices.into_iter().next()?;
        let is_filtered = choice.finish_reason.as_deref() == Some("content_filter");
        let is_refused = choice.message.refusal.is_some_and(|refusal| !refusal.is_empty());
        if is_filtered || is_refused {
            return None;
        }
        Some(match choice.message.content {
            Some(Value::String(text)) => text,
            // Some servers answer in parts.
            Some(Value::Array(parts)) => parts.iter().filter_map(|part| part.get("text")?.as_str()).collect(),
            _ => String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text; `refused` for a refusal, `none` for what is no answer.
    fn text(json: &str) -> String {
        let answer = Answer::parse(json.as_bytes());
        answer.map_or("none".to_owned(), |answer| answer.text().unwrap_or("refused".to_owned()))
    }

    #[test]
    fn answers_in_every_form() {
        assert_eq!(text(r#"{"choices":[{"message":{"content":"x"}}]}"#), "x");
        assert_eq!(text(r#"{"choices":[{"message":{"content":[{"type":"text","text":"x"}]}}],"usage":7}"#), "x");
        assert_eq!(text(r#"{"choices":[{"message":{"content":null},"finish_reason":"length"}]}"#), "");
        assert_eq!(text(r#"{"choices":[{"message":{"content":"x"},"finish_reason":"content_filter"}]}"#), "refused");
        assert_eq!(text(r#"{"choices":[{"message":{"refusal":"no"}}]}"#), "refused");
        assert_eq!(text(r#"{"choices":[]}"#), "none");
        assert_eq!(text("<html>"), "none");
    }
}
