//! The lab file as people write it: every key optional here, so that all that is missing is told at once.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::contact::{Budget, Clock, Mail, TimeZone};
use super::machine::{AdminUser, Commit, DiskGb, DiskType, Edition, VmSize};
use super::model::{Capacity, ModelName, ModelVersion, Redact, Server};
use super::names::{DnsLabel, GroupName, LabName, Location, Workspace};
use super::network::{Cidr, Ports};
use super::soc::{DailyCap, Flavour, IncidentSeverity, RetentionDays, WebhookUrl};

/// A lab: a Sentinel workspace with triage, a honeypot, or both.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "lab.toml")]
pub(super) struct LabFile {
    pub(super) lab: LabTable,
    pub(super) soc: Option<SocTable>,
    pub(super) honeypot: Option<HoneypotTable>,
}

/// What both stacks share.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("required" = ["name", "location"]))]
pub(super) struct LabTable {
    /// Required. Names of resources begin with it.
    pub(super) name: Option<LabName>,
    /// Required. The Azure region.
    pub(super) location: Option<Location>,
    /// Tags of every resource.
    pub(super) tags: BTreeMap<String, String>,
    /// What is deployed; both if it is not said and both tables are there.
    pub(super) stacks: Option<Vec<Stack>>,
}

/// What can be deployed alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stack {
    /// Sentinel, playbook, functions.
    Soc,
    /// T-Pot.
    Honeypot,
}

/// Sentinel, the playbook and what answers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SocTable {
    /// Resource group; `rg-NAME-soc` by default.
    pub(super) group: Option<GroupName>,
    /// A name makes a new workspace (`law-NAME` by default); an ARM id takes one that has Sentinel.
    pub(super) workspace: Option<Workspace>,
    /// Days that a new workspace keeps its logs; 90 by default, which Sentinel includes.
    pub(super) retention_days: Option<RetentionDays>,
    /// Most GB a day that a new workspace takes in; 1 by default with a honeypot's logs, else no limit.
    pub(super) daily_cap_gb: Option<DailyCap>,
    /// What the playbook does; `functions` by default.
    pub(super) playbook: Option<Flavour>,
    /// Address of functions outside the lab; for the playbook `webhook`, and required there. deploy.sh asks for its key.
    pub(super) webhook: Option<WebhookUrl>,
    /// Object id of the service principal by which these functions write: it gets Microsoft Sentinel Responder on the workspace.
    #[schemars(with = "Option<String>", extend("format" = "uuid"))]
    pub(super) webhook_principal: Option<Uuid>,
    /// Which incidents start the playbook; all by default.
    pub(super) severities: Option<Vec<IncidentSeverity>>,
    /// Everything but the write, to watch the functions for a while; off by default.
    pub(super) shadow: bool,
    /// Object id of the service principal "Azure Security Insights"; deploy.sh looks it up by default.
    #[schemars(with = "Option<String>", extend("format" = "uuid"))]
    pub(super) automation_principal: Option<Uuid>,
    /// Who gets mail when an incident cannot be triaged; nobody by default.
    pub(super) mail: Vec<Mail>,
    /// The model; without this table the runbook answers.
    pub(super) model: Option<ModelTable>,
}

/// The model that chooses among the runbook's steps.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ModelTable {
    /// `azure-openai` (made by the lab, no key; the default), or the URL of a server up to and with `/v1`.
    pub(super) server: Option<Server>,
    /// Its name; `gpt-4.1-mini` by default.
    pub(super) name: Option<ModelName>,
    /// Its version in Azure OpenAI; that of `gpt-4.1-mini` by default.
    pub(super) version: Option<ModelVersion>,
    /// Thousands of tokens a minute in Azure OpenAI; 50 by default.
    pub(super) capacity: Option<Capacity>,
    /// True if the server wants a key: deploy.sh asks for it, and it goes to a Key Vault.
    pub(super) key: Option<bool>,
    /// How much of an incident the model gets to read; `on` by default.
    pub(super) redact: Option<Redact>,
}

/// The virtual machine with T-Pot.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("required" = ["admin_cidrs"]))]
pub(super) struct HoneypotTable {
    /// Resource group; `rg-NAME-honeypot` by default.
    pub(super) group: Option<GroupName>,
    /// T-Pot's edition; `hive` by default.
    pub(super) edition: Edition,
    /// Size of the machine; `Standard_D4s_v5` by default.
    pub(super) size: Option<VmSize>,
    /// Size of the disk; by default what the edition asks for.
    pub(super) disk_gb: Option<DiskGb>,
    /// Kind of disk; `StandardSSD_LRS` by default.
    pub(super) disk: DiskType,
    /// User of the machine; `azureuser` by default.
    pub(super) admin_user: Option<AdminUser>,
    /// The public key itself. This or `ssh_key_file` is required.
    pub(super) ssh_key: Option<String>,
    /// The file with the public key, seen from the lab file; `~` is the home folder.
    pub(super) ssh_key_file: Option<String>,
    /// Required. From where SSH and the web page may be reached.
    pub(super) admin_cidrs: Option<Vec<Cidr>>,
    /// Ports that are open to the Internet, tcp and udp; `1-64000` by default.
    pub(super) ports: Option<Vec<Ports>>,
    /// First part of the name in DNS; made from the lab's name by default.
    pub(super) dns_label: Option<DnsLabel>,
    /// Commit of T-Pot; the newest one by default.
    pub(super) tpot_commit: Option<Commit>,
    /// Send the honeypots' logs to the lab's workspace, with rules that make incidents of them; on if the lab has `[soc]` and the
    /// edition is hive, sensor or mobile.
    pub(super) logs: Option<bool>,
    /// Ignore known mass scanners; off by default.
    pub(super) blackhole: bool,
    /// Send what is seen to the T-Pot community; off by default.
    pub(super) community: bool,
    /// Time zone of the machine and the attack map; `UTC` by default.
    pub(super) time_zone: TimeZone,
    /// When to stop the machine every day, in UTC; never by default. Nothing starts it again.
    pub(super) shutdown: Option<Clock>,
    /// What a month may cost before mail is sent; no budget by default.
    pub(super) budget: Option<Budget>,
    /// Who gets the budget's and the shutdown's mail.
    pub(super) mail: Vec<Mail>,
}
