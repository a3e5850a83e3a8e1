//! Variables of the environment, each read with what it may be.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::identity::{Registration, Source};
use crate::incident::WorkspaceId;
use crate::models::KeyReference;
use crate::secrets::Reference;

/// The longest of all times.
const LONGEST: Duration = Duration::from_hours(24);

/// A variable with a value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: expected {expected}")]
pub struct SettingError {
    pub(super) name: &'static str,
    pub(super) expected: String,
}

impl SettingError {
    pub(super) fn expected(name: &'static str, expected: &str) -> Self {
        Self { name, expected: expected.to_owned() }
    }

    /// From what a parser expected.
    fn new(name: &'static str, error: &dyn std::fmt::Display) -> Self {
        let expected = error.to_string();
        Self { name, expected: expected.strip_prefix("expected ").unwrap_or(&expected).to_owned() }
    }
}

/// The variables, by a way to look one up.
pub(super) struct Environment<'a>(pub(super) &'a dyn Fn(&str) -> Option<String>);

impl Environment<'_> {
    pub(super) fn filled(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub(super) fn parsed<T>(&self, name: &'static str) -> Result<Option<T>, SettingError>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let parse = |value: String| value.parse().map_err(|error: T::Err| SettingError::new(name, &error));
        self.filled(name).map(parse).transpose()
    }

    pub(super) fn workspaces(&self) -> Result<Vec<WorkspaceId>, SettingError> {
        const NAME: &str = "HONEYTRIAGE_WORKSPACES";
        let list = self.filled(NAME).unwrap_or_default();
        let ids = list.split(',').map(str::trim).filter(|id| !id.is_empty());
        ids.map(|id| id.trim_end_matches('/').parse())
            .map(|id| id.map_err(|error: crate::incident::InvalidWorkspaceId| SettingError::new(NAME, &error)))
            .collect()
    }

    pub(super) fn honeypots(&self) -> Result<Vec<String>, SettingError> {
        const NAME: &str = "HONEYTRIAGE_HONEYPOTS";
        const LONGEST: usize = 253;
        let is_name = |name: &str| {
            name.len() <= LONGEST && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        let list = self.filled(NAME).unwrap_or_default();
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        let expected = || "names of machines, separated by commas".to_owned();
        names
            .map(|name| {
                if is_name(name) { Ok(name.to_owned()) } else { Err(SettingError { name: NAME, expected: expected() }) }
            })
            .collect()
    }

    pub(super) fn seconds(&self, name: &'static str, default: Duration) -> Result<Duration, SettingError> {
        let Some(value) = self.filled(name) else { return Ok(default) };
        let seconds = value.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let expected = || format!("seconds, 0 to {}", LONGEST.as_secs());
        seconds.filter(|time| *time <= LONGEST).ok_or_else(|| SettingError { name, expected: expected() })
    }

    pub(super) fn model_key(&self) -> Result<Option<KeyReference>, SettingError> {
        const NAME: &str = "HONEYTRIAGE_MODEL_KEY";
        let parse = |text: String| KeyReference::parse(&text, self.0).map_err(|error| SettingError::new(NAME, &error));
        self.filled(NAME).map(parse).transpose()
    }

    pub(super) fn switch(&self, name: &'static str) -> Result<bool, SettingError> {
        match self.filled(name).unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "false" | "0" => Ok(false),
            "true" | "1" => Ok(true),
            _ => Err(SettingError { name, expected: "`true` or `false`".to_owned() }),
        }
    }

    pub(super) fn generated(&self) -> Result<Option<Timestamp>, SettingError> {
        const NAME: &str = "SOURCE_DATE_EPOCH";
        let Some(value) = self.filled(NAME) else { return Ok(None) };
        let time = value.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let expected = "whole seconds since 1970".to_owned();
        time.map(Some).ok_or(SettingError { name: NAME, expected })
    }

    /// A token that was handed over, else an app registration, else what the platform offers, else the az login.
    pub(super) fn identity(&self) -> Result<Source, SettingError> {
        if let Some(token) = self.filled("HONEYTRIAGE_ARM_TOKEN") {
            return Ok(Source::Given(SecretString::from(token)));
        }
        if let Some(tenant) = self.filled("HONEYTRIAGE_AZURE_TENANT") {
            return self.registration(&tenant).map(Source::Registration);
        }
        #[cfg(feature = "azure")]
        return Ok(if self.filled("IDENTITY_ENDPOINT").is_some() {
            Source::Managed(self.filled("AZURE_CLIENT_ID"))
        } else if self.filled("AZURE_FEDERATED_TOKEN_FILE").is_some() {
            Source::Workload
        } else {
            Source::AzLogin
        });
        #[cfg(not(feature = "azure"))]
        Ok(Source::Missing)
    }

    /// An app registration of Entra ID, which has a secret: for hosts outside Azure.
    fn registration(&self, tenant: &str) -> Result<Registration, SettingError> {
        const CLIENT: &str = "HONEYTRIAGE_AZURE_CLIENT_ID";
        const SECRET: &str = "HONEYTRIAGE_AZURE_CLIENT_SECRET";
        let id = |name: &'static str, text: &str| {
            text.parse().map_err(|_| SettingError::expected(name, "a GUID, as the app registration shows it"))
        };
        let client = self.filled(CLIENT).unwrap_or_default();
        let secret =
            self.reference(SECRET)?.ok_or_else(|| SettingError::expected(SECRET, "a secret or where it is"))?;
        Ok(Registration { tenant: id("HONEYTRIAGE_AZURE_TENANT", tenant)?, client: id(CLIENT, &client)?, secret })
    }

    /// A secret, or where it is.
    pub(super) fn reference(&self, name: &'static str) -> Result<Option<Reference>, SettingError> {
        let parse = |text: String| Reference::parse(&text, self.0).map_err(|error| SettingError::new(name, &error));
        self.filled(name).map(parse).transpose()
    }
}
