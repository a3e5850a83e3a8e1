//! `honeytriage doctor`: whether what the settings say works. One harmless question to everything that lies outside; nothing is
//! written anywhere.

mod access;
mod check;
mod clock;
mod model;
#[cfg(feature = "azure")]
mod queues;
mod sample;
mod secret;
#[cfg(feature = "aws")]
mod sqs;

use crate::identity::{Source, Token};
use crate::package;
use crate::sentinel::Sentinel;
use crate::settings::{SettingError, Settings};

pub use check::{Check, State};

/// Whose settings are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Those of whoever asks.
    Own,
    /// A function app's, by somebody with other rights: these go nowhere that the settings alone decide.
    Apps {
        /// Settings that only App Service can read: its own references to Key Vault.
        unread: Vec<String>,
    },
}

impl Whose {
    fn is_apps(&self) -> bool {
        *self != Whose::Own
    }

    fn has_unread(&self, setting: &str) -> bool {
        matches!(self, Whose::Apps { unread } if unread.iter().any(|name| name == setting))
    }
}

/// Everything there is to look at, in the order in which one thing needs another. `package` is the zip that is to be deployed.
pub async fn examine(settings: Result<Settings, SettingError>, whose: &Whose, package: Option<&[u8]>) -> Vec<Check> {
    let mut checks: Vec<Check> = package.map(packaged).into_iter().collect();
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => {
            checks.push(unset(&error));
            return checks;
        }
    };
    checks.push(settings.clone().of_host().map_or_else(|error| unset(&error), |settings| set(&settings)));
    checks.push(sample::check(&settings).await);
    checks.push(clock::check(&settings).await);
    let (identity, token) = identity(&settings, whose).await;
    checks.push(identity);
    let sentinel = Sentinel::new(settings.arm_url.clone(), settings.tokens(), settings.arm_timeout);
    for workspace in &settings.workspaces {
        match &token {
            Some(token) => checks.extend(access::checks(&sentinel, workspace, (&settings, whose), token).await),
            None => checks.push(Check::unknown("workspace", workspace.name(), "not asked: there is no token")),
        }
    }
    checks.extend(secret::checks(&settings, whose).await);
    checks.extend(model::check(&settings, whose).await);
    #[cfg(feature = "azure")]
    checks.extend(queues::checks(&settings).await);
    #[cfg(feature = "aws")]
    checks.extend(sqs::checks(&settings).await);
    checks
}

fn unset(error: &SettingError) -> Check {
    let name = error.name();
    let value = if name == "HONEYTRIAGE_WORKSPACES" {
        "\"$(az monitor log-analytics workspace show --resource-group GROUP --workspace-name NAME --query id --output tsv)\""
    } else {
        "VALUE"
    };
    let command =
        format!("az functionapp config appsettings set --resource-group GROUP --name APP --settings {name}={value}");
    Check::wrong("settings", "", error.to_string(), Some(command))
}

fn set(settings: &Settings) -> Check {
    let workspaces = settings.workspaces.len();
    let shadow = if settings.is_shadow { "; shadow is on: nothing is written" } else { "" };
    let plural = if workspaces == 1 { "" } else { "s" };
    Check::ok("settings", "", format!("{workspaces} workspace{plural}{shadow}"))
}

fn packaged(zip: &[u8]) -> Check {
    match package::examine(zip) {
        Ok(target) => Check::ok("package", "", format!("whole, for {target}; the handler starts there")),
        Err(problem) => Check::wrong("package", "", problem.to_string(), Some(problem.mend().to_owned())),
    }
}

async fn identity(settings: &Settings, whose: &Whose) -> (Check, Option<Token>) {
    const CHECK: &str = "identity";
    match settings.tokens().get().await {
        Ok(token) if token.writer.is_empty() => {
            let told = "the token tells no object id: comments of several writers would get the same id";
            (Check::unknown(CHECK, "", told), Some(token))
        }
        Ok(token) => {
            let yours = if whose.is_apps() { "; the app has another identity" } else { "" };
            let told = format!("{}, object id {}{yours}", kind(&settings.identity), token.writer);
            (Check::ok(CHECK, "", told), Some(token))
        }
        Err(failure) => (Check::failed(CHECK, "", &failure), None),
    }
}

fn kind(source: &Source) -> &'static str {
    match source {
        Source::Given(_) => "HONEYTRIAGE_ARM_TOKEN",
        #[cfg(feature = "azure")]
        Source::Managed(_) => "the managed identity",
        #[cfg(feature = "azure")]
        Source::Workload => "the workload identity",
        #[cfg(feature = "azure")]
        Source::AzLogin => "the az login",
        Source::Registration(_) => "the app registration",
        Source::Missing => "nobody",
    }
}
