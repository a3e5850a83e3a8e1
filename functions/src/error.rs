//! Failures of what lies outside, by what the caller does next.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Class {
    /// It will fail again: put it aside and say so.
    Permanent,
    /// It may work later.
    Retryable,
    /// Somebody has to set something right; retried as well, since a fresh grant takes minutes.
    Config,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A failure. The message holds ids, statuses and the next step; never incident text, an upstream body or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What to do.
    pub class: Class,
    /// A short stable word for programs.
    pub code: &'static str,
    message: String,
    /// How long the other side asked to wait.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// A failure that stays.
    #[must_use]
    pub fn permanent(code: &'static str, message: impl Into<String>) -> Self {
        Self { class: Class::Permanent, code, message: message.into(), retry_after: None }
    }

    /// A failure that may pass.
    #[must_use]
    pub fn retryable(code: &'static str, message: impl Into<String>) -> Self {
        Self { class: Class::Retryable, code, message: message.into(), retry_after: None }
    }

    /// A failure that somebody must mend.
    #[must_use]
    pub fn config(code: &'static str, message: impl Into<String>) -> Self {
        Self { class: Class::Config, code, message: message.into(), retry_after: None }
    }

    /// The same with what the other side asked for.
    #[must_use]
    pub fn after(self, retry_after: Option<Duration>) -> Self {
        Self { retry_after, ..self }
    }
}
