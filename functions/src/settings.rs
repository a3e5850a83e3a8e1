//! The environment, read once and only here.

use std::path::PathBuf;

use jiff::Timestamp;

/// The settings that come from the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// `HONEYTRIAGE_TEMPLATES`: a folder whose templates replace the built-in ones.
    pub templates: Option<PathBuf>,
    /// `SOURCE_DATE_EPOCH`: the time that comments show, in seconds since 1970. The present without it.
    pub generated: Option<Timestamp>,
    /// `NO_COLOR`, set to anything but nothing: no colours.
    pub is_colourless: bool,
    /// `COLUMNS`: width of the terminal.
    pub columns: Option<usize>,
}

/// A variable with a value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: expected {expected}")]
pub struct SettingError {
    name: &'static str,
    expected: &'static str,
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`SettingError`] names the variable and what it may be.
    pub fn from_env() -> Result<Self, SettingError> {
        Self::from_lookup(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let filled = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let generated = filled("SOURCE_DATE_EPOCH")
            .map(|seconds| seconds.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()))
            .map(|time| time.ok_or(SettingError { name: "SOURCE_DATE_EPOCH", expected: "whole seconds since 1970" }))
            .transpose()?;
        Ok(Self {
            templates: filled("HONEYTRIAGE_TEMPLATES").map(PathBuf::from),
            generated,
            is_colourless: filled("NO_COLOR").is_some(),
            columns: filled("COLUMNS").and_then(|columns| columns.parse().ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_values_are_named() {
        let error = Settings::from_lookup(|name| (name == "SOURCE_DATE_EPOCH").then(|| "noon".to_owned())).unwrap_err();
        assert_eq!(error.to_string(), "SOURCE_DATE_EPOCH: expected whole seconds since 1970");
        assert_eq!(Settings::from_lookup(|_| Some(String::new())).unwrap(), Settings::default());
    }
}
