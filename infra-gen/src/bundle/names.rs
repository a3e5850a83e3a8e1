//! The resources of a lab, as `explain` and the bundle's README list them.

use serde::Serialize;

use crate::lab::{Flavour, Honeypot, Lab, Soc, Workspace};

/// A resource of a lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// The resource group.
    pub group: String,
    /// What Azure calls it.
    pub kind: &'static str,
    /// Its name; `..` stands for letters that Azure makes of the resource group.
    pub name: String,
    /// What it is for.
    pub purpose: &'static str,
}

/// What a deployment makes.
#[must_use]
pub fn resources(lab: &Lab) -> Vec<Resource> {
    let name = lab.name.as_str();
    let mut all = Vec::new();
    if let Some(soc) = &lab.soc {
        let mut add = |kind, name: String, purpose| {
            all.push(Resource { group: soc.group.to_string(), kind, name, purpose });
        };
        soc_resources(soc, name, &mut add);
        if lab.ships_logs() {
            add("tables", "Honeypot.._CL".to_owned(), "the honeypots' logs; in the workspace");
            add("analytics rules", format!("7, with \"Lab: {name}.\" in their texts"), "make incidents of them");
            add("hunting queries", "9 saved searches".to_owned(), "questions to the logs");
            add("workbook", format!("{name}: honeypot"), "attack map, credentials, commands, downloads");
        }
    }
    if let Some(honeypot) = &lab.honeypot {
        let mut add = |kind, name: String, purpose| {
            all.push(Resource { group: honeypot.group.to_string(), kind, name, purpose });
        };
        honeypot_resources(honeypot, name, &mut add);
    }
    all
}

fn honeypot_resources(honeypot: &Honeypot, name: &str, add: &mut impl FnMut(&'static str, String, &'static str)) {
    add("virtual network", format!("vnet-{name}"), "of its own, connected to nothing");
    add("network security group", format!("nsg-{name}-honeypot"), "what may come in and go out");
    add("public IP address", format!("pip-{name}"), "static, with a name in DNS");
    add("network interface", format!("nic-vm-{name}"), "deleted with the machine");
    add("disk", format!("disk-vm-{name}"), "deleted with the machine");
    add("virtual machine", format!("vm-{name}"), "Ubuntu 24.04 with T-Pot");
    if honeypot.ships_logs {
        add("data collection rule and endpoint", format!("dcr-{name}, dce-{name}"), "which logs go to the workspace");
        add("agent (extension)", "AzureMonitorLinuxAgent".to_owned(), "sends them");
    }
    if honeypot.budget.is_some() {
        add("budget", format!("budget-{name}-YYYY-MM"), "mail at 80 % of the amount, and when 100 % is foreseen");
    }
    if honeypot.shutdown.is_some() {
        add("auto-shutdown", format!("shutdown-computevm-vm-{name}"), "stops the machine every day");
    }
}

fn soc_resources(soc: &Soc, name: &str, add: &mut impl FnMut(&'static str, String, &'static str)) {
    match &soc.workspace {
        Workspace::New(workspace) => {
            add("Log Analytics workspace", workspace.to_string(), "logs, with Microsoft Sentinel and its health");
        }
        Workspace::Existing { name, .. } => add("workspace that is there", name.to_string(), "not changed"),
    }
    if soc.flavour != Flavour::Sweep {
        playbook_resources(soc, name, add);
    }
    if soc.flavour.has_functions() {
        add("function app (Flex Consumption)", format!("func-{name}-.."), "triages and comments");
        add("plan", format!("plan-{name}"), "of the function app; costs nothing by itself");
        add("storage account", "st..".to_owned(), "queues and the package; no keys");
        add("Application Insights", format!("appi-{name}"), "logs of the functions");
    }
    if soc.flavour.has_functions() && !soc.mail.is_empty() {
        add("log alert", format!("alert-{name}-poison"), "mail when an incident is put aside");
        add("action group", format!("ag-{name}"), "whom it mails");
    }
    if soc.uses_vault() {
        let purpose = if soc.flavour == Flavour::Webhook { "the webhook's key" } else { "the model's key" };
        add("Key Vault", "kv-..".to_owned(), purpose);
    }
    if soc.uses_openai() {
        add("Azure OpenAI", format!("oai-{name}-.."), "the model; no keys");
    }
}

fn playbook_resources(soc: &Soc, name: &str, add: &mut impl FnMut(&'static str, String, &'static str)) {
    add("playbook (Logic App)", format!("playbook-{name}"), "starts with each new incident");
    add("API connection", format!("con-{name}-sentinel"), "by which the playbook talks to Sentinel, as its identity");
    if soc.flavour == Flavour::Classic {
        add("API connection", format!("con-{name}-openai"), "by which it talks to OpenAI, with your key");
    }
    add("automation rule", format!("on {}", soc.workspace), "runs the playbook");
}
