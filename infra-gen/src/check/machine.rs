//! Whether T-Pot fits on the machine.

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
];
