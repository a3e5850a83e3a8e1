//! `honeytriage doctor`: what works, and what mends the rest.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::json;

use crate::doctor::{Check, State, examine};
use crate::settings::{SettingError, Settings};
use crate::text::Text;

use super::args::{DoctorArgs, DoctorFormat};
use super::{CliError, LONGEST_NAME, bytes};

/// A setting, as az lists them.
#[derive(Deserialize)]
struct AppSetting {
    name: String,
    value: Option<String>,
}

/// Looks at everything: what is printed, and 1 if something is wrong.
pub(super) fn doctor(args: &DoctorArgs) -> Result<(String, u8), CliError> {
    let settings = args.settings.as_deref().map_or_else(|| Ok(Settings::from_env()), of_app)?;
    let unreadable =
        |path: &Path, source| CliError::Unreadable { file: Text::new(&path.to_string_lossy(), LONGEST_NAME), source };
    let package = args.package.as_deref();
    let package = package.map(|path| std::fs::read(path).map_err(|source| unreadable(path, source))).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CliError::Output)?;
    let checks = runtime.block_on(examine(settings, package.as_deref()));
    let is_well = checks.iter().all(|check| check.state != State::Wrong);
    let output = match args.format {
        DoctorFormat::Text => text(&checks),
        DoctorFormat::Json => format!("{:#}\n", json!({ "ok": is_well, "checks": checks })),
    };
    Ok((output, u8::from(!is_well)))
}

fn of_app(path: &Path) -> Result<Result<Settings, SettingError>, CliError> {
    let (file, bytes) = bytes(path)?;
    let settings: Vec<AppSetting> = serde_json::from_slice(&bytes).map_err(|_| CliError::AppSettings { file })?;
    let pairs: Vec<(String, String)> =
        settings.into_iter().map(|setting| (setting.name, setting.value.unwrap_or_default())).collect();
    Ok(Settings::from_pairs(&pairs))
}

fn text(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        let state = match check.state {
            State::Ok => "ok",
            State::Wrong => "wrong",
            State::Unknown => "unknown",
        };
        let subject = if check.subject.is_empty() { String::new() } else { format!("{}: ", check.subject) };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{state:<8} {:<10} {subject}{}", check.check, check.told);
        if let Some(command) = &check.mend {
            let _ = writeln!(text, "{:<19} {command}", "");
        }
    }
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let (wrong, unknown) = (count(State::Wrong), count(State::Unknown));
    let unknown = if unknown == 0 { String::new() } else { format!(", {unknown} not known") };
    let _ = match wrong {
        0 => writeln!(text, "\nNothing is wrong{unknown}."),
        wrong => writeln!(text, "\n{wrong} of {} wrong{unknown}.", checks.len()),
    };
    text
}
