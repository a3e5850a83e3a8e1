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
pub struct Failure {
    /// What to do.
    pub class: Class,
    /// A short stable word for programs.
    pub code: &'static str,
    message: String,
    /// The command that mends it.
    mend: Option<String>,
    /// How long the other side asked to wait.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.mend.iter().try_for_each(|command| write!(f, ": {command}"))
    }
}

impl Failure {
    fn new(class: Class, code: &'static str, message: String) -> Self {
        Self { class, code, message, mend: None, retry_after: None }
    }

    /// A failure that stays.
    #[must_use]
    pub fn permanent(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::Permanent, code, message.into())
    }

    /// A failure that may pass.
    #[must_use]
    pub fn retryable(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::Retryable, code, message.into())
    }

    /// A failure that somebody must mend.
    #[must_use]
    pub fn config(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::Config, code, message.into())
    }

    /// The same with the command that mends it.
    #[must_use]
    pub fn mended_by(self, command: impl Into<String>) -> Self {
        Self { mend: Some(command.into()), ..self }
    }

    /// What went wrong, without the command.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The command that mends it, if there is one.
    #[must_use]
    pub fn mend(&self) -> Option<&str> {
        self.mend.as_deref()
    }

    /// The same with what the other side asked for.
    #[must_use]
    pub fn after(self, retry_after: Option<Duration>) -> Self {
        Self { retry_after, ..self }
    }
}
