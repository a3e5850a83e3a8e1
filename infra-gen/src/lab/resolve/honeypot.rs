//! The honeypot stack: its names and defaults, and what is required.

use std::path::PathBuf;

use super::super::file::HoneypotTable;
use super::super::names::LabName;
use super::super::read::Source;
use super::super::{Budget, Cidr, Honeypot, Mail, Ports, SshKey};
use super::{KeyFile, number, text};

pub(super) fn honeypot(
    table: HoneypotTable,
    name: &LabName,
    has_soc: bool,
    source: &mut Source,
    key_file: KeyFile,
) -> Option<Honeypot> {
    let ssh_key = ssh_key(&table, source, key_file);
    let admin_cidrs = admin_cidrs(table.admin_cidrs, source);
    let ports = ports(table.ports, source);
    mails(&table.mail, table.budget, source);
    if table.logs == Some(true) && !has_soc {
        source.problem(
            "honeypot.logs",
            "needs the stack `soc`, whose workspace takes the logs: add `[soc]`, or leave this out",
        );
    }
    let edition = table.edition;
    Some(Honeypot {
        group: table.group.or_else(|| text(format!("rg-{name}-honeypot")))?,
        edition,
        size: table.size.or_else(|| text("Standard_D4s_v5"))?,
        disk_gb: table.disk_gb.or_else(|| number(edition.disk().into()))?,
        disk: table.disk,
        admin_user: table.admin_user.or_else(|| text("azureuser"))?,
        ssh_key: ssh_key?,
        admin_cidrs: admin_cidrs?,
        ports: ports?,
        dns_label: table.dns_label,
        commit: table.tpot_commit,
        ships_logs: table.logs.unwrap_or(has_soc && edition.has_logged_honeypots()),
        is_blackhole: table.blackhole,
        is_community: table.community,
        time_zone: table.time_zone,
        shutdown: table.shutdown,
        budget: table.budget,
        mail: table.mail,
    })
}

fn ssh_key(table: &HoneypotTable, source: &mut Source, key_file: KeyFile) -> Option<SshKey> {
    let (key, text) = match (&table.ssh_key, &table.ssh_key_file) {
        (Some(_), Some(_)) => {
            source.problem("honeypot.ssh_key_file", "`ssh_key` is there too: give one of them");
            return None;
        }
        (None, None) if source.is_refused("honeypot.ssh_key_file") => return None,
        (None, None) => {
            source
                .problem("honeypot.ssh_key", "missing: the public key, or `ssh_key_file = \"~/.ssh/id_ed25519.pub\"`");
            return None;
        }
        (Some(text), None) => ("honeypot.ssh_key", text.clone()),
        (None, Some(path)) => match key_file(&PathBuf::from(path)) {
            Ok(text) => ("honeypot.ssh_key_file", text),
            Err(error) => {
                let shown = path.escape_debug();
                let make = "make a key with `ssh-keygen -t ed25519`, or name another file";
                source.problem("honeypot.ssh_key_file", format!("`{shown}`: {error}: {make}"));
                return None;
            }
        },
    };
    SshKey::try_from(text).map_err(|message| source.problem(key, message)).ok()
}

fn admin_cidrs(cidrs: Option<Vec<Cidr>>, source: &mut Source) -> Option<Vec<Cidr>> {
    let cidrs = cidrs.filter(|cidrs| !cidrs.is_empty());
    if cidrs.is_none() {
        source.problem(
            "honeypot.admin_cidrs",
            "missing: from where you reach SSH and the web page, such as `admin_cidrs = [\"203.0.113.7\"]`",
        );
    }
    let cidrs = cidrs?;
    for (at, cidr) in cidrs.iter().enumerate() {
        if let Some(other) = cidrs[..at].iter().find(|other| other.overlaps(*cidr)) {
            source.problem(
                "honeypot.admin_cidrs",
                format!("`{cidr}` and `{other}` overlap, which Azure refuses: leave out one"),
            );
        }
    }
    Some(cidrs)
}

fn ports(ports: Option<Vec<Ports>>, source: &mut Source) -> Option<Vec<Ports>> {
    // A rule of a network security group takes more; a list this long is a mistake.
    const MOST: usize = 100;
    let ports = ports.or_else(|| Some(vec![text("1-64000")?]))?;
    match ports.len() {
        0 => source.problem(
            "honeypot.ports",
            "empty: a honeypot without open ports sees nothing; the default is `[\"1-64000\"]`",
        ),
        1..=MOST => return Some(Ports::merged(ports)),
        many => source.problem("honeypot.ports", format!("{many} ranges: at most {MOST}")),
    }
    None
}

fn mails(mail: &[Mail], budget: Option<Budget>, source: &mut Source) {
    // Microsoft.Consumption/budgets
    const MOST: usize = 50;
    if budget.is_some() && mail.is_empty() {
        source.problem("honeypot.mail", "missing: a budget tells somebody, such as `mail = [\"me@contoso.com\"]`");
    }
    if mail.len() > MOST {
        source.problem("honeypot.mail", format!("{} addresses: at most {MOST}", mail.len()));
    }
}
