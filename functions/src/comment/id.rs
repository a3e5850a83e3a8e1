//! The comment's id: what makes a second write the same comment.

use uuid::Uuid;

use crate::incident::{Incident, IncidentId};

/// Our namespace for comment ids (a random UUID, fixed for ever).
const NAMESPACE: Uuid = Uuid::from_u128(0x5f0c_2d5e_8a41_4b7e_9c36_1d70_b2a9_e4f3);

/// Why a comment is written; part of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Purpose {
    /// The first comment.
    #[default]
    Triage,
    /// What came to light after it.
    Update1,
    /// What came to light after that. There is no third: 100 comments are all that an incident can have, and they are people's.
    Update2,
}

impl Purpose {
    /// All, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Triage, Self::Update1, Self::Update2];

    /// The name in ids, markers and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Update1 => "update-1",
            Self::Update2 => "update-2",
        }
    }

    /// The purpose with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}

/// The comment's id: the same for the same incident, purpose and writer (the `oid` of the token that writes; empty without
/// one). An incident without an ARM id is known by its title, number and time.
#[must_use]
pub fn comment_id(incident: &Incident, purpose: Purpose, writer: &str) -> Uuid {
    let subject = incident.id.as_ref().map_or_else(|| described(incident), IncidentId::canonical);
    Uuid::new_v5(&NAMESPACE, format!("{subject}\n{}\n{writer}", purpose.name()).as_bytes())
}

fn described(incident: &Incident) -> String {
    let number = incident.number.map(|number| number.to_string()).unwrap_or_default();
    let created = incident.created.map(|created| created.to_string()).unwrap_or_default();
    format!("{number} {created} {}", incident.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(id: &str) -> Incident {
        let json = serde_json::json!({"id": id, "properties": {"title": "x"}});
        Incident::from_bytes(json.to_string().as_bytes()).unwrap()
    }

    const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-soc/providers/Microsoft.SecurityInsights/Incidents/00000000-0000-0000-0000-000000000003";

    #[test]
    fn one_comment_per_incident_and_writer() {
        let id = comment_id(&incident(ID), Purpose::Triage, "");
        assert_eq!(id.get_version_num(), 5);
        assert_eq!(id, comment_id(&incident(&ID.to_uppercase()), Purpose::Triage, ""));
        assert_ne!(id, comment_id(&incident(ID), Purpose::Triage, "someone"));
        assert_ne!(id, comment_id(&incident(""), Purpose::Triage, ""));
    }

    #[test]
    fn the_id_never_changes_between_versions() {
        let id = comment_id(&incident(ID), Purpose::Triage, "00000000-0000-0000-0000-000000000009");
        assert_eq!(id.to_string(), "6cc8a22f-ddc8-54ef-83fd-a978eb2299a0");
    }
}
