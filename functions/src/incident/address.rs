//! Which addresses the public Internet can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The address in a text such as `203.0.113.7`, `[2001:db8::1]:443` or `198.51.100.9:22`.
#[must_use]
pub fn parse_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    // A zone (`fe80::1%eth0`) says nothing about reach.
    let bare = bare.split_once('%').map_or(bare, |(address, _)| address);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// True for an address that is globally reachable, by IANA's special-purpose registries (RFC 6890 and its updates).
///
/// The documentation ranges 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 and 2001:db8::/32 count as public here: examples
/// live there. Multicast is never public. An IPv4 address inside an IPv6 one is judged as itself.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => embedded_v4(v6).map_or_else(|| is_public_v6(v6), is_public_v4),
    }
}

/// Not globally reachable: first address and prefix length. RFC 6890 registry for IPv4; 224/4 is multicast.
const PRIVATE_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Exceptions inside 192.0.0.0/24: Port Control Protocol and TURN anycast.
const PUBLIC_V4: &[Ipv4Addr] = &[Ipv4Addr::new(192, 0, 0, 9), Ipv4Addr::new(192, 0, 0, 10)];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    let within = |(start, prefix): &(Ipv4Addr, u32)| bits >> (32 - prefix) == u32::from(*start) >> (32 - prefix);
    PUBLIC_V4.contains(&address) || !PRIVATE_V4.iter().any(within)
}

/// Not globally reachable inside 2000::/3; everything outside 2000::/3 is not public either. RFC 6890 registry for IPv6.
const PRIVATE_V6: &[(Ipv6Addr, u32)] =
    &[(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20)];

/// Exceptions inside 2001::/23 that are globally reachable.
const PUBLIC_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 1), 128),
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 2), 128),
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 3), 128),
    (Ipv6Addr::new(0x2001, 3, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2001, 4, 0x112, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x2001, 0x20, 0, 0, 0, 0, 0, 0), 28),
    (Ipv6Addr::new(0x2001, 0x30, 0, 0, 0, 0, 0, 0), 28),
];

fn is_public_v6(address: Ipv6Addr) -> bool {
    let bits = u128::from(address);
    let within = |(start, prefix): &(Ipv6Addr, u32)| bits >> (128 - prefix) == u128::from(*start) >> (128 - prefix);
    let unicast = address.segments()[0] >> 13 == 1;
    unicast && (PUBLIC_V6.iter().any(within) || !PRIVATE_V6.iter().any(within))
}

/// The IPv4 address inside `::ffff:a.b.c.d` (mapped), `::a.b.c.d` (compatible), `64:ff9b::a.b.c.d` (NAT64, RFC 6052) and
/// `2002:aabb:ccdd::` (6to4, RFC 3056).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let last = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(last(high, low))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses() {
        for text in [
            "8.8.8.8",
            "203.0.113.7",
            "198.51.100.1",
            "192.0.2.1",
            "192.0.0.9",
            "100.128.0.1",
            "172.32.0.1",
            "2001:db8::1",
            "2606:4700::1",
            "::ffff:203.0.113.7",
            "64:ff9b::8.8.8.8",
            "2002:cb00:7107::1",
            "2001:4:112::1",
        ] {
            assert!(is_public(parse_address(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn special_addresses() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::ffff:0:1",
            "64:ff9b:1::1",
            "2002:0a00:0001::1",
            "2002:c0a8:0101::",
            "100::1",
            "2001::1",
            "2001:2::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12::1",
            "fe80::1%eth0",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(parse_address(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn ports_and_brackets() {
        for text in ["203.0.113.7:22", "[2001:db8::1]:443", "[2001:db8::1]", " 203.0.113.7 "] {
            assert!(parse_address(text).is_some(), "{text}");
        }
        for text in ["", "203.0.113", "999.1.1.1", "example", "203.0.113.0/24"] {
            assert!(parse_address(text).is_none(), "{text}");
        }
    }
}
