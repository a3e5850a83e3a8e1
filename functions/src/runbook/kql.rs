//! Values as KQL literals.

use std::fmt::Write as _;

use jiff::Timestamp;

/// A KQL string literal. Everything outside printable ASCII is escaped, so nothing in a value can end the literal, hide,
/// or start a line of its own.
#[must_use]
pub fn string(value: &str) -> String {
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('"');
    for c in value.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            ' '..='~' => literal.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(literal, "\\u{unit:04x}");
                }
            }
        }
    }
    literal.push('"');
    literal
}

/// A KQL datetime literal in UTC, to the second.
pub(super) fn datetime(time: Timestamp) -> String {
    format!("datetime({})", time.strftime("%Y-%m-%dT%H:%M:%SZ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_end_its_literal() {
        assert_eq!(string(r#"x"; drop table T //"#), r#""x\"; drop table T //""#);
        assert_eq!(string(r"CONTOSO\al"), r#""CONTOSO\\al""#);
        assert_eq!(string("a\n| take 1"), r#""a\u000a| take 1""#);
        assert_eq!(string("é😀"), r#""\u00e9\ud83d\ude00""#);
    }

    #[test]
    fn times_are_whole_seconds_in_utc() {
        assert_eq!(datetime("2026-01-05T08:00:00.1234567Z".parse().unwrap()), "datetime(2026-01-05T08:00:00Z)");
    }
}
