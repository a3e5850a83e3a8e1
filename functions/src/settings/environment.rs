//! Variables of the environment, each read with what it may be.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::identity::{Registration, Source};
use crate::incident::WorkspaceId;
use crate::models::KeyReference;
use crate::secrets::Reference;
use crate::sentinel::Cloud;

use super::QueueService;

/// The longest of all times.
const LONGEST: Duration = Duration::from_hours(24);

/// A variable with a value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: expected {expected}")]
pub struct SettingError {
    name: &'static str,
    expected: String,
}

impl SettingError {
    /// The variable.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

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
        self.read(name, str::parse)
    }

    /// The value, by a parser that says what it expected.
    fn read<T, E: std::fmt::Display>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, SettingError> {
        let value = self.filled(name);
        value.map(|value| parse(&value).map_err(|error| SettingError::new(name, &error))).transpose()
    }

    /// Each item of a list with commas, by a parser that says what it expected.
    fn list<T, E: std::fmt::Display>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, SettingError> {
        let list = self.filled(name).unwrap_or_default();
        let items = list.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(|item| parse(item).map_err(|error| SettingError::new(name, &error))).collect()
    }

    pub(super) fn workspaces(&self) -> Result<Vec<WorkspaceId>, SettingError> {
        self.list("HONEYTRIAGE_WORKSPACES", |id| id.trim_end_matches('/').parse())
    }

    pub(super) fn honeypots(&self) -> Result<Vec<String>, SettingError> {
        const LONGEST: usize = 253;
        let is_name = |name: &str| {
            name.len() <= LONGEST && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        let parse = |name: &str| is_name(name).then(|| name.to_owned()).ok_or("names of machines, separated by commas");
        self.list("HONEYTRIAGE_HONEYPOTS", parse)
    }

    /// The queues of the Functions host: by their URL, or by the name of the account in the cloud of this Resource Manager.
    pub(super) fn queue_service(&self, cloud: &Cloud) -> Result<Option<QueueService>, SettingError> {
        let by_url = self.parsed("AzureWebJobsStorage__queueServiceUri")?;
        let by_name = || self.read("AzureWebJobsStorage__accountName", |account| QueueService::of(account, cloud));
        by_url.map_or_else(by_name, |service| Ok(Some(service)))
    }

    pub(super) fn seconds(&self, name: &'static str, default: Duration) -> Result<Duration, SettingError> {
        let Some(value) = self.filled(name) else { return Ok(default) };
        let seconds = value.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let expected = || SettingError::expected(name, &format!("seconds, 0 to {}", LONGEST.as_secs()));
        seconds.filter(|time| *time <= LONGEST).ok_or_else(expected)
    }

    pub(super) fn count(&self, name: &'static str, default: usize) -> Result<usize, SettingError> {
        const RANGE: std::ops::RangeInclusive<usize> = 1..=1000;
        let Some(value) = self.filled(name) else { return Ok(default) };
        let count = value.parse().ok().filter(|count| RANGE.contains(count));
        count.ok_or_else(|| SettingError::expected(name, "a number from 1 to 1000"))
    }

    pub(super) fn model_key(&self) -> Result<Option<KeyReference>, SettingError> {
        self.read("HONEYTRIAGE_MODEL_KEY", |text| KeyReference::parse(text, self.0))
    }

    pub(super) fn switch(&self, name: &'static str) -> Result<bool, SettingError> {
        match self.filled(name).unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "false" | "0" => Ok(false),
            "true" | "1" => Ok(true),
            _ => Err(SettingError::expected(name, "`true` or `false`")),
        }
    }

    pub(super) fn generated(&self) -> Result<Option<Timestamp>, SettingError> {
        const NAME: &str = "SOURCE_DATE_EPOCH";
        let Some(value) = self.filled(NAME) else { return Ok(None) };
        let time = value.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        time.map(Some).ok_or_else(|| SettingError::expected(NAME, "whole seconds since 1970"))
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
        self.read(name, |text| Reference::parse(text, self.0))
    }
}
