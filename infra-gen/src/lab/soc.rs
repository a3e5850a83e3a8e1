//! The workspace and the playbook.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checked::{checked_number, checked_text};

checked_number!(
    /// Days that a workspace keeps its logs (Microsoft.OperationalInsights/workspaces).
    RetentionDays,
    30,
    730,
    "days"
);

checked_text!(
    /// Where functions outside the lab take incidents.
    WebhookUrl,
    r"^https://[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]{1,100}){0,8}/?$",
    "a URL such as `https://abc.lambda-url.eu-central-1.on.aws/`"
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
    /// There is none: functions look for incidents themselves, every five minutes.
    Sweep,
    /// Sends its id to functions elsewhere, such as on AWS Lambda.
    Webhook,
    /// Asks Azure OpenAI itself, without a key and without functions.
    Keyless,
    /// The tutorial: the OpenAI connector with a key.
    Classic,
}

impl Flavour {
    /// True if the lab has a function app.
    #[must_use]
    pub fn has_functions(self) -> bool {
        matches!(self, Flavour::Functions | Flavour::Sweep)
    }

    /// As the template's parameter has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Flavour::Functions => "functions",
            Flavour::Sweep => "sweep",
            Flavour::Webhook => "webhook",
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
    fn webhooks_are_plain_addresses_with_tls() {
        let parse = |text: &str| WebhookUrl::try_from(text.to_owned());
        for good in ["https://abc.lambda-url.eu-central-1.on.aws/", "https://x.example:8443/hooks/sentinel"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "http://abc.lambda-url.eu-central-1.on.aws/",
            "https://u:p@x.example/",
            "https://x.example/?code=secret",
            "https://x.example/#",
            "https://x.example//",
            "https://localhost/",
            "https://x.example/\n",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn caps_are_amounts() {
        assert_eq!(DailyCap::try_from(0.5).unwrap().to_string(), "0.5");
        assert_eq!(DailyCap::try_from(2.0).unwrap().to_string(), "2");
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(DailyCap::try_from(bad).is_err(), "{bad}");
        }
    }
}
