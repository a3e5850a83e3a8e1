//! The shapes in which an incident comes, and what is taken out of each.

use std::collections::HashSet;

use super::alert::{Alert, alert};
use super::entity::{Account, Entity, Host, Linked, entity};
use super::json::{Json, parse};
use super::names::{Classification, Severity, Status};
use super::read::At;
use super::{Incident, InputError};
use crate::text::Text;

const TITLE: usize = 300;
const DESCRIPTION: usize = 4000;
const NAME: usize = 200;
/// Most entities and alerts kept. Sentinel holds 150 alerts; entities are bounded per alert, not per incident.
const MAX_ENTITIES: usize = 2000;
const MAX_ALERTS: usize = 500;
/// Most names kept. ATT&CK Enterprise has 14 tactics and fewer than 700 techniques.
const MAX_TACTICS: usize = 50;
const MAX_TECHNIQUES: usize = 1000;
const MAX_PRODUCTS: usize = 50;
const MAX_LABELS: usize = 100;
/// Wrappers around wrappers that are followed.
const MAX_WRAPPERS: usize = 4;

/// Reads an incident out of any of its shapes.
pub(super) fn incident(json: &Json) -> Result<Incident, InputError> {
    let found = locate(&At::root(json))?;
    let at = &found.properties;
    let extra = at.object("additionalData")?;
    let mut incident = Incident {
        number: at.number("incidentNumber")?,
        title: at.text("title", TITLE)?,
        description: plain(&description(at)?, DESCRIPTION),
        severity: Severity::from_text(&at.text("severity", NAME)?),
        status: Status::from_text(&at.text("status", NAME)?),
        classification: Some(at.text("classification", NAME)?)
            .filter(|text| !text.is_empty())
            .map(|text| Classification::from_text(&text)),
        provider: at.text("providerName", NAME)?,
        labels: labels(at)?,
        created: at.time("createdTimeUtc")?,
        first_activity: at.time("firstActivityTimeUtc")?,
        last_activity: at.time("lastActivityTimeUtc")?,
        alerts: alerts(&found)?,
        entities: entities(&found)?,
        ..Incident::default()
    };
    set_id(&mut incident, &found);
    if let Some(extra) = &extra {
        incident.alert_count = extra.number("alertsCount")?;
        incident.comment_count = extra.number("commentsCount")?;
        incident.tactics = extra.texts("tactics", NAME)?;
        incident.techniques = extra.texts("techniques", NAME)?;
        incident.products = extra.texts("alertProductNames", NAME)?;
    }
    add_from_alerts(&mut incident, at)?;
    if incident.entities.is_empty() {
        incident.entities = compromised(&incident.alerts);
        incident.has_derived_entities = !incident.entities.is_empty();
    }
    Ok(incident)
}

/// The hosts and accounts that the alerts call compromised: the only names there are while entities are late.
fn compromised(alerts: &[Alert]) -> Vec<Entity> {
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

/// Where the parts are: `outer` is the incident object (with `id`, perhaps `alerts` and `entities`), `properties` what it
/// says.
struct Found<'a> {
    outer: At<'a>,
    properties: At<'a>,
    /// Wrappers and the incident: alerts and entities may lie beside the incident in any of them.
    around: Vec<At<'a>>,
}

fn locate<'a>(root: &At<'a>) -> Result<Found<'a>, InputError> {
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

fn set_id(incident: &mut Incident, found: &Found) {
    // Not as text: the masks might take a part of it for a key.
    let given = found.outer.raw("id").unwrap_or_default();
    incident.id = given.parse().ok();
    incident.has_foreign_id = incident.id.is_none() && !given.is_empty();
}

fn labels(at: &At) -> Result<Vec<Text>, InputError> {
    let mut labels = Vec::new();
    for item in at.list("labels")?.into_iter().take(MAX_LABELS) {
        labels.push(match item.json() {
            Json::Object(_) => item.text("labelName", NAME)?,
            _ => item.as_text(NAME)?,
        });
    }
    Ok(labels)
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

fn alerts(found: &Found) -> Result<Vec<Alert>, InputError> {
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

fn entities(found: &Found) -> Result<Vec<Entity>, InputError> {
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
            ip.is_own = owned.contains(ip.address.as_str()) || one.id.as_ref().is_some_and(|id| owned.contains(id));
        }
    }
    let mut seen = HashSet::new();
    Ok(linked
        .into_iter()
        .map(|one| one.entity)
        .filter(|entity| seen.insert(entity.clone()))
        .take(MAX_ENTITIES)
        .collect())
}

