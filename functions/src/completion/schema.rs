//! JSON Schema, as much as an answer needs. The order of an object's fields is kept: models write them in that order, so what
//! they look at comes before what they conclude.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schema {
    /// A text, with its longest length in characters if that is bounded.
    Text(Option<u32>),
    /// A number.
    Number,
    /// One of these texts.
    OneOf(Vec<String>),
    /// A list, with its longest length if that is bounded.
    List(Box<Schema>, Option<u32>),
    /// An object of exactly these fields.
    Object(Vec<(&'static str, Schema)>),
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Schema::Text(most) => {
                map.serialize_entry("type", "string")?;
                if let Some(most) = most {
                    map.serialize_entry("maxLength", most)?;
                }
            }
            Schema::Number => map.serialize_entry("type", "number")?,
            Schema::OneOf(texts) => {
                map.serialize_entry("type", "string")?;
                map.serialize_entry("enum", texts)?;
            }
            Schema::List(items, most) => {
                map.serialize_entry("type", "array")?;
                map.serialize_entry("items", items)?;
                if let Some(most) = most {
                    map.serialize_entry("maxItems", most)?;
                }
            }
            Schema::Object(fields) => {
                let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
                map.serialize_entry("type", "object")?;
                map.serialize_entry("properties", &Fields(fields))?;
                map.serialize_entry("required", &names)?;
                map.serialize_entry("additionalProperties", &false)?;
            }
        }
        map.end()
    }
}

struct Fields<'a>(&'a [(&'static str, Schema)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, schema)| (name, schema)))
    }
}
