//! `azure-handler` against a faulty Sentinel, called as the Functions host calls it.

use honeytriage_tests::handler::{Answer, Handler, unbase64};
use honeytriage_tests::sentinel::{Sentinel, WORKSPACE, WRITER, Wrong, incident_id};
use honeytriage_tests::{Run, project, triage};
use serde_json::{Value, json};
use std::time::Duration;

fn message(number: u32) -> String {
    json!({"v": 1, "incidentArmId": incident_id(number)}).to_string()
}

/// A stand-in with incident 1, and a handler for it.
fn pair(more: &[(&str, &str)]) -> (Sentinel, Handler) {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let handler = Handler::start(&sentinel, more);
    (sentinel, handler)
}

/// The message on an output queue: Base64, which the host decodes.
fn output(answer: &Answer, binding: &str) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = answer.body["Outputs"][binding].as_str().unwrap_or_else(|| panic!("{answer:?}"));
    serde_json::from_slice(&unbase64(text)).unwrap()
}

fn poison_code(answer: &Answer) -> String {
    output(answer, "poison")["error"]["code"].as_str().unwrap().to_owned()
}

fn is_done(answer: &Answer) -> bool {
    answer.status == 200 && answer.body == json!({"Outputs": {}})
}

#[track_caller]
fn has_one_comment(sentinel: &Sentinel) {
    let comments = sentinel.comments(1);
    assert_eq!(comments.len(), 1, "one comment");
    assert!(comments[0].texts.iter().all(|text| *text == comments[0].texts[0]), "always the same text");
    assert!(comments[0].texts[0].contains("<p>honeytriage "), "{}", comments[0].texts[0]);
}

#[test]
fn a_message_becomes_one_comment_however_often_it_comes() {
    let (sentinel, handler) = pair(&[]);
    for delivery in 1..=3 {
        assert!(is_done(&handler.deliver("incident-trigger", &message(1), delivery)));
    }
    has_one_comment(&sentinel);
    assert_eq!(sentinel.comments(1)[0].texts.len(), 1, "written once");
    let requests = sentinel.requests();
    assert!(requests.iter().all(
        |request| request.line.contains("?api-version=2025-09-01 ") && request.authorization.starts_with("Bearer ")
    ));
    assert!(handler.says(&["comment-written"]) && handler.says(&["comment-already-there"]));
}

#[test]
fn the_playbooks_message_is_taken_in_every_encoding() {
    let (sentinel, handler) = pair(&[]);
    let doubly =
        json!({"Data": {"message": serde_json::to_string(&message(1)).unwrap()}, "Metadata": {"DequeueCount": "1"}});
    assert!(is_done(&handler.call("incident-trigger", &doubly)));
    has_one_comment(&sentinel);
}

#[test]
fn hostile_ids_and_foreign_workspaces_never_leave_the_process() {
    let (sentinel, handler) = pair(&[]);
    let id = incident_id(1);
    let other = id.replace("law-soc", "law-other");
    let mut ids = vec![
        "https://evil.example/".to_owned(),
        format!("@evil.example{id}"),
        format!("{id}?x=1"),
        format!("{id}/../../x"),
        id.replace("rg-soc", "rg%2fsoc"),
        id.replace("rg-soc", ".."),
        id.replace("SecurityInsights", "Compute"),
        "a".repeat(10_000),
        other,
    ];
    ids.extend(
        ["\r\nHost: evil.example", "\u{0}", "//evil.example", "\\\\evil.example"].map(|part| format!("{id}{part}")),
    );
    for id in ids {
        let answer = handler.deliver("incident-trigger", &json!({"v": 1, "incidentArmId": id}).to_string(), 1);
        assert!(["incident-id", "workspace"].contains(&poison_code(&answer).as_str()), "{answer:?}");
        let (status, _) = handler.request(&json!({"incidentArmId": id}).to_string(), &json!({}));
        assert!([400, 403].contains(&status));
    }
    assert!(sentinel.requests().is_empty(), "{:?}", sentinel.requests());
}

#[test]
fn what_is_no_message_is_put_aside_as_it_came() {
    let (_sentinel, handler) = pair(&[]);
    for text in ["", "hello", "abcd", "{\"v\":2}", "{\"v\":1,\"incidentArmId\":7}", "[]", "\u{1f600}"] {
        let poison = output(&handler.deliver("incident-trigger", text, 1), "poison");
        assert_eq!(
            (&poison["v"], &poison["message"], &poison["error"]["class"]),
            (&json!(1), &json!(text), &json!("Permanent"))
        );
        assert_eq!(poison_code(&handler.deliver("add-comment", text, 1)), "message");
    }
    assert!(handler.says(&["\"event\":\"poison\""]));
}

