//! What a model is asked to return, and reading it.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::runbook::Offer;

use super::{Schema, Verdict};

/// A model's answer, as it came.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// What happened.
    pub summary: String,
    /// Its verdict; none if it is no verdict of ours.
    #[serde(deserialize_with = "verdict")]
    pub verdict: Option<Verdict>,
    /// 0 to 1.
    #[serde(deserialize_with = "fraction")]
    pub confidence: f64,
    /// Ids of the evidence.
    pub evidence: Vec<String>,
    /// Actions in order.
    pub actions: Vec<ChosenAction>,
    /// Ids of queries.
    pub queries: Vec<String>,
    /// Questions.
    pub questions: Vec<String>,
    /// Steps in its own words.
    pub own_steps: Vec<String>,
}

/// An action that a model chose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ChosenAction {
    /// Id.
    pub id: String,
    /// Why.
    pub reason: String,
}

/// Text that is no answer. The message is for the model, which is asked once more; it may quote what it wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidAnswer(String);

/// Longest text in which an answer is looked for, in bytes.
const LONGEST: usize = 64 * 1024;

impl Answer {
    /// Reads an answer: the outermost JSON object in the text, whatever stands around it.
    ///
    /// # Errors
    /// [`InvalidAnswer`] if there is none, or one without a summary and a verdict.
    pub fn parse(text: &str) -> Result<Self, InvalidAnswer> {
        // A model that reasons aloud may use braces while it does.
        let text = text.rsplit("</think>").next().unwrap_or(text);
        let text = &text[..text.floor_char_boundary(LONGEST)];
        let object = text.find('{').and_then(|start| Some(&text[start..=text.rfind('}').filter(|end| *end > start)?]));
        let Some(object) = object else {
            return Err(InvalidAnswer("there is no JSON object in it".to_owned()));
        };
        let answer: Self = serde_json::from_str(object).map_err(|error| InvalidAnswer(error.to_string()))?;
        match (&answer.summary[..], answer.verdict) {
            ("", _) => Err(InvalidAnswer("`summary` is missing or empty".to_owned())),
            (_, None) => Err(InvalidAnswer("`verdict` is none of the four".to_owned())),
            _ => Ok(answer),
        }
    }
}

fn verdict<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Verdict>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let plain: String = value.as_str().unwrap_or_default().chars().filter(char::is_ascii_alphabetic).collect();
    Ok(VERDICTS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&plain)).map(|(_, verdict)| verdict))
}

fn fraction<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    const PERCENT: f64 = 100.0;
    let value = Value::deserialize(deserializer)?;
    let number = value.as_f64().or_else(|| value.as_str()?.trim_end_matches('%').parse().ok()).unwrap_or_default();
    let number = if number > 1.0 { number / PERCENT } else { number };
    Ok(if number.is_finite() { number.clamp(0.0, 1.0) } else { 0.0 })
}

const VERDICTS: [(&str, Verdict); 4] = [
    ("TruePositive", Verdict::TruePositive),
    ("BenignPositive", Verdict::BenignPositive),
    ("FalsePositive", Verdict::FalsePositive),
    ("Undetermined", Verdict::Undetermined),
];

/// Whether the schema bounds lengths: small models need it, and strict servers refuse it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounds {
    /// With `maxItems` and `maxLength`.
    Lengths,
    /// Only what every strict mode takes: types, enums, all fields required, no others.
    None,
}

/// The JSON Schema of an [`Answer`] to an offer.
#[must_use]
pub fn answer_schema(offer: &Offer, evidence: &[String], bounds: Bounds) -> Schema {
    const SUMMARY: u32 = 400;
    const SENTENCE: u32 = 160;
    let most = |most: u32| (bounds == Bounds::Lengths).then_some(most);
    let text = |length: u32| Schema::Text(most(length));
    let list = |items: Schema, length: u32| Schema::List(Box::new(items), most(length));
    // An empty enum is no valid schema: then any text passes, and the gate drops it.
    let one_of = |ids: Vec<String>| if ids.is_empty() { text(SENTENCE) } else { Schema::OneOf(ids) };
    let actions = offer.actions.iter().map(|action| action.id.to_string()).collect();
    let queries = offer.queries.iter().map(|(id, _)| id.to_string()).collect();
    let action = Schema::Object(vec![("id", one_of(actions)), ("reason", text(SENTENCE))]);
    Schema::Object(vec![
        ("evidence", list(one_of(evidence.to_vec()), 6)),
        ("summary", text(SUMMARY)),
        ("verdict", Schema::OneOf(VERDICTS.map(|(name, _)| name.to_owned()).to_vec())),
        ("confidence", Schema::Number),
        ("actions", list(action, 8)),
        ("queries", list(one_of(queries), 5)),
        ("questions", list(text(SENTENCE), 3)),
        ("own_steps", list(text(SENTENCE), 3)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_found_in_what_models_write_around_them() {
        let object = r#"{"summary":"x","verdict":"true positive","confidence":"80%","actions":[{"id":"a"}]}"#;
        for text in [
            object.to_owned(),
            format!("```json\n{object}\n```"),
            format!("<think>{{ maybe }}</think>Sure! {object} Done."),
        ] {
            let answer = Answer::parse(&text).unwrap();
            assert_eq!(answer.verdict, Some(Verdict::TruePositive));
            assert!((answer.confidence - 0.8).abs() < 1e-9);
            assert_eq!(answer.actions[0], ChosenAction { id: "a".into(), reason: String::new() });
        }
    }

    #[test]
    fn anything_else_is_refused_with_a_word_for_the_model() {
        for (text, message) in [
            ("", "no JSON object"),
            ("}{", "no JSON object"),
            ("{\"summary\": \"x\"", "no JSON object"),
            ("{\"summary\":1}", "invalid type"),
            ("{\"verdict\":\"Undetermined\"}", "`summary`"),
            ("{\"summary\":\"x\",\"verdict\":\"Malicious\"}", "`verdict`"),
        ] {
            let error = Answer::parse(text).unwrap_err().to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }

    #[test]
    fn the_strict_schema_has_every_field_and_no_bounds() {
        let text =
            |bounds| serde_json::to_string(&answer_schema(&Offer::default(), &["e1".to_owned()], bounds)).unwrap();
        let strict = text(Bounds::None);
        let schema: Value = serde_json::from_str(&strict).unwrap();
        assert_eq!(schema["required"].as_array().unwrap().len(), schema["properties"].as_object().unwrap().len());
        assert!(!strict.contains("max") && !strict.contains("\"enum\":[]"), "{strict}");
        assert!(text(Bounds::Lengths).contains("maxItems"));
        // What is looked at comes before what is concluded.
        let places = ["evidence", "summary", "verdict", "actions"].map(|name| strict.find(&format!("\"{name}\":{{")));
        assert!(places.is_sorted() && places[0].is_some(), "{strict}");
    }
}
