//! Triage that knows the honeypot: what it saw, and which hosts are honeypots.

use std::time::Duration;

use honeytriage_tests::handler::{Handler, borrowed};
use honeytriage_tests::model::{ModelServer, message};
use honeytriage_tests::sentinel::{Sentinel, Wrong, incident_id};
use serde_json::{Value, json};

const SEEN: &[(&str, &str)] = &[("HONEYTRIAGE_SIGHTINGS", "true")];

fn rows() -> Value {
    let commands = r#"["download","discovery","<b>obey</b>"]"#;
    let (first, last) = ("2026-03-11T22:01:05Z", "2026-03-12T10:41:00.1234567Z");
    json!([
        ["203.0.113.7", 4213, first, last, r#"["cowrie","dionaea"]"#, 120, commands],
        ["198.51.100.99", 1, first, last, "[]", 0, "[]"],
    ])
}

/// A Sentinel with an incident (host web-01, address 203.0.113.7), and a handler.
fn pair(rows: Option<&Value>, more: &[(&str, &str)]) -> (Sentinel, Handler) {
    let sentinel = Sentinel::start();
    for number in 1..=3 {
        sentinel.add_incident(number, &json!({}));
    }
    if let Some(rows) = rows {
        sentinel.add_sightings(rows);
    }
    let handler = Handler::start(&sentinel, more);
    (sentinel, handler)
}

fn deliver(handler: &Handler, number: u32) {
    let message = json!({"v": 1, "incidentArmId": incident_id(number)}).to_string();
    let answer = handler.deliver("incident-trigger", &message, 1);
    assert_eq!((answer.status, &answer.body), (200, &json!({"Outputs": {}})));
}

fn comment(sentinel: &Sentinel, number: u32) -> String {
    sentinel.comments(number)[0].plain()
}

fn queries(sentinel: &Sentinel) -> Vec<String> {
    let requests = sentinel.requests().into_iter();
    requests.filter(|request| request.line.contains("/query?")).map(|request| request.body).collect()
}

#[test]
fn a_comment_shows_what_the_honeypot_saw_for_one_more_request() {
    let (sentinel, handler) = pair(Some(&rows()), SEEN);
    let (plain, without) = pair(Some(&rows()), &[]);
    deliver(&handler, 1);
    deliver(&without, 1);
    let html = comment(&sentinel, 1);
    let told = "<code>203[.]0[.]113[.]7</code> had 4213 hits on the honeypot (cowrie, dionaea) from 2026-03-11 22:01 to 2026-03-12 10:41 UTC, tried about 120 pairs of name and password, ran commands for download, discovery.";
    assert!(html.contains("Known from the honeypot:") && html.contains(told), "{html}");
    assert!(html.contains("The honeypot knows <code>203[.]0[.]113[.]7</code>."), "{html}");
    assert!(!html.contains("198[.]51") && !html.contains("obey"), "{html}");
    assert!(!comment(&plain, 1).contains("Known from the honeypot"));
    assert_eq!(sentinel.requests().len(), plain.requests().len() + 1);
    let queries = queries(&sentinel);
    let body: Value = serde_json::from_str(&queries[0]).unwrap();
    assert!(body["query"].as_str().unwrap().contains("dynamic([\"203.0.113.7\"])") && body["timespan"] == "P30D");
}

#[test]
fn an_answer_is_kept_for_the_next_incident_of_the_same_address() {
    let (sentinel, handler) = pair(Some(&rows()), SEEN);
    for number in 1..=3 {
        deliver(&handler, number);
        assert!(comment(&sentinel, number).contains("4213 hits"));
    }
    assert_eq!(queries(&sentinel).len(), 1);
}

#[test]
fn without_tables_access_or_an_answer_in_time_there_is_a_comment_and_the_log_says_so_once() {
    let faults = [
        (None, "refused"),
        (Some(Wrong::Status(403, None)), "forbidden"),
        (Some(Wrong::Status(500, None)), "busy"),
        (Some(Wrong::CutBefore), "unreachable"),
        (Some(Wrong::Late(Duration::from_secs(4))), "unreachable"),
    ];
    for (fault, code) in faults {
        let (sentinel, handler) = pair(fault.is_some().then(rows).as_ref(), SEEN);
        if let Some(wrong) = fault {
            sentinel.fail("POST", "/query?", 9, wrong);
        }
        for number in 1..=3 {
            deliver(&handler, number);
            assert!(!comment(&sentinel, number).contains("Known from the honeypot"), "{code}");
        }
        assert!(handler.says(&["no-sightings", code]), "{code}: {:?}", handler.lines());
        assert_eq!(handler.lines().iter().filter(|line| line.contains("no-sightings")).count(), 1, "{code}");
        assert_eq!(queries(&sentinel).len(), 1, "{code}");
        if code == "forbidden" {
            assert!(handler.says(&["no-sightings", "Log Analytics Reader"]), "{:?}", handler.lines());
        }
    }
}

#[test]
fn an_attack_on_a_honeypot_is_expected_and_nobody_cleans_it() {
    let (sentinel, handler) = pair(None, &[("HONEYTRIAGE_HONEYPOTS", "tpot-01, WEB-01")]);
    deliver(&handler, 1);
    let html = comment(&sentinel, 1);
    assert!(html.contains("<code>web-01</code> is a honeypot: attacks on it are expected"), "{html}");
    assert!(html.contains("by its machines, which are honeypots"), "{html}");
    for advice in ["Block <code>203", "Search sign-in", "broke out of <code>web-01", "Save the hunt"] {
        assert!(html.to_lowercase().contains(&advice.to_lowercase()), "{advice}: {html}");
    }
    for cleaning in ["Reimage", "reinstall", "Rebuild <code>web-01"] {
        assert!(!html.to_lowercase().contains(&cleaning.to_lowercase()), "{cleaning}: {html}");
    }
}

#[test]
fn a_model_reads_what_the_honeypot_saw_and_may_refer_to_it() {
    let model = ModelServer::saying(json!({
        "summary": "The address 203.0.113.7 guessed logins on web-01. It attacked the honeypot before, with 120 pairs on cowrie.",
        "verdict": "TruePositive", "confidence": 0.9, "evidence": ["s1", "e1"],
        "actions": [], "queries": [], "questions": [], "own_steps": []
    }));
    let settings = model.settings();
    let settings = borrowed(&settings);
    let (sentinel, handler) = pair(Some(&rows()), &[&settings[..], SEEN].concat());
    deliver(&handler, 1);
    let bodies = model.bodies();
    let asked = message(&bodies[0], "user");
    assert!(asked.contains("Seen by our honeypots:") && asked.contains("s1 `203.0.113.7` had 4213 hits"), "{asked}");
    assert!(!asked.contains("obey"));
    let html = comment(&sentinel, 1);
    assert!(html.contains("120 pairs on cowrie"), "{html}");
}
