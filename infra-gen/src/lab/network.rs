//! Addresses and ports.

use std::fmt;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::Deserialize;

use super::problem::not_as_expected;

/// IPv4 addresses: `203.0.113.7` or `203.0.113.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Cidr {
    address: Ipv4Addr,
    prefix: u8,
}

impl Cidr {
    /// How many leading bits are fixed: 32 is one address, 0 is all.
    #[must_use]
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// True if the two have an address in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let shorter = self.prefix.min(other.prefix);
        let network = |cidr: Self| u64::from(u32::from(cidr.address)) >> (32 - shorter);
        network(self) == network(other)
    }

    /// True if nobody on the Internet has these addresses: private, shared, local ones, and those of documents (RFC 6890).
    #[must_use]
    pub fn is_nobodys(self) -> bool {
        let shared = self.address.octets()[0] == 100 && (64..128).contains(&self.address.octets()[1]);
        let address = self.address;
        address.is_private() || address.is_loopback() || address.is_link_local() || address.is_documentation() || shared
    }
}

impl TryFrom<String> for Cidr {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bad = || not_as_expected(&text, "IPv4 addresses, such as `203.0.113.7` or `203.0.113.0/24`");
        let (address, prefix) = text.split_once('/').unwrap_or((&text, "32"));
        let address: Ipv4Addr = address.parse().map_err(|_| bad())?;
        let is_plain = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
        let prefix = prefix.parse::<u8>().ok().filter(|prefix| is_plain && *prefix <= 32).ok_or_else(bad)?;
        let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
        let network = Ipv4Addr::from(u32::from(address) & mask);
        if network == address {
            Ok(Self { address, prefix })
        } else {
            Err(format!("`{text}`: the network of this length is `{network}/{prefix}`"))
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// Ports: `22` or `1-64000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Ports {
    first: u16,
    last: u16,
}

impl Ports {
    /// All of them.
    #[must_use]
    pub fn range(self) -> RangeInclusive<u16> {
        self.first..=self.last
    }

    /// The same ports in as few ranges as possible, in order: Azure may refuse a rule that names a port twice.
    #[must_use]
    pub fn merged(mut all: Vec<Self>) -> Vec<Self> {
        all.sort_by_key(|ports| (ports.first, ports.last));
        let mut merged: Vec<Self> = Vec::new();
        for ports in all {
            match merged.last_mut() {
                Some(last) if u32::from(ports.first) <= u32::from(last.last) + 1 => {
                    last.last = last.last.max(ports.last);
                }
                _ => merged.push(ports),
            }
        }
        merged
    }

    /// True if the two have a port in common.
    #[must_use]
    pub fn overlap(self, other: &RangeInclusive<u16>) -> bool {
        self.first <= *other.end() && *other.start() <= self.last
    }
}

impl TryFrom<String> for Ports {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (first, last) = text.split_once('-').unwrap_or((&text, &text));
        let port = |text: &str| {
            let is_plain = !text.is_empty() && text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<u16>().ok().filter(|_| is_plain)
        };
        match (port(first), port(last)) {
            (Some(first), Some(last)) if first <= last => Ok(Self { first, last }),
            _ => Err(not_as_expected(&text, "ports from 0 to 65535, such as `22` or `1-64000`")),
        }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_whole() {
        let parse = |text: &str| Cidr::try_from(text.to_owned());
        for (text, shown) in
            [("203.0.113.7", "203.0.113.7/32"), ("203.0.113.0/24", "203.0.113.0/24"), ("0.0.0.0/0", "0.0.0.0/0")]
        {
            assert_eq!(parse(text).unwrap().to_string(), shown);
        }
        assert_eq!(
            parse("203.0.113.7/24").unwrap_err(),
            "`203.0.113.7/24`: the network of this length is `203.0.113.0/24`"
        );
        for bad in ["", "203.0.113", "203.0.113.7/33", "203.0.113.7/", "203.0.113.7/+8", "::1", "Internet", "*"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse("10.0.0.0/8").unwrap().is_nobodys() && parse("203.0.113.7").unwrap().is_nobodys());
        assert!(!parse("20.1.2.3").unwrap().is_nobodys());
        let overlap = |a: &str, b: &str| parse(a).unwrap().overlaps(parse(b).unwrap());
        assert!(overlap("20.1.2.0/24", "20.1.2.3") && overlap("0.0.0.0/0", "20.1.2.3"));
        assert!(!overlap("20.1.2.0/24", "20.1.3.0/24") && !overlap("20.1.2.3", "20.1.2.4"));
    }

    #[test]
    fn ports_are_numbers_in_order() {
        let parse = |text: &str| Ports::try_from(text.to_owned());
        assert_eq!(parse("22").unwrap().to_string(), "22");
        assert!(
            parse("1-64000").unwrap().overlap(&(64000..=65000)) && !parse("1-64000").unwrap().overlap(&(64294..=64297))
        );
        let merged = Ports::merged(
            ["443", "22", "1-30", "31", "400-443", "65535", "0"].map(|text| parse(text).unwrap()).to_vec(),
        );
        assert_eq!(merged.iter().map(ToString::to_string).collect::<Vec<_>>(), ["0-31", "400-443", "65535"]);
        for bad in ["", "-1", "65536", "5-4", "1-", "1-2-3", "+1", "*", "ssh"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
