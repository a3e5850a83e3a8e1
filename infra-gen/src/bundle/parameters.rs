//! `NAME.parameters.json`: all that a lab decides, as data. Secure parameters are left out.

use serde_json::{Map, Value, json};

use crate::lab::{Budget, Edition, Flavour, Honeypot, Lab, Mail, Model, Server, Soc};

/// The parameter files of a lab: path and text.
pub(super) fn files(lab: &Lab, custom_data: &str) -> Vec<(&'static str, String)> {
    let soc = lab.soc.as_ref().map(soc_parameters);
    let honeypot = lab.honeypot.as_ref().map(|honeypot| honeypot_parameters(honeypot, custom_data));
    let logs = map(json!({"honeypotLogs": lab.ships_logs()}));
    let mut files = Vec::new();
    if let (Some(soc), Some(honeypot), Some(s), Some(h)) = (&soc, &honeypot, &lab.soc, &lab.honeypot) {
        let groups = map(json!({"socGroup": s.group.as_str(), "honeypotGroup": h.group.as_str()}));
        files.push(("main.parameters.json", file([shared(lab), groups, logs.clone(), soc.clone(), honeypot.clone()])));
    }
    files.extend(soc.map(|soc| ("soc.parameters.json", file([shared(lab), logs, soc]))));
    files.extend(
        honeypot.map(|honeypot| ("honeypot.parameters.json", file([shared(lab), log_workspace(lab), honeypot]))),
    );
    files
}

fn shared(lab: &Lab) -> Map<String, Value> {
    map(json!({"location": lab.location.as_str(), "tags": lab.tags, "labName": lab.name.as_str()}))
}

/// Where the honeypot's logs go; an empty name if they stay.
fn log_workspace(lab: &Lab) -> Map<String, Value> {
    let soc = lab.soc.as_ref().filter(|_| lab.ships_logs());
    let name = soc.map(|soc| soc.workspace.name().to_string()).unwrap_or_default();
    let own_group = soc.map(|soc| soc.group.to_string()).unwrap_or_default();
    let (group, subscription) = soc.map(|soc| soc.workspace.elsewhere()).unwrap_or_default();
    let group = if group.is_empty() { own_group } else { group };
    map(json!({"logWorkspaceName": name, "logWorkspaceGroup": group, "logWorkspaceSubscription": subscription}))
}

fn soc_parameters(soc: &Soc) -> Map<String, Value> {
    let (group, subscription) = soc.workspace.elsewhere();
    let mails: Vec<&str> = soc.mail.iter().map(Mail::as_str).collect();
    let parameters = json!({
        "workspaceName": soc.workspace.name().as_str(),
        "workspaceGroup": group,
        "workspaceSubscription": subscription,
        "retentionDays": soc.retention.get(),
        "dailyCapGb": soc.daily_cap.map(|cap| cap.to_string()).unwrap_or_default(),
        "playbookFlavour": soc.flavour.as_str(),
        "incidentSeverities": soc.severities,
        "shadow": soc.is_shadow,
        "sentinelAutomationPrincipalId": soc.automation_principal.map(|id| id.to_string()).unwrap_or_default(),
        "deployAutomationRule": true,
        "alertMails": mails,
        "webhookUrl": soc.webhook.as_ref().map(|webhook| webhook.url.to_string()).unwrap_or_default(),
        "webhookPrincipalId": soc.webhook_principal(),
    });
    let mut parameters = map(parameters);
    parameters.extend(model_parameters(soc));
    parameters
}

