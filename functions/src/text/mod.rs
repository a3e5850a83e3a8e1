//! Text that an attacker may have written.
//!
//! Everything an incident says passes through [`Text`] once, at the edge: control and invisible characters are made
//! visible, credentials are masked, and the length is bounded. What comes after need not think of these again.

mod credentials;
mod defang;
mod domains;
mod encoded;
mod mask;
mod visible;

pub use defang::{defanged, is_file_name};
pub use mask::MASK;

use std::fmt;
use std::ops::Deref;

use serde::Serialize;

/// One line of text without control or invisible characters and without recognisable credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text {
    value: String,
    #[serde(skip)]
    altered: bool,
}

/// The masks may shrink text, so more than the limit is read; this bounds the work on a very long value.
const WINDOW_FACTOR: usize = 4;
const WINDOW_EXTRA: usize = 4096;

impl Text {
    /// Cleans `raw` and keeps at most `limit` characters; what was cut is counted at the end of the text.
    #[must_use]
    pub fn new(raw: &str, limit: usize) -> Self {
        let window = &raw[..raw.floor_char_boundary(limit * WINDOW_FACTOR + WINDOW_EXTRA)];
        let mut value = visible::visible(window);
        if window.len() < raw.len() {
            // The last word may be half a credential that no mask would recognise.
            value.truncate(value.rfind(' ').unwrap_or(value.len()));
        }
        let mut value = mask::masked(value);
        if window.len() < raw.len() || value.chars().count() > limit {
            let kept: String = value.chars().take(limit).collect();
            let cut = raw.chars().count().saturating_sub(kept.chars().count());
            value = format!("{}... (+{cut} characters)", kept.trim_end());
        }
        let altered = value != raw;
        Self { value, altered }
    }

    /// Text made of parts of cleaned text. If one of them was altered, so is this.
    #[must_use]
    pub fn derived(value: &str, parts: &[&Text], limit: usize) -> Self {
        let text = Self::new(value, limit);
        let altered = text.altered || parts.iter().any(|part| part.altered);
        Self { altered, ..text }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// True if cleaning changed anything, so that the value would not match what the logs hold.
    #[must_use]
    pub fn is_altered(&self) -> bool {
        self.altered
    }
}

/// A text of ours with somebody's names in it, for a terminal: one line, and nothing that a terminal obeys.
pub(crate) fn printable(text: &str) -> String {
    visible::visible(text)
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.value
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_left_alone() {
        let text = Text::new("Sign-in from Zürich", 100);
        assert_eq!(text.as_str(), "Sign-in from Zürich");
        assert!(!text.is_altered());
    }

    #[test]
    fn long_text_is_cut_and_the_cut_is_counted() {
        assert_eq!(Text::new(&"a".repeat(30), 10).as_str(), "aaaaaaaaaa... (+20 characters)");
    }

    #[test]
    fn half_a_credential_at_the_end_of_the_window_is_dropped() {
        let raw = format!("{} --x AKIA{}", "password=hunter2 ".repeat(300), "A".repeat(5000));
        let text = Text::new(&raw, 200);
        assert!(!text.contains("hunter2") && !text.contains("AKIA"), "{text}");
    }

    #[test]
    fn two_megabytes_take_no_noticeable_time() {
        let raw = "Bearer eyJhbGciOi.eyJzdWIi.c2ln\u{202e}<b> ".repeat(60_000);
        assert!(Text::new(&raw, 300).chars().count() < 340);
    }
}
