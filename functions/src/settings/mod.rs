//! The environment, read once and only here.

mod environment;
mod queue_service;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

#[cfg(feature = "aws")]
use crate::hosts::lambda::Function;
use crate::identity::{Source, Tokens};
use crate::incident::WorkspaceId;
use crate::models::{KeyReference, ModelUrl};
use crate::redaction::Level;
use crate::secrets::Reference;
use crate::sentinel::Cloud;

use environment::Environment;
pub use environment::SettingError;
pub use queue_service::{InvalidQueueService, QueueService};

/// The settings that come from the environment.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `HONEYTRIAGE_TEMPLATES`: a folder whose templates replace the built-in ones.
    pub templates: Option<PathBuf>,
    /// `HONEYTRIAGE_WORKSPACES`: the workspaces that may be read and written; hosts need at least one.
    pub workspaces: Vec<WorkspaceId>,
    /// `HONEYTRIAGE_ARM_URL`: Azure Resource Manager.
    pub arm_url: Cloud,
    /// `HONEYTRIAGE_ARM_TOKEN`, or where the platform keeps an identity.
    pub identity: Source,
    /// `HONEYTRIAGE_ARM_TIMEOUT`: how long one answer may take.
    pub arm_timeout: Duration,
    /// `HONEYTRIAGE_RETRY_WAIT`: the longest pause before a second try on the queues.
    pub retry_wait: Duration,
    /// `HONEYTRIAGE_LATE_ENTITIES`: how young an incident is when missing entities may still come; zero does not wait.
    pub late_entities: Duration,
    /// `HONEYTRIAGE_COMPLETER`: who answers.
    pub completer: Answerer,
    /// `HONEYTRIAGE_MODEL_URL`: where the model is.
    pub model_url: Option<ModelUrl>,
    /// `HONEYTRIAGE_MODEL`: its name.
    pub model: Option<String>,
    /// `HONEYTRIAGE_MODEL_KEY`: what proves who asks.
    pub model_key: Option<KeyReference>,
    /// `HONEYTRIAGE_MODEL_TIMEOUT`: how long all requests about one incident may take together.
    pub model_timeout: Duration,
    /// `HONEYTRIAGE_REDACT`: how much of an incident a model gets to read.
    pub redact: Level,
    /// `HONEYTRIAGE_HONEYPOTS`: names of machines that are honeypots.
    pub honeypots: Vec<String>,
    /// `HONEYTRIAGE_SIGHTINGS`: true if the workspace has the honeypots' logs and may be asked.
    pub asks_sightings: bool,
    /// `HONEYTRIAGE_FUNCTION`: which function a Lambda is.
    #[cfg(feature = "aws")]
    pub function: Option<Function>,
    /// `HONEYTRIAGE_URL_KEY`: what a caller of a Lambda's function URL must show.
    pub url_key: Option<Reference>,
    /// `HONEYTRIAGE_COMMENTS_QUEUE`: the URL of the SQS queue for answers whose write failed.
    pub comments_queue: Option<String>,
    /// `HONEYTRIAGE_DEAD_LETTERS`: the URL of the SQS queue for what will never work.
    pub dead_letters: Option<String>,
    /// `AzureWebJobsStorage__accountName` or `AzureWebJobsStorage__queueServiceUri`: where the Functions host has its queues.
    /// Only the doctor asks, so a strange one stops nobody else.
    pub queue_service: Result<Option<QueueService>, SettingError>,
    /// `HONEYTRIAGE_INCIDENTS_QUEUE`: the URL of the SQS queue that a sweep on Lambda puts incidents on.
    pub incidents_queue: Option<String>,
    /// `HONEYTRIAGE_SWEEP_WINDOW`: how far back a sweep looks.
    pub sweep_window: Duration,
    /// `HONEYTRIAGE_SWEEP_MOST`: the most incidents that a sweep queues.
    pub sweep_most: usize,
    /// `HONEYTRIAGE_SHADOW`: everything but the write.
    pub is_shadow: bool,
    /// `FUNCTIONS_CUSTOMHANDLER_PORT`: where the Functions host calls.
    pub port: Option<u16>,
    /// `SOURCE_DATE_EPOCH`: the time that comments show, in seconds since 1970. The present without it.
    pub generated: Option<Timestamp>,
    /// `NO_COLOR`, set to anything but nothing: no colours.
    pub is_colourless: bool,
    /// `COLUMNS`: width of the terminal.
    pub columns: Option<usize>,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answerer {
    /// The runbook alone.
    #[default]
    Runbook,
    /// A model, grounded by the runbook.
    Model,
}