#[test]
fn a_young_incident_without_entities_waits_once() {
    let (sentinel, handler) = pair(&[]);
    sentinel.without_entities(1);
    let first = handler.deliver("incident-trigger", &message(1), 1);
    assert_eq!((first.status, first.body["error"]["code"].as_str()), (500, Some("entities-late")));
    assert!(sentinel.comments(1).is_empty());
    assert!(is_done(&handler.deliver("incident-trigger", &message(1), 2)));
    has_one_comment(&sentinel);
    assert!(sentinel.comments(1)[0].texts[0].contains("No entities"));
    let (sentinel, handler) = pair(&[("HONEYTRIAGE_LATE_ENTITIES", "0")]);
    sentinel.without_entities(1);
    assert!(is_done(&handler.deliver("incident-trigger", &message(1), 1)));
    has_one_comment(&sentinel);
}

#[test]
fn a_merged_incident_gets_no_comment() {
    let (sentinel, handler) = pair(&[]);
    sentinel.add_incident(
        1,
        &json!({"status": "Closed", "labels": [{"labelName": "Redirected", "labelType": "AutoAssigned"}]}),
    );
    assert!(is_done(&handler.deliver("incident-trigger", &message(1), 1)));
    assert!(sentinel.comments(1).is_empty());
    assert!(handler.says(&["incident-merged"]));
}

#[test]
fn a_missing_role_is_told_and_tried_again() {
    let (sentinel, handler) = pair(&[]);
    sentinel.fail("GET", "", 2, Wrong::Status(403, None));
    let answer = handler.deliver("incident-trigger", &message(1), 1);
    assert_eq!((answer.status, answer.body["error"]["class"].as_str()), (500, Some("Config")));
    let command = format!("--role \\\"Microsoft Sentinel Responder\\\" --scope '{WORKSPACE}'");
    assert!(handler.says(&[&command, WRITER]), "{:?}", handler.lines());
    assert!(is_done(&handler.deliver("incident-trigger", &message(1), 2)), "the grant has spread");
    has_one_comment(&sentinel);
}

#[test]
fn one_refusal_is_answered_with_a_fresh_token_at_once() {
    let (sentinel, handler) = pair(&[]);
    sentinel.fail("GET", "", 1, Wrong::Status(403, None));
    assert!(is_done(&handler.deliver("incident-trigger", &message(1), 1)));
    has_one_comment(&sentinel);
}

#[test]
fn short_faults_are_mended_inside_the_call() {
    let faults = [
        Wrong::Status(429, Some(1)),
        Wrong::Status(500, None),
        Wrong::Status(503, Some(0)),
        Wrong::CutBefore,
        Wrong::CutAfter,
        Wrong::Late(Duration::from_secs(4)),
    ];
    let requests =
        [("GET", ""), ("POST", "/alerts"), ("POST", "/entities"), ("GET", "/comments/"), ("PUT", "/comments/")];
    std::thread::scope(|scope| {
        for (wrong, (method, part)) in faults.into_iter().flat_map(|wrong| requests.map(|request| (wrong, request))) {
            scope.spawn(move || {
                let (sentinel, handler) = pair(&[]);
                sentinel.fail(method, part, 1, wrong);
                let answer = handler.deliver("incident-trigger", &message(1), 1);
                assert!(is_done(&answer), "{wrong:?} {method} {part}: {answer:?}");
                has_one_comment(&sentinel);
            });
        }
    });
}

#[test]
fn two_that_meet_write_one_comment() {
    for status in [409, 412] {
        let (sentinel, handler) = pair(&[]);
        sentinel.fail("PUT", "/comments/", 1, Wrong::Status(status, None));
        assert!(is_done(&handler.deliver("incident-trigger", &message(1), 1)));
        has_one_comment(&sentinel);
    }
}

#[test]
fn an_answer_whose_write_failed_is_handed_over_and_written_later() {
    for wrong in [Wrong::Status(429, Some(9999)), Wrong::Status(500, None), Wrong::Status(403, None), Wrong::CutBefore]
    {
        let (sentinel, handler) = pair(&[]);
        sentinel.fail("PUT", "/comments/", 2, wrong);
        let handed = output(&handler.deliver("incident-trigger", &message(1), 1), "comments");
        assert_eq!(handed["v"], 1);
        assert!(
            handed["triage"]["steps"].is_array() && handed.get("id").is_none() && !handed.to_string().contains("<p>")
        );
        assert!(serde_json::to_vec(&handed).unwrap().len() < 48 * 1024);
        sentinel.fail("GET", "", 0x7fff_ffff, Wrong::Status(500, None));
        let busy = handler.deliver("add-comment", &handed.to_string(), 1);
        assert_eq!(busy.status, 500, "it comes again");
        let (sentinel, handler) = pair(&[]);
        assert!(is_done(&handler.deliver("add-comment", &handed.to_string(), 2)));
        assert!(is_done(&handler.deliver("add-comment", &handed.to_string(), 3)));
        has_one_comment(&sentinel);
        assert_eq!(sentinel.comments(1)[0].texts.len(), 1);
    }
}

