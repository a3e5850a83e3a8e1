//! Names of things in Azure. Rules: <https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules>

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::checked::checked_text;
use super::problem::not_as_expected;

checked_text!(
    /// Name of the lab: the names of its resources begin with it.
    LabName,
    r"^[a-z][a-z0-9-]{0,18}[a-z0-9]$",
    "2 to 20 of a-z, 0-9 and `-`, a letter first, no `-` last, no `--`, and no word that Azure keeps for itself",
    is_free
);

checked_text!(
    /// Name of a resource group.
    GroupName,
    r"^[A-Za-z0-9_(](?:[A-Za-z0-9_().-]{0,88}[A-Za-z0-9_()-])?$",
    "1 to 90 letters, digits and `_().-`, no `-` first and no `.` last"
);

checked_text!(
    /// Name of a Log Analytics workspace.
    WorkspaceName,
    r"^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$",
    "4 to 63 letters, digits and `-`, no `-` at either end"
);

checked_text!(
    /// First part of the honeypot's name in DNS.
    DnsLabel,
    r"^[a-z][a-z0-9-]{1,61}[a-z0-9]$",
    "3 to 63 of a-z, 0-9 and `-`, a letter first and no `-` last"
);

checked_text!(
    /// An Azure region, such as `westeurope`.
    Location,
    r"^[a-z]{3,20}[0-9]{0,2}(?:euap|stg)?$",
    "a region as az writes it, such as `westeurope`: see `az account list-locations --query \"[].name\"`"
);

/// Azure refuses public names with its own words (ReservedResourceName), and two hyphens in a row in some.
fn is_free(name: &str) -> bool {
    !name.contains("--") && !name.contains("microsoft") && !name.contains("windows") && !name.starts_with("login")
}

/// A workspace: a name makes a new one, an ARM id takes one that is there and has Sentinel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub enum Workspace {
    /// To be made in the lab's own group.
    New(WorkspaceName),
    /// There already.
    Existing {
        /// Its subscription.
        subscription: Uuid,
        /// Its resource group.
        group: GroupName,
        /// Its name.
        name: WorkspaceName,
    },
}

impl Workspace {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &WorkspaceName {
        match self {
            Workspace::New(name) | Workspace::Existing { name, .. } => name,
        }
    }

    /// Group and subscription of one that is there; empty for one of the lab's own.
    #[must_use]
    pub fn elsewhere(&self) -> (String, String) {
        match self {
            Workspace::New(_) => (String::new(), String::new()),
            Workspace::Existing { subscription, group, .. } => (group.to_string(), subscription.to_string()),
        }
    }

    fn existing(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.trim_end_matches('/').split('/').collect();
        let is = |at: usize, word: &str| parts.get(at).is_some_and(|part| part.eq_ignore_ascii_case(word));
        let is_workspace = parts.len() == 9
            && is(0, "")
            && is(1, "subscriptions")
            && is(3, "resourceGroups")
            && is(5, "providers")
            && is(6, "Microsoft.OperationalInsights")
            && is(7, "workspaces");
        if !is_workspace {
            return None;
        }
        Some(Workspace::Existing {
            subscription: parts[2].parse().ok()?,
            group: GroupName::try_from(parts[4].to_owned()).ok()?,
            name: WorkspaceName::try_from(parts[8].to_owned()).ok()?,
        })
    }
}

impl TryFrom<String> for Workspace {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.contains('/') {
            return Workspace::existing(&text).ok_or_else(|| {
                not_as_expected(
                    &text,
                    "a workspace's ARM id: /subscriptions/GUID/resourceGroups/GROUP/providers/Microsoft.OperationalInsights/workspaces/NAME",
                )
            });
        }
        WorkspaceName::try_from(text).map(Workspace::New)
    }
}

impl fmt::Display for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_azures_rules() {
        let lab = |name: &str| LabName::try_from(name.to_owned());
        for good in ["ab", "pot-1", "a234567890123456789z"] {
            assert!(lab(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "Pot",
            "1pot",
            "pot-",
            "a--b",
            "pot\n",
            "a2345678901234567890z",
            "pöt",
            "$(id)",
            "login-lab",
            "my-windows",
        ] {
            assert!(lab(bad).unwrap_err().contains("expected 2 to 20"), "{bad}");
        }
        assert!(GroupName::try_from("rg.".to_owned()).is_err());
        assert!(
            Location::try_from("westeurope".to_owned()).is_ok() && Location::try_from("eastus2".to_owned()).is_ok()
        );
        assert!(Location::try_from("West Europe".to_owned()).is_err());
    }

    #[test]
    fn a_workspace_is_a_name_or_an_id() {
        let parse = |text: &str| Workspace::try_from(text.to_owned());
        assert_eq!(parse("law-soc").unwrap().to_string(), "law-soc");
        let id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-soc";
        assert!(matches!(parse(id), Ok(Workspace::Existing { .. })));
        assert!(matches!(parse(&id.to_uppercase()), Ok(Workspace::Existing { .. })));
        for bad in ["l", "/subscriptions/x", &format!("{id}/tables/x"), &id.replace("law-soc", "l")] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
