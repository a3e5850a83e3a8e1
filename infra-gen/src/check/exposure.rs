//! Who can reach what.

use std::ops::RangeInclusive;

use crate::lab::Edition;

/// The key of the examples.
const EXAMPLE: &str = include_str!("../../../examples/labs/example.pub");

use super::{Rule, Severity};

/// T-Pot's own ports: sensors, SSH, web page, and what it keeps on the loopback interface (T-Pot's README).
const MANAGEMENT: RangeInclusive<u16> = 64294..=64305;
/// As in the tutorial.
const ALL: RangeInclusive<u16> = 0..=65535;
/// Half of all addresses.
const HALF: u64 = 1 << 31;
/// From this prefix on, a range is more than a site's.
const WIDE: u8 = 16;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "management-open-to-all",
        severity: Severity::Error,
        why: "Anybody may try passwords and exploits on SSH and the web page of the honeypot.",
        fix: "Name your own addresses in honeypot.admin_cidrs.",
        find: |lab| {
            let cidrs = &lab.honeypot.as_ref()?.admin_cidrs;
            let addresses: u64 = cidrs.iter().map(|cidr| 1 << (32 - u32::from(cidr.prefix()))).sum();
            (addresses >= HALF).then(|| format!("admin_cidrs has {addresses} addresses"))
        },
    },
    Rule {
        id: "management-open-wide",
        severity: Severity::Warning,
        why: "Many strangers share these addresses with you.",
        fix: "Name fewer addresses in honeypot.admin_cidrs.",
        find: |lab| {
            let cidrs = &lab.honeypot.as_ref()?.admin_cidrs;
            cidrs.iter().find(|cidr| (1..WIDE).contains(&cidr.prefix())).map(|cidr| format!("admin_cidrs has {cidr}"))
        },
    },
    Rule {
        id: "management-unreachable",
        severity: Severity::Warning,
        why: "The honeypot is reached over the Internet, where nobody has these addresses: SSH and the web page stay closed to you.",
        fix: "Name the address that the Internet sees you by in honeypot.admin_cidrs.",
        find: |lab| {
            let cidrs = &lab.honeypot.as_ref()?.admin_cidrs;
            cidrs.iter().find(|cidr| cidr.is_nobodys()).map(|cidr| format!("admin_cidrs has {cidr}"))
        },
    },
    Rule {
        id: "example-key",
        severity: Severity::Error,
        why: "Nobody has the other half of the key in the examples: you could not log in.",
        fix: "Name your own key in honeypot.ssh_key_file; ssh-keygen -t ed25519 makes one.",
        find: |lab| {
            (lab.honeypot.as_ref()?.ssh_key.to_string() == EXAMPLE.trim())
                .then(|| "ssh_key is that of the examples".to_owned())
        },
    },
    Rule {
        id: "ports-cover-management",
        severity: Severity::Warning,
        why: "Ports 64294 to 64305 stay closed to the world all the same: T-Pot needs them for itself.",
        fix: "Leave these ports out of honeypot.ports, for instance `[\"1-64000\"]`.",
        find: |lab| {
            let ports = &lab.honeypot.as_ref()?.ports;
            let covering = ports.iter().find(|ports| ports.overlap(&MANAGEMENT) && ports.range() != ALL)?;
            Some(format!("ports has {covering}"))
        },
    },
    Rule {
        id: "ports-all",
        severity: Severity::Warning,
        why: "As in the tutorial, every port is open, those that nothing of T-Pot answers on too. Management stays closed to the world all the same.",
        fix: "T-Pot's own advice is honeypot.ports = [\"1-64000\"].",
        find: |lab| {
            let ports = &lab.honeypot.as_ref()?.ports;
            ports.iter().find(|ports| ports.range() == ALL).map(|ports| format!("ports has {ports}"))
        },
    },
    Rule {
        id: "tarpit-udp",
        severity: Severity::Warning,
        why: "The edition `tarpit` answers DNS, NTP and other services over UDP. Others may use such answers against third parties.",
        fix: "Choose another edition, or watch the outgoing traffic.",
        find: |lab| {
            (lab.honeypot.as_ref()?.edition == Edition::Tarpit)
                .then(|| "edition is tarpit, and ports are open for UDP".to_owned())
        },
    },
    Rule {
        id: "community-on",
        severity: Severity::Info,
        why: "What the honeypot sees, addresses of attackers included, goes to the T-Pot community's server.",
        fix: "Leave honeypot.community out to keep it.",
        find: |lab| lab.honeypot.as_ref()?.is_community.then(|| "community is on".to_owned()),
    },
];