impl std::str::FromStr for Answerer {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "runbook" => Ok(Answerer::Runbook),
            "model" => Ok(Answerer::Model),
            _ => Err("expected `runbook` or `model`"),
        }
    }
}

const ARM_TIMEOUT: Duration = Duration::from_secs(20);
const MODEL_TIMEOUT: Duration = Duration::from_mins(2);
const RETRY_WAIT: Duration = Duration::from_mins(4);
const LATE_ENTITIES: Duration = Duration::from_mins(10);
const SWEEP_WINDOW: Duration = Duration::from_hours(2);
/// Below the 75 comments that Sentinel takes in five minutes.
const SWEEP_MOST: usize = 50;
/// The longest that a model may take in a host, which ends a call after ten minutes (`functionTimeout` in `host.json`).
const LONGEST_IN_HOST: Duration = Duration::from_mins(8);

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`SettingError`] names the variable and what it may be.
    pub fn from_env() -> Result<Self, SettingError> {
        Self::from_lookup(&|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Reads the settings of a function app, name and value, as if they were this environment; the identity stays that of
    /// whoever asks.
    ///
    /// # Errors
    /// As [`Settings::from_env`].
    pub fn from_pairs(pairs: &[(String, String)]) -> Result<Self, SettingError> {
        let find = |name: &str| pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
        let own = |name: &str| std::env::var(name).ok();
        let is_ours = |name: &str| ["HONEYTRIAGE_ARM_TOKEN", "IDENTITY_ENDPOINT"].contains(&name);
        Self::from_lookup(&|name| if is_ours(name) { own(name) } else { find(name) })
    }

    fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let env = Environment(lookup);
        let arm_url: Cloud = env.parsed("HONEYTRIAGE_ARM_URL")?.unwrap_or_default();
        Ok(Self {
            templates: env.filled("HONEYTRIAGE_TEMPLATES").map(PathBuf::from),
            workspaces: env.workspaces()?,
            queue_service: env.queue_service(&arm_url),
            arm_url,
            identity: env.identity()?,
            arm_timeout: env.seconds("HONEYTRIAGE_ARM_TIMEOUT", ARM_TIMEOUT)?,
            retry_wait: env.seconds("HONEYTRIAGE_RETRY_WAIT", RETRY_WAIT)?,
            late_entities: env.seconds("HONEYTRIAGE_LATE_ENTITIES", LATE_ENTITIES)?,
            completer: env.parsed("HONEYTRIAGE_COMPLETER")?.unwrap_or_default(),
            model_url: env.parsed("HONEYTRIAGE_MODEL_URL")?,
            model: env.filled("HONEYTRIAGE_MODEL"),
            model_key: env.model_key()?,
            model_timeout: env.seconds("HONEYTRIAGE_MODEL_TIMEOUT", MODEL_TIMEOUT)?,
            redact: env.parsed("HONEYTRIAGE_REDACT")?.unwrap_or_default(),
            honeypots: env.honeypots()?,
            asks_sightings: env.switch("HONEYTRIAGE_SIGHTINGS")?,
            #[cfg(feature = "aws")]
            function: env.parsed("HONEYTRIAGE_FUNCTION")?,
            url_key: env.reference("HONEYTRIAGE_URL_KEY")?,
            comments_queue: env.filled("HONEYTRIAGE_COMMENTS_QUEUE"),
            dead_letters: env.filled("HONEYTRIAGE_DEAD_LETTERS"),
            incidents_queue: env.filled("HONEYTRIAGE_INCIDENTS_QUEUE"),
            sweep_window: env.seconds("HONEYTRIAGE_SWEEP_WINDOW", SWEEP_WINDOW)?,
            sweep_most: env.count("HONEYTRIAGE_SWEEP_MOST", SWEEP_MOST)?,
            is_shadow: env.switch("HONEYTRIAGE_SHADOW")?,
            port: env.parsed("FUNCTIONS_CUSTOMHANDLER_PORT")?,
            generated: env.generated()?,
            is_colourless: env.filled("NO_COLOR").is_some(),
            columns: env.filled("COLUMNS").and_then(|columns| columns.parse().ok()),
        })
    }

    /// The settings of a host, which must know its workspaces.
    ///
    /// # Errors
    /// [`SettingError`] if `HONEYTRIAGE_WORKSPACES` is missing.
    pub fn of_host(self) -> Result<Self, SettingError> {
        if self.workspaces.is_empty() {
            let expected = "the ARM ids of the workspaces that may be read and written, separated by commas";
            return Err(SettingError::expected("HONEYTRIAGE_WORKSPACES", expected));
        }
        if self.model_timeout > LONGEST_IN_HOST {
            let expected = format!("seconds, 0 to {}: the host ends a call soon after", LONGEST_IN_HOST.as_secs());
            return Err(SettingError::expected("HONEYTRIAGE_MODEL_TIMEOUT", &expected));
        }
        self.whole()
    }

    /// Tokens for Resource Manager. Nothing is asked for yet.
    #[must_use]
    pub fn tokens(&self) -> Tokens {
        self.tokens_for(self.arm_url.scope())
    }

    /// Tokens of the same identity for another scope.
    #[must_use]
    pub fn tokens_for(&self, scope: String) -> Tokens {
        Tokens::new(self.identity.clone(), self.arm_url.authority().to_owned(), scope)
    }

    /// Which function this is.
    ///
    /// # Errors
    /// [`SettingError`] if `HONEYTRIAGE_FUNCTION` is missing.
    #[cfg(feature = "aws")]
    pub fn function(&self) -> Result<Function, SettingError> {
        let missing = "`incident-trigger`, `gpt-complete`, `add-comment` or `incident-sweep`";
        self.function.ok_or_else(|| SettingError::expected("HONEYTRIAGE_FUNCTION", missing))
    }

    /// The settings, if a model that is to answer can be asked.
    ///
    /// # Errors
    /// [`SettingError`] if the model's URL or name is missing.
    pub fn whole(self) -> Result<Self, SettingError> {
        let missing = |name, expected| Err(SettingError::expected(name, expected));
        let is_token_elsewhere = matches!(
            (self.completer, &self.model_key, &self.identity),
            (Answerer::Model, Some(KeyReference::Entra(_)), Source::Given(_))
        );
        if is_token_elsewhere {
            let expected = "a key, since HONEYTRIAGE_ARM_TOKEN is for Resource Manager and no other server";
            return missing("HONEYTRIAGE_MODEL_KEY", expected);
        }
        match (self.completer, &self.model_url, &self.model) {
            (Answerer::Model, None, _) => {
                missing("HONEYTRIAGE_MODEL_URL", "the model's URL, since the completer is `model`")
            }
            (Answerer::Model, _, None) => {
                missing("HONEYTRIAGE_MODEL", "the model's name, since the completer is `model`")
            }
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Settings, String> {
        let lookup = |name: &str| set.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).to_owned());
        Settings::from_lookup(&lookup).map_err(|error| error.to_string())
    }

    const WORKSPACE: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-soc";

    #[test]
    fn bad_values_are_named_with_what_they_may_be() {
        for (name, value, message) in [
            ("SOURCE_DATE_EPOCH", "noon", "SOURCE_DATE_EPOCH: expected whole seconds since 1970"),
            ("HONEYTRIAGE_SHADOW", "maybe", "HONEYTRIAGE_SHADOW: expected `true` or `false`"),
            ("HONEYTRIAGE_ARM_TIMEOUT", "-1", "HONEYTRIAGE_ARM_TIMEOUT: expected seconds, 0 to 86400"),
            ("HONEYTRIAGE_MODEL_TIMEOUT", "1e19", "HONEYTRIAGE_MODEL_TIMEOUT: expected seconds, 0 to 86400"),
            (
                "HONEYTRIAGE_ARM_URL",
                "https://evil.example",
                "HONEYTRIAGE_ARM_URL: expected `https://management.azure.com`",
            ),
            ("HONEYTRIAGE_COMPLETER", "gpt", "HONEYTRIAGE_COMPLETER: expected `runbook` or `model`"),
            ("HONEYTRIAGE_REDACT", "some", "HONEYTRIAGE_REDACT: expected `off`, `on` or `strict`"),
            ("HONEYTRIAGE_MODEL_URL", "http://api.openai.com/v1", "HONEYTRIAGE_MODEL_URL: expected `https`"),
            ("HONEYTRIAGE_MODEL_KEY", "vault://kv/key", "HONEYTRIAGE_MODEL_KEY: expected `env://`"),
            ("HONEYTRIAGE_HONEYPOTS", "tpot 01", "HONEYTRIAGE_HONEYPOTS: expected names of machines"),
            ("HONEYTRIAGE_SWEEP_MOST", "many", "HONEYTRIAGE_SWEEP_MOST: expected a number from 1 to 1000"),
            ("HONEYTRIAGE_SIGHTINGS", "yes", "HONEYTRIAGE_SIGHTINGS: expected `true` or `false`"),
            ("HONEYTRIAGE_WORKSPACES", "law-soc", "HONEYTRIAGE_WORKSPACES: expected a workspace's ARM id"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[test]
    fn nothing_set_is_fine_on_a_desk_and_not_for_a_host() {
        let settings = read(&[]).unwrap();
        assert_eq!((settings.late_entities, settings.is_shadow), (LATE_ENTITIES, false));
        assert!(settings.of_host().unwrap_err().to_string().starts_with("HONEYTRIAGE_WORKSPACES"));
        let list = format!(" {WORKSPACE}/ , {},", WORKSPACE.to_uppercase());
        assert_eq!(read(&[("HONEYTRIAGE_WORKSPACES", &list)]).unwrap().of_host().unwrap().workspaces.len(), 2);
        let settings = read(&[("HONEYTRIAGE_WORKSPACES", &list), ("HONEYTRIAGE_MODEL_TIMEOUT", "481")]).unwrap();
        assert!(settings.of_host().unwrap_err().to_string().starts_with("HONEYTRIAGE_MODEL_TIMEOUT"));
    }

    #[test]
    fn a_model_needs_a_url_and_a_name() {
        let (url, name) = (("HONEYTRIAGE_MODEL_URL", "http://127.0.0.1:1/v1"), ("HONEYTRIAGE_MODEL", "m"));
        let completer = ("HONEYTRIAGE_COMPLETER", "model");
        let error = |set: &[(&str, &str)]| read(set).unwrap().whole().map_err(|error| error.to_string()).err();
        assert!(error(&[completer, name]).unwrap().starts_with("HONEYTRIAGE_MODEL_URL: expected the model's URL"));
        assert!(error(&[completer, url]).unwrap().starts_with("HONEYTRIAGE_MODEL: expected the model's name"));
        assert_eq!((error(&[completer, url, name]), error(&[])), (None, None));
        let (key, token) = (("HONEYTRIAGE_MODEL_KEY", "entra://ai.azure.com/.default"), ("HONEYTRIAGE_ARM_TOKEN", "t"));
        assert_eq!(error(&[completer, url, name, key]), None);
        assert!(error(&[completer, url, name, key, token]).unwrap().contains("for Resource Manager"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let settings =
            read(&[("HONEYTRIAGE_ARM_TOKEN", "s3cret"), ("K", "s3cret"), ("HONEYTRIAGE_MODEL_KEY", "env://K")])
                .unwrap();
        assert!(!format!("{settings:?}").contains("s3cret"));
    }
}
