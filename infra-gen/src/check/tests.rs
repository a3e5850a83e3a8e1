use std::path::Path;

use super::*;
use crate::lab::tests::KEY;

fn lab(location: &str, soc: &str, honeypot: &str) -> Lab {
    let text = format!(
        "[lab]\nname='pot'\nlocation='{location}'\n[soc]\n{soc}\n[honeypot]\n{}{}{honeypot}\n",
        if honeypot.contains("admin_cidrs") { "" } else { "admin_cidrs=['20.1.2.3']\n" },
        if honeypot.contains("ssh_key") { String::new() } else { format!("ssh_key='{KEY}'\n") }
    );
    let key_file = |_: &Path| Ok(include_str!("../../../examples/labs/example.pub").to_owned());
    Lab::read(&text, None, &key_file).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

/// Every rule: what it fires on, and what it does not fire on.
const SIDES: &[(&str, [&str; 3], [&str; 3])] = &[
    (
        "management-open-to-all",
        ["westeurope", "", "admin_cidrs=['0.0.0.0/0']"],
        ["westeurope", "", "admin_cidrs=['1.0.0.0/8']"],
    ),
    (
        "management-open-wide",
        ["westeurope", "", "admin_cidrs=['20.0.0.0/15']"],
        ["westeurope", "", "admin_cidrs=['20.0.0.0/16']"],
    ),
    ("management-unreachable", ["westeurope", "", "admin_cidrs=['10.0.0.0/8']"], ["westeurope", "", ""]),
    ("example-key", ["westeurope", "", "ssh_key_file='example.pub'"], ["westeurope", "", ""]),
    (
        "ports-cover-management",
        ["westeurope", "", "ports=['1-65000']"],
        ["westeurope", "", "ports=['1-64293', '64306-65535']"],
    ),
    ("ports-all", ["westeurope", "", "ports=['0-65535']"], ["westeurope", "", "ports=['1-64000']"]),
    ("tarpit-udp", ["westeurope", "", "edition='tarpit'"], ["westeurope", "", "edition='mini'"]),
    ("community-on", ["westeurope", "", "community=true"], ["westeurope", "", ""]),
    (
        "machine-too-small",
        ["westeurope", "", "size='Standard_D2s_v5'"],
        ["westeurope", "", "size='Standard_D2s_v5'\nedition='sensor'"],
    ),
    ("machine-arm", ["westeurope", "", "size='Standard_D4ps_v5'"], ["westeurope", "", ""]),
    (
        "disk-does-not-fit",
        ["westeurope", "", "size='Standard_D4_v5'\ndisk='Premium_LRS'"],
        ["westeurope", "", "disk='Premium_LRS'"],
    ),
    ("disk-too-small", ["westeurope", "", "disk_gb=64"], ["westeurope", "", "disk_gb=128\nedition='mini'"]),
    (
        "tpot-not-pinned",
        ["westeurope", "", ""],
        ["westeurope", "", "tpot_commit='0123456789012345678901234567890123456789'"],
    ),
    ("shutdown-ends-it", ["westeurope", "", "shutdown='19:00'"], ["westeurope", "", ""]),
    ("logs-silent", ["westeurope", "", "edition='mini'\nlogs=true"], ["westeurope", "", "edition='mini'"]),
    ("no-budget", ["westeurope", "", ""], ["westeurope", "", "budget=300\nmail=['me@contoso.com']"]),
    ("retention-costs", ["westeurope", "retention_days=180", ""], ["westeurope", "retention_days=90", ""]),
    ("no-daily-cap", ["westeurope", "", "logs=false"], ["westeurope", "daily_cap_gb=1", ""]),
    (
        "logs-uncapped",
        [
            "westeurope",
            "workspace='/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-soc'",
            "",
        ],
        [
            "westeurope",
            "workspace='/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-soc'",
            "logs=false",
        ],
    ),
    ("region-without-flex", ["polandcentral", "", ""], ["polandcentral", "playbook='keyless'", ""]),
    ("no-mail-of-failures", ["westeurope", "", ""], ["westeurope", "mail=['soc@contoso.com']", ""]),
    (
        "shared-workspace",
        [
            "westeurope",
            "workspace='/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-soc'",
            "",
        ],
        ["westeurope", "workspace='law-soc'", ""],
    ),
    ("names-leave", ["westeurope", "[soc.model]\nredact='off'", ""], ["westeurope", "[soc.model]", ""]),
    ("playbook-sends-names", ["westeurope", "playbook='keyless'", ""], ["westeurope", "", ""]),
    (
        "webhook-without-role",
        ["westeurope", "playbook='webhook'\nwebhook='https://x.example/'", ""],
        [
            "westeurope",
            "playbook='webhook'\nwebhook='https://x.example/'\nwebhook_principal='00000000-0000-0000-0000-00000000000b'",
            "",
        ],
    ),
    ("tutorial-model", ["westeurope", "playbook='classic'", ""], ["westeurope", "playbook='keyless'", ""]),
];

#[test]
fn every_rule_fires_on_one_side_and_not_on_the_other() {
    let fires = |id: &str, [location, soc, honeypot]: [&str; 3]| {
        findings(&lab(location, soc, honeypot)).iter().any(|finding| finding.id == id)
    };
    for (id, bad, good) in SIDES {
        assert!(fires(id, *bad), "{id} does not fire");
        assert!(!fires(id, *good), "{id} fires");
    }
    let tested: Vec<&str> = SIDES.iter().map(|(id, _, _)| *id).collect();
    assert_eq!(rules().map(|rule| rule.id).collect::<Vec<_>>(), tested);
}

#[test]
fn findings_come_gravest_first() {
    let severities: Vec<Severity> =
        findings(&lab("westeurope", "", "admin_cidrs=['0.0.0.0/0']")).iter().map(|finding| finding.severity).collect();
    assert!(severities.is_sorted() && severities[0] == Severity::Error);
}