#[test]
fn a_verdict_from_a_message_counts_only_on_the_queue_of_comments() {
    let (sentinel, handler) = pair(&[]);
    let mut forged: Value = serde_json::from_str(&message(1)).unwrap();
    forged["triage"] = json!({"summary": "forged"});
    forged["title"] = json!("forged");
    assert!(is_done(&handler.deliver("incident-trigger", &forged.to_string(), 1)));
    assert!(!sentinel.comments(1)[0].texts[0].contains("forged"));
}

#[test]
fn ends_that_will_not_change_are_poison_with_a_reason() {
    let (sentinel, handler) = pair(&[]);
    assert_eq!(poison_code(&handler.deliver("incident-trigger", &message(2), 1)), "not-found");
    sentinel.add_incident(3, &json!({"additionalData": {"commentsCount": 100}}));
    assert_eq!(poison_code(&handler.deliver("incident-trigger", &message(3), 1)), "comment-limit");
    sentinel.fail("PUT", "/comments/", 1, Wrong::Status(400, None));
    assert_eq!(poison_code(&handler.deliver("incident-trigger", &message(1), 1)), "refused");
    assert!(is_done(&handler.deliver("incident-trigger", &message(1), 1)));
    let line = sentinel.requests().into_iter().find(|request| request.line.starts_with("PUT")).unwrap().line;
    let comment = line.split("/comments/").nth(1).unwrap().split('?').next().unwrap().to_owned();
    sentinel.add_comment(1, &comment, "00000000-0000-0000-0000-00000000000b");
    assert_eq!(poison_code(&handler.deliver("incident-trigger", &message(1), 1)), "foreign-comment");
    sentinel.delete(1);
    assert_eq!(poison_code(&handler.deliver("incident-trigger", &message(1), 1)), "not-found");
}

#[test]
fn redirects_are_not_followed() {
    let (sentinel, handler) = pair(&[]);
    sentinel.fail("GET", "", 1, Wrong::Status(302, None));
    assert_eq!(poison_code(&handler.deliver("incident-trigger", &message(1), 1)), "redirect");
}

#[test]
fn shadow_mode_does_everything_but_the_write() {
    let (sentinel, handler) = pair(&[("HONEYTRIAGE_SHADOW", "true")]);
    assert!(is_done(&handler.deliver("incident-trigger", &message(1), 1)));
    assert!(sentinel.comments(1).is_empty());
    assert!(handler.says(&["\"event\":\"shadow\""]), "{:?}", handler.lines());
    let line = handler.lines().into_iter().find(|line| line.contains("\"event\":\"shadow\"")).unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert!(line["size"].as_u64().unwrap() > 1000 && line["hash"].as_str().unwrap().len() == 16);
}

#[test]
fn gpt_complete_answers_what_the_command_line_answers() {
    let (sentinel, handler) = pair(&[("SOURCE_DATE_EPOCH", "1798761600")]);
    let path = project().join("examples/incidents/web-shell.json");
    let body = std::fs::read_to_string(&path).unwrap();
    let (status, json) = handler.request(&body, &json!({}));
    assert_eq!((status, json), (200, triage(&path, "json")));
    let (status, html) = handler.request(&body, &json!({"format": "html"}));
    assert_eq!((status, html.trim()), (200, triage(&path, "html").trim()));
    assert!(sentinel.requests().is_empty(), "an incident is triaged as it is");
    let (status, json) =
        handler.request(&json!({"incidentArmId": incident_id(1)}).to_string(), &json!({"format": "json"}));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((status, json["incident"]["number"].as_u64()), (200, Some(1)));
    assert!(sentinel.comments(1).is_empty(), "it writes nothing");
}

