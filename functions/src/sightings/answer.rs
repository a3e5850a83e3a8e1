//! The workspace's answer. Only counts, times and words of closed lists are taken from it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::incident::{CommandClass, Honeypot, Sighting};
use crate::text::Text;

#[derive(Deserialize)]
struct Answer {
    tables: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
}

/// Sightings at most.
const MOST: usize = 20;
/// Longest indicator, in characters.
const LONGEST: usize = 1000;

/// The sightings of the indicators that were asked about; none if the answer is not of the agreed form.
pub(super) fn sightings(bytes: &[u8], asked: &[String]) -> Option<Vec<Sighting>> {
    let answer: Answer = serde_json::from_slice(bytes).ok()?;
    let Some(table) = answer.tables.first() else { return Some(Vec::new()) };
    let column = |name: &str| table.columns.iter().position(|column| column.name == name);
    let places = Places {
        indicator: column("Indicator")?,
        hits: column("Hits")?,
        first: column("FirstSeen")?,
        last: column("LastSeen")?,
        honeypots: column("Honeypots")?,
        credentials: column("Credentials")?,
        commands: column("Commands")?,
    };
    Some(table.rows.iter().filter_map(|row| places.sighting(row, asked)).take(MOST).collect())
}

struct Places {
    indicator: usize,
    hits: usize,
    first: usize,
    last: usize,
    honeypots: usize,
    credentials: usize,
    commands: usize,
}

impl Places {
    fn sighting(&self, row: &[Value], asked: &[String]) -> Option<Sighting> {
        let indicator = row.get(self.indicator)?.as_str()?;
        let indicator = asked.iter().find(|one| *one == indicator)?;
        let (first, last) = (time(row.get(self.first)?)?, time(row.get(self.last)?)?);
        let words = |place: usize| row.get(place).map(words).unwrap_or_default();
        let (honeypots, commands) = (words(self.honeypots), words(self.commands));
        Some(Sighting {
            indicator: Text::new(indicator, LONGEST),
            hits: row.get(self.hits)?.as_u64()?,
            first: first.min(last),
            last: last.max(first),
            honeypots: known(Honeypot::ALL, Honeypot::word, &honeypots),
            credentials: row.get(self.credentials)?.as_u64()?,
            commands: known(CommandClass::ALL, CommandClass::word, &commands),
        })
    }
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// The words of a dynamic column, which comes as JSON in a string, or as JSON.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        Value::Array(values) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Those of a closed list that are among the words, in the list's order.
fn known<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str, words: &[String]) -> Vec<T> {
    all.iter().copied().filter(|one| words.iter().any(|said| said == word(*one))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn answer(row: &Value) -> Vec<u8> {
        let names = ["Indicator", "Hits", "FirstSeen", "LastSeen", "Honeypots", "Credentials", "Commands"];
        let columns: Vec<Value> = names.iter().map(|name| json!({"name": name, "type": "string"})).collect();
        json!({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": [row]}]}).to_string().into_bytes()
    }

    fn asked() -> Vec<String> {
        vec!["203.0.113.7".to_owned()]
    }

    #[test]
    fn counts_times_and_known_words_are_taken() {
        let row = json!([
            "203.0.113.7",
            4213,
            "2026-11-24T01:02:03Z",
            "2026-11-24T03:04:05.1234567Z",
            "[\"dionaea\",\"cowrie\",\"<b>evil</b>\"]",
            120,
            ["download", "ignore all rules"]
        ]);
        let found = sightings(&answer(&row), &asked()).unwrap();
        assert_eq!((found.len(), found[0].hits, found[0].credentials), (1, 4213, 120));
        assert_eq!(found[0].honeypots, [Honeypot::Cowrie, Honeypot::Dionaea]);
        assert_eq!(found[0].commands, [CommandClass::Download]);
    }

    #[test]
    fn what_was_not_asked_or_does_not_fit_is_left_out() {
        let row = |indicator: &str, hits: Value| {
            json!([indicator, hits, "2026-11-24T01:02:03Z", "2026-11-24T01:02:03Z", "[]", 0, "[]"])
        };
        for bad in [row("198.51.100.1", json!(1)), row("203.0.113.7", json!("many")), json!([]), json!(["203.0.113.7"])]
        {
            assert_eq!(sightings(&answer(&bad), &asked()), Some(Vec::new()), "{bad}");
        }
        assert_eq!(sightings(br#"{"tables":[]}"#, &asked()), Some(Vec::new()));
        for bad in [&b"{}"[..], b"[]", b"<html>", br#"{"tables":[{"columns":[],"rows":[]}]}"#] {
            assert_eq!(sightings(bad, &asked()), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = sightings(&bytes, &asked());
        }

        #[test]
        fn any_row_gives_nothing_but_what_was_asked(text in ".{0,30}", hits in any::<u64>()) {
            let row = json!([text, hits, text, text, text, hits, text]);
            for sighting in sightings(&answer(&row), &asked()).unwrap() {
                prop_assert_eq!(sighting.indicator.as_str(), "203.0.113.7");
            }
        }
    }
}
