//! The commands.

use std::ffi::OsString;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::bundle::{self, RenderError, WriteError};
use crate::check::{Finding, Severity, findings};
use crate::explain::explain;
use crate::init::{Preset, lab_file};
use crate::lab::{Lab, LabName, Problem, schema};

/// From a ten-line lab.toml to a Sentinel and honeypot lab that az deploys.
#[derive(Debug, Parser)]
#[command(name = "infra-gen", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a commented lab file to start from.
    Init {
        /// What the lab is to have.
        #[arg(long, value_enum, default_value_t)]
        preset: Preset,
        /// The file; `-` prints it.
        #[arg(short, long, default_value = "lab.toml")]
        output: PathBuf,
        /// Replace a file that is there.
        #[arg(long)]
        force: bool,
    },
    /// Write the folder that az deploys.
    Generate {
        /// The lab file; `-` reads it from standard input.
        lab: PathBuf,
        /// The folder.
        #[arg(short, long)]
        output: PathBuf,
        /// Another name for the lab: one file makes the labs of a whole course.
        #[arg(long, value_parser = lab_name)]
        name: Option<LabName>,
        /// Replace files that were not written here, or were changed since.
        #[arg(long)]
        force: bool,
    },
    /// Tell what is allowed and still not wise.
    Check {
        /// The lab file.
        lab: PathBuf,
        /// How to tell it.
        #[arg(long, value_enum, default_value_t)]
        format: CheckFormat,
    },
    /// Print the JSON Schema of the lab file, by which editors complete and check it.
    Schema,
    /// Tell what a lab has, who reaches what, and what it costs a month.
    Explain {
        /// The lab file.
        lab: PathBuf,
    },
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// How findings are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum CheckFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

fn lab_name(text: &str) -> Result<LabName, String> {
    LabName::try_from(text.to_owned())
}

/// What a command came to.
#[derive(Debug)]
pub struct Output {
    /// For standard output.
    pub text: String,
    /// For standard error.
    pub notes: String,
    /// 0, or 1 if `check` found something.
    pub code: ExitCode,
}

/// Why a command did not work.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The arguments are wrong, or help was asked for.
    #[error("{0}")]
    Usage(String),
    /// The lab file has problems.
    #[error("{}", told(path, problems))]
    Lab {
        /// The file.
        path: PathBuf,
        /// Every problem.
        problems: Vec<Problem>,
    },
    /// A file cannot be read or written.
    #[error("`{path}`: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is there already.
    #[error("`{0}` is there already: use another name with --output, or --force to replace it")]
    Exists(PathBuf),
    /// A template does not render.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The folder was not written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

fn told(path: &Path, problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("{}:{problem}", path.display())).collect();
    lines.join("\n")
}

/// Runs a command line.
///
/// # Errors
/// [`CliError`]: usage or input.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<Output, CliError> {
    let command = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments.command,
        Err(error) if error.use_stderr() => return Err(CliError::Usage(error.to_string().trim_end().to_owned())),
        Err(error) => return Ok(printed(error.to_string())),
    };
    match command {
        Command::Init { preset, output, force } => init(preset, &output, force),
        Command::Generate { lab, output, name, force } => generate(&lab, &output, name, force),
        Command::Check { lab, format } => check(&lab, format),
        Command::Schema => Ok(printed(format!("{:#}\n", schema()))),
        Command::Explain { lab } => Ok(printed(explain(&read(&lab, None)?))),
        Command::Completions { shell } => Ok(printed(completions(shell))),
    }
}

fn printed(text: String) -> Output {
    Output { text, notes: String::new(), code: ExitCode::SUCCESS }
}

fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "infra-gen", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

fn init(preset: Preset, path: &Path, force: bool) -> Result<Output, CliError> {
    let text = lab_file(preset);
    if path == Path::new("-") {
        return Ok(printed(text));
    }
    if path.exists() && !force {
        return Err(CliError::Exists(path.to_owned()));
    }
    fs::write(path, text).map_err(|cause| CliError::Io { path: path.to_owned(), cause })?;
    let next = format!("{} is written: fill in what is empty, then `infra-gen check {0}`\n", path.display());
    Ok(Output { notes: next, ..printed(String::new()) })
}

fn generate(path: &Path, folder: &Path, name: Option<LabName>, force: bool) -> Result<Output, CliError> {
    let lab = read(path, name)?;
    let written = bundle::write(&bundle::render(&lab)?, folder, force)?;
    let findings = findings(&lab);
    let grave = findings.iter().filter(|finding| finding.severity < Severity::Info).map(told_finding);
    let next = format!(
        "{}: {} files written, {} as they were. Next: read README.md there, then ./deploy.sh",
        folder.display(),
        written.changed,
        written.unchanged
    );
    let notes = grave.chain([next]).map(|line| line + "\n").collect();
    Ok(Output { notes, ..printed(String::new()) })
}

fn check(path: &Path, format: CheckFormat) -> Result<Output, CliError> {
    let found = findings(&read(path, None)?);
    let text = match format {
        CheckFormat::Json => format!("{:#}\n", serde_json::json!({ "findings": found })),
        CheckFormat::Text if found.is_empty() => "nothing found\n".to_owned(),
        CheckFormat::Text => found.iter().map(|finding| told_finding(finding) + "\n").collect(),
    };
    let is_clean = found.iter().all(|finding| finding.severity == Severity::Info);
    let code = if is_clean { ExitCode::SUCCESS } else { ExitCode::from(1) };
    Ok(Output { code, ..printed(text) })
}

fn told_finding(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    format!("{severity} [{}]: {}. {} {}", finding.id, finding.found, finding.why, finding.fix)
}

/// Reads a lab file. A key file is looked for beside it.
fn read(path: &Path, name: Option<LabName>) -> Result<Lab, CliError> {
    let io = |cause| CliError::Io { path: path.to_owned(), cause };
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text).map_err(io)?;
    } else {
        text = fs::read_to_string(path).map_err(io)?;
    }
    let beside = path.parent().unwrap_or(Path::new("."));
    let key_file = |key: &Path| fs::read_to_string(beside.join(from_home(key)));
    Lab::read(&text, name, &key_file).map_err(|problems| CliError::Lab { path: path.to_owned(), problems })
}

/// A path whose `~` is the home folder.
fn from_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}
