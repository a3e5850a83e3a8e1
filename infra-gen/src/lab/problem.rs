//! What is wrong with a lab file, where, and what would be right.

use std::fmt;
use std::ops::Range;

/// A problem of a lab file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The key, such as `honeypot.admin_cidrs`; empty if the file is no TOML there.
    pub key: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl Problem {
    /// A problem at a place in a text.
    pub(super) fn at(text: &str, span: Option<Range<usize>>, key: &str, message: impl Into<String>) -> Self {
        let start = text.floor_char_boundary(span.map_or(0, |span| span.start).min(text.len()));
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: key.to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// A value and what was expected instead. The value is shown on one line, and not at full length.
pub(crate) fn not_as_expected(value: &str, expected: &str) -> String {
    format!("`{}`: expected {expected}", shown(value))
}

fn shown(value: &str) -> String {
    const LONGEST: usize = 60;
    let short: String = value.chars().take(LONGEST).collect();
    let dots = if short.len() < value.len() { "..." } else { "" };
    format!("{}{dots}", short.escape_debug())
}

/// The message of a serde error for people: a suggestion first, then what is allowed.
pub(super) fn in_plain_words(message: &str) -> String {
    let Some((what, rest)) = ["unknown field `", "unknown variant `"]
        .iter()
        .find_map(|start| message.strip_prefix(start).and_then(|rest| rest.split_once('`')))
    else {
        return in_the_files_words(message.lines().next().unwrap_or_default());
    };
    let allowed: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    let noun = if message.starts_with("unknown field") { "no such key" } else { "no such choice" };
    let meant = nearest(what, &allowed).map_or_else(|| ".".to_owned(), |near| format!("; did you mean `{near}`?"));
    format!("`{}`: {noun}{meant} Allowed: {}", shown(what), allowed.join(", "))
}

/// A message with the names that a lab file's types have for people.
fn in_the_files_words(message: &str) -> String {
    const NAMES: &[(&str, &str)] = &[
        ("expected f64", "expected a number"),
        ("expected i64", "expected a whole number"),
        ("expected a boolean", "expected `true` or `false`"),
        ("expected a sequence", "expected a list"),
        ("invalid type: ", ""),
        ("expected struct LabTable", "expected a table"),
        ("expected struct SocTable", "expected a table"),
        ("expected struct ModelTable", "expected a table"),
        ("expected struct HoneypotTable", "expected a table"),
        ("expected a map", "expected a table"),
        ("map, ", "a table, "),
    ];
    if message.starts_with("UUID parsing failed") {
        return "expected an id, such as `00000000-0000-0000-0000-000000000000`".to_owned();
    }
    NAMES.iter().fold(message.to_owned(), |text, (name, plain)| text.replace(name, plain))
}

/// The candidate that is most like a word, if one is.
pub(crate) fn nearest<'c>(word: &str, candidates: &[&'c str]) -> Option<&'c str> {
    const ALIKE: f64 = 0.75;
    let rated = candidates.iter().map(|candidate| (strsim::jaro_winkler(&word.to_lowercase(), candidate), *candidate));
    rated.filter(|(rating, _)| *rating >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_lines() {
        let problem = Problem::at("é = 1\nö = é\n", Some(13..15), "k", "m");
        assert_eq!(problem.to_string(), "2:5: k: m");
        assert_eq!(Problem::at("", Some(9..9), "", "m").to_string(), "1:1: m");
    }

    #[test]
    fn unknown_words_get_a_suggestion_and_what_is_allowed() {
        assert_eq!(
            in_plain_words("unknown field `editon`, expected one of `edition`, `size`"),
            "`editon`: no such key; did you mean `edition`? Allowed: edition, size"
        );
        assert_eq!(
            in_plain_words("unknown variant `xyz`, expected `a` or `b`"),
            "`xyz`: no such choice. Allowed: a, b"
        );
        assert_eq!(in_plain_words("invalid type: integer `1`, expected a string\n"), "integer `1`, expected a string");
    }
}
