//! `honeytriage sweep`: comments on what was left out. Safe to stop and to repeat.

use std::fmt::Write as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::{Class, Failure};
use crate::handlers::{App, Call, Subject, Sweep, Swept, Written, gpt_complete, incident_sweep, write_completed};
use crate::incident::IncidentId;
use crate::log::Log;
use crate::settings::Settings;

use super::args::SweepArgs;
use super::{CliError, runtime};

/// Names the incidents without a comment, and comments on them if asked to. Gives what is printed, and 1 if one failed.
pub(super) fn sweep(args: SweepArgs, settings: Settings) -> Result<(String, u8), CliError> {
    let app = App::new(args.model.over(settings).of_host()?);
    let log = Log::silent();
    let call = Call { log: &log, delivery: None };
    let runtime = runtime()?;
    let sweep = Sweep { window: args.since, most: args.most, counts_others: true };
    let swept = runtime.block_on(incident_sweep(&app, sweep, call))?;
    eprintln!("honeytriage: {}", found(&swept));
    let mut text = String::new();
    if !args.write {
        for id in &swept.missing {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{id}");
        }
        return Ok((text, 0));
    }
    // A person who sweeps has time: what Sentinel asks to wait is waited for, as on the queues.
    let call = Call { delivery: Some(2), ..call };
    let progress = progress(swept.missing.len());
    let mut failed = 0_usize;
    for id in &swept.missing {
        let ended = runtime.block_on(commented(&app, id, call));
        let told = ended
            .as_ref()
            .map_or_else(|failure| format!("not written: {failure}"), |written| written.event().to_owned());
        let _ = writeln!(text, "{} {told}", id.incident());
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
    Ok((text, u8::from(failed > 0)))
}

fn found(swept: &Swept) -> String {
    let skipped =
        if swept.skipped == 0 { String::new() } else { format!(", {} could not be looked at", swept.skipped) };
    let more = if swept.has_more { "; there may be more: run it again" } else { "" };
    format!("{} incidents changed, {} without a comment{skipped}{more}", swept.changed, swept.missing.len())
}

/// A comment is final, so one that a failed model has no part in is not written.
async fn commented(app: &App, id: &IncidentId, call: Call<'_>) -> Result<Written, Failure> {
    let completed = gpt_complete(app, Subject::Id(id.clone()), call).await?;
    match &completed.model_failure {
        Some(failure) => Err(Failure::retryable(failure.code, format!("the model failed: {failure}"))),
        None => write_completed(app, id, &completed, call).await,
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
