//! The SOC stack: its names and defaults, and what does not go together.

use super::super::file::{ModelTable, SocTable};
use super::super::names::LabName;
use super::super::read::Source;
use super::super::{Flavour, Model, ModelName, Server, Soc, Webhook, Workspace};
use super::{number, text};

pub(super) fn soc(table: SocTable, name: &LabName, source: &mut Source) -> Option<Soc> {
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
    if flavour == Flavour::Webhook && table.webhook.is_none() && !source.is_refused("soc.webhook") {
        source.problem("soc.webhook", "missing: the address that the playbook `webhook` calls, such as `https://abc.lambda-url.eu-central-1.on.aws/`");
    }
    let model = match (flavour, table.model) {
        (flavour, table) if flavour.has_functions() => table.and_then(|table| model(table, source)),
        // Functions elsewhere have settings of their own.
        (Flavour::Webhook, _) => None,
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
        webhook: table.webhook.map(|url| Webhook { url, principal: table.webhook_principal }),
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
    let playbook = format!("the playbook `{}`", flavour.as_str());
    let is_elsewhere = flavour == Flavour::Webhook;
    let (shadow, mail) = match flavour {
        Flavour::Webhook => ("leaves that to the functions behind it", "leaves mail to the functions behind it"),
        _ => ("always writes", "has no queue that mail could tell of"),
    };
    let is_playbook = !flavour.has_functions();
    let has_severities = table.severities.as_ref().is_some_and(|severities| !severities.is_empty());
    let no_webhook = "only the playbook `webhook` calls one";
    for (key, is_idle, why) in [
        ("soc.shadow", is_playbook && table.shadow, format!("{playbook} {shadow}")),
        ("soc.mail", is_playbook && !table.mail.is_empty(), format!("{playbook} {mail}")),
        (
            "soc.severities",
            flavour == Flavour::Sweep && has_severities,
            "a sweep looks for incidents of every severity".to_owned(),
        ),
        (
            "soc.automation_principal",
            flavour == Flavour::Sweep && table.automation_principal.is_some(),
            "Sentinel needs no right where there is no playbook".to_owned(),
        ),
        ("soc.webhook", !is_elsewhere && table.webhook.is_some(), no_webhook.to_owned()),
        ("soc.webhook_principal", !is_elsewhere && table.webhook_principal.is_some(), no_webhook.to_owned()),
        (
            "soc.model",
            is_elsewhere && table.model.is_some(),
            format!("{playbook} leaves the model to the functions behind it"),
        ),
    ] {
        if is_idle {
            source.problem(key, format!("{why}: leave this out, or choose another playbook"));
        }
    }
    if let Some(model) = table.model.as_ref().filter(|_| !is_elsewhere) {
        model_fits(flavour, model, source);
    }
}

fn model_fits(flavour: Flavour, model: &ModelTable, source: &mut Source) {
    let is_url = matches!(model.server, Some(Server::Url(_)));
    let is_playbook = !flavour.has_functions();
    let is_not_azures = is_url || flavour == Flavour::Classic;
    let playbook = format!("the playbook `{}`", flavour.as_str());
    let asks = if flavour == Flavour::Classic { "OpenAI by its connector" } else { "Azure OpenAI" };
    for (key, is_idle, why) in [
        (
            "soc.model.redact",
            is_playbook && model.redact.is_some(),
            format!("{playbook} sends title and description as they are"),
        ),
        ("soc.model.server", is_playbook && model.server.is_some(), format!("{playbook} asks {asks}")),
        (
            "soc.model.key",
            is_playbook && model.key.is_some(),
            format!("{playbook} decides by itself whether it has a key"),
        ),
        ("soc.model.version", is_not_azures && model.version.is_some(), "only Azure OpenAI takes a version".to_owned()),
        (
            "soc.model.capacity",
            is_not_azures && model.capacity.is_some(),
            "only Azure OpenAI takes a capacity".to_owned(),
        ),
    ] {
        if is_idle {
            source.problem(key, format!("{why}: leave this out, or choose another playbook or server"));
        }
    }
}
