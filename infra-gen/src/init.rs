//! A lab file to start from.

use clap::ValueEnum;

/// What a lab is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Preset {
    /// Sentinel and triage.
    Soc,
    /// T-Pot.
    Honeypot,
    /// Both.
    #[default]
    Full,
}

const LAB: &str = include_str!("../../templates/lab/lab.toml");
const SOC: &str = include_str!("../../templates/lab/soc.toml");
const HONEYPOT: &str = include_str!("../../templates/lab/honeypot.toml");

/// A commented lab file. What only its user knows is left empty.
pub(crate) fn lab_file(preset: Preset) -> String {
    let parts: &[&str] = match preset {
        Preset::Soc => &[LAB, SOC],
        Preset::Honeypot => &[LAB, HONEYPOT],
        Preset::Full => &[LAB, SOC, HONEYPOT],
    };
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::lab::Lab;
    use crate::lab::tests::KEY;

    /// Every key in a comment, as if its user had taken the comment away.
    fn with_every_key(text: &str) -> String {
        let mut lines = Vec::new();
        for line in text.lines() {
            let key = line.strip_prefix("# ").filter(|rest| {
                rest.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) || rest.starts_with('[')
            });
            lines.push(key.unwrap_or(line).to_owned());
        }
        lines.join("\n")
    }

    #[test]
    fn what_is_left_to_fill_in_is_told_and_nothing_else() {
        for (preset, missing) in [(Preset::Soc, 0), (Preset::Honeypot, 1), (Preset::Full, 1)] {
            let key = |_: &Path| Ok(KEY.to_owned());
            match Lab::read(&lab_file(preset), None, &key) {
                Ok(_) => assert_eq!(missing, 0),
                Err(problems) => {
                    assert!(problems.len() == missing && problems[0].key == "honeypot.admin_cidrs", "{problems:?}");
                }
            }
        }
    }

    #[test]
    fn every_commented_key_is_one_that_is_known() {
        let text =
            with_every_key(&lab_file(Preset::Full)).replace("admin_cidrs = []", "admin_cidrs = [\"203.0.113.7\"]");
        let key = |_: &Path| Ok(KEY.to_owned());
        let problems = Lab::read(&text, None, &key).err().unwrap_or_default();
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(
            told.iter().all(|problem| !problem.contains("no such") && !problem.contains("invalid type")),
            "{told:#?}\n{text}"
        );
    }
}
