//! The alerts and entities of an incident, wherever they lie.

use std::collections::HashSet;

use super::InputError;
use super::alert::{Alert, alert};
use super::entity::{Account, Entity, EntityKind, Host, Linked, entity};
use super::json::{Json, parse};
use super::locate::Found;
use super::read::At;
use crate::text::Text;

/// Most entities and alerts kept. Sentinel holds 150 alerts; entities are bounded per alert, not per incident.
const MAX_ENTITIES: usize = 2000;
const MAX_ALERTS: usize = 500;
const NAME: usize = 200;

pub(super) fn alerts(found: &Found) -> Result<Vec<Alert>, InputError> {
    let mut alerts = Vec::new();
    for holder in found.holders() {
        for item in items(holder, "alerts", "value")?.iter().take(MAX_ALERTS) {
            alerts.push(alert(item)?);
        }
    }
    let mut seen = HashSet::new();
    alerts.retain(|alert| alert.id.is_empty() || seen.insert(alert.id.to_lowercase()));
    alerts.truncate(MAX_ALERTS);
    Ok(alerts)
}

/// The entities, each once.
pub(super) struct Entities {
    pub(super) list: Vec<Entity>,
    /// What people and machines among them are called besides.
    pub(super) other_names: Vec<(EntityKind, Text)>,
}

pub(super) fn entities(found: &Found) -> Result<Entities, InputError> {
    let mut linked = Vec::new();
    for holder in found.holders() {
        for key in ["relatedEntities", "entities"] {
            if let Some(Json::String(raw)) = holder.json().get(key) {
                // The SecurityAlert table keeps entities as JSON inside a string. Cut ones do not parse: then there are none.
                if let Ok(json) = parse(raw) {
                    read_entities(&At::root(&json).items().unwrap_or_default(), &mut linked)?;
                }
            } else {
                read_entities(&items(holder, key, "entities")?, &mut linked)?;
            }
        }
    }
    let owned: HashSet<String> = linked.iter().flat_map(|one| one.owns.iter().cloned()).collect();
    for one in &mut linked {
        if let Entity::Ip(ip) = &mut one.entity {
            ip.is_own = owned.contains(ip.address.as_str())
                || one.id.as_ref().is_some_and(|id| owned.contains(&id.to_lowercase()) || owned.contains(id));
        }
    }
    linked.truncate(MAX_ENTITIES);
    let names = linked.iter_mut().flat_map(|one| {
        let kind = one.entity.kind();
        std::mem::take(&mut one.also).into_iter().map(move |name| (kind, name))
    });
    let other_names = names.collect();
    let mut seen = HashSet::new();
    let list = linked.into_iter().map(|one| one.entity).filter(|entity| seen.insert(entity.clone())).collect();
    Ok(Entities { list, other_names })
}

fn read_entities(items: &[At], into: &mut Vec<Linked>) -> Result<(), InputError> {
    for item in items.iter().take(MAX_ENTITIES) {
        into.extend(entity(item)?);
    }
    Ok(())
}

/// The hosts and accounts that the alerts call compromised: the only names there are while entities are late.
pub(super) fn compromised(alerts: &[Alert]) -> Vec<Entity> {
    let mut entities: Vec<Entity> = Vec::new();
    for name in alerts.iter().map(|alert| &alert.compromised) {
        let entity = if name.contains('@') {
            let bare = name.split('@').next().unwrap_or_default();
            Entity::Account(Account { name: Text::derived(bare, &[name], NAME), upn: name.clone() })
        } else if !name.is_empty() && !name.contains([' ', '/', '\\']) {
            let short = name.split('.').next().unwrap_or_default();
            let fqdn = if short == name.as_str() { Text::default() } else { name.clone() };
            Entity::Host(Host { name: Text::derived(short, &[name], NAME), fqdn, os: None })
        } else {
            continue;
        };
        if !entity.label().is_empty() && !entities.contains(&entity) {
            entities.push(entity);
        }
    }
    entities
}

/// Items of the array at `key`, also when it is inside an answer object (`{"value": [..]}`).
fn items<'a>(holder: &At<'a>, key: &str, inner: &str) -> Result<Vec<At<'a>>, InputError> {
    match holder.member(key) {
        Some(found) => match found.json() {
            Json::Object(_) => found.list(inner),
            _ => found.items(),
        },
        None => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Incident;

    #[test]
    fn addresses_of_a_network_card_are_our_own() {
        let text = r#"{"title":"x","entities":[
            {"kind":"Ip","name":"g1","properties":{"address":"203.0.113.1"}},
            {"kind":"Ip","name":"g2","properties":{"address":"203.0.113.2"}},
            {"kind":"Nic","name":"g3","properties":{"macAddress":"00","ipAddressEntityId":"g1"}}]}"#;
        let outside: Vec<bool> = Incident::from_bytes(text.as_bytes())
            .unwrap()
            .entities
            .iter()
            .filter_map(|e| match e {
                Entity::Ip(ip) => Some(ip.is_outside()),
                _ => None,
            })
            .collect();
        assert_eq!(outside, [false, true]);
    }
}