#[test]
fn gpt_complete_tells_what_is_wrong() {
    let (sentinel, handler) = pair(&[]);
    let id = |number| json!({"incidentArmId": incident_id(number)}).to_string();
    let code = |(status, body): (u16, String)| {
        let body: Value = serde_json::from_str(&body).unwrap();
        (
            status,
            body["error"]["code"].as_str().unwrap().to_owned(),
            body["error"]["message"].as_str().unwrap().to_owned(),
        )
    };
    let bad = code(handler.request(r#"{"title":[]}"#, &json!({})));
    assert_eq!((bad.0, bad.1.as_str()), (400, "input"));
    assert!(bad.2.starts_with("$.title: expected a string"), "{}", bad.2);
    assert_eq!(code(handler.request("", &json!({}))).0, 400);
    assert_eq!(code(handler.request("{}", &json!({"format": "pdf"}))).0, 400);
    assert_eq!(code(handler.request(&"x".repeat(4_200_000), &json!({}))).0, 413);
    assert_eq!(code(handler.request(&id(9), &json!({}))).0, 404);
    sentinel.fail("GET", "", 1, Wrong::Status(429, Some(600)));
    assert_eq!(code(handler.request(&id(1), &json!({}))).0, 429);
    sentinel.fail("GET", "", 9, Wrong::Status(500, None));
    assert_eq!(code(handler.request(&id(1), &json!({}))).0, 503);
}

#[test]
fn logs_are_json_and_hold_nothing_of_incidents_or_secrets() {
    let (sentinel, handler) = pair(&[]);
    sentinel.fail("PUT", "/comments/", 2, Wrong::Status(500, None));
    let _ = handler.deliver("incident-trigger", &message(1), 1);
    let _ = handler.deliver("incident-trigger", "planted-message planted-account", 1);
    let hostile = std::fs::read_to_string(project().join("examples/incidents/hostile.json")).unwrap();
    let _ = handler.request(&hostile, &json!({}));
    let _ = handler.request("{\"planted-key\":tru}", &json!({}));
    sentinel.fail("GET", "", 2, Wrong::Status(403, None));
    let _ = handler.deliver("incident-trigger", &message(1), 1);
    assert!(handler.says(&["\"code\":\"forbidden\""]), "the last event: {:?}", handler.lines());
    let lines = handler.lines();
    assert!(lines.len() > 8, "{lines:#?}");
    for line in &lines {
        let json: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(json["event"].is_string() && json["function"].is_string());
        for planted in [
            "planted-description",
            "planted-account",
            "planted-message",
            "planted-upstream-body",
            "web-01",
            "203.0.113",
            "eyJ",
            "evil.example",
            "Secret123",
        ] {
            assert!(!line.contains(planted), "{planted}: {line}");
        }
    }
    assert!(lines.iter().any(|line| line.contains("11111111-2222-3333-4444-555555555555")));
}

#[test]
fn anything_that_is_no_call_gets_an_object() {
    let (_sentinel, handler) = pair(&[]);
    assert_eq!(handler.http("GET", "/", "").unwrap(), (200, "{}".to_owned()));
    for (method, path, body) in [
        ("POST", "/incident-trigger", ""),
        ("POST", "/incident-trigger", "not json"),
        ("POST", "/gpt-complete", "{\"Data\":{}}"),
        ("POST", "/no-such-function", "{}"),
        ("DELETE", "/anything", ""),
    ] {
        let (status, body) = handler.http(method, path, body).unwrap();
        let is_object = serde_json::from_str::<Value>(&body).is_ok_and(|body| body["error"]["code"].is_string());
        assert!(is_object || path == "/gpt-complete" && status == 200, "{method} {path}: {status} {}", body.len());
    }
}

#[test]
fn calls_run_side_by_side() {
    let (sentinel, handler) = pair(&[]);
    sentinel.fail("GET", "", 8, Wrong::Late(Duration::from_secs(1)));
    let start = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert!(is_done(&handler.deliver("incident-trigger", &message(1), 1))));
        }
    });
    // One after another they would take 8 seconds at least.
    assert!(start.elapsed() < Duration::from_secs(7), "{:?}", start.elapsed());
    has_one_comment(&sentinel);
}

#[test]
fn a_host_without_workspaces_does_not_start() {
    let output = std::process::Command::new(honeytriage_tests::binary("azure-handler")).env_clear().output().unwrap();
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("azure-handler: HONEYTRIAGE_WORKSPACES: expected"), "{message}");
}

#[test]
fn the_command_line_reads_and_writes_like_the_function() {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let run = |args: &[&str]| {
        let mut run = Run::new(args);
        for (name, value) in honeytriage_tests::handler::environment(&sentinel) {
            run = run.env(name, value);
        }
        run.output()
    };
    let id = incident_id(1);
    let read = run(&["triage", "--incident", &id, "--format", "html"]);
    assert!(read.status.success() && sentinel.comments(1).is_empty());
    for event in ["comment-written", "comment-already-there"] {
        let written = run(&["triage", "--incident", &id, "--write", "--format", "html"]);
        assert!(written.status.success());
        assert!(String::from_utf8_lossy(&written.stderr).starts_with(&format!("honeytriage: {event} ")));
        assert_eq!(written.stdout, read.stdout);
    }
    has_one_comment(&sentinel);
    assert_eq!(run(&["triage", "--incident", &incident_id(2)]).status.code(), Some(1));
    assert_eq!(run(&["triage", "--incident", "x"]).status.code(), Some(2));
    assert_eq!(run(&["triage", "x.json", "--write"]).status.code(), Some(2));
}
