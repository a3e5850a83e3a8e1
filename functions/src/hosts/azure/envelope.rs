//! The envelope: `{"Data": {..}, "Metadata": {..}}` in, `{"Outputs": {..}}` out.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::Failure;

/// A call of the host.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Envelope {
    data: Map<String, Value>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

/// An HTTP request inside an envelope.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) body: String,
    pub(super) format: Option<String>,
}

/// What the host gets.
#[derive(Debug)]
pub(super) enum Reply {
    /// The call succeeded; these are its outputs. Never empty: the host hangs on an empty success.
    Success(Value),
    /// The call failed: a queue message comes again.
    TryAgain(Failure),
}

impl Envelope {
    /// Reads a call.
    ///
    /// # Errors
    /// Permanent, if it is none.
    pub fn parse(body: &[u8]) -> Result<Self, Failure> {
        serde_json::from_slice(body)
            .map_err(|_| Failure::permanent("envelope", "the call is no envelope of the Functions host"))
    }

    /// The text of a queue message. With dataType `binary` (ours) it is Base64; without, a JSON string inside a string.
    #[must_use]
    pub fn message(&self) -> Cow<'_, str> {
        let value = self.data.get("message");
        let Some(Value::String(text)) = value else {
            return value.map_or(Cow::Borrowed(""), |value| Cow::Owned(value.to_string()));
        };
        if let Ok(bytes) = STANDARD.decode(text)
            && !text.is_empty()
        {
            return Cow::Owned(String::from_utf8_lossy(&bytes).into_owned());
        }
        match serde_json::from_str(text) {
            Ok(Value::String(inner)) => Cow::Owned(inner),
            _ => Cow::Borrowed(text),
        }
    }

    /// Which delivery of the message it is, from 1.
    #[must_use]
    pub fn delivery(&self) -> u32 {
        let count =
            self.metadata.iter().find(|(name, _)| name.eq_ignore_ascii_case("DequeueCount")).map(|(_, count)| count);
        match count {
            Some(Value::String(text)) => text.trim_matches('"').parse().unwrap_or(1),
            Some(Value::Number(number)) => number.as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
            _ => 1,
        }
    }

    /// The HTTP request of an HTTP trigger.
    pub(super) fn request(&self) -> Result<Request, Failure> {
        let Some(Value::Object(request)) = self.data.get("req") else {
            return Err(Failure::permanent("envelope", "the call has no request"));
        };
        let query = request.get("Query").and_then(Value::as_object);
        let format = query.and_then(|query| query.iter().find(|(name, _)| name.eq_ignore_ascii_case("format")));
        Ok(Request {
            body: match request.get("Body") {
                Some(Value::String(body)) => body.clone(),
                Some(Value::Null) | None => String::new(),
                Some(other) => other.to_string(),
            },
            format: format.and_then(|(_, value)| value.as_str()).map(str::to_owned),
        })
    }
}

/// A success without outputs.
pub(super) fn done() -> Reply {
    Reply::Success(json!({ "Outputs": {} }))
}

/// A success that puts a message on a queue, by the output binding of this name.
///
/// The host would write an object with indentation, and might make it too large: text that is Base64 it decodes and sends as
/// it is.
pub(super) fn queued(binding: &str, message: &Value) -> Reply {
    Reply::Success(json!({ "Outputs": { binding: STANDARD.encode(message.to_string()) } }))
}

/// A success that puts several messages on a queue. The host writes each text of a list as it is.
pub(super) fn queued_each(binding: &str, messages: &[Value]) -> Reply {
    let texts: Vec<String> = messages.iter().map(Value::to_string).collect();
    Reply::Success(json!({ "Outputs": { binding: texts } }))
}

/// An HTTP answer. The status is a number under `statusCode`: the host ignores any other form.
pub(super) fn answered(status: u16, content_type: &str, body: &str) -> Reply {
    Reply::Success(json!({
        "Outputs": { "res": { "statusCode": status, "headers": { "Content-Type": content_type }, "body": body } }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(json: &Value) -> Envelope {
        Envelope::parse(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn messages_come_in_base64_or_doubly_encoded() {
        let text = r#"{"v":1,"incidentArmId":"x"}"#;
        for value in [json!(STANDARD.encode(text)), json!(serde_json::to_string(text).unwrap()), json!(text)] {
            assert_eq!(envelope(&json!({"Data": {"message": value}})).message(), text);
        }
        assert_eq!(envelope(&json!({"Data": {"message": "\"\""}})).message(), "");
        assert_eq!(envelope(&json!({"Data": {}})).message(), "");
    }

    #[test]
    fn deliveries_are_counted_as_text() {
        for (count, expected) in [(json!("3"), 3), (json!("\"2\""), 2), (json!(4), 4), (json!(null), 1)] {
            assert_eq!(envelope(&json!({"Data": {}, "Metadata": {"DequeueCount": count}})).delivery(), expected);
        }
    }

    #[test]
    fn anything_else_is_no_envelope() {
        for body in ["", "[]", "{}", "null", "{\"Data\":1}"] {
            assert!(Envelope::parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
