//! When a sweep runs.

use std::str::FromStr;

/// A schedule of Azure Functions (NCRONTAB): second, minute, hour, day, month, day of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(String);

/// A text that is no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected six fields, second minute hour day month weekday, such as `0 */5 * * * *`")]
pub struct InvalidSchedule;

impl Schedule {
    /// Every five minutes, as the template has it.
    pub const DEFAULT: &str = "0 */5 * * * *";

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Schedule {
    type Err = InvalidSchedule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FIELDS: usize = 6;
        let is_field =
            |field: &str| field.bytes().all(|b| b.is_ascii_alphanumeric() || b"*/,-".contains(&b)) && field.len() <= 64;
        let fields: Vec<&str> = text.split_whitespace().collect();
        let fits = fields.len() == FIELDS && fields.iter().all(|field| is_field(field));
        fits.then(|| Self(fields.join(" "))).ok_or(InvalidSchedule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_have_six_fields() {
        for good in [Schedule::DEFAULT, "0 30 9-17 * Jan-Mar MON,5", " 0  0 * * * * "] {
            assert!(good.parse::<Schedule>().is_ok(), "{good}");
        }
        for bad in ["", "*/5 * * * *", "0 */5 * * * * *", "%X%", "00:05:00", "0 \"x\" * * * *"] {
            assert_eq!(bad.parse::<Schedule>(), Err(InvalidSchedule), "{bad}");
        }
    }
}
