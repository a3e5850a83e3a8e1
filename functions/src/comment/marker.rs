//! The last line of a comment: what it answered, for the sweep, for a person and for later versions.

use std::fmt;

use crate::incident::{Incident, Known};

use super::Purpose;

const NAME: &str = "honeytriage ";

/// `honeytriage VERSION purpose alerts MARKS entities MARKS facts MARKS`, with short marks of what was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Why the comment was written.
    pub purpose: Purpose,
    /// What it knew of; none if another version wrote it in another way.
    pub known: Option<Known>,
}

impl Marker {
    /// The marker of a comment on this incident.
    #[must_use]
    pub fn of(incident: &Incident, purpose: Purpose) -> Self {
        Self { purpose, known: Some(Known::of(incident)) }
    }

    /// The marker at the end of a comment, whoever wrote it and in whatever version.
    #[must_use]
    pub fn read(html: &str) -> Option<Self> {
        let rest = &html[html.rfind(NAME)? + NAME.len()..];
        // Only tags may follow it, as Sentinel may add some.
        let (text, tags) = rest.split_once('<').unwrap_or((rest, ""));
        let is_tags = tags.split('<').all(|tag| tag.trim().is_empty() || tag.trim().ends_with('>'));
        let (version, text) = text.trim().split_once(' ')?;
        let (purpose, known) = text.trim().split_once(' ')?;
        let is_version = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
        if !is_tags || !is_version || !known.split_whitespace().all(is_of_a_marker) {
            return None;
        }
        Some(Self { purpose: Purpose::named(purpose)?, known: Known::parse(known.trim()) })
    }
}

/// True for a word that this version or another may write after the purpose.
fn is_of_a_marker(word: &str) -> bool {
    ["alerts", "entities", "facts", "none", "many"].contains(&word) || word.bytes().all(|b| b.is_ascii_hexdigit())
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NAME}{} {}", env!("CARGO_PKG_VERSION"), self.purpose.name())?;
        self.known.as_ref().map_or(Ok(()), |known| write!(f, " {known}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_read_at_the_end_only() {
        let json = r#"{"title":"x","alerts":[{"properties":{"systemAlertId":"a"}}]}"#;
        let incident = Incident::from_bytes(json.as_bytes()).unwrap();
        for purpose in Purpose::ALL {
            let marker = Marker::of(&incident, purpose);
            for html in [
                format!("<p>x</p>\n<p>{marker}</p>"),
                marker.to_string(),
                format!("<div><p>honeytriage 0.1.0 triage x, {marker}</p>\n</div>\n"),
            ] {
                assert_eq!(Marker::read(&html), Some(marker.clone()), "{html}");
            }
            for html in [format!("<p>The user {marker} signed in</p>"), format!("<p>{marker}</p><p>and more</p>")] {
                assert_eq!(Marker::read(&html), None, "{html}");
            }
        }
        for html in [
            "",
            "honeytriage",
            "<p>honeytriage 0.1.0 update-3 alerts none entities none facts none</p>",
            "<p>honeytriage x triage alerts none entities none facts none</p>",
        ] {
            assert_eq!(Marker::read(html), None, "{html}");
        }
        let of_another_version = Marker { purpose: Purpose::Triage, known: None };
        assert_eq!(Marker::read("<p>honeytriage 0.9.0 triage 0123456789ab</p>"), Some(of_another_version));
    }
}
