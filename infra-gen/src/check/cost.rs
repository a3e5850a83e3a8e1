//! What may cost more than expected.

use crate::lab::Workspace;

use super::{Rule, Severity};

/// Days of logs that Sentinel's price includes.
const FREE_DAYS: u32 = 90;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "no-budget",
        severity: Severity::Warning,
        why: "A forgotten honeypot costs some hundred dollars a month.",
        fix: "Set honeypot.budget and honeypot.mail, or honeypot.shutdown.",
        find: |lab| {
            let honeypot = lab.honeypot.as_ref()?;
            (honeypot.budget.is_none() && honeypot.shutdown.is_none())
                .then(|| "neither a budget nor a shutdown".to_owned())
        },
    },
    Rule {
        id: "retention-costs",
        severity: Severity::Info,
        why: "Sentinel includes 90 days; each GB costs by the month after that.",
        fix: "Leave soc.retention_days at 90, unless a rule of yours asks for more.",
        find: |lab| {
            let days = lab.soc.as_ref()?.retention.get();
            (days > FREE_DAYS).then(|| format!("logs are kept {days} days"))
        },
    },
    Rule {
        id: "no-daily-cap",
        severity: Severity::Info,
        why: "A flood of logs is a flood of cost: nothing ends it before a person does.",
        fix: "Set soc.daily_cap_gb. Logs beyond it are lost until the next day.",
        find: |lab| {
            let soc = lab.soc.as_ref()?;
            let is_new = matches!(soc.workspace, Workspace::New(_));
            (is_new && soc.daily_cap.is_none()).then(|| "the new workspace takes in any amount".to_owned())
        },
    },
    Rule {
        id: "logs-uncapped",
        severity: Severity::Warning,
        why: "Attackers decide how much a honeypot logs, and whoever owns that workspace pays for it.",
        fix: "See that the workspace has a daily cap, take one of the lab's own, or set honeypot.logs = false.",
        find: |lab| {
            let is_there = matches!(lab.soc.as_ref()?.workspace, Workspace::Existing { .. });
            (lab.ships_logs() && is_there).then(|| "the honeypots' logs go to a workspace that is there".to_owned())
        },
    },
];