fn read_entities(items: &[At], into: &mut Vec<Linked>) -> Result<(), InputError> {
    for item in items.iter().take(MAX_ENTITIES) {
        into.extend(entity(item)?);
    }
    Ok(())
}

impl<'a> Found<'a> {
    /// Everything that may hold alerts and entities, each once.
    fn holders(&self) -> Vec<&At<'a>> {
        let mut holders = vec![&self.properties];
        let inner = std::ptr::from_ref(self.properties.json());
        holders.extend(self.around.iter().filter(|at| !std::ptr::eq(at.json(), inner)));
        holders
    }
}

fn add_from_alerts(incident: &mut Incident, at: &At) -> Result<(), InputError> {
    let mut tactics = std::mem::take(&mut incident.tactics);
    tactics.extend(at.texts("tactics", NAME)?);
    tactics.extend(incident.alerts.iter().flat_map(|alert| alert.tactics.iter().cloned()));
    let mut techniques = std::mem::take(&mut incident.techniques);
    techniques.extend(at.texts("techniques", NAME)?);
    techniques.extend(incident.alerts.iter().flat_map(|alert| alert.techniques.iter().cloned()));
    let mut products = std::mem::take(&mut incident.products);
    products.extend(incident.alerts.iter().map(|alert| alert.product.clone()).filter(|name| !name.is_empty()));
    incident.tactics = once(tactics, MAX_TACTICS);
    incident.techniques = once(techniques, MAX_TECHNIQUES);
    incident.products = once(products, MAX_PRODUCTS);
    Ok(())
}

fn once(texts: Vec<Text>, most: usize) -> Vec<Text> {
    let mut seen = HashSet::new();
    texts.into_iter().filter(|text| seen.insert(text.to_lowercase())).take(most).collect()
}

/// A member of a wrong type is an error here as everywhere, but the text itself is needed raw: markup goes first.
fn description(at: &At) -> Result<String, InputError> {
    at.text("description", 1)?;
    Ok(at.raw("description").unwrap_or_default().to_owned())
}

/// A description as plain text: rules may write markup and, for the Defender portal, correlation tags into it.
pub(super) fn plain(raw: &str, limit: usize) -> Text {
    let raw = ["#INC_CORR#", "#DONT_CORR#"]
        .iter()
        .fold(raw.trim_start(), |rest, tag| rest.strip_prefix(tag).unwrap_or(rest).trim_start());
    Text::new(&without_tags(raw), limit)
}

/// HTML's own tags. Others stay: `<password>x</password>` must still be recognised for what it is.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "body",
    "br",
    "button",
    "center",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "label",
    "li",
    "link",
    "meta",
    "object",
    "ol",
    "option",
    "p",
    "pre",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "u",
    "ul",
    "video",
];

