//! The arguments.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as Arguments, Parser, Subcommand, ValueEnum};

use crate::models::ModelUrl;
use crate::package::Schedule;
use crate::prompt::DEFAULT_TOKENS;
use crate::redaction::Level;
use crate::settings::{Answerer, Settings};

use super::sweep::age;

/// Triage comments for Microsoft Sentinel incidents.
#[derive(Debug, Parser)]
#[command(name = "honeytriage", version, arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Triage an incident: needs no key and no network, unless a model is to answer
    Triage(TriageArgs),
    /// Show what a model would get to read
    Prompt(PromptArgs),
    /// Find incidents in HONEYTRIAGE_WORKSPACES without a comment of ours, or with something new, and comment on them
    Sweep(SweepArgs),
    /// Make the package that is deployed
    Package(PackageArgs),
    /// Say whether identity, roles, model, keys, queues, templates and package work; exit code 1 if not
    Doctor(DoctorArgs),
}

#[derive(Debug, Arguments)]
pub(super) struct TriageArgs {
    /// The incident as JSON, or - for standard input
    #[arg(required_unless_present = "incident", conflicts_with = "incident")]
    pub(super) file: Option<PathBuf>,
    /// Read the incident with this ARM id from Sentinel, as whoever is logged in to az
    #[arg(long, value_name = "ARM_ID")]
    pub(super) incident: Option<String>,
    /// Write the comment to the incident
    #[arg(long, requires = "incident")]
    pub(super) write: bool,
    /// How to show the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) model: ModelArgs,
    /// Folder with templates that replace the built-in ones (or HONEYTRIAGE_TEMPLATES)
    #[arg(long, value_name = "FOLDER")]
    pub(super) templates: Option<PathBuf>,
    /// Columns of the text format
    #[arg(long, value_name = "COLUMNS")]
    pub(super) width: Option<usize>,
    /// Colours in the text format; auto heeds NO_COLOR
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub(super) color: Colour,
}

/// Each replaces a variable of the environment.
#[derive(Debug, Arguments)]
pub(super) struct ModelArgs {
    /// Who answers: `runbook` or `model` (or HONEYTRIAGE_COMPLETER)
    #[arg(long, value_name = "WHO")]
    completer: Option<Answerer>,
    /// The model's server, up to and with /v1 (or HONEYTRIAGE_MODEL_URL)
    #[arg(long, value_name = "URL")]
    model_url: Option<ModelUrl>,
    /// The model's name (or HONEYTRIAGE_MODEL)
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// What a model gets to read: `off`, `on` or `strict` (or HONEYTRIAGE_REDACT)
    #[arg(long, value_name = "LEVEL")]
    redact: Option<Level>,
}

impl ModelArgs {
    /// The settings with what was given in their place.
    pub(super) fn over(self, settings: Settings) -> Settings {
        Settings {
            completer: self.completer.unwrap_or(settings.completer),
            model_url: self.model_url.or(settings.model_url),
            model: self.model.or(settings.model),
            redact: self.redact.unwrap_or(settings.redact),
            ..settings
        }
    }
}

#[derive(Debug, Arguments)]
pub(super) struct PromptArgs {
    /// The incident as JSON, or - for standard input
    pub(super) file: PathBuf,
    /// The tutorial's question: how to remediate the title
    #[arg(long)]
    pub(super) classic: bool,
    /// What a model gets to read: `off`, `on` or `strict` (or HONEYTRIAGE_REDACT)
    #[arg(long, value_name = "LEVEL")]
    pub(super) redact: Option<Level>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = PromptFormat::Text)]
    pub(super) format: PromptFormat,
    /// The model's name in the request (or HONEYTRIAGE_MODEL)
    #[arg(long, value_name = "NAME")]
    pub(super) model: Option<String>,
    /// Tokens to stay within, by estimate: a third of the bytes; at least 1000
    #[arg(long, default_value_t = DEFAULT_TOKENS as u64, value_parser = clap::value_parser!(u64).range(1000..=10_000_000))]
    pub(super) tokens: u64,
    /// Folder with templates that replace the built-in ones (or HONEYTRIAGE_TEMPLATES)
    #[arg(long, value_name = "FOLDER")]
    pub(super) templates: Option<PathBuf>,
}

#[derive(Debug, Arguments)]
pub(super) struct PackageArgs {
    /// Where it is deployed
    #[arg(long, value_enum)]
    pub(super) target: Target,
    /// The handler; if not named, the one in target/x86_64-unknown-linux-gnu/bundle, or else the one beside this program
    #[arg(long, value_name = "FILE")]
    pub(super) handler: Option<PathBuf>,
    /// The package
    #[arg(short, long, value_name = "ZIP")]
    pub(super) output: PathBuf,
    /// Take a handler that would not start there
    #[arg(long)]
    pub(super) force: bool,
    /// Azure: put the function incident-sweep in too, which looks for incidents without a comment; every five minutes, or by
    /// a schedule such as "0 0 * * * *"
    #[arg(long, value_name = "SCHEDULE", num_args = 0..=1, default_missing_value = Schedule::DEFAULT)]
    pub(super) sweep: Option<Schedule>,
}

#[derive(Debug, Arguments)]
pub(super) struct SweepArgs {
    /// Look at incidents that were made or changed at most so long ago: 7d, 12h, 90m
    #[arg(long, value_name = "AGE", default_value = "2h", value_parser = age)]
    pub(super) since: Duration,
    /// The most incidents at a time
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    pub(super) most: usize,
    /// Write the comments; without it the incidents are only named
    #[arg(long)]
    pub(super) write: bool,
    #[command(flatten)]
    pub(super) model: ModelArgs,
}

#[derive(Debug, Arguments)]
pub(super) struct DoctorArgs {
    /// A function app's settings instead of the environment, as `az functionapp config appsettings list` prints them; - for
    /// standard input
    #[arg(long, value_name = "FILE")]
    pub(super) settings: Option<PathBuf>,
    /// A package to look at too
    #[arg(long, value_name = "ZIP")]
    pub(super) package: Option<PathBuf>,
    /// How to show the result
    #[arg(long, value_enum, default_value_t = DoctorFormat::Text)]
    pub(super) format: DoctorFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DoctorFormat {
    /// For a terminal
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Target {
    /// Azure Functions
    Azure,
    /// AWS Lambda
    Lambda,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PromptFormat {
    /// The messages
    Text,
    /// The request's body, as it would be sent to HONEYTRIAGE_MODEL_URL
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For a terminal
    Text,
    /// The comment as Sentinel gets it
    Html,
    /// For tickets and wikis
    Markdown,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}