fn model_parameters(soc: &Soc) -> Map<String, Value> {
    let model = soc.model.as_ref();
    let text = |value: fn(&Model) -> String| model.map(value).unwrap_or_default();
    let url = |model: &Model| match &model.server {
        Server::Url(url) => url.clone(),
        Server::AzureOpenAi => String::new(),
    };
    map(json!({
        "completer": if model.is_some() && soc.flavour.has_functions() { "model" } else { "runbook" },
        "modelUrl": text(url),
        "modelName": text(|model| model.name.to_string()),
        "modelVersion": text(|model| model.version.as_ref().map(ToString::to_string).unwrap_or_default()),
        "modelCapacity": model.map_or(1, |model| model.capacity.get()),
        "deployOpenAi": soc.uses_openai(),
        "deployVault": soc.uses_vault(),
        "redact": model.map_or("on", |model| model.redact.as_str()),
    }))
}

fn honeypot_parameters(honeypot: &Honeypot, custom_data: &str) -> Map<String, Value> {
    let texts = |list: &[String]| list.to_vec();
    let cidrs: Vec<String> = honeypot.admin_cidrs.iter().map(ToString::to_string).collect();
    let ports: Vec<String> = honeypot.ports.iter().map(ToString::to_string).collect();
    let mails: Vec<&str> = honeypot.mail.iter().map(Mail::as_str).collect();
    map(json!({
        "adminUsername": honeypot.admin_user.as_str(),
        "sshPublicKey": honeypot.ssh_key.to_string(),
        "adminCidrs": texts(&cidrs),
        "exposedPorts": texts(&ports),
        "outboundPorts": honeypot.outbound_ports(),
        "vmSize": honeypot.size.as_str(),
        "diskSizeGb": honeypot.disk_gb.get(),
        "diskType": honeypot.disk.as_str(),
        "dnsLabel": honeypot.dns_label.as_ref().map(ToString::to_string).unwrap_or_default(),
        "customData": custom_data,
        "shutdownTime": honeypot.shutdown.as_ref().map(|clock| clock.as_str().replace(':', "")).unwrap_or_default(),
        "shutdownMail": mails.join(";"),
        "budgetAmount": honeypot.budget.map_or(0, Budget::get),
        "budgetMails": mails,
    }))
}

/// The members of an object.
fn map(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn file<const N: usize>(parts: [Map<String, Value>; N]) -> String {
    let parameters: Map<String, Value> =
        parts.into_iter().flatten().map(|(name, value)| (name, json!({ "value": value }))).collect();
    let file = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": parameters,
    });
    format!("{file:#}\n")
}

impl Soc {
    /// True if the lab makes an Azure OpenAI account.
    #[must_use]
    pub fn uses_openai(&self) -> bool {
        let asks_azure = self.model.as_ref().is_some_and(|model| model.server == Server::AzureOpenAi);
        self.flavour == Flavour::Keyless || self.flavour.has_functions() && asks_azure
    }

    /// Object id of the service principal behind the webhook; empty if the lab gives it no role.
    pub(super) fn webhook_principal(&self) -> String {
        self.webhook.as_ref().and_then(|webhook| webhook.principal).map(|id| id.to_string()).unwrap_or_default()
    }

    /// The key that deploy.sh asks for: the `model`'s or the `webhook`'s.
    #[must_use]
    pub fn key(&self) -> Option<&'static str> {
        match self.flavour {
            Flavour::Functions | Flavour::Sweep => {
                self.model.as_ref().is_some_and(|model| model.has_key).then_some("model")
            }
            Flavour::Webhook => Some("webhook"),
            Flavour::Keyless => None,
            Flavour::Classic => Some("model"),
        }
    }

    /// True if this key is kept in a Key Vault.
    #[must_use]
    pub fn uses_vault(&self) -> bool {
        self.key().is_some() && self.flavour != Flavour::Classic
    }
}

impl Honeypot {
    /// TCP ports that T-Pot needs toward the Internet besides 80 and 443.
    #[must_use]
    pub fn outbound_ports(&self) -> Vec<&'static str> {
        match self.edition {
            // To its hive.
            Edition::Sensor => vec!["64294"],
            // To Ollama.
            Edition::Llm => vec!["11434"],
            _ => Vec::new(),
        }
    }
}
