//! Where an incident lies inside what came, and its alerts and entities with it.

use super::InputError;
use super::json::Json;
use super::read::At;

/// Wrappers around wrappers that are followed.
const MAX_WRAPPERS: usize = 4;

/// Where the parts are: `outer` is the incident object (with `id`, perhaps `alerts` and `entities`), `properties` what it
/// says.
pub(super) struct Found<'a> {
    pub(super) outer: At<'a>,
    pub(super) properties: At<'a>,
    /// Wrappers and the incident: alerts and entities may lie beside the incident in any of them.
    around: Vec<At<'a>>,
}

pub(super) fn locate<'a>(root: &At<'a>) -> Result<Found<'a>, InputError> {
    let mut at = root.clone();
    let mut around = vec![at.clone()];
    for _ in 0..MAX_WRAPPERS {
        if !matches!(at.json(), Json::Object(_)) {
            return at.expected("an incident object (a playbook run without an incident sends null)");
        }
        if at.raw("kind").is_some_and(|kind| kind.eq_ignore_ascii_case("SecurityAlert")) {
            return at.expected("an incident; this is an alert");
        }
        let wrapped = ["object", "body", "incident"].iter().find_map(|key| at.member(key));
        let inner = match wrapped {
            Some(inner) => inner,
            None => match at.object("properties")? {
                Some(inner) if is_incident(&inner) => {
                    return Ok(Found { outer: at, properties: inner, around });
                }
                Some(inner) => inner,
                None if is_incident(&at) => {
                    return Ok(Found { outer: at.clone(), properties: at, around });
                }
                None => break,
            },
        };
        at = inner;
        around.push(at.clone());
    }
    at.expected("an incident: `properties` with a `title`, `severity` or `additionalData`")
}

fn is_incident(at: &At) -> bool {
    let has = |key: &&str| at.member(key).is_some();
    ["title", "severity", "incidentNumber", "status", "additionalData"].iter().any(has) && !has(&"properties")
}

impl<'a> Found<'a> {
    /// Everything that may hold alerts and entities, each once.
    pub(super) fn holders(&self) -> Vec<&At<'a>> {
        let mut holders = vec![&self.properties];
        let inner = std::ptr::from_ref(self.properties.json());
        holders.extend(self.around.iter().filter(|at| !std::ptr::eq(at.json(), inner)));
        holders
    }
}
