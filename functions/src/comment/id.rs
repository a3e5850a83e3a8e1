//! The comment's id and its marker: what makes a second write the same comment, and lets anyone see what it answered.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::incident::{Incident, IncidentId};

/// Our namespace for comment ids (a random UUID, fixed for ever).
const NAMESPACE: Uuid = Uuid::from_u128(0x5f0c_2d5e_8a41_4b7e_9c36_1d70_b2a9_e4f3);

/// Why a comment is written; part of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// The first comment.
    #[default]
    Triage,
}

impl Purpose {
    /// The name in ids and markers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Triage => "triage",
        }
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

/// The last line of a comment: `honeytriage VERSION purpose DIGEST`.
#[must_use]
pub fn marker(incident: &Incident, purpose: Purpose) -> String {
    format!("honeytriage {} {} {}", env!("CARGO_PKG_VERSION"), purpose.name(), digest(incident))
}

/// Bytes of the digest in a marker.
const DIGEST: usize = 6;

/// True if a comment of this purpose ends with our marker, whoever wrote it and in whatever version.
#[must_use]
pub fn has_marker(html: &str, purpose: Purpose) -> bool {
    const NAME: &str = "honeytriage ";
    let Some(at) = html.rfind(NAME) else { return false };
    // Only tags may follow it, as Sentinel may add some.
    let (text, rest) = html[at + NAME.len()..].split_once('<').unwrap_or((&html[at + NAME.len()..], ""));
    let is_tags = rest.split('<').all(|tag| tag.trim().is_empty() || tag.trim().ends_with('>'));
    let words: Vec<&str> = text.split_whitespace().collect();
    let [version, name, digest] = words[..] else { return false };
    let is_version = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
    is_tags
        && is_version
        && name == purpose.name()
        && digest.len() == 2 * DIGEST
        && digest.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A digest of what the comment answers: the alerts' ids and how many entities there were.
fn digest(incident: &Incident) -> String {
    let mut ids: Vec<String> = incident.alerts.iter().map(|alert| alert.id.to_lowercase()).collect();
    ids.sort_unstable();
    let mut hash = Sha256::new();
    for id in ids {
        hash.update(id);
        hash.update("\n");
    }
    hash.update(incident.entities.len().to_string());
    let bytes = hash.finalize();
    bytes.iter().take(DIGEST).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
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

    #[test]
    fn a_marker_is_known_at_the_end_only() {
        let marker = marker(&incident(ID), Purpose::Triage);
        for html in [format!("<p>x</p>\n<p>{marker}</p>"), marker.clone(), format!("<div><p>{marker}</p>\n</div>\n")] {
            assert!(has_marker(&html, Purpose::Triage), "{html}");
        }
        for html in [
            String::new(),
            "honeytriage".to_owned(),
            format!("<p>The user {marker} signed in</p>"),
            format!("<p>{marker}</p><p>and more</p>"),
            "<p>honeytriage 0.1.0 update-1 0123456789ab</p>".to_owned(),
            "<p>honeytriage x triage 0123456789ab</p>".to_owned(),
            "<p>honeytriage 0.1.0 triage 0123456789az</p>".to_owned(),
        ] {
            assert!(!has_marker(&html, Purpose::Triage), "{html}");
        }
    }

    #[test]
    fn the_marker_tells_version_purpose_and_digest() {
        let marker = marker(&incident(ID), Purpose::Triage);
        let parts: Vec<&str> = marker.split(' ').collect();
        assert_eq!((parts.len(), parts[0], parts[2], parts[3].len()), (4, "honeytriage", "triage", 12));
    }
}
