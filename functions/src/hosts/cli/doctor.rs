//! `honeytriage doctor`: what works, and what mends the rest.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::json;

use crate::doctor::{Check, State, Whose, examine};
use crate::settings::{SettingError, Settings};
use crate::text::{Text, printable};

use super::args::{DoctorArgs, DoctorFormat};
use super::{CliError, LONGEST_NAME, bytes, runtime};

/// A setting, as az lists them.
#[derive(Deserialize)]
struct AppSetting {
    name: String,
    value: Option<String>,
}

/// Looks at everything: what is printed, and 1 if something is wrong.
pub(super) fn doctor(args: &DoctorArgs) -> Result<(String, u8), CliError> {
    let (settings, whose) = args.settings.as_deref().map_or_else(|| Ok((Settings::from_env(), Whose::Own)), of_app)?;
    let unreadable =
        |path: &Path, source| CliError::Unreadable { file: Text::new(&path.to_string_lossy(), LONGEST_NAME), source };
    let package = args.package.as_deref();
    let package = package.map(|path| std::fs::read(path).map_err(|source| unreadable(path, source))).transpose()?;
    let runtime = runtime()?;
    let checks = runtime.block_on(examine(settings, &whose, package.as_deref()));
    let is_well = checks.iter().all(|check| check.state != State::Wrong);
    let output = match args.format {
        DoctorFormat::Text => text(&checks),
        DoctorFormat::Json => format!("{:#}\n", json!({ "ok": is_well, "checks": checks })),
    };
    Ok((output, u8::from(!is_well)))
}

/// The settings of a function app, and which of them only App Service can read.
fn of_app(path: &Path) -> Result<(Result<Settings, SettingError>, Whose), CliError> {
    /// How App Service writes a reference to Key Vault (Microsoft Learn, "Use Key Vault references").
    const REFERENCE: &str = "@Microsoft.KeyVault(";
    let (file, bytes) = bytes(path)?;
    let settings: Vec<AppSetting> = serde_json::from_slice(&bytes).map_err(|_| CliError::AppSettings { file })?;
    let (mut pairs, mut unread) = (Vec::new(), Vec::new());
    for AppSetting { name, value } in settings {
        match value {
            Some(value) if value.starts_with(REFERENCE) => unread.push(name),
            value => pairs.push((name, value.unwrap_or_default())),
        }
    }
    Ok((Settings::from_pairs(&pairs), Whose::Apps { unread }))
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
        let told = printable(&format!("{subject}{}", check.told));
        let _ = writeln!(text, "{state:<8} {:<10} {told}", check.check);
        if let Some(command) = &check.mend {
            let _ = writeln!(text, "{:<19} {}", "", printable(command));
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
