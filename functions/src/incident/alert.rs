//! A security alert of an incident.

use jiff::Timestamp;

use super::InputError;
use super::json::{Json, parse};
use super::names::Severity;
use super::read::{At, scalar};
use crate::text::{MASK, Text};

/// One alert. Missing texts are empty.
#[derive(Debug, Clone, Default)]
pub struct Alert {
    /// `systemAlertId`.
    pub id: Text,
    /// Display name.
    pub name: Text,
    /// Description, plain.
    pub description: Text,
    /// Severity.
    pub severity: Severity,
    /// Product that raised it.
    pub product: Text,
    /// Type, often `{workspace}_{rule}`.
    pub kind: Text,
    /// Host or account that the product names as compromised.
    pub compromised: Text,
    /// Start of what it saw.
    pub start: Option<Timestamp>,
    /// End of what it saw.
    pub end: Option<Timestamp>,
    /// Tactics as given.
    pub tactics: Vec<Text>,
    /// Techniques as given.
    pub techniques: Vec<Text>,
    /// The rule's Custom Details: name and values.
    pub details: Vec<(Text, Vec<Text>)>,
    /// True if the rule's query was cut, as the trigger does at 2,975 characters.
    pub is_query_cut: bool,
}

/// Longest name, description and detail that is kept, in characters.
const NAME: usize = 200;
const DESCRIPTION: usize = 1000;
const DETAIL: usize = 120;
const MAX_DETAILS: usize = 20;
const MAX_VALUES: usize = 10;
/// Where the Logic Apps trigger cuts a query (github.com/Azure/logicapps, issue 1093).
const QUERY_CUT: usize = 2975;

/// Reads `{kind: "SecurityAlert", properties: {..}}`, or the properties alone.
pub(super) fn alert(at: &At) -> Result<Alert, InputError> {
    if !matches!(at.json(), Json::Object(_)) {
        return at.expected("an alert object");
    }
    let at = &at.object("properties")?.unwrap_or_else(|| at.clone());
    let extra = at.object("additionalData")?;
    let mut techniques = at.texts("techniques", NAME)?;
    techniques.extend(at.texts("subTechniques", NAME)?);
    if let Some(extra) = &extra {
        techniques.extend(extra.texts("techniques", NAME)?);
        techniques.extend(extra.texts("subTechniques", NAME)?);
    }
    Ok(Alert {
        id: first(at, &["systemAlertId", "id"], NAME)?,
        name: first(at, &["alertDisplayName", "displayName", "alertName", "friendlyName"], NAME)?,
        description: super::plain::plain(at.raw("description").unwrap_or_default(), DESCRIPTION),
        severity: Severity::from_text(&at.text("severity", NAME)?),
        product: at.text("productName", NAME)?,
        kind: at.text("alertType", NAME)?,
        compromised: at.text("compromisedEntity", NAME)?,
        start: at.time("startTimeUtc")?,
        end: at.time("endTimeUtc")?,
        tactics: at.texts("tactics", NAME)?,
        techniques,
        details: extra.as_ref().map_or_else(Vec::new, details),
        is_query_cut: extra.as_ref().and_then(|extra| extra.raw("Query")).is_some_and(is_cut),
    })
}

fn first(at: &At, keys: &[&str], limit: usize) -> Result<Text, InputError> {
    for key in keys {
        let text = at.text(key, limit)?;
        if !text.is_empty() {
            return Ok(text);
        }
    }
    Ok(Text::default())
}

fn is_cut(query: &str) -> bool {
    query.chars().count() >= QUERY_CUT && (query.ends_with('…') || query.ends_with("..."))
}

/// Custom Details are a JSON object inside a string, its values arrays. What does not parse is left out: the rule's author
/// wrote it, and the incident must not fail for it.
fn details(extra: &At) -> Vec<(Text, Vec<Text>)> {
    let parsed;
    let object = match extra.json().get("Custom Details") {
        Some(Json::String(raw)) => match parse(raw) {
            Ok(json) => {
                parsed = json;
                &parsed
            }
            Err(_) => return Vec::new(),
        },
        Some(json) => json,
        None => return Vec::new(),
    };
    let Json::Object(members) = object else {
        return Vec::new();
    };
    members.iter().take(MAX_DETAILS).filter_map(detail).collect()
}

fn detail((name, value): &(String, Json)) -> Option<(Text, Vec<Text>)> {
    let values: Vec<Text> = match value {
        Json::Array(items) => items.iter().filter_map(scalar).take(MAX_VALUES).collect(),
        other => scalar(other).into_iter().collect::<Vec<_>>(),
    }
    .iter()
    .map(|raw| named(name, raw))
    .filter(|text| !text.is_empty())
    .collect();
    (!values.is_empty()).then(|| (Text::new(name, DETAIL), values))
}

/// A value cleaned together with its name, so that `Password: x` is recognised as a credential.
fn named(name: &str, raw: &str) -> Text {
    let prefix = format!("{}: ", Text::new(name, DETAIL));
    let together = Text::new(&format!("{prefix}{raw}"), DETAIL + prefix.chars().count());
    let alone = Text::new(raw, DETAIL);
    match together.strip_prefix(prefix.as_str()) {
        Some(value) if value == alone.as_str() => alone,
        Some(value) => Text::derived(value, &[&together], DETAIL),
        // The name itself was masked: better too much than a key.
        None => Text::derived(MASK, &[&together], DETAIL),
    }
}
