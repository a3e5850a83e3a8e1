//! The command line.

mod args;
mod doctor;
mod package;
mod prompt;
mod sweep;
mod triage;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use clap::Parser;

use crate::comment::CommentError;
use crate::error::Failure;
use crate::incident::{Incident, InputError, MAX_INPUT};
use crate::package::PackageError;
use crate::settings::{SettingError, Settings};
use crate::templates::{TemplateError, Templates};
use crate::text::Text;

pub use args::Args;
use args::Command;

/// Why a command failed. One line, safe to print.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The environment is wrong.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The input cannot be read.
    #[error("{file}: {source}")]
    Unreadable {
        /// The file, as given.
        file: Text,
        /// Why.
        source: std::io::Error,
    },
    /// The input is no incident.
    #[error("{file}: {source}")]
    Input {
        /// The file, as given.
        file: Text,
        /// Where and why.
        source: InputError,
    },
    /// The file holds no settings.
    #[error(
        "{file}: expected what `az functionapp config appsettings list` prints: [{{\"name\": .., \"value\": ..}}, ..]"
    )]
    AppSettings {
        /// The file, as given.
        file: Text,
    },
    /// A template cannot be used.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The comment cannot be rendered.
    #[error(transparent)]
    Comment(#[from] CommentError),
    /// Sentinel or the identity failed.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// The package cannot be made.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The output cannot be written.
    #[error("output: {0}")]
    Output(std::io::Error),
}

impl CliError {
    /// 2 for what the caller can mend: input, templates, settings; 1 for the rest.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            CliError::Output(_) => 1,
            CliError::Failure(failure) if !["template", "incident-id", "workspace"].contains(&failure.code) => 1,
            _ => 2,
        }
    }

    /// True if whoever read the output went away, as `head` does: nobody needs to hear of it.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, CliError::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

/// Parses the arguments.
///
/// # Errors
/// The code to exit with, after help, version or the mistake was printed.
pub fn arguments() -> Result<Args, u8> {
    Args::try_parse().map_err(|error| {
        if error.use_stderr() {
            eprintln!("{}", clean(&error.render().to_string()));
        } else {
            // Help and version are our own words. A reader that went away needs no word of it.
            let _ = error.print();
        }
        u8::try_from(error.exit_code()).unwrap_or(2)
    })
}

/// A mistake quotes the argument, which may hold anything: each line, with its indentation, safe to print.
fn clean(mistake: &str) -> String {
    const LONGEST: usize = 1000;
    let line = |line: &str| {
        let indentation = line.len() - line.trim_start_matches(' ').len();
        format!("{}{}", " ".repeat(indentation), Text::new(line, LONGEST))
    };
    mistake.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Runs a command, and gives the code to exit with.
///
/// # Errors
/// [`CliError`], which also says with what code to exit.
pub fn run(args: Args) -> Result<u8, CliError> {
    let (output, code) = match args.command {
        Command::Triage(args) => (triage::triage(args, Settings::from_env()?)?, 0),
        Command::Prompt(args) => (prompt::prompt(args, &Settings::from_env()?)?, 0),
        Command::Sweep(args) => sweep::sweep(args, Settings::from_env()?)?,
        Command::Package(args) => (package::package(&args)?, 0),
        Command::Doctor(args) => doctor::doctor(&args)?,
    };
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(output.as_bytes()).and_then(|()| stdout.flush()).map_err(CliError::Output)?;
    Ok(code)
}

/// What runs a command that asks somebody.
fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CliError::Output)
}

/// The longest name of a file that is repeated.
const LONGEST_NAME: usize = 200;

fn templates(folder: Option<&Path>, settings: &Settings) -> Templates {
    Templates::new(folder.map(Path::to_owned).or_else(|| settings.templates.clone()))
}

/// Reads an incident.
fn read(path: &Path) -> Result<Incident, CliError> {
    let (file, bytes) = bytes(path)?;
    Incident::from_bytes(&bytes).map_err(|source| CliError::Input { file, source })
}

/// Reads a file, or standard input for `-`: never more than the limit, so an endless one ends too. Gives its name too.
fn bytes(path: &Path) -> Result<(Text, Vec<u8>), CliError> {
    let is_stdin = path.as_os_str() == "-";
    let name = if is_stdin { "standard input".into() } else { path.to_string_lossy() };
    let file = Text::new(&name, LONGEST_NAME);
    let mut bytes = Vec::new();
    let limit = MAX_INPUT as u64 + 1;
    let read = if is_stdin {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|open| open.take(limit).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok((file, bytes)),
        Err(source) => Err(CliError::Unreadable { file, source }),
    }
}
