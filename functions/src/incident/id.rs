//! The ARM ids of a workspace and of an incident.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The ARM id of a Log Analytics workspace, in its parts. Two that differ only in letter case are equal.
#[derive(Clone, Debug)]
pub struct WorkspaceId {
    subscription: Uuid,
    resource_group: String,
    name: String,
}

/// The ARM id of a Microsoft Sentinel incident, parsed into its parts.
///
/// The grammar is strict, in any letter case: what does not fit never becomes part of a URL. Source: the resource path of
/// `Microsoft.SecurityInsights/incidents` and Azure's naming rules for resource groups and workspaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentId {
    workspace: WorkspaceId,
    incident: Uuid,
}

/// Why a text is not an incident's ARM id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an incident's ARM id, `/subscriptions/GUID/resourceGroups/NAME/providers/Microsoft.OperationalInsights/\
     workspaces/NAME/providers/Microsoft.SecurityInsights/incidents/GUID`"
)]
pub struct InvalidIncidentId;

/// Why a text is not a workspace's ARM id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a workspace's ARM id, `/subscriptions/GUID/resourceGroups/NAME/providers/Microsoft.OperationalInsights/\
     workspaces/NAME`"
)]
pub struct InvalidWorkspaceId;

impl WorkspaceId {
    /// The workspace's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id in lower case.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.to_string().to_lowercase()
    }
}

impl PartialEq for WorkspaceId {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

impl Eq for WorkspaceId {}

impl IncidentId {
    /// The incident's own GUID.
    #[must_use]
    pub fn incident(&self) -> Uuid {
        self.incident
    }

    /// The workspace it is in.
    #[must_use]
    pub fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    /// The id in lower case: the form that is hashed into comment ids.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.to_string().to_lowercase()
    }
}

impl FromStr for WorkspaceId {
    type Err = InvalidWorkspaceId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let segments: Vec<&str> = text.split('/').collect();
        let ["", subscriptions, subscription, groups, group, providers, insights, workspaces, name] = segments[..]
        else {
            return Err(InvalidWorkspaceId);
        };
        let keywords = [
            (subscriptions, "subscriptions"),
            (groups, "resourceGroups"),
            (providers, "providers"),
            (insights, "Microsoft.OperationalInsights"),
            (workspaces, "workspaces"),
        ];
        let are_keywords = keywords.iter().all(|(found, expected)| found.eq_ignore_ascii_case(expected));
        match guid(subscription) {
            Some(subscription) if are_keywords && is_resource_group(group) && is_workspace(name) => {
                Ok(Self { subscription, resource_group: group.to_owned(), name: name.to_owned() })
            }
            _ => Err(InvalidWorkspaceId),
        }
    }
}

impl FromStr for IncidentId {
    type Err = InvalidIncidentId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The last four segments are the incident's own; what stands before them is the workspace.
        let mut own = text.rsplitn(5, '/');
        let [Some(incident), Some(incidents), Some(security), Some(providers), Some(workspace)] =
            std::array::from_fn(|_| own.next())
        else {
            return Err(InvalidIncidentId);
        };
        let keywords = [(providers, "providers"), (security, "Microsoft.SecurityInsights"), (incidents, "incidents")];
        if !keywords.iter().all(|(found, expected)| found.eq_ignore_ascii_case(expected)) {
            return Err(InvalidIncidentId);
        }
        let workspace = workspace.parse().map_err(|_| InvalidIncidentId)?;
        Ok(Self { workspace, incident: guid(incident).ok_or(InvalidIncidentId)? })
    }
}

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.OperationalInsights/workspaces/{}",
            self.subscription, self.resource_group, self.name
        )
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/providers/Microsoft.SecurityInsights/incidents/{}", self.workspace, self.incident)
    }
}

/// Only the hyphenated form; `Uuid` would take braces and URNs too.
fn guid(text: &str) -> Option<Uuid> {
    const HYPHENATED: usize = 36;
    if text.len() == HYPHENATED { text.parse().ok() } else { None }
}

/// `[-\w.()]{0,89}[-\w()]`, in ASCII.
fn is_resource_group(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'(' | b')');
    (1..=90).contains(&name.len()) && name.bytes().all(allowed) && !name.ends_with('.')
}

/// `[A-Za-z0-9-]{4,63}`
fn is_workspace(name: &str) -> bool {
    (4..=63).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-soc/providers/Microsoft.OperationalInsights/workspaces/law-soc/providers/Microsoft.SecurityInsights/Incidents/00000000-0000-0000-0000-000000000003";

    #[test]
    fn any_letter_case_is_one_incident() {
        let id: IncidentId = ID.parse().unwrap();
        let upper: IncidentId = ID.to_uppercase().parse().unwrap();
        assert_eq!(id.canonical(), upper.canonical());
        assert_eq!(id.workspace(), upper.workspace());
        assert_eq!(id.canonical().parse::<IncidentId>().unwrap().incident(), id.incident());
        assert_eq!(id.workspace().to_string().parse::<WorkspaceId>().as_ref(), Ok(id.workspace()));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for bad in [
            "",
            "/",
            &ID[1..],
            &format!("{ID}/"),
            &format!("/{ID}"),
            &format!("{ID}?x=1"),
            &format!("https://evil.example{ID}"),
            &ID.replace("rg-soc", ".."),
            &ID.replace("rg-soc", "rg."),
            &ID.replace("rg-soc", "rg%2f"),
            &ID.replace("rg-soc", "rg@evil.example"),
            &ID.replace("rg-soc", ""),
            &ID.replace("rg-soc", &"a".repeat(91)),
            &ID.replace("law-soc", "abc"),
            &ID.replace("law-soc", "law_soc"),
            &ID.replace("SecurityInsights", "Compute"),
            &ID.replace("0003", "000g"),
            &ID.replace("00000000-0000-0000-0000-000000000003", "{00000000-0000-0000-0000-00000000003}"),
            &"a".repeat(10_000),
        ] {
            assert!(bad.parse::<IncidentId>().is_err(), "{bad}");
        }
    }
}
