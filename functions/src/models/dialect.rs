//! What a server understands: found out by asking, and remembered while the process lives.

use serde::Serialize;

use crate::completion::Schema;

use super::{Chat, Message, ModelUrl};

/// The form in which requests are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    form: Form,
    limit: Limit,
    has_temperature: bool,
}

/// How the form of the answer is asked for. The prompt describes it in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// By a JSON Schema with bounded lengths.
    Bounded,
    /// By a JSON Schema without bounds, for strict modes.
    Strict,
    /// By asking for some JSON object.
    Object,
    /// By the prompt alone.
    Words,
}

/// The field that limits the answer's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    MaxTokens,
    MaxCompletionTokens,
    None,
}

/// A field that a server does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// `response_format`, or what is in it.
    Form,
    /// `max_tokens` or `max_completion_tokens`.
    Limit,
    /// `temperature`
    Temperature,
}

/// The answer's schema, in both forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schemas {
    /// With bounded lengths.
    pub bounded: Schema,
    /// Without.
    pub strict: Schema,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: &'a [Message],
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<u32>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ResponseFormat<'a> {
    JsonSchema { json_schema: JsonSchema<'a> },
    JsonObject,
}

#[derive(Serialize)]
struct JsonSchema<'a> {
    name: &'static str,
    strict: bool,
    schema: &'a Schema,
}

/// Tokens of the longest answer. A model that reasons spends most of them before it writes.
pub const MOST_TOKENS: u32 = 4000;

impl Dialect {
    /// What a server probably understands: the services of OpenAI and Azure by their documentation, others by llama.cpp's and
    /// Ollama's.
    #[must_use]
    pub fn of(url: &ModelUrl) -> Self {
        if url.is_strict() {
            Self { form: Form::Strict, limit: Limit::MaxCompletionTokens, has_temperature: false }
        } else {
            Self::default()
        }
    }

    /// The same without a field; none if it is not there any more.
    pub(super) fn without(self, field: Field) -> Option<Self> {
        match field {
            Field::Form => {
                let form = match self.form {
                    Form::Bounded => Form::Strict,
                    Form::Strict => Form::Object,
                    Form::Object => Form::Words,
                    Form::Words => return None,
                };
                Some(Self { form, ..self })
            }
            Field::Limit => {
                let limit = match self.limit {
                    Limit::MaxTokens => Limit::MaxCompletionTokens,
                    Limit::MaxCompletionTokens => Limit::None,
                    Limit::None => return None,
                };
                Some(Self { limit, ..self })
            }
            Field::Temperature => self.has_temperature.then_some(Self { has_temperature: false, ..self }),
        }
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self { form: Form::Bounded, limit: Limit::MaxTokens, has_temperature: true }
    }
}

/// The body of a request.
#[must_use]
pub fn request_body(model: &str, chat: &Chat, dialect: Dialect) -> Vec<u8> {
    let of = |schema| ResponseFormat::JsonSchema { json_schema: JsonSchema { name: "triage", strict: true, schema } };
    let response_format = match (dialect.form, &chat.schemas) {
        (Form::Bounded, Some(schemas)) => Some(of(&schemas.bounded)),
        (Form::Strict, Some(schemas)) => Some(of(&schemas.strict)),
        (Form::Object, Some(_)) => Some(ResponseFormat::JsonObject),
        (Form::Words, _) | (_, None) => None,
    };
    let request = Request {
        model,
        messages: &chat.messages,
        stream: false,
        response_format,
        max_tokens: (dialect.limit == Limit::MaxTokens).then_some(chat.most_tokens),
        max_completion_tokens: (dialect.limit == Limit::MaxCompletionTokens).then_some(chat.most_tokens),
        temperature: dialect.has_temperature.then_some(0),
    };
    // Strings, numbers and lists of them always serialize.
    serde_json::to_vec(&request).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_can_be_given_up_and_then_is_not_there() {
        for (field, tries) in [(Field::Form, 3), (Field::Limit, 2), (Field::Temperature, 1)] {
            let mut dialect = Dialect::default();
            for _ in 0..tries {
                dialect = dialect.without(field).unwrap();
            }
            assert_eq!(dialect.without(field), None, "{field:?}");
        }
    }

    #[test]
    fn services_get_what_their_strict_mode_takes() {
        let schemas = Schemas { bounded: Schema::Text(Some(7)), strict: Schema::Text(None) };
        let chat = Chat { messages: Vec::new(), most_tokens: 7, schemas: Some(schemas) };
        let body = |url: &str| String::from_utf8(request_body("m", &chat, Dialect::of(&url.parse().unwrap()))).unwrap();
        let service = body("https://api.openai.com/v1");
        assert!(
            service.contains("\"strict\"")
                && service.contains("max_completion_tokens")
                && !service.contains("temperature")
        );
        let local = body("http://127.0.0.1:11434/v1");
        assert!(local.contains("maxLength") && local.contains("max_tokens") && local.contains("temperature"));
    }
}
