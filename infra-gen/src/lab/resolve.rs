//! From typed tables to a lab: what is required is there, what belongs together fits, the rest has its default.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::file::{HoneypotTable, LabFile, ModelTable, SocTable, Stack};
use super::names::LabName;
use super::read::Source;
use super::{
    Budget, Cidr, Flavour, GroupName, Honeypot, Lab, Mail, Model, ModelName, Ports, Server, Soc, SshKey, Workspace,
};

/// The key file's contents.
type KeyFile<'f> = &'f dyn Fn(&Path) -> std::io::Result<String>;

/// A default of this file, which follows its type's rule.
fn text<T: TryFrom<String>>(value: impl Into<String>) -> Option<T> {
    T::try_from(value.into()).ok()
}

/// The same for a number.
fn number<T: TryFrom<i64>>(value: i64) -> Option<T> {
    T::try_from(value).ok()
}

/// A lab that is one of many has nothing that all of them would have: they would be one, and deleted as one.
pub(super) fn one_of_many(file: &LabFile, source: &mut Source) {
    let (soc, honeypot) = (file.soc.as_ref(), file.honeypot.as_ref());
    let names_workspace = soc.is_some_and(|soc| matches!(soc.workspace, Some(Workspace::New(_))));
    for (key, is_set) in [
        ("soc.group", soc.is_some_and(|soc| soc.group.is_some())),
        ("soc.workspace", names_workspace),
        ("honeypot.group", honeypot.is_some_and(|honeypot| honeypot.group.is_some())),
        ("honeypot.dns_label", honeypot.is_some_and(|honeypot| honeypot.dns_label.is_some())),
    ] {
        if is_set {
            source.problem(
                key,
                "every lab of this file would get the same: leave it out with --name, then it follows the name",
            );
        }
    }
}

/// The lab; none if something required is missing, which is told.
pub(super) fn lab(file: LabFile, source: &mut Source, key_file: KeyFile) -> Option<Lab> {
    let name = file.lab.name.clone();
    if name.is_none() {
        source.problem("lab.name", "missing: the lab's name, such as `name = \"pot\"`");
    }
    if file.lab.location.is_none() {
        source.problem("lab.location", "missing: the Azure region, such as `location = \"westeurope\"`");
    }
    tags(&file.lab.tags, source);
    let (wants_soc, wants_honeypot) = stacks(&file, source);
    // What is left out of a lab without a name is not looked at with another's: any name will do to find the other problems.
    let named = name.clone().or_else(|| text("lab"))?;
    let soc = if wants_soc { soc(file.soc.unwrap_or_default(), &named, source) } else { None };
    let honeypot =
        if wants_honeypot { honeypot(file.honeypot.unwrap_or_default(), &named, source, key_file) } else { None };
    groups(soc.as_ref(), honeypot.as_ref(), source);
    Some(Lab { name: name?, location: file.lab.location?, tags: file.lab.tags, soc, honeypot })
}

/// A group is deleted as a whole: neither stack's may hold the other, nor a workspace that was there before.
fn groups(soc: Option<&Soc>, honeypot: Option<&Honeypot>, source: &mut Source) {
    let is_same = |a: &GroupName, b: &GroupName| a.as_str().eq_ignore_ascii_case(b.as_str());
    if let (Some(soc), Some(honeypot)) = (soc, honeypot)
        && is_same(&soc.group, &honeypot.group)
    {
        source.problem("honeypot.group", "must differ from `soc.group`: the honeypot is deleted without the SOC");
    }
    let Some(Workspace::Existing { group, .. }) = soc.map(|soc| &soc.workspace) else { return };
    let groups = [("soc.group", soc.map(|soc| &soc.group)), ("honeypot.group", honeypot.map(|one| &one.group))];
    for (key, own) in groups.into_iter().filter_map(|(key, own)| Some((key, own?))) {
        if is_same(own, group) {
            source.problem(
                key,
                "must differ from the group of the workspace that is there: `destroy.sh` deletes this one whole",
            );
        }
    }
}

/// Which stacks are wanted: those that are named, else those that have a table.
fn stacks(file: &LabFile, source: &mut Source) -> (bool, bool) {
    let has = |stack: Stack| match &file.lab.stacks {
        Some(stacks) => stacks.contains(&stack),
        None => match stack {
            Stack::Soc => file.soc.is_some(),
            Stack::Honeypot => file.honeypot.is_some(),
        },
    };
    let wanted = (has(Stack::Soc), has(Stack::Honeypot));
    if wanted == (false, false) && !source.is_refused("soc") && !source.is_refused("honeypot") {
        source.problem("lab.stacks", "nothing to deploy: add a table `[soc]`, `[honeypot]`, or both");
    }
    wanted
}

/// Azure's rules for tags: <https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources>
fn tags(tags: &BTreeMap<String, String>, source: &mut Source) {
    const MOST: usize = 45;
    const FORBIDDEN: &str = "<>%&\\?/";
    if tags.len() > MOST {
        source.problem(
            "lab.tags",
            format!("{} tags: at most {MOST}, since Azure takes 50 and some are its own", tags.len()),
        );
    }
    let mut seen: Vec<String> = Vec::new();
    for (name, value) in tags {
        // Azure takes names that differ in case for the same, and keeps some beginnings for itself.
        let lower = name.to_lowercase();
        if ["microsoft", "azure", "windows"].iter().any(|own| lower.starts_with(own)) || seen.contains(&lower) {
            source.problem(
                "lab.tags",
                format!("`{}`: Azure keeps this name for itself, or it is there in another case", name.escape_debug()),
            );
        }
        seen.push(lower);
        let is_good = (1..=128).contains(&name.chars().count()) && !name.contains(|c| FORBIDDEN.contains(c));
        if !is_good || value.chars().count() > 256 {
            source.problem(
                "lab.tags",
                format!(
                    "`{}`: a name has 1 to 128 characters without `{FORBIDDEN}`, a value at most 256",
                    name.escape_debug()
                ),
            );
        }
    }
}

