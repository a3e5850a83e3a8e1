//! THE table of what a bundle has, besides its parameter files and `cloud-init.yaml`.

use crate::lab::Lab;

use super::File;

/// When a file belongs to a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Soc,
    Honeypot,
    Both,
}

impl When {
    fn holds(self, lab: &Lab) -> bool {
        match self {
            When::Always => true,
            When::Soc => lab.soc.is_some(),
            When::Honeypot => lab.honeypot.is_some(),
            When::Both => lab.soc.is_some() && lab.honeypot.is_some(),
        }
    }
}

/// A file that is the same in every bundle.
struct Fixed {
    when: When,
    path: &'static str,
    text: &'static str,
}

/// A file of `templates/azure`, at the same place in a bundle.
macro_rules! azure {
    ($when:ident, $path:literal) => {
        Fixed { when: When::$when, path: $path, text: include_str!(concat!("../../../templates/azure/", $path)) }
    };
}

/// The official ARM of a file, beside it in a bundle.
macro_rules! compiled {
    ($when:ident, $path:literal, $stem:literal) => {
        Fixed {
            when: When::$when,
            path: concat!($path, ".json"),
            text: include_str!(concat!("../../../templates/azure/compiled/", $stem, ".json")),
        }
    };
}

/// A file of `templates/scripts`.
macro_rules! script {
    ($path:literal) => {
        Fixed { when: When::Always, path: $path, text: include_str!(concat!("../../../templates/scripts/", $path)) }
    };
}

const FIXED: &[Fixed] = &[
    azure!(Always, "bicepconfig.json"),
    azure!(Both, "main.bicep"),
    compiled!(Both, "main", "main"),
    azure!(Soc, "soc.bicep"),
    compiled!(Soc, "soc", "soc"),
    azure!(Soc, "soc/workspace.bicep"),
    azure!(Soc, "soc/playbook-functions.bicep"),
    azure!(Soc, "soc/playbook-webhook.bicep"),
    azure!(Soc, "soc/playbook-keyless.bicep"),
    azure!(Soc, "soc/playbook-classic.bicep"),
    azure!(Soc, "soc/automation-rule.bicep"),
    compiled!(Soc, "soc/automation-rule", "automation-rule"),
    azure!(Soc, "soc/functionapp.bicep"),
    azure!(Soc, "soc/vault.bicep"),
    azure!(Soc, "soc/openai.bicep"),
    azure!(Soc, "soc/poison-alert.bicep"),
    azure!(Soc, "soc/workflows/functions.json"),
    azure!(Soc, "soc/workflows/webhook.json"),
    azure!(Soc, "soc/workflows/keyless.json"),
    azure!(Soc, "soc/workflows/classic.json"),
    azure!(Soc, "soc/honeypot-tables.bicep"),
    azure!(Soc, "soc/honeypot-rules.bicep"),
    azure!(Soc, "soc/honeypot-workbook.bicep"),
    azure!(Soc, "soc/honeypot-hunting.bicep"),
    azure!(Soc, "soc/rules/rules.json"),
    azure!(Soc, "soc/rules/account-tried.kql"),
    azure!(Soc, "soc/rules/brute-force.kql"),
    azure!(Soc, "soc/rules/cowrie-login.kql"),
    azure!(Soc, "soc/rules/malware-download.kql"),
    azure!(Soc, "soc/rules/new-botnet-key.kql"),
    azure!(Soc, "soc/rules/seen-on-estate.kql"),
    azure!(Soc, "soc/rules/suricata-exploit.kql"),
    azure!(Soc, "soc/workbook/workbook.json"),
    azure!(Soc, "soc/workbook/addresses.kql"),
    azure!(Soc, "soc/workbook/attack-map.kql"),
    azure!(Soc, "soc/workbook/attacks-over-time.kql"),
    azure!(Soc, "soc/workbook/commands.kql"),
    azure!(Soc, "soc/workbook/countries.kql"),
    azure!(Soc, "soc/workbook/credentials.kql"),
    azure!(Soc, "soc/workbook/downloads.kql"),
    azure!(Soc, "soc/workbook/exploits.kql"),
    azure!(Soc, "soc/workbook/honeypots.kql"),
    azure!(Soc, "soc/workbook/web-requests.kql"),
    azure!(Soc, "soc/hunting/hunting.json"),
    azure!(Soc, "soc/hunting/client-families.kql"),
    azure!(Soc, "soc/hunting/cves-tried.kql"),
    azure!(Soc, "soc/hunting/many-honeypots.kql"),
    azure!(Soc, "soc/hunting/patient-addresses.kql"),
    azure!(Soc, "soc/hunting/payload-hosts.kql"),
    azure!(Soc, "soc/hunting/payload-spread.kql"),
    azure!(Soc, "soc/hunting/rare-commands.kql"),
    azure!(Soc, "soc/hunting/shared-credentials.kql"),
    azure!(Soc, "soc/hunting/web-attacks.kql"),
    azure!(Soc, "roles/queue.bicep"),
    azure!(Soc, "roles/storage.bicep"),
    azure!(Soc, "roles/workspace.bicep"),
    azure!(Soc, "roles/vault.bicep"),
    azure!(Soc, "roles/openai.bicep"),
    azure!(Soc, "roles/insights.bicep"),
    azure!(Soc, "roles/group.bicep"),
    azure!(Honeypot, "honeypot.bicep"),
    compiled!(Honeypot, "honeypot", "honeypot"),
    azure!(Honeypot, "honeypot/network.bicep"),
    azure!(Honeypot, "honeypot/vm.bicep"),
    azure!(Honeypot, "honeypot/budget.bicep"),
    azure!(Honeypot, "honeypot/logs.bicep"),
    azure!(Always, "honeypot/logs.json"),
    script!("checks.sh"),
    script!("steps.sh"),
    script!("deploy.sh"),
    script!("try.sh"),
    script!("what-if.sh"),
    script!("destroy.sh"),
];

/// A template and the file that it makes.
pub(super) struct Template {
    /// Its name.
    pub(super) name: &'static str,
    /// Its text.
    pub(super) text: &'static str,
}

macro_rules! template {
    ($folder:literal, $name:literal) => {
        Template { name: $name, text: include_str!(concat!("../../../templates/", $folder, "/", $name, ".hbs")) }
    };
}

pub(super) const CLOUD_INIT: &str = "cloud-init.yaml";
pub(super) const LAB_ENV: &str = "lab.env";

/// Every template of text files.
pub(super) const TEMPLATES: &[Template] = &[
    template!("cloud-init", "cloud-init.yaml"),
    template!("cloud-init", "lab.env"),
    template!("scripts", "lab.sh"),
    template!("bundle", "README.md"),
    template!("bundle", "topology.svg"),
];

/// What runs on the honeypot's machine at its first start.
pub(super) const INSTALL: &str = include_str!("../../../templates/cloud-init/install.sh");

/// The files that are the same in every bundle, as far as this lab needs them.
pub(super) fn fixed(lab: &Lab) -> impl Iterator<Item = File> {
    FIXED.iter().filter(|file| file.when.holds(lab)).map(|file| File {
        path: file.path.to_owned(),
        text: file.text.to_owned(),
        is_executable: has_shebang(file.text),
    })
}

fn has_shebang(text: &str) -> bool {
    text.starts_with("#!")
}

/// Templates that see the whole lab, and where their texts go.
pub(super) fn rendered() -> impl Iterator<Item = (&'static str, &'static str)> {
    ["lab.sh", "README.md", "topology.svg"].into_iter().map(|name| (name, name))
}
