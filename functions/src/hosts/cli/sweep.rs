//! `honeytriage sweep`: comments on what was left out. Safe to stop and to repeat.

use std::fmt::Write as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::comment::Purpose;
use crate::error::{Class, Failure};
use crate::handlers::{
    App, Call, IncidentMessage, Subject, Sweep, Swept, Triggered, Written, gpt_complete, incident_sweep,
    incident_trigger, write_completed,
};
use crate::log::Log;
use crate::settings::Settings;

use super::args::SweepArgs;
use super::{CliError, runtime};

/// Names the incidents without a comment, and comments on them if asked to. Gives what is printed, and 1 if one failed.
pub(super) fn sweep(args: SweepArgs, settings: Settings) -> Result<(String, u8), CliError> {
    let app = App::new(args.model.over(settings).of_host()?);
    let log = Log::silent();
    // A person who sweeps has time: what Sentinel asks to wait is waited for, as on the queues.
    let call = Call { log: &log, delivery: Some(2) };
    let runtime = runtime()?;
    let (most_reads, most_looks) = (usize::MAX, usize::MAX);
    let sweep = Sweep { window: args.since, most: args.most, counts_others: true, most_reads, most_looks };
    let swept = runtime.block_on(incident_sweep(&app, sweep, call))?;
    eprintln!("honeytriage: {}", found(&swept));
    let due = swept.due();
    Ok(if args.write { runtime.block_on(written(&app, &due, call)) } else { (due.iter().map(named).collect(), 0) })
}

/// An id, and the comment that is due if it is not the first.
fn named(due: &IncidentMessage) -> String {
    match due.purpose {
        Purpose::Triage => format!("{}\n", due.id),
        update => format!("{} {}\n", due.id, update.name()),
    }
}

/// Writes what is due, until something would keep the others too. What became of each, and 1 if one failed.
async fn written(app: &App, due: &[IncidentMessage], call: Call<'_>) -> (String, u8) {
    let (mut text, mut failed) = (String::new(), 0_usize);
    let progress = progress(due.len());
    for one in due {
        let ended = commented(app, one, call).await;
        let told = ended
            .as_ref()
            .map_or_else(|failure| format!("not written: {failure}"), |written| written.event().to_owned());
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} {told}", one.id.incident());
        progress.inc(1);
        let Err(failure) = ended else { continue };
        failed += 1;
        if failure.class != Class::Permanent {
            let _ = writeln!(
                text,
                "Stopped: the others would meet the same. Run it again when that is mended; it goes on from here."
            );
            break;
        }
    }
    progress.finish_and_clear();
    (text, u8::from(failed > 0))
}

fn found(swept: &Swept) -> String {
    let skipped =
        if swept.skipped == 0 { String::new() } else { format!(", {} could not be looked at", swept.skipped) };
    let more = if swept.has_more { "; there may be more: run it again" } else { "" };
    let updates =
        if swept.updates.is_empty() { String::new() } else { format!(", {} with something new", swept.updates.len()) };
    format!("{} incidents changed, {} without a comment{updates}{skipped}{more}", swept.changed, swept.missing.len())
}

/// A comment is final, so one that a failed model has no part in is not written. Updates ask no model.
async fn commented(app: &App, due: &IncidentMessage, call: Call<'_>) -> Result<Written, Failure> {
    if due.purpose != Purpose::Triage {
        return match incident_trigger(app, due, call).await? {
            Triggered::Done(written) => Ok(written),
            // Only a first comment is handed over.
            Triggered::HandedOver(_) => Err(Failure::retryable("comment", "the incident's first comment is gone")),
        };
    }
    let completed = gpt_complete(app, Subject::Id(due.id.clone()), call).await?;
    match &completed.model_failure {
        Some(failure) => Err(Failure::retryable(failure.code, format!("the model failed: {failure}"))),
        None => write_completed(app, &due.id, &completed, call).await,
    }
}

/// A bar on standard error; it shows on a terminal only.
fn progress(length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} incidents, {eta} left");
    let bar = ProgressBar::new(u64::try_from(length).unwrap_or(u64::MAX));
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// `7d`, `12h`, `90m`: how far back.
///
/// # Errors
/// What was expected.
pub(super) fn age(text: &str) -> Result<Duration, &'static str> {
    const EXPECTED: &str = "expected a time such as `7d`, `12h` or `90m`, at most 90 days";
    const MOST: Duration = Duration::from_hours(90 * 24);
    let (number, unit) = text.split_at(text.len() - text.chars().last().map_or(0, char::len_utf8));
    let unit = match unit {
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(EXPECTED),
    };
    let seconds = number.parse::<u32>().ok().and_then(|number| u64::from(number).checked_mul(unit));
    seconds.map(Duration::from_secs).filter(|age| !age.is_zero() && *age <= MOST).ok_or(EXPECTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_a_unit() {
        let hours = |hours| Ok(Duration::from_hours(hours));
        assert_eq!((age("7d"), age("12h"), age("90m")), (hours(168), hours(12), Ok(Duration::from_mins(90))));
        for bad in ["", "7", "d", "7w", "-1d", "0h", "91d", "1.5h", "9999999999d", "7д"] {
            assert!(age(bad).is_err(), "{bad}");
        }
    }
}
