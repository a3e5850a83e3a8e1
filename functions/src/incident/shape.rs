//! The shapes in which an incident comes, and what is taken out of each.

use std::collections::HashSet;

use super::json::Json;
use super::locate::{Found, locate};
use super::members::{alerts, compromised, entities};
use super::names::{Classification, Severity, Status};
use super::plain::plain;
use super::read::At;
use super::{Incident, InputError};
use crate::text::Text;

const TITLE: usize = 300;
const DESCRIPTION: usize = 4000;
const NAME: usize = 200;
/// Most names kept. ATT&CK Enterprise has 14 tactics and fewer than 700 techniques.
const MAX_TACTICS: usize = 50;
const MAX_TECHNIQUES: usize = 1000;
const MAX_PRODUCTS: usize = 50;
const MAX_LABELS: usize = 100;

/// Reads an incident out of any of its shapes.
pub(super) fn incident(json: &Json) -> Result<Incident, InputError> {
    let found = locate(&At::root(json))?;
    let at = &found.properties;
    let extra = at.object("additionalData")?;
    let entities = entities(&found)?;
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
        modified: at.time("lastModifiedTimeUtc")?,
        first_activity: at.time("firstActivityTimeUtc")?,
        last_activity: at.time("lastActivityTimeUtc")?,
        alerts: alerts(&found)?,
        entities: entities.list,
        other_names: entities.other_names,
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
}
