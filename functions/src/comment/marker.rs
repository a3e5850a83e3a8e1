//! The last line of a comment: what it answered, for the sweep, for a person and for later versions.

use std::fmt;

use crate::incident::{Incident, Known};

use super::Purpose;

const NAME: &str = "honeytriage ";

/// `honeytriage VERSION purpose ALERTS / ENTITIES`, with short marks of the alerts and entities that were known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Why the comment was written.
    pub purpose: Purpose,
    /// What it knew of.
    pub known: Known,
}

impl Marker {
    /// The marker of a comment on this incident.
    #[must_use]
    pub fn of(incident: &Incident, purpose: Purpose) -> Self {
        Self { purpose, known: Known::of(incident) }
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
        if !is_tags || !is_version {
            return None;
        }
        Some(Self { purpose: Purpose::named(purpose)?, known: Known::parse(known)? })
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NAME}{} {} {}", env!("CARGO_PKG_VERSION"), self.purpose.name(), self.known)
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
                format!("<div><p>honeytriage 0.1.0 triage 123 / -, {marker}</p>\n</div>\n"),
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
            "<p>honeytriage 0.1.0 update-3 123 / -</p>",
            "<p>honeytriage x triage 123 / -</p>",
            "<p>honeytriage 0.1.0 triage 0123456789ab</p>",
            "<p>honeytriage 0.1.0 triage 12z / -</p>",
        ] {
            assert_eq!(Marker::read(html), None, "{html}");
        }
    }
}