/// Leaves out `<b>`, `</p>`, `<a href=..>` and comments; a `<` that opens none of HTML's tags stays.
fn without_tags(raw: &str) -> String {
    const LONGEST_TAG: usize = 300;
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let tag = &rest[open..rest.floor_char_boundary(open + LONGEST_TAG)];
        let inner = tag[1..].trim_start_matches('/');
        let name = &inner[..inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len())];
        let is_tag = inner.starts_with("!--") || TAGS.iter().any(|known| known.eq_ignore_ascii_case(name));
        match tag.find('>') {
            Some(close) if is_tag => {
                out.push(' ');
                rest = &rest[open + close + 1..];
            }
            _ => {
                out.push('<');
                rest = &rest[open + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Incident, InputError> {
        Incident::from_bytes(text.as_bytes())
    }

    const PROPERTIES: &str = r#""title":"T","severity":"High","status":"New","additionalData":{"tactics":["Impact"],"techniques":["T1486"],"alertsCount":"2"}"#;

    #[test]
    fn every_wrapper_gives_the_same_incident() {
        for text in [
            format!("{{{PROPERTIES}}}"),
            format!(r#"{{"properties":{{{PROPERTIES}}}}}"#),
            format!(r#"{{"object":{{"id":null,"properties":{{{PROPERTIES}}}}}}}"#),
            format!(r#"{{"body":{{"object":{{"properties":{{{PROPERTIES}}}}}}}}}"#),
            format!(r#"{{"properties":{{"properties":{{{PROPERTIES}}}}}}}"#),
            format!(r#"{{"incident":{{"properties":{{{PROPERTIES}}}}},"alerts":[],"entities":[]}}"#),
            format!("\u{feff}{{\"Properties\":{{{PROPERTIES}}}}}"),
        ] {
            let incident = read(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(incident.title.as_str(), "T");
            assert_eq!(incident.techniques[0].as_str(), "T1486");
            assert_eq!(incident.alert_count, Some(2));
        }
    }

    #[test]
    fn alerts_and_entities_lie_inside_or_beside() {
        let entity = r#"{"kind":"Ip","properties":{"address":"203.0.113.7"}}"#;
        let alert = r#"{"properties":{"systemAlertId":"a","alertDisplayName":"A","techniques":["T1110"]}}"#;
        for text in [
            format!(r#"{{"properties":{{{PROPERTIES},"Alerts":[{alert}],"RelatedEntities":[{entity}]}}}}"#),
            format!(
                r#"{{"properties":{{{PROPERTIES}}},"alerts":{{"value":[{alert}]}},"entities":{{"entities":[{entity}],"metaData":[]}}}}"#
            ),
            format!(
                r#"{{"incident":{{"properties":{{{PROPERTIES}}}}},"alerts":[{alert},{alert}],"entities":[{entity},{entity}]}}"#
            ),
            format!(
                r#"{{{PROPERTIES},"alerts":[{alert}],"Entities":{:?}}}"#,
                format!("[{}]", r#"{"Type":"ip","Address":"203.0.113.7"}"#)
            ),
        ] {
            let incident = read(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!((incident.alerts.len(), incident.entities.len()), (1, 1), "{text}");
            assert_eq!(incident.techniques.len(), 2);
        }
    }

    #[test]
    fn errors_say_where_and_what() {
        for (text, message) in [
            ("null", "$: expected an incident object"),
            ("[]", "$: expected an incident object"),
            ("{}", "$: expected an incident: `properties`"),
            (
                r#"{"object":{"properties":{"title":["x"]}}}"#,
                "$.object.properties.title: expected a string, found an array",
            ),
            (r#"{"title":"x","alerts":{"value":5}}"#, "$.alerts.value: expected an array, found a number"),
            (
                r#"{"title":"x","relatedEntities":[1]}"#,
                "$.relatedEntities[0]: expected an entity object, found a number",
            ),
            (r#"{"title":"x","createdTimeUtc":"noon"}"#, "$.createdTimeUtc: expected a time in ISO 8601"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[test]
    fn descriptions_lose_markup_and_correlation_tags() {
        assert_eq!(
            plain("#INC_CORR# <p>Many <b>failed</b>\nlogins</p> a < b <!-- x -->", 100).as_str(),
            "Many failed logins a < b"
        );
    }

    #[test]
    fn a_credential_between_tags_is_masked_and_not_bared() {
        assert_eq!(plain("<b>x</b> <password>S3cr3tValue</password>", 100).as_str(), "x <password>[masked]</password>");
    }

    #[test]
    fn addresses_of_a_network_card_are_our_own() {
        let text = r#"{"title":"x","entities":[
            {"kind":"Ip","name":"g1","properties":{"address":"203.0.113.1"}},
            {"kind":"Ip","name":"g2","properties":{"address":"203.0.113.2"}},
            {"kind":"Nic","name":"g3","properties":{"macAddress":"00","ipAddressEntityId":"g1"}}]}"#;
        let outside: Vec<bool> = read(text)
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
