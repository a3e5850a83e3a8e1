//! Where Azure Resource Manager is.

use std::fmt;
use std::str::FromStr;

/// Azure Resource Manager of a known cloud, or of this machine for tests. A token goes nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    base: String,
    audience: String,
    authority: String,
}

/// A URL that is none of the known clouds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `https://management.azure.com`, `https://management.usgovcloudapi.net`, \
     `https://management.chinacloudapi.cn` or a loopback address"
)]
pub struct UnknownCloud;

/// Azure's public cloud.
const PUBLIC: &str = "https://management.azure.com";
/// Where its Entra ID is.
const PUBLIC_AUTHORITY: &str = "https://login.microsoftonline.com";
/// The endpoints that Azure documents for its clouds: Resource Manager, and Entra ID.
const CLOUDS: &[(&str, &str)] = &[
    (PUBLIC, PUBLIC_AUTHORITY),
    ("https://management.usgovcloudapi.net", "https://login.microsoftonline.us"),
    ("https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn"),
];

impl Cloud {
    /// The base URL, without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Where app registrations of this cloud log in.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The scope for which a token is asked.
    #[must_use]
    pub fn scope(&self) -> String {
        format!("{}/.default", self.audience)
    }
}

impl Default for Cloud {
    fn default() -> Self {
        Self { base: PUBLIC.to_owned(), audience: PUBLIC.to_owned(), authority: PUBLIC_AUTHORITY.to_owned() }
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

impl FromStr for Cloud {
    type Err = UnknownCloud;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let base = text.trim_end_matches('/').to_ascii_lowercase();
        if let Some((_, authority)) = CLOUDS.iter().find(|(known, _)| *known == base) {
            return Ok(Self { audience: base.clone(), authority: (*authority).to_owned(), base });
        }
        let authority = base.strip_prefix("http://").ok_or(UnknownCloud)?;
        let port = ["127.0.0.1:", "localhost:", "[::1]:"].iter().find_map(|host| authority.strip_prefix(host));
        match port.map(str::parse::<u16>) {
            Some(Ok(_)) => Ok(Self { authority: base.clone(), base, audience: PUBLIC.to_owned() }),
            _ => Err(UnknownCloud),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_clouds_and_this_machine_only() {
        for good in ["https://management.azure.com/", "HTTPS://MANAGEMENT.USGOVCLOUDAPI.NET", "http://127.0.0.1:8080"] {
            assert!(good.parse::<Cloud>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "http://management.azure.com",
            "https://management.azure.com.evil.example",
            "https://management.azure.com@evil.example",
            "https://management.azure.com/x",
            "http://127.0.0.1:8080@evil.example",
            "http://127.0.0.1.evil.example:80",
            "http://10.0.0.1:80",
            "http://localhost:80/path",
        ] {
            assert!(bad.parse::<Cloud>().is_err(), "{bad}");
        }
    }
}
