//! From typed tables to a lab: what is required is there, what belongs together fits, the rest has its default.

mod honeypot;
mod soc;

use std::collections::BTreeMap;
use std::path::Path;

use super::file::{LabFile, Stack};
use super::read::Source;
use super::{DailyCap, GroupName, Honeypot, Lab, Soc, Workspace};

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
    let mut soc = if wants_soc { soc::soc(file.soc.unwrap_or_default(), &named, source) } else { None };
    let honeypot = if wants_honeypot {
        honeypot::honeypot(file.honeypot.unwrap_or_default(), &named, wants_soc, source, key_file)
    } else {
        None
    };
    groups(soc.as_ref(), honeypot.as_ref(), source);
    if let (Some(soc), true) = (&mut soc, honeypot.as_ref().is_some_and(|honeypot| honeypot.ships_logs)) {
        soc.daily_cap = soc.daily_cap.or_else(|| cap(&soc.workspace));
    }
    Some(Lab { name: name?, location: file.lab.location?, tags: file.lab.tags, soc, honeypot })
}

/// What attackers may send to a new workspace in a day: they decide how much a honeypot logs.
fn cap(workspace: &Workspace) -> Option<DailyCap> {
    matches!(workspace, Workspace::New(_)).then(|| DailyCap::try_from(1.0).ok()).flatten()
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
