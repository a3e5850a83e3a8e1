//! The lab: what a lab file says, checked, with defaults filled in.

mod checked;
mod contact;
mod file;
mod machine;
mod model;
mod names;
mod network;
pub(crate) mod problem;
mod read;
mod resolve;
mod soc;
mod ssh_key;

use std::collections::BTreeMap;
use std::path::Path;

use uuid::Uuid;

pub use contact::{Budget, Clock, Mail, TimeZone};
pub use file::Stack;
pub use machine::{AdminUser, Commit, DiskGb, DiskType, Edition, VmSize};
pub use model::{Capacity, ModelName, ModelVersion, Redact, Server};
pub use names::{DnsLabel, GroupName, LabName, Location, Workspace, WorkspaceName};
pub use network::{Cidr, Ports};
pub use problem::Problem;
pub use soc::{DailyCap, Flavour, IncidentSeverity, RetentionDays, WebhookUrl};
pub use ssh_key::SshKey;

/// A lab that Azure's rules allow.
#[derive(Debug, Clone, PartialEq)]
pub struct Lab {
    /// Names of resources begin with it.
    pub name: LabName,
    /// The region.
    pub location: Location,
    /// Tags of every resource.
    pub tags: BTreeMap<String, String>,
    /// Sentinel and what triages.
    pub soc: Option<Soc>,
    /// The honeypot.
    pub honeypot: Option<Honeypot>,
}

/// Sentinel, the playbook and what answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Soc {
    /// Resource group.
    pub group: GroupName,
    /// The workspace, new or there already.
    pub workspace: Workspace,
    /// Days that a new workspace keeps its logs.
    pub retention: RetentionDays,
    /// Most GB a day of a new workspace.
    pub daily_cap: Option<DailyCap>,
    /// What the playbook does.
    pub flavour: Flavour,
    /// Which incidents start it; empty for all.
    pub severities: Vec<IncidentSeverity>,
    /// True if nothing is written.
    pub is_shadow: bool,
    /// Sentinel's own service principal, if it is known.
    pub automation_principal: Option<Uuid>,
    /// Who gets mail of what was put aside.
    pub mail: Vec<Mail>,
    /// Whom the playbook `webhook` calls.
    pub webhook: Option<Webhook>,
    /// The model; without one the runbook answers.
    pub model: Option<Model>,
}

/// Functions outside the lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Where they take incidents.
    pub url: WebhookUrl,
    /// Object id of the service principal by which they read and write, if the lab is to give it the role.
    pub principal: Option<Uuid>,
}

/// A model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Who runs it.
    pub server: Server,
    /// Its name.
    pub name: ModelName,
    /// Its version in Azure OpenAI; Azure's default if there is none.
    pub version: Option<ModelVersion>,
    /// Thousands of tokens a minute in Azure OpenAI.
    pub capacity: Capacity,
    /// True if it wants a key.
    pub has_key: bool,
    /// How much it gets to read.
    pub redact: Redact,
}

/// The virtual machine with T-Pot.
#[derive(Debug, Clone, PartialEq)]
pub struct Honeypot {
    /// Resource group.
    pub group: GroupName,
    /// T-Pot's edition.
    pub edition: Edition,
    /// Size of the machine.
    pub size: VmSize,
    /// Size of the disk.
    pub disk_gb: DiskGb,
    /// Kind of disk.
    pub disk: DiskType,
    /// User of the machine.
    pub admin_user: AdminUser,
    /// The key that opens SSH.
    pub ssh_key: SshKey,
    /// From where SSH and the web page may be reached; never empty.
    pub admin_cidrs: Vec<Cidr>,
    /// Ports that are open to the Internet; never empty.
    pub ports: Vec<Ports>,
    /// First part of the name in DNS, if it is chosen.
    pub dns_label: Option<DnsLabel>,
    /// Commit of T-Pot; the newest one if there is none.
    pub commit: Option<Commit>,
    /// True if its logs go to the lab's workspace.
    pub ships_logs: bool,
    /// True if known mass scanners are ignored.
    pub is_blackhole: bool,
    /// True if what is seen goes to the T-Pot community.
    pub is_community: bool,
    /// Time zone of the machine and the attack map.
    pub time_zone: TimeZone,
    /// When the machine stops every day.
    pub shutdown: Option<Clock>,
    /// What a month may cost before mail is sent.
    pub budget: Option<Budget>,
    /// Who gets mail.
    pub mail: Vec<Mail>,
}

impl Lab {
    /// True if the honeypot's logs go to the lab's workspace.
    #[must_use]
    pub fn ships_logs(&self) -> bool {
        self.honeypot.as_ref().is_some_and(|honeypot| honeypot.ships_logs)
    }

    /// Reads a lab. `name` takes the place of the file's own; `key_file` reads the file of the public key.
    ///
    /// # Errors
    /// Every [`Problem`] of the file, in its order.
    pub fn read(
        text: &str,
        name: Option<LabName>,
        key_file: &dyn Fn(&Path) -> std::io::Result<String>,
    ) -> Result<Self, Vec<Problem>> {
        let (mut file, mut source) = read::Source::read(text);
        if name.is_some() {
            resolve::one_of_many(&file, &mut source);
            file.lab.name = name;
        }
        let lab = if source.is_broken() { None } else { resolve::lab(file, &mut source, key_file) };
        match lab {
            Some(lab) if source.problems.is_empty() => Ok(lab),
            _ => Err(source.in_order()),
        }
    }
}

/// The JSON Schema of a lab file, by which editors complete and check it.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(file::LabFile).to_value()
}

#[cfg(test)]
pub(crate) mod tests;
