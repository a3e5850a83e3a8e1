//! The workspace and the playbook.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checked::checked_number;

checked_number!(
    /// Days that a workspace keeps its logs (Microsoft.OperationalInsights/workspaces).
    RetentionDays,
    30,
    730,
    "days"
);

/// Most GB a day that a workspace takes in.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(try_from = "f64")]
#[schemars(extend("minimum" = 0.023, "maximum" = 10_000))]
pub struct DailyCap(f64);

impl TryFrom<f64> for DailyCap {
    type Error = String;

    fn try_from(gb: f64) -> Result<Self, Self::Error> {
        // The least that Log Analytics takes.
        const RANGE: std::ops::RangeInclusive<f64> = 0.023..=10_000.0;
        if RANGE.contains(&gb) { Ok(Self(gb)) } else { Err(format!("{gb}: expected 0.023 to 10000 GB")) }
    }
}

impl DailyCap {
    /// In GB.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for DailyCap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the playbook does with an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// Puts its id on a queue; functions answer.
    #[default]
    Functions,
    /// Asks Azure OpenAI itself, without a key and without functions.
    Keyless,
    /// The tutorial: the OpenAI connector with a key.
    Classic,
}

impl Flavour {
    /// As the template's parameter has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Flavour::Functions => "functions",
            Flavour::Keyless => "keyless",
            Flavour::Classic => "classic",
        }
    }
}

/// Severities of incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum IncidentSeverity {
    /// High.
    High,
    /// Medium.
    Medium,
    /// Low.
    Low,
    /// Informational.
    Informational,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caps_are_amounts() {
        assert_eq!(DailyCap::try_from(0.5).unwrap().to_string(), "0.5");
        assert_eq!(DailyCap::try_from(2.0).unwrap().to_string(), "2");
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(DailyCap::try_from(bad).is_err(), "{bad}");
        }
    }
}
