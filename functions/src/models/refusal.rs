//! What a server's refusal means. Its text is looked at, and never shown: it may echo the prompt or a part of the key.

use reqwest::StatusCode;
use serde_json::Value;

use crate::error::Failure;

use super::dialect::Field;

/// Why a server refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    TooLong,
    Filtered,
    Unknown(Field),
    Other,
}

/// Codes and phrases of OpenAI, Azure OpenAI, vLLM, llama.cpp and gateways before them.
const TOO_LONG: &[&str] = &[
    "context_length_exceeded",
    "exceed_context_size",
    "maximum context length",
    "context window",
    "context length",
    "context size",
    "string_above_max_length",
    "too many tokens",
    "prompt is too long",
];
const FILTERED: &[&str] = &[
    "content_filter",
    "content filter",
    "responsibleaipolicy",
    "content management policy",
    "content_policy",
    "content policy",
    "safety system",
    "jailbreak",
    "moderation",
];
const FIELDS: &[(&str, Field)] = &[
    ("response_format", Field::Form),
    ("json_schema", Field::Form),
    ("structured output", Field::Form),
    ("grammar", Field::Form),
    ("schema", Field::Form),
    ("max_completion_tokens", Field::Limit),
    ("max_tokens", Field::Limit),
    ("temperature", Field::Temperature),
];

impl Refusal {
    pub(super) fn of(status: StatusCode, body: &[u8]) -> Self {
        let text = told(body).to_lowercase();
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
        let named = |name: &str| FIELDS.iter().find(|(field, _)| name.contains(field)).map(|(_, field)| *field);
        match status.as_u16() {
            413 => Refusal::TooLong,
            // llama.cpp
            500 | 501 if !says(&["grammar"]) => Refusal::Other,
            400 | 404 | 415 | 422 | 500 | 501 => {
                let param = param(body).and_then(|param| named(&param));
                if let Some(field) = param {
                    Refusal::Unknown(field)
                } else if says(TOO_LONG) {
                    Refusal::TooLong
                } else if says(FILTERED) {
                    Refusal::Filtered
                } else {
                    named(&text).map_or(Refusal::Other, Refusal::Unknown)
                }
            }
            _ => Refusal::Other,
        }
    }
}

/// What the server itself says. Some repeat the request, in which an attacker may have written anything.
fn told(body: &[u8]) -> String {
    /// Characters of a refusal that are read: it says what is wrong at once.
    const MOST: usize = 2000;
    const REPEATED: [&str; 6] = ["input", "inputs", "content", "messages", "request", "body"];
    fn collect(value: &Value, told: &mut String) {
        match value {
            Value::String(text) => *told = format!("{told} {text}"),
            Value::Array(values) => values.iter().for_each(|value| collect(value, told)),
            Value::Object(members) => {
                for (name, value) in members.iter().filter(|(name, _)| !REPEATED.contains(&name.as_str())) {
                    *told = format!("{told} {name}");
                    collect(value, told);
                }
            }
            _ => {}
        }
    }
    let mut told = String::new();
    match serde_json::from_slice(body) {
        Ok(value) => collect(&value, &mut told),
        Err(_) => told = String::from_utf8_lossy(body).into_owned(),
    }
    told.truncate(told.floor_char_boundary(MOST));
    told
}

/// `error.param` of OpenAI's error object: the field that is at fault.
fn param(body: &[u8]) -> Option<String> {
    let error: Value = serde_json::from_slice(body).ok()?;
    Some(error.get("error")?.get("param")?.as_str()?.to_lowercase())
}

/// The failure that a status means, and what to do about it.
pub(super) fn failure(status: StatusCode) -> Failure {
    let told = format!("the model's server answered {}", status.as_u16());
    match status.as_u16() {
        401 | 403 => Failure::config("model-key", format!("{told}: check HONEYTRIAGE_MODEL_KEY, and what it may use")),
        404 => Failure::config("model-missing", format!("{told}: check HONEYTRIAGE_MODEL_URL and HONEYTRIAGE_MODEL")),
        300..=399 => Failure::config("model", format!("{told}: redirects are not followed")),
        408 | 429 | 500..=599 => Failure::retryable("model-busy", told),
        _ => Failure::permanent("model", format!("{told}: it does not take the request")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_the_servers_people_use() {
        for (status, body, expected) in [
            (400, r#"{"error":{"code":"context_length_exceeded","param":"messages"}}"#, Refusal::TooLong),
            (
                400,
                r#"{"error":{"type":"exceed_context_size_error","message":"the request exceeds the available context size"}}"#,
                Refusal::TooLong,
            ),
            (413, "", Refusal::TooLong),
            (
                400,
                r#"{"error":{"code":"content_filter","param":"prompt","innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
                Refusal::Filtered,
            ),
            (
                400,
                r#"{"error":{"code":"unsupported_parameter","param":"max_tokens","message":"Use 'max_completion_tokens' instead."}}"#,
                Refusal::Unknown(Field::Limit),
            ),
            (
                400,
                r#"{"error":{"code":"unsupported_value","param":"temperature"}}"#,
                Refusal::Unknown(Field::Temperature),
            ),
            (
                400,
                r#"{"error":{"param":"response_format","message":"Invalid schema: 'maxItems' is not permitted."}}"#,
                Refusal::Unknown(Field::Form),
            ),
            (422, r#"{"detail":[{"loc":["body","response_format"]}]}"#, Refusal::Unknown(Field::Form)),
            (500, "failed to parse grammar", Refusal::Unknown(Field::Form)),
            (400, "no", Refusal::Other),
            (502, "response_format", Refusal::Other),
            (500, "response_format", Refusal::Other),
            (
                422,
                r#"{"detail":[{"loc":["body","x"],"msg":"no","input":{"content":"schema temperature"}}]}"#,
                Refusal::Other,
            ),
        ] {
            assert_eq!(Refusal::of(StatusCode::from_u16(status).unwrap(), body.as_bytes()), expected, "{body}");
        }
    }
}
