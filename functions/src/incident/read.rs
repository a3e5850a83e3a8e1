//! Reading values out of the JSON tree: tolerant of case, null and numbers as strings; exact about where it failed.

use jiff::Timestamp;

use super::InputError;
use super::json::{Json, member};
use crate::text::Text;

/// A value and where it stands.
#[derive(Clone)]
pub(super) struct At<'a> {
    json: &'a Json,
    path: String,
}

impl<'a> At<'a> {
    pub(super) fn root(json: &'a Json) -> Self {
        Self { json, path: "$".to_owned() }
    }

    pub(super) fn json(&self) -> &'a Json {
        self.json
    }

    pub(super) fn expected<T>(&self, what: &str) -> Result<T, InputError> {
        Err(InputError::new(&self.path, format!("expected {what}, found {}", self.json.what())))
    }

    /// The member, if it is there and not null.
    pub(super) fn member(&self, key: &str) -> Option<At<'a>> {
        self.json.get(key).map(|json| At { json, path: member(&self.path, key) })
    }

    /// The member as an object.
    pub(super) fn object(&self, key: &str) -> Result<Option<At<'a>>, InputError> {
        match self.member(key) {
            Some(found) if !matches!(found.json, Json::Object(_)) => found.expected("an object"),
            found => Ok(found),
        }
    }

    /// The items of an array member; none if it is missing.
    pub(super) fn list(&self, key: &str) -> Result<Vec<At<'a>>, InputError> {
        self.member(key).map_or(Ok(Vec::new()), |found| found.items())
    }

    /// The items of this array, without nulls.
    pub(super) fn items(&self) -> Result<Vec<At<'a>>, InputError> {
        let Json::Array(items) = self.json else {
            return self.expected("an array");
        };
        Ok(items
            .iter()
            .enumerate()
            .filter(|(_, json)| **json != Json::Null)
            .map(|(index, json)| At { json, path: format!("{}[{index}]", self.path) })
            .collect())
    }

    /// The member's text, at most `limit` characters; empty if missing. Numbers and booleans count as text.
    pub(super) fn text(&self, key: &str, limit: usize) -> Result<Text, InputError> {
        self.member(key).map_or(Ok(Text::default()), |found| found.as_text(limit))
    }

    pub(super) fn as_text(&self, limit: usize) -> Result<Text, InputError> {
        match scalar(self.json) {
            Some(raw) => Ok(Text::new(&raw, limit)),
            None => self.expected("a string"),
        }
    }

    /// The raw string of the member, before cleaning: only for what is parsed further.
    pub(super) fn raw(&self, key: &str) -> Option<&'a str> {
        match self.json.get(key) {
            Some(Json::String(raw)) => Some(raw),
            _ => None,
        }
    }

    /// A list of texts; one string is a list of one. Tactics come both ways.
    pub(super) fn texts(&self, key: &str, limit: usize) -> Result<Vec<Text>, InputError> {
        let Some(found) = self.member(key) else {
            return Ok(Vec::new());
        };
        let texts: Vec<Text> = match found.json {
            Json::String(raw) => {
                raw.split([',', ';']).map(|part| Text::new(part.trim_matches(['[', ']', '"', ' ']), limit)).collect()
            }
            _ => found.items()?.iter().map(|item| item.as_text(limit)).collect::<Result<_, _>>()?,
        };
        Ok(texts.into_iter().filter(|text| !text.is_empty()).collect())
    }

    /// A count or number; a string of digits, also with a plus behind it (`150+`), counts.
    pub(super) fn number(&self, key: &str) -> Result<Option<u64>, InputError> {
        let Some(found) = self.member(key) else { return Ok(None) };
        let number = match found.json {
            Json::Number(digits) => digits.strip_suffix(".0").unwrap_or(digits).parse().ok(),
            // A template writes nothing for what is not there.
            Json::String(nothing) if nothing.trim().is_empty() => return Ok(None),
            Json::String(digits) => digits.trim().trim_end_matches('+').parse().ok(),
            _ => None,
        };
        number.map_or_else(|| found.expected("a whole number"), |number| Ok(Some(number)))
    }

    /// A time in ISO 8601, with any number of decimals. Without a zone it is UTC, as Sentinel means it.
    pub(super) fn time(&self, key: &str) -> Result<Option<Timestamp>, InputError> {
        let Some(found) = self.member(key) else { return Ok(None) };
        let Json::String(raw) = found.json else {
            return found.expected("a time in ISO 8601");
        };
        if raw.trim().is_empty() {
            return Ok(None);
        }
        match parse_time(raw.trim()) {
            // .NET writes the year 1 for a time that is not there.
            Some(time) => Ok(Some(time).filter(|time| *time >= Timestamp::UNIX_EPOCH)),
            None => found.expected("a time in ISO 8601, such as 2026-01-05T08:00:00Z"),
        }
    }
}

/// A time in ISO 8601, UTC if it has no zone.
pub(crate) fn parse_time(raw: &str) -> Option<Timestamp> {
    // .NET's last moment is beyond what a timestamp holds.
    let raw = if raw.starts_with("9999-12-31") { "9999-12-30T22:00:00Z" } else { raw };
    raw.parse().ok().or_else(|| format!("{raw}Z").parse().ok())
}

/// A string, number or boolean as text.
pub(super) fn scalar(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.clone()),
        Json::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    #[test]
    fn times_have_any_number_of_decimals() {
        for raw in
            ["2026-01-05T08:00:00.1234567Z", "2026-01-05T08:00:00Z", "2026-01-05T08:00:00", "2026-01-05T09:00:00+01:00"]
        {
            assert_eq!(parse_time(raw).unwrap().strftime("%F %T").to_string(), "2026-01-05 08:00:00");
        }
        assert_eq!(parse_time("yesterday"), None);
    }

    #[test]
    fn numbers_may_be_strings() {
        let json = parse(r#"{"a":"42","b":150,"c":"150+","d":"x","e":1.5}"#).unwrap();
        let at = At::root(&json);
        assert_eq!(at.number("a").unwrap(), Some(42));
        assert_eq!(at.number("B").unwrap(), Some(150));
        assert_eq!(at.number("c").unwrap(), Some(150));
        assert_eq!(at.number("d").unwrap_err().to_string(), "$.d: expected a whole number, found a string");
        assert!(at.number("e").is_err());
        assert_eq!(at.number("f").unwrap(), None);
    }

    #[test]
    fn lists_may_be_one_string() {
        let json = parse(r#"{"a":"T1110, T1078","b":["x",null,3],"c":"[\"T1\",\"T2\"]"}"#).unwrap();
        let at = At::root(&json);
        let texts = |key| at.texts(key, 50).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts("a"), ["T1110", "T1078"]);
        assert_eq!(texts("b"), ["x", "3"]);
        assert_eq!(texts("c"), ["T1", "T2"]);
    }
}
