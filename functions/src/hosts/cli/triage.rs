//! `honeytriage triage`: from a file, or from Sentinel, and if asked for, back into it.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::comment::{Style, terminal};
use crate::error::Failure;
use crate::handlers::{App, Call, Completed, Subject, gpt_complete, write_completed};
use crate::hosts::output;
use crate::incident::IncidentId;
use crate::log::Log;
use crate::settings::{Answerer, Settings};

use super::args::{Colour, Format, TriageArgs};
use super::{CliError, read, runtime};

/// Triages, writes if asked to, and gives what is printed.
pub(super) fn triage(args: TriageArgs, mut settings: Settings) -> Result<String, CliError> {
    let style = style(&args, &settings);
    settings.templates = args.templates.or(settings.templates);
    let settings = args.model.over(settings).whole()?;
    let progress = (settings.completer == Answerer::Model).then(asking);
    let id = args.incident.map(|id| parse(&id)).transpose()?;
    let subject = match &id {
        Some(id) => Subject::Id(id.clone()),
        // clap demands one of the two.
        None => Subject::Incident(Box::new(read(args.file.as_deref().unwrap_or(Path::new("-")))?)),
    };
    let app = App::new(settings);
    let log = Log::silent();
    let call = Call { log: &log, delivery: None };
    let runtime = runtime()?;
    let completed = runtime.block_on(async {
        tokio::select! {
            completed = gpt_complete(&app, subject, call) => completed,
            () = spinning(progress.as_ref()) => unreachable!("it spins for ever"),
        }
    });
    if let Some(progress) = progress {
        progress.finish_and_clear();
    }
    let completed = completed?;
    if let Some(failure) = &completed.model_failure {
        eprintln!("honeytriage: the runbook answered alone: {failure}");
    }
    if let Some(id) = id.filter(|_| args.write) {
        let written = runtime.block_on(write_completed(&app, &id, &completed, call))?;
        eprintln!("honeytriage: {} {}", written.event(), completed.comment.id);
    }
    shown(&completed, args.format, style, &app)
}

/// A spinner on standard error; it shows on a terminal only.
fn asking() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} asking the model ({elapsed})");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

/// Turns the spinner, on this thread and for ever.
async fn spinning(progress: Option<&ProgressBar>) {
    const PAUSE: Duration = Duration::from_millis(100);
    loop {
        tokio::time::sleep(PAUSE).await;
        progress.inspect(|progress| progress.tick());
    }
}

fn parse(id: &str) -> Result<IncidentId, Failure> {
    id.parse().map_err(|error| Failure::permanent("incident-id", format!("--incident: {error}")))
}

fn shown(completed: &Completed, format: Format, style: Style, app: &App) -> Result<String, CliError> {
    Ok(match format {
        Format::Text => terminal(&completed.draft(), style),
        Format::Html => format!("{}\n", completed.comment.html),
        Format::Markdown => completed.draft().markdown(&app.templates)?,
        Format::Json => output::json(&completed.incident, &completed.triage, &completed.comment),
    })
}

fn style(args: &TriageArgs, settings: &Settings) -> Style {
    const WIDTH: usize = 100;
    const WIDEST: usize = 120;
    let stdout = std::io::stdout();
    let columns = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
    let width = args.width.or(columns.or(settings.columns).map(|columns| columns.min(WIDEST))).unwrap_or(WIDTH);
    let is_coloured = match args.color {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => stdout.is_terminal() && !settings.is_colourless,
    };
    Style { width, is_coloured }
}
