//! Whether incidents come to a comment, and somebody hears if not.

use crate::lab::{Flavour, Redact, Workspace};

use super::{Rule, Severity};

/// Regions with the plan Flex Consumption: Microsoft's sample `functions-quickstart-python-http-azd`, November 2025.
const FLEX: &str = "australiaeast australiasoutheast brazilsouth canadacentral centralindia centralus eastasia eastus eastus2 \
                    eastus2euap francecentral germanywestcentral italynorth japaneast koreacentral northcentralus northeurope \
                    norwayeast southafricanorth southcentralus southeastasia southindia spaincentral swedencentral uaenorth \
                    uksouth ukwest westcentralus westeurope westus westus2 westus3";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "region-without-flex",
        severity: Severity::Error,
        why: "The functions run on the plan Flex Consumption, which this region did not have when the list was made.",
        fix: "Choose another lab.location, or look: az functionapp list-flexconsumption-locations.",
        find: |lab| {
            let uses_functions = lab.soc.as_ref()?.flavour.has_functions();
            let has_flex = FLEX.split_whitespace().any(|region| region == lab.location.as_str());
            (uses_functions && !has_flex)
                .then(|| format!("{} is not among the regions with Flex Consumption", lab.location))
        },
    },
    Rule {
        id: "no-mail-of-failures",
        severity: Severity::Warning,
        why: "An incident that cannot be triaged is put aside on a queue, and nobody hears of it.",
        fix: "Set soc.mail.",
        find: |lab| {
            let soc = lab.soc.as_ref()?;
            (soc.flavour.has_functions() && soc.mail.is_empty()).then(|| "nobody gets mail".to_owned())
        },
    },
    Rule {
        id: "shared-workspace",
        severity: Severity::Info,
        why: "Every incident of that workspace starts the playbook, also those of other teams and labs, and its role covers all of them; labs in one workspace share the honeypots' tables.",
        fix: "Narrow soc.severities, or leave soc.workspace out for a workspace of the lab's own.",
        find: |lab| match &lab.soc.as_ref()?.workspace {
            Workspace::Existing { name, .. } => Some(format!("the workspace {name} is there already")),
            Workspace::New(_) => None,
        },
    },
    Rule {
        id: "names-leave",
        severity: Severity::Warning,
        why: "The model's server gets to read names of people, machines and addresses as they are.",
        fix: "Leave soc.model.redact at `on`.",
        find: |lab| {
            let soc = lab.soc.as_ref()?;
            let model = soc.model.as_ref().filter(|_| soc.flavour.has_functions())?;
            (model.redact == Redact::Off).then(|| "redact is off".to_owned())
        },
    },
    Rule {
        id: "playbook-sends-names",
        severity: Severity::Info,
        why: "This playbook sends title and description as they are, and its answer is not held to the runbook.",
        fix: "Choose soc.playbook = \"functions\" for placeholders and a gate.",
        find: |lab| {
            let flavour = lab.soc.as_ref()?.flavour;
            matches!(flavour, Flavour::Keyless | Flavour::Classic)
                .then(|| format!("the playbook is {}", flavour.as_str()))
        },
    },
    Rule {
        id: "webhook-without-role",
        severity: Severity::Info,
        why: "The functions behind the webhook need Microsoft Sentinel Responder on the workspace, and this lab does not give it to them.",
        fix: "Set soc.webhook_principal: az ad sp show --id CLIENT_ID --query id. Or give the role by hand, and leave it out: Azure takes no role twice.",
        find: |lab| {
            let webhook = lab.soc.as_ref()?.webhook.as_ref()?;
            webhook.principal.is_none().then(|| "webhook_principal is not set".to_owned())
        },
    },
    Rule {
        id: "tutorial-model",
        severity: Severity::Info,
        why: "The playbook `classic` keeps a long-lived key in an API connection, as the tutorial does.",
        fix: "Choose soc.playbook = \"functions\" or \"keyless\".",
        find: |lab| (lab.soc.as_ref()?.flavour == Flavour::Classic).then(|| "the playbook is classic".to_owned()),
    },
];
