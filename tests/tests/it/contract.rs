//! What programs and analysts rely on in every answer.

use std::collections::BTreeSet;

use honeytriage::attack::Technique;
use honeytriage::completion::{MAX_BYTES, Phase, Triage};
use honeytriage::incident::{Entity, EntityKind, Incident};
use honeytriage_tests::{Run, examples, triage};
use serde_json::Value;

struct Answer {
    name: String,
    incident: Incident,
    json: Value,
    triage: Triage,
}

fn answers() -> Vec<Answer> {
    let answer = |path: std::path::PathBuf| {
        let json: Value = serde_json::from_str(&triage(&path, "json")).unwrap();
        Answer {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            incident: Incident::from_bytes(&std::fs::read(&path).unwrap()).unwrap(),
            triage: serde_json::from_value(json["triage"].clone()).unwrap(),
            json,
        }
    };
    examples().into_iter().map(answer).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_json_has_exactly_the_agreed_keys() {
    for answer in answers() {
        let json = &answer.json;
        let sorted =
            |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        for (value, names) in [
            (json, &["incident", "completer", "triage", "removed", "comment"][..]),
            (&json["incident"], &["armId", "number", "title"]),
            (&json["triage"], &["summary", "assessment", "steps", "queries", "questions", "missing"]),
            (&json["triage"]["assessment"], &["verdict", "confidence", "reasons"]),
            (&json["removed"], &["indicators"]),
            (&json["comment"], &["id", "html"]),
            (&json["triage"]["steps"][0], &["id", "phase", "action", "why", "techniques", "mitigations", "entities"]),
        ] {
            assert_eq!(keys(value), sorted(names), "{}", answer.name);
        }
        assert_eq!(json["completer"], "runbook");
        let id = json["comment"]["id"].as_str().unwrap();
        assert_eq!((id.len(), id.matches('-').count()), (36, 4), "{id}");
        assert_eq!(json["comment"]["html"].as_str().unwrap().trim(), triage_html(&answer.name));
    }
}

fn triage_html(name: &str) -> String {
    let path = honeytriage_tests::project().join(format!("examples/incidents/{name}.json"));
    triage(&path, "html").trim().to_owned()
}

#[test]
fn steps_name_every_technique_and_its_mitigations_and_no_other() {
    for answer in answers() {
        let named: BTreeSet<&str> =
            answer.triage.steps.iter().flat_map(|s| &s.techniques).map(String::as_str).collect();
        let realised: BTreeSet<&str> =
            answer.triage.steps.iter().flat_map(|s| &s.mitigations).map(String::as_str).collect();
        let known: BTreeSet<&str> =
            answer.incident.techniques.iter().filter_map(|t| Technique::named_by(t)).map(|t| t.id.as_str()).collect();
        if known.is_empty() {
            assert!(
                answer.triage.missing.iter().any(|gap| gap.contains("inferred")) || named.is_empty(),
                "{}",
                answer.name
            );
        } else {
            assert_eq!(named, known, "{}", answer.name);
        }
        let mapped: BTreeSet<&str> =
            named.iter().flat_map(|id| Technique::find(id).unwrap().mitigations()).map(|id| id.as_str()).collect();
        assert_eq!(realised, mapped, "{}", answer.name);
        assert!(
            answer.triage.steps.iter().all(|s| s.techniques.len() <= 6 && s.mitigations.len() <= 6),
            "{}",
            answer.name
        );
    }
}

#[test]
fn steps_come_in_phases_without_repeats_and_name_the_main_entities() {
    for answer in answers() {
        let phases: Vec<Phase> = answer.triage.steps.iter().map(|s| s.phase).collect();
        assert!(phases.is_sorted(), "{}", answer.name);
        let ids: BTreeSet<&str> = answer.triage.steps.iter().map(|s| s.id.as_str()).collect();
        let actions: BTreeSet<&str> = answer.triage.steps.iter().map(|s| s.action.as_str()).collect();
        assert_eq!((ids.len(), actions.len()), (phases.len(), phases.len()), "{}", answer.name);
        for kind in EntityKind::KNOWN {
            // Of addresses the main one is the first from outside.
            let mut entities: Vec<&Entity> =
                answer.incident.entities.iter().filter(|entity| entity.kind() == *kind).collect();
            entities.sort_by_key(|entity| matches!(entity, Entity::Ip(ip) if !ip.is_outside()));
            let first = entities.first();
            let is_named = |label: &str| answer.triage.steps.iter().any(|s| s.entities.iter().any(|e| e == label));
            assert!(first.is_none_or(|entity| is_named(entity.label())), "{}: {kind}", answer.name);
        }
        if !answer.incident.entities.is_empty() {
            assert!(answer.triage.steps.iter().all(|s| !s.entities.is_empty()), "{}", answer.name);
        }
    }
}

#[test]
fn answers_are_bounded() {
    for answer in answers() {
        assert!(serde_json::to_vec(&answer.triage).unwrap().len() <= MAX_BYTES, "{}", answer.name);
        assert!(answer.triage.queries.len() <= 5);
        assert!((0.0..=1.0).contains(&answer.triage.assessment.confidence));
        assert!(answer.json["comment"]["html"].as_str().unwrap().encode_utf16().count() <= 30_000);
    }
}

#[test]
fn a_comment_on_an_ordinary_incident_is_read_in_two_minutes() {
    for answer in answers().iter().filter(|answer| !["hostile", "big-incident"].contains(&answer.name.as_str())) {
        let html = answer.json["comment"]["html"].as_str().unwrap();
        let text: String = html
            .split('<')
            .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
            .collect::<Vec<_>>()
            .join(" ");
        let words = text.split_whitespace().count();
        assert!(words <= 650, "{}: {words} words", answer.name);
    }
}

#[test]
fn unknown_techniques_are_reported_and_not_used() {
    let incident = r#"{"title":"x","additionalData":{"techniques":["T1110.001","T9999","T0800"]}}"#;
    let json: Value =
        serde_json::from_str(&Run::new(["triage", "-", "--format", "json"]).input(incident).stdout()).unwrap();
    let triage: Triage = serde_json::from_value(json["triage"].clone()).unwrap();
    assert!(triage.missing.iter().any(|gap| gap.contains("T9999") && gap.contains("T0800")));
    assert!(triage.steps.iter().flat_map(|step| &step.techniques).all(|id| id == "T1110.001"));
    assert_eq!(json["incident"]["armId"], Value::Null);
}

#[test]
fn private_addresses_are_never_blocked() {
    let incident = r#"{"title":"SSH brute force","relatedEntities":[
        {"kind":"Ip","properties":{"address":"100.64.3.4"}},{"kind":"Ip","properties":{"address":"::ffff:10.0.0.9"}}]}"#;
    let json: Value =
        serde_json::from_str(&Run::new(["triage", "-", "--format", "json"]).input(incident).stdout()).unwrap();
    let triage: Triage = serde_json::from_value(json["triage"].clone()).unwrap();
    let contains = |phase| {
        triage
            .steps
            .iter()
            .any(|s| s.phase == phase && s.entities.iter().any(|e| e.contains("100.64") || e.contains("10.0.0.9")))
    };
    assert!(!contains(Phase::Contain) && contains(Phase::Investigate));
    assert!(!triage.steps.iter().any(|step| step.id == "block-address"));
}

#[test]
fn the_json_schema_describes_the_answer() {
    let schema = honeytriage::completion::schema();
    assert!(schema["properties"]["assessment"].is_object() && schema["$defs"]["Step"].is_object(), "{schema}");
}
