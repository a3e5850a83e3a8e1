//! A JSON tree that is bounded in depth and size, refuses a key that stands twice, and knows where it is.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::InputError;
use crate::text::Text;

/// Deepest nesting; an incident has about ten levels.
const MAX_DEPTH: usize = 64;
/// Most values in one document: bounds memory at about 60 MB.
const MAX_VALUES: usize = 400_000;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// As text: an id of many digits must not lose some.
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member named `key` in any letter case, the exact one first; null counts as absent.
    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        let Json::Object(members) = self else { return None };
        let exact = members.iter().find(|(name, _)| name == key);
        let any_case = || members.iter().find(|(name, value)| name.eq_ignore_ascii_case(key) && *value != Json::Null);
        exact.filter(|(_, value)| *value != Json::Null).or_else(any_case).map(|(_, value)| value)
    }

    /// What it is, for an error message.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::String(_) => "a string",
            Json::Array(_) => "an array",
            Json::Object(_) => "an object",
        }
    }
}

/// Parses a whole document.
pub(super) fn parse(text: &str) -> Result<Json, InputError> {
    let place = Place::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Value { place: &place, depth: 0 }
        .deserialize(&mut deserializer)
        .and_then(|json| deserializer.end().map(|()| json))
        .map_err(|error| InputError::new(place.path(), format!("expected valid JSON, found: {error}")))
}

/// Where the parser is; it keeps the path of the value that failed.
#[derive(Default)]
struct Place {
    steps: RefCell<Vec<Step>>,
    values: Cell<usize>,
}

enum Step {
    Key(String),
    Index(usize),
}

impl Place {
    fn path(&self) -> String {
        self.steps.borrow().iter().fold(String::from("$"), |path, step| match step {
            Step::Key(key) => member(&path, key),
            Step::Index(index) => format!("{path}[{index}]"),
        })
    }

    fn within<T, E>(&self, step: Step, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.steps.borrow_mut().push(step);
        let value = read()?;
        self.steps.borrow_mut().pop();
        Ok(value)
    }
}

/// The path of a member; keys are shown clean, since they come from the input.
pub(super) fn member(path: &str, key: &str) -> String {
    const LONGEST_KEY: usize = 60;
    format!("{path}.{}", Text::new(key, LONGEST_KEY))
}

#[derive(Clone, Copy)]
struct Value<'a> {
    place: &'a Place,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        let count = self.place.values.get() + 1;
        self.place.values.set(count);
        if count > MAX_VALUES {
            return Err(D::Error::custom(format_args!("more than {MAX_VALUES} values")));
        }
        deserializer.deserialize_any(self)
    }
}

impl Value<'_> {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("more than {MAX_DEPTH} levels of nesting")));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let inner = self.inner()?;
        let mut array = Vec::new();
        while let Some(item) = self.place.within(Step::Index(array.len()), || items.next_element_seed(inner))? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let inner = self.inner()?;
        let mut object: Vec<(String, Json)> = Vec::new();
        while let Some(key) = members.next_key::<String>()? {
            let value = self.place.within(Step::Key(key.clone()), || members.next_value_seed(inner))?;
            object.push((key, value));
        }
        let mut keys: Vec<&str> = object.iter().map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        if let Some(twice) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
            self.place.steps.borrow_mut().push(Step::Key(twice[0].to_owned()));
            return Err(A::Error::custom("a key that stands twice in one object"));
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_the_path() {
        assert!(error(r#"{"a":[1,{"b":tru}]}"#).starts_with("$.a[1].b: expected valid JSON"));
        assert!(
            error(r#"{"a":{"b":1,"c":2,"b":3}}"#).starts_with("$.a.b: expected valid JSON, found: a key that stands")
        );
        assert!(error("{} x").contains("trailing"));
        assert!(error(r#"{"a\u001b[2J": tru}"#).starts_with("$.a{U+001B}[2J"));
    }

    #[test]
    fn depth_and_size_are_bounded() {
        assert!(error(&"[".repeat(1_000_000)).contains("levels"));
        assert!(error(&format!("[{}0]", "0,".repeat(500_000))).contains("values"));
    }

    #[test]
    fn keys_match_in_any_case_and_null_is_absent() {
        let json = parse(r#"{"Alerts":1,"alerts":null,"x":null}"#).unwrap();
        assert_eq!(json.get("alerts"), Some(&Json::Number("1".to_owned())));
        assert_eq!(json.get("x"), None);
    }
}
