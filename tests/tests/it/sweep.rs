//! Sweeps: what lacks a comment is found, on every host, and gets one.

use honeytriage_tests::Run;
use honeytriage_tests::handler::{Handler, borrowed, environment};
use honeytriage_tests::lambda::{Lambda, Sqs, batch};
use honeytriage_tests::sentinel::{Sentinel, WORKSPACE, Wrong, incident_id};
use serde_json::{Value, json};

/// Seven incidents that changed lately, one of them merged; and one that did not change for long.
fn sentinel() -> Sentinel {
    let sentinel = Sentinel::start();
    for number in 1..=6 {
        sentinel.add_incident(number, &json!({}));
    }
    let merged = json!({"status": "Closed", "labels": [{"labelName": "Redirected", "labelType": "AutoAssigned"}]});
    sentinel.add_incident(7, &merged);
    sentinel.add_incident(8, &json!({"lastModifiedTimeUtc": "2026-03-12T08:00:00Z"}));
    sentinel
}

/// What a run prints on both of its outputs, and its exit code.
fn sweep(sentinel: &Sentinel, arguments: &[&str]) -> (String, String, Option<i32>) {
    let settings = environment(sentinel);
    let run =
        settings.iter().fold(Run::new([&["sweep"], arguments].concat()), |run, (name, value)| run.env(name, value));
    let output = run.output();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

fn counts(sentinel: &Sentinel) -> Vec<usize> {
    (1..=8).map(|number| sentinel.comments(number).len()).collect()
}

#[test]
fn a_sweep_names_what_lacks_a_comment_and_writes_if_asked_to() {
    let sentinel = sentinel();
    let id = incident_id(2);
    // The function app commented on the second one: another identity than that of whoever sweeps.
    let other = "eyJhbGciOiJub25lIn0.eyJvaWQiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMGIifQ.";
    let settings = environment(&sentinel);
    let first = Run::new(["triage", "--incident", &id, "--write", "--format", "json"]);
    let first = settings.iter().fold(first, |run, (name, value)| run.env(name, value));
    assert!(first.env("HONEYTRIAGE_ARM_TOKEN", other).output().status.success());

    let (named, told, code) = sweep(&sentinel, &["--since", "2h"]);
    let numbers: Vec<&str> = named.lines().map(|line| &line[line.len() - 1..]).collect();
    assert_eq!((numbers, code), (vec!["6", "5", "4", "3", "1"], Some(0)), "{named}");
    assert!(told.contains("7 incidents changed, 5 without a comment"), "{told}");
    assert_eq!(counts(&sentinel), [0, 1, 0, 0, 0, 0, 0, 0], "nothing is written");

    let (_, told, _) = sweep(&sentinel, &["--most", "2", "--write"]);
    assert!(told.contains("2 without a comment; there may be more"), "{told}");
    assert_eq!(counts(&sentinel), [0, 1, 0, 0, 1, 1, 0, 0]);

    // One is refused: the others would be too, so it stops, and the next run goes on.
    sentinel.fail("PUT", "000000000003/comments/", 3, Wrong::Status(403, None));
    let (written, _, code) = sweep(&sentinel, &["--since", "7d", "--write"]);
    assert_eq!((written.matches("comment-written").count(), code), (1, Some(1)), "{written}");
    assert!(written.contains("000000000003 not written: Sentinel answered 403"), "{written}");
    assert!(written.contains("az role assignment create") && written.contains("Stopped"), "{written}");
    assert_eq!(sweep(&sentinel, &["--since", "7d", "--write"]).2, Some(0));
    assert_eq!(counts(&sentinel), [1, 1, 1, 1, 1, 1, 0, 1]);
    let (named, told, _) = sweep(&sentinel, &["--since", "7d"]);
    assert!(named.is_empty() && told.contains("0 without a comment"), "{named}{told}");
    assert!((1..=8).all(|number| sentinel.comments(number).iter().all(|comment| comment.texts.len() == 1)));
}

#[test]
fn a_model_that_fails_costs_no_final_comment() {
    let sentinel = sentinel();
    let model =
        ["--completer", "model", "--model-url", "http://127.0.0.1:1/v1", "--model", "m", "--since", "7d", "--write"];
    let (written, _, code) = sweep(&sentinel, &model);
    assert!(
        code == Some(1) && written.contains("not written: the model failed") && written.contains("Stopped"),
        "{written}"
    );
    assert!(counts(&sentinel).iter().all(|count| *count == 0));
}

#[test]
fn one_incident_or_workspace_that_fails_does_not_keep_the_others() {
    let sentinel = sentinel();
    let handler = Handler::start(&sentinel, &[]);
    let message = |number| json!({"v": 1, "incidentArmId": incident_id(number)}).to_string();
    assert_eq!(handler.deliver("incident-trigger", &message(5), 2).status, 200);
    sentinel.fail("GET", "000000000005/comments/", 2, Wrong::Status(500, None));
    assert_eq!(queued(&handler), ["6", "4", "3", "2", "1"]);
    assert!(handler.says(&["\"event\":\"swept\"", "\"more\":true"]));
    // The second workspace is gone.
    let gone = WORKSPACE.replace("law-soc", "law-gone");
    let handler = Handler::start(&sentinel, &[("HONEYTRIAGE_WORKSPACES", &format!("{gone},{WORKSPACE}"))]);
    assert_eq!(queued(&handler), ["6", "4", "3", "2", "1"]);
    let handler = Handler::start(&sentinel, &[("HONEYTRIAGE_WORKSPACES", &gone)]);
    assert_eq!(handler.call("incident-sweep", &json!({"Data": {"timer": {}}})).status, 500);
}

#[test]
fn what_is_wrong_with_the_command_is_told() {
    let sentinel = sentinel();
    assert!(sweep(&sentinel, &["--since", "tomorrow"]).1.contains("`7d`"));
    let output = Run::new(["sweep"]).output();
    assert!(
        output.status.code() == Some(2) && String::from_utf8_lossy(&output.stderr).contains("HONEYTRIAGE_WORKSPACES")
    );
    sentinel.fail("GET", "SecurityInsights/incidents?", 9, Wrong::Status(403, None));
    let (_, told, code) = sweep(&sentinel, &[]);
    assert!(code == Some(1) && told.contains("Microsoft Sentinel Responder"), "{told}");
}

/// The incidents that a call of the function queues, by the last digit of their ids.
fn queued(handler: &Handler) -> Vec<String> {
    let timer =
        json!({"Data": {"timer": {"Schedule": {"AdjustForDST": true}, "IsPastDue": false}}, "Metadata": {"sys": {}}});
    let answer = handler.call("incident-sweep", &timer);
    assert_eq!(answer.status, 200, "{answer:?}");
    let messages = answer.body["Outputs"]["incidents"].as_array().cloned().unwrap_or_default();
    let number = |message: &Value| {
        let message: Value = serde_json::from_str(message.as_str().unwrap()).unwrap();
        assert_eq!(message["v"], 1);
        let id = message["incidentArmId"].as_str().unwrap();
        id[id.len() - 1..].to_owned()
    };
    messages.iter().map(number).collect()
}

#[test]
fn the_function_queues_what_lacks_a_comment_within_bounds() {
    let sentinel = sentinel();
    let handler = Handler::start(&sentinel, &[("HONEYTRIAGE_SWEEP_MOST", "4")]);
    assert_eq!(queued(&handler), ["6", "5", "4", "3"]);
    for number in [6, 5, 4, 3] {
        let message = json!({"v": 1, "incidentArmId": incident_id(number)}).to_string();
        assert_eq!(handler.deliver("incident-trigger", &message, 2).status, 200);
    }
    assert_eq!(queued(&handler), ["2", "1"]);
    assert_eq!(queued(&handler), [] as [&str; 0], "what is queued is left to the queue for a while");
    assert!(handler.says(&["\"event\":\"swept\"", "\"changed\":7", "\"missing\":2"]));
    // What is known to have a comment is not asked for again: Sentinel allows few reads.
    let reads = || sentinel.requests().iter().filter(|request| request.line.contains("/comments/")).count();
    let before = reads();
    assert_eq!(queued(&handler), [] as [&str; 0]);
    assert_eq!(reads(), before);
    // Another process knows nothing of it.
    let other = Handler::start(&sentinel, &[]);
    assert_eq!(queued(&other), ["2", "1"]);
}

#[test]
fn in_shadow_an_incident_is_triaged_once_and_a_missing_role_ends_the_sweep() {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let handler = Handler::start(&sentinel, &[("HONEYTRIAGE_SHADOW", "true")]);
    assert_eq!(queued(&handler), ["1"]);
    let message = json!({"v": 1, "incidentArmId": incident_id(1)}).to_string();
    assert_eq!(handler.deliver("incident-trigger", &message, 2).status, 200);
    assert_eq!(queued(&handler), [] as [&str; 0]);
    // Later ones too: an older incident is left alone, whatever this process knows.
    sentinel.add_incident(2, &json!({"createdTimeUtc": "2026-03-12T10:00:00Z"}));
    let later = Handler::start(&sentinel, &[("HONEYTRIAGE_SHADOW", "true")]);
    assert_eq!(queued(&later), ["1"]);

    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    sentinel.put_comment(1, "<p>by hand</p>");
    sentinel.fail("GET", "/comments/", 9, Wrong::Status(403, None));
    let handler = Handler::start(&sentinel, &[]);
    let answer = handler.call("incident-sweep", &json!({"Data": {"timer": {}}}));
    assert!(answer.status == 500 && answer.body.to_string().contains("Microsoft Sentinel Responder"), "{answer:?}");
}

#[test]
fn a_forged_marker_does_not_keep_the_function_from_an_incident() {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    sentinel.put_comment(1, "<p>honeytriage 0.1.0 triage alerts none entities none facts none</p>");
    let handler = Handler::start(&sentinel, &[]);
    assert_eq!(queued(&handler), ["1"]);
    assert!(sweep(&sentinel, &[]).1.contains("0 without a comment"), "a person may look for himself");
}

#[test]
fn a_pause_that_sentinel_asks_for_ends_a_sweep_early() {
    let sentinel = sentinel();
    let handler = Handler::start(&sentinel, &[]);
    let message = |number| json!({"v": 1, "incidentArmId": incident_id(number)}).to_string();
    assert_eq!(handler.deliver("incident-trigger", &message(4), 2).status, 200);
    sentinel.fail("GET", "000000000004/comments/", 2, Wrong::Status(429, Some(300)));
    assert_eq!(queued(&handler), ["6", "5", "3", "2", "1"], "those that have no comment at all");
    assert_eq!(handler.call("incident-sweep", &json!({"Data": {"timer": {}}})).status, 500, "nothing, and why");
    assert_eq!(queued(&handler), [] as [&str; 0]);
    sentinel.fail("GET", "SecurityInsights/incidents?", 9, Wrong::Status(500, None));
    assert_eq!(handler.call("incident-sweep", &json!({"Data": {"timer": {}}})).status, 500);
}

#[test]
fn on_lambda_a_schedule_fills_the_queue() {
    let sentinel = sentinel();
    let sqs = Sqs::start(None);
    let settings =
        [sqs.settings(), vec![("HONEYTRIAGE_INCIDENTS_QUEUE", "https://sqs.example/1/incidents".to_owned())]].concat();
    let schedule = json!({"version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}});
    let lambda = Lambda::start(&sentinel, "incident-sweep", &borrowed(&settings));
    assert_eq!(lambda.call(&schedule).unwrap(), json!({"queued": 6}), "{}", lambda.told());
    let messages: Vec<String> = sqs.messages("/incidents").iter().map(Value::to_string).collect();
    let trigger = Lambda::start(&sentinel, "incident-trigger", &borrowed(&settings));
    let texts: Vec<&str> = messages.iter().map(String::as_str).collect();
    assert_eq!(trigger.call(&batch(&texts, 2)).unwrap(), json!({"batchItemFailures": []}));
    assert_eq!(lambda.call(&schedule).unwrap(), json!({"queued": 0}));
    assert_eq!(counts(&sentinel), [1, 1, 1, 1, 1, 1, 0, 0]);
    for event in [batch(&["{}"], 1), json!({"detail-type": "Scheduled Event"})] {
        let name = if event["Records"].is_null() { "add-comment" } else { "incident-sweep" };
        let error = Lambda::start(&sentinel, name, &borrowed(&settings)).call(&event).unwrap_err();
        assert!(error["errorMessage"].as_str().unwrap().contains("called by a schedule"), "{error}");
    }
    let nowhere = Lambda::start(&sentinel, "incident-sweep", &borrowed(&sqs.settings()));
    sentinel.add_incident(9, &json!({}));
    let error = nowhere.call(&schedule).unwrap_err();
    assert!(error["errorMessage"].as_str().unwrap().contains("HONEYTRIAGE_INCIDENTS_QUEUE"), "{error}");
    let refusing = Sqs::start(Some(403)).settings();
    let refusing =
        [refusing, vec![("HONEYTRIAGE_INCIDENTS_QUEUE", "https://sqs.example/1/incidents".to_owned())]].concat();
    let refused = Lambda::start(&sentinel, "incident-sweep", &borrowed(&refusing));
    for _ in 0..2 {
        let error = refused.call(&schedule).unwrap_err();
        assert!(error["errorMessage"].as_str().unwrap().contains("sqs:SendMessage"), "named again: {error}");
    }
}
