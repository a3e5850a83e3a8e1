//! The one query about an incident.

use crate::incident::{Entity, Incident};
use crate::runbook::literal;

/// The query; `INDICATORS` is where the incident's go.
const QUERY: &str = include_str!("../../../templates/sightings/sightings.kql");
const PLACE: &str = "[INDICATORS]";

/// Indicators of each kind that are asked about.
const MOST_ADDRESSES: usize = 20;
const MOST_HASHES: usize = 10;
const MOST_URLS: usize = 10;
/// The longest URL that the tables keep, in characters.
const LONGEST_URL: usize = 1000;

/// What an incident has that a honeypot may have seen, as its logs write it: public addresses, SHA-256, URLs.
pub(super) fn indicators(incident: &Incident) -> Vec<String> {
    let address = |entity: &Entity| match entity {
        Entity::Ip(ip) if ip.is_outside() => ip.parsed.map(|address| address.to_string()),
        _ => None,
    };
    let hash = |entity: &Entity| match entity {
        Entity::FileHash(hash) if is_sha256(&hash.value) => Some(hash.value.to_lowercase()),
        _ => None,
    };
    let url = |entity: &Entity| match entity {
        Entity::Url(url) if url.chars().count() <= LONGEST_URL && !url.is_altered() => Some(url.to_string()),
        _ => None,
    };
    let mut found = Vec::new();
    found.extend(incident.entities.iter().filter_map(address).take(MOST_ADDRESSES));
    found.extend(incident.entities.iter().filter_map(hash).take(MOST_HASHES));
    found.extend(incident.entities.iter().filter_map(url).take(MOST_URLS));
    found
}

fn is_sha256(value: &str) -> bool {
    value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The query for these indicators.
pub(super) fn query(indicators: &[String]) -> String {
    let literals: Vec<String> = indicators.iter().map(|indicator| literal(indicator)).collect();
    QUERY.replacen(PLACE, &format!("[{}]", literals.join(", ")), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_honeypot_may_have_seen_is_asked_about() {
        let hash = "AB".repeat(32);
        let json = serde_json::json!({"title": "x", "relatedEntities": [
            {"kind": "Ip", "properties": {"address": "203.0.113.7"}},
            {"kind": "Ip", "properties": {"address": "10.0.0.4"}},
            {"kind": "FileHash", "properties": {"hashValue": hash, "algorithm": "SHA256"}},
            {"kind": "FileHash", "properties": {"hashValue": "d41d8cd98f00b204e9800998ecf8427e", "algorithm": "MD5"}},
            {"kind": "Url", "properties": {"url": "http://203.0.113.9/\"x"}},
            {"kind": "Account", "properties": {"accountName": "203.0.113.8"}},
        ]});
        let incident = Incident::from_bytes(json.to_string().as_bytes()).unwrap();
        let found = indicators(&incident);
        assert_eq!(found, ["203.0.113.7".to_owned(), hash.to_lowercase(), "http://203.0.113.9/\"x".to_owned()]);
        let query = query(&found);
        assert!(query.contains(r#"dynamic(["203.0.113.7", "abab"#) && query.contains(r#"\"x"])"#), "{query}");
        assert!(!query.contains("INDICATORS]"));
    }
}
