//! Whether Resource Manager can be reached, and whether this machine's clock agrees with it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::DATE;

use crate::error::Failure;
use crate::settings::Settings;
use crate::web;

use super::Check;

/// What Entra ID and AWS forgive: both refuse what is five minutes off.
const MOST: SignedDuration = SignedDuration::from_mins(5);
/// What Resource Manager tells anybody about itself.
const OPEN: &str = "/metadata/endpoints?api-version=2020-09-01";

pub(super) async fn check(settings: &Settings) -> Check {
    let subject = settings.arm_url.to_string();
    match difference(&subject, settings.arm_timeout).await {
        Err(failure) => Check::failed("clock", subject, &failure),
        Ok(None) => Check::unknown("clock", subject, "its answer has no date"),
        Ok(Some(off)) if off.abs() > MOST => {
            let told = format!("this machine's clock is {} seconds off: tokens are refused", off.as_secs());
            Check::wrong("clock", subject, told, Some("sudo timedatectl set-ntp true".to_owned()))
        }
        Ok(Some(_)) => Check::ok("clock", subject, "it answers, and the clocks agree"),
    }
}

async fn difference(base: &str, timeout: Duration) -> Result<Option<SignedDuration>, Failure> {
    let unreachable = |_| {
        Failure::retryable(
            "unreachable",
            "Resource Manager could not be reached: check HONEYTRIAGE_ARM_URL and the network",
        )
    };
    let response = web::fresh(timeout)?.get(format!("{base}{OPEN}")).send().await.map_err(unreachable)?;
    let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    Ok(date.map(|date| Timestamp::now().duration_since(date.timestamp())))
}
