//! What was looked at, and what came of it.

use serde::Serialize;

use crate::error::Failure;

/// What came of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It works.
    Ok,
    /// It does not.
    Wrong,
    /// It could not be looked at.
    Unknown,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// `settings`, `identity`, `workspace`, ..
    pub check: &'static str,
    /// Which one, where there are several.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// What came of it.
    pub state: State,
    /// The same in words.
    pub told: String,
    /// The command that mends it. Words in capitals are to be filled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

impl Check {
    pub(super) fn ok(check: &'static str, subject: impl Into<String>, told: impl Into<String>) -> Self {
        Self { check, subject: subject.into(), state: State::Ok, told: told.into(), mend: None }
    }

    pub(super) fn unknown(check: &'static str, subject: impl Into<String>, told: impl Into<String>) -> Self {
        Self { state: State::Unknown, ..Self::ok(check, subject, told) }
    }

    pub(super) fn wrong(
        check: &'static str,
        subject: impl Into<String>,
        told: impl Into<String>,
        mend: Option<String>,
    ) -> Self {
        Self { state: State::Wrong, mend, ..Self::ok(check, subject, told) }
    }

    /// A queue that is there, with so many messages.
    #[cfg(any(feature = "azure", feature = "aws"))]
    pub(super) fn waiting(queue: &str, count: u64) -> Self {
        Self::ok("queue", queue, format!("it is there, with {count} waiting"))
    }

    /// A queue of what was put aside; `look` shows the messages.
    #[cfg(any(feature = "azure", feature = "aws"))]
    pub(super) fn put_aside(queue: &str, count: u64, look: String) -> Self {
        match count {
            0 => Self::ok("queue", queue, "nothing was put aside"),
            _ => Self::wrong("queue", queue, format!("{count} put aside; each message says why"), Some(look)),
        }
    }

    pub(super) fn failed(check: &'static str, subject: impl Into<String>, failure: &Failure) -> Self {
        Self::wrong(check, subject, failure.message(), failure.mend().map(str::to_owned))
    }
}
