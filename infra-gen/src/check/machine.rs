//! Whether T-Pot fits on the machine.

use crate::lab::DiskType;

use super::{Rule, Severity};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "machine-too-small",
        severity: Severity::Error,
        why: "T-Pot's containers run out of memory and are killed; Elasticsearch first.",
        fix: "Choose a larger honeypot.size (Standard_D4s_v5 and Standard_E2s_v5 have 16 GB), or a smaller edition.",
        find: |lab| {
            let honeypot = lab.honeypot.as_ref()?;
            let (has, asks) = (honeypot.size.memory()?, honeypot.edition.memory());
            (has < asks).then(|| format!("{} has {has} GB of memory, this edition asks for {asks}", honeypot.size))
        },
    },
    Rule {
        id: "machine-arm",
        severity: Severity::Error,
        why: "The image of the machine is for x64 processors, and so are most of T-Pot's.",
        fix: "Choose a honeypot.size without a `p` after its number, such as Standard_D4s_v5.",
        find: |lab| {
            let size = &lab.honeypot.as_ref()?.size;
            size.is_arm().then(|| format!("{size} has an ARM processor"))
        },
    },
    Rule {
        id: "disk-does-not-fit",
        severity: Severity::Error,
        why: "Azure refuses a premium disk on a machine that is not made for it.",
        fix: "Choose a honeypot.size with an `s` after its number, or leave honeypot.disk out.",
        find: |lab| {
            let honeypot = lab.honeypot.as_ref()?;
            let is_refused = honeypot.disk == DiskType::PremiumSsd && !honeypot.size.takes_premium_disks();
            is_refused.then(|| format!("{} takes no {}", honeypot.size, honeypot.disk.as_str()))
        },
    },
    Rule {
        id: "disk-too-small",
        severity: Severity::Warning,
        why: "Images and logs fill the disk within days, and T-Pot stops.",
        fix: "Leave honeypot.disk_gb out to get what the edition asks for.",
        find: |lab| {
            let honeypot = lab.honeypot.as_ref()?;
            let (has, asks) = (honeypot.disk_gb.get(), honeypot.edition.disk());
            (has < asks).then(|| format!("a disk of {has} GB, this edition asks for {asks}"))
        },
    },
    Rule {
        id: "tpot-not-pinned",
        severity: Severity::Info,
        why: "The installer and the list of containers are whatever the project has that day. Images are by tag in any case.",
        fix: "Name a commit of telekom-security/tpotce in honeypot.tpot_commit.",
        find: |lab| lab.honeypot.as_ref()?.commit.is_none().then(|| "T-Pot is the newest commit".to_owned()),
    },
    Rule {
        id: "shutdown-ends-it",
        severity: Severity::Info,
        why: "Nothing starts the honeypot again the next day, and it sees nothing while it is off.",
        fix: "Leave honeypot.shutdown out for a honeypot that runs for days; a budget tells you what it costs.",
        find: |lab| {
            let clock = lab.honeypot.as_ref()?.shutdown.as_ref()?;
            Some(format!("the machine stops at {clock} UTC"))
        },
    },
    Rule {
        id: "logs-silent",
        severity: Severity::Info,
        why: "This edition has few of the seven honeypots whose logs have tables: most rules and panels stay silent.",
        fix: "Choose honeypot.edition = \"hive\", or leave honeypot.logs out.",
        find: |lab| {
            let honeypot = lab.honeypot.as_ref()?;
            let is_silent = honeypot.ships_logs && !honeypot.edition.has_logged_honeypots();
            is_silent.then(|| format!("the logs of the edition {} are sent", honeypot.edition.as_str()))
        },
    },
];
