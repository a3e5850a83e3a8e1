//! Where the Functions host has its queues.

use std::str::FromStr;

use crate::sentinel::Cloud;

/// The queue service of a storage account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueService {
    url: String,
    account: String,
}

/// A name or URL that is no queue service's. A token goes nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of a storage account (3 to 24 of a-z and 0-9), or `https://ACCOUNT.queue.core.windows.net`")]
pub struct InvalidQueueService;

/// The clouds' endpoints: of Resource Manager, and of queues.
const CLOUDS: &[(&str, &str)] = &[
    ("management.azure.com", ".queue.core.windows.net"),
    ("management.usgovcloudapi.net", ".queue.core.usgovcloudapi.net"),
    ("management.chinacloudapi.cn", ".queue.core.chinacloudapi.cn"),
];

impl QueueService {
    /// That of an account in the cloud of this Resource Manager.
    ///
    /// # Errors
    /// [`InvalidQueueService`].
    pub fn of(account: &str, cloud: &Cloud) -> Result<Self, InvalidQueueService> {
        let suffix =
            CLOUDS.iter().find(|(arm, _)| cloud.base().ends_with(arm)).map_or(CLOUDS[0].1, |(_, suffix)| suffix);
        format!("https://{account}{suffix}").parse()
    }

    /// Without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The name of the storage account.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }
}

impl FromStr for QueueService {
    type Err = InvalidQueueService;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const LENGTH: std::ops::RangeInclusive<usize> = 3..=24;
        let url = text.trim_end_matches('/').to_owned();
        let is_account = |name: &str| {
            LENGTH.contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let host = url.strip_prefix("https://").unwrap_or_default();
        let account = CLOUDS.iter().find_map(|(_, suffix)| host.strip_suffix(suffix)).map(str::to_owned);
        // An emulator on this machine has the account in the path.
        let local = || {
            let rest = ["http://127.0.0.1:", "http://localhost:"].iter().find_map(|start| url.strip_prefix(start))?;
            let (port, account) = rest.split_once('/')?;
            port.parse::<u16>().is_ok().then(|| account.to_owned())
        };
        let account = account.or_else(local).filter(|name| is_account(name)).ok_or(InvalidQueueService)?;
        Ok(Self { url, account })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_the_clouds_and_of_this_machine_only() {
        for (text, account) in [
            ("https://stpot01.queue.core.windows.net/", "stpot01"),
            ("https://stpot01.queue.core.chinacloudapi.cn", "stpot01"),
            ("http://127.0.0.1:10001/devstoreaccount1", "devstoreaccount1"),
        ] {
            assert_eq!(text.parse::<QueueService>().unwrap().account(), account);
        }
        for bad in [
            "",
            "https://st.queue.core.windows.net",
            "http://stpot01.queue.core.windows.net",
            "https://stpot01.queue.core.windows.net.evil.example",
            "https://evil.example/stpot01.queue.core.windows.net",
            "https://a@stpot01.queue.core.windows.net",
            "http://127.0.0.1:10001/",
            "http://127.0.0.1:x/devstoreaccount1",
            "http://127.0.0.1.evil.example:80/devstoreaccount1",
        ] {
            assert_eq!(bad.parse::<QueueService>(), Err(InvalidQueueService), "{bad}");
        }
        let gov = "https://management.usgovcloudapi.net".parse().unwrap();
        assert_eq!(QueueService::of("stpot01", &gov).unwrap().url(), "https://stpot01.queue.core.usgovcloudapi.net");
        assert!(QueueService::of("st.evil.example/", &Cloud::default()).is_err());
    }
}