fn soc(table: SocTable, name: &LabName, source: &mut Source) -> Option<Soc> {
    let is_new = !matches!(table.workspace, Some(Workspace::Existing { .. }));
    if !is_new {
        for (key, is_set) in
            [("soc.retention_days", table.retention_days.is_some()), ("soc.daily_cap_gb", table.daily_cap_gb.is_some())]
        {
            if is_set {
                source.problem(key, "a workspace that is there already is not changed: leave this out");
            }
        }
    }
    let flavour = table.playbook.unwrap_or_default();
    fits(flavour, &table, source);
    let model = match (flavour, table.model) {
        (Flavour::Functions, table) => table.and_then(|table| model(table, source)),
        // The playbook asks a model by itself.
        (_, table) => model(table.unwrap_or_default(), source),
    };
    Some(Soc {
        group: table.group.or_else(|| text(format!("rg-{name}-soc")))?,
        workspace: table.workspace.or_else(|| text(format!("law-{name}")))?,
        retention: table.retention_days.or_else(|| number(90))?,
        daily_cap: table.daily_cap_gb,
        flavour,
        severities: table.severities.unwrap_or_default(),
        is_shadow: table.shadow,
        automation_principal: table.automation_principal,
        mail: table.mail,
        model,
    })
}

fn model(table: ModelTable, source: &mut Source) -> Option<Model> {
    let server = table.server.unwrap_or(Server::AzureOpenAi);
    let is_ours = server == Server::AzureOpenAi;
    if is_ours && table.key == Some(true) && !source.is_refused("soc.model.server") {
        source.problem("soc.model.key", "Azure OpenAI needs no key: leave this out");
    }
    if !is_ours && table.name.is_none() {
        source.problem("soc.model.name", "missing: the model's name on that server");
    }
    // The deployment has the model's name, by Azure's rule for child resources.
    let is_deployable = |name: &ModelName| name.as_str().len() >= 2 && !name.as_str().contains(['/', ':']);
    if is_ours && table.name.as_ref().is_some_and(|name| !is_deployable(name)) {
        source.problem("soc.model.name", "expected 2 to 64 letters, digits and `._-`, as Azure OpenAI has it");
    }
    Some(Model {
        server,
        version: table.version.or_else(|| if table.name.is_none() { text("2025-04-14") } else { None }),
        name: table.name.or_else(|| text("gpt-4.1-mini"))?,
        capacity: table.capacity.or_else(|| number(50))?,
        has_key: !is_ours && table.key.unwrap_or(true),
        redact: table.redact.unwrap_or_default(),
    })
}

/// What is said and would have no effect. Whoever says it expects one.
fn fits(flavour: Flavour, table: &SocTable, source: &mut Source) {
    let model = table.model.as_ref();
    let is_url = model.is_some_and(|model| matches!(model.server, Some(Server::Url(_))));
    let has = |is: fn(&ModelTable) -> bool| model.is_some_and(is);
    let is_playbook = flavour != Flavour::Functions;
    let playbook = format!("the playbook `{}`", flavour.as_str());
    let asks = if flavour == Flavour::Classic { "OpenAI by its connector" } else { "Azure OpenAI" };
    for (key, is_idle, why) in [
        ("soc.shadow", is_playbook && table.shadow, format!("{playbook} always writes")),
        ("soc.mail", is_playbook && !table.mail.is_empty(), format!("{playbook} has no queue that mail could tell of")),
        (
            "soc.model.redact",
            is_playbook && has(|model| model.redact.is_some()),
            format!("{playbook} sends title and description as they are"),
        ),
        ("soc.model.server", is_playbook && has(|model| model.server.is_some()), format!("{playbook} asks {asks}")),
        (
            "soc.model.key",
            is_playbook && has(|model| model.key.is_some()),
            format!("{playbook} decides by itself whether it has a key"),
        ),
        (
            "soc.model.version",
            (is_url || flavour == Flavour::Classic) && has(|model| model.version.is_some()),
            "only Azure OpenAI takes a version".to_owned(),
        ),
        (
            "soc.model.capacity",
            (is_url || flavour == Flavour::Classic) && has(|model| model.capacity.is_some()),
            "only Azure OpenAI takes a capacity".to_owned(),
        ),
    ] {
        if is_idle {
            source.problem(key, format!("{why}: leave this out, or choose another playbook or server"));
        }
    }
}

fn honeypot(table: HoneypotTable, name: &LabName, source: &mut Source, key_file: KeyFile) -> Option<Honeypot> {
    let ssh_key = ssh_key(&table, source, key_file);
    let admin_cidrs = admin_cidrs(table.admin_cidrs, source);
    let ports = ports(table.ports, source);
    mails(&table.mail, table.budget, source);
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
