//! Updates: what comes to light after our comment is told in another one, at most twice, and never because of ourselves.

use honeytriage_tests::Run;
use honeytriage_tests::handler::{Handler, environment, unbase64};
use honeytriage_tests::sentinel::{Comment, Sentinel, Wrong, incident_id};
use serde_json::{Value, json};

/// Seconds since 1970 of times on 2026-03-12.
fn epoch(time: &str) -> String {
    let time: jiff::Timestamp = format!("2026-03-12T{time}:00Z").parse().unwrap();
    time.as_second().to_string()
}

/// A world at a time: Sentinel's clock, and a handler that was just started.
fn at(sentinel: &Sentinel, time: &str) -> Handler {
    sentinel.at(&format!("2026-03-12T{time}:00Z"));
    Handler::start(sentinel, &[("SOURCE_DATE_EPOCH", &epoch(time))])
}

fn message(number: u32, purpose: &str) -> String {
    json!({"v": 1, "incidentArmId": incident_id(number), "purpose": purpose}).to_string()
}

/// The messages that a sweep queues.
fn sweep(handler: &Handler) -> Vec<String> {
    let answer = handler.call("incident-sweep", &json!({"Data": {"timer": {}}}));
    assert_eq!(answer.status, 200, "{answer:?}");
    let messages = answer.body["Outputs"]["incidents"].as_array().cloned().unwrap_or_default();
    messages.iter().map(|message| message.as_str().unwrap().to_owned()).collect()
}

/// Sweeps, and delivers what is queued; how many messages there were.
fn run(handler: &Handler) -> usize {
    let messages = sweep(handler);
    for message in &messages {
        assert_eq!(handler.deliver("incident-trigger", message, 2).status, 200, "{message}");
    }
    messages.len()
}

fn alert(name: &str, technique: &str) -> Value {
    json!({"kind": "SecurityAlert", "properties": {
        "systemAlertId": format!("id of {name}"), "alertDisplayName": name, "severity": "High",
        "startTimeUtc": "2026-03-12T11:20:00Z", "techniques": [technique]}})
}

fn host(name: &str) -> Value {
    json!({"kind": "Host", "properties": {"hostName": name, "osFamily": "Linux"}})
}

/// An incident that is commented on.
fn commented() -> Sentinel {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    assert_eq!(run(&at(&sentinel, "10:53")), 1);
    assert_eq!(sentinel.comments(1).len(), 1);
    sentinel
}

/// The comments of an incident, the earliest first.
fn comments(sentinel: &Sentinel) -> Vec<String> {
    let mut comments = sentinel.comments(1);
    comments.sort_by(|a, b| a.created.cmp(&b.created));
    assert!(comments.iter().all(|comment| comment.texts.len() == 1), "written once each");
    comments.iter().map(Comment::plain).collect()
}

#[test]
fn what_came_to_light_is_told_twice_at_most() {
    let sentinel = commented();
    sentinel.at("2026-03-12T11:25:00Z");
    sentinel.merge(1, &[alert("Ransomware behaviour", "T1486")], &[host("db-02")]);
    let handler = at(&sentinel, "11:26");
    let queued: Vec<Value> = sweep(&handler).iter().map(|message| serde_json::from_str(message).unwrap()).collect();
    let id = incident_id(1).replace("/Incidents/", "/incidents/");
    assert_eq!(queued, [json!({"v": 1, "incidentArmId": id, "purpose": "update-1"})]);
    assert!(handler.says(&["\"event\":\"swept\"", "\"missing\":0", "\"updates\":1"]));
    assert!(sweep(&handler).is_empty(), "what is queued is left to the queue for a while");
    assert_eq!(run(&at(&sentinel, "11:26")), 1);
    let told = comments(&sentinel);
    assert_eq!(told.len(), 2);
    insta::assert_snapshot!("update", told[1]);

    // More comes at once: it waits for an hour, and then is told together.
    sentinel.at("2026-03-12T11:40:00Z");
    sentinel.merge(1, &[alert("Backups deleted", "T1490")], &[]);
    assert_eq!(run(&at(&sentinel, "11:41")), 0);
    sentinel.at("2026-03-12T12:20:00Z");
    sentinel.merge(1, &[], &[host("db-03")]);
    assert_eq!(run(&at(&sentinel, "12:25")), 0);
    assert_eq!(run(&at(&sentinel, "12:27")), 1);
    let told = comments(&sentinel);
    assert!(
        told[2].contains("Update 2, the last") && told[2].contains("Backups deleted") && told[2].contains("db-03"),
        "{}",
        told[2]
    );
    assert!(!told[2].contains("Ransomware behaviour"), "what was told is not told again: {}", told[2]);

    sentinel.at("2026-03-12T14:00:00Z");
    sentinel.merge(1, &[alert("One more", "T1496")], &[host("db-04")]);
    assert_eq!(run(&at(&sentinel, "14:01")), 0);
    assert_eq!(comments(&sentinel).len(), 3);
}

#[test]
fn our_own_comment_and_changes_that_add_nothing_bring_no_update() {
    let sentinel = commented();
    let requests = |handler: &Handler| {
        let before = sentinel.requests().len();
        assert_eq!(run(handler), 0);
        sentinel.requests().len() - before
    };
    assert_eq!(requests(&at(&sentinel, "11:00")), 2, "the list and our comment: it is too young to be looked at again");
    let handler = at(&sentinel, "11:05");
    assert_eq!(requests(&handler), 6, "a look for what came while the comment was made: update-1, and the incident");
    assert_eq!(requests(&handler), 1, "the list: nothing changed since");
    assert_eq!(requests(&at(&sentinel, "12:10")), 2, "our own change brings no look");
    sentinel.touch(1);
    assert_eq!(requests(&handler), 6, "somebody's change does");
    assert_eq!(requests(&handler), 1);
    sentinel.at("2026-03-12T12:20:00Z");
    sentinel.merge(1, &[alert("Ransomware behaviour", "T1486")], &[]);
    assert_eq!(run(&handler), 1);
    assert_eq!(comments(&sentinel).len(), 2);
}

#[test]
fn entities_that_come_late_are_told() {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({"lastModifiedTimeUtc": "2026-03-12T10:50:00Z"}));
    sentinel.without_entities(1);
    assert_eq!(run(&at(&sentinel, "10:53")), 1);
    // No change is told of them.
    sentinel.merge(1, &[], &[host("web-01")]);
    assert_eq!(run(&at(&sentinel, "10:58")), 0, "too early");
    assert_eq!(run(&at(&sentinel, "11:04")), 1);
    let told = comments(&sentinel);
    assert!(
        told[1].contains("Update 1") && told[1].contains("1 new entity") && told[1].contains("web-01"),
        "{}",
        told[1]
    );
    assert!(!told[1].contains("SSH brute force</code>"), "{}", told[1]);
}

#[test]
fn a_message_cannot_bring_more_than_there_is_to_tell() {
    let sentinel = commented();
    let handler = at(&sentinel, "11:30");
    for purpose in ["triage", "update-1", "update-2"] {
        assert_eq!(handler.deliver("incident-trigger", &message(1, purpose), 1).status, 200);
    }
    assert!(handler.says(&["comment-already-there"]) && handler.says(&["nothing-new"]));
    assert_eq!(comments(&sentinel).len(), 1);
    // The second update is the first one, if that is not there; and a redelivery writes none.
    sentinel.merge(1, &[alert("Ransomware behaviour", "T1486")], &[]);
    for _ in 0..2 {
        assert_eq!(handler.deliver("incident-trigger", &message(1, "update-1"), 1).status, 200);
    }
    let told = comments(&sentinel);
    assert!(told.len() == 2 && told[1].contains("Update 1"), "{told:?}");
    // Without the first comment, that is what is written.
    sentinel.add_incident(2, &json!({}));
    assert_eq!(handler.deliver("incident-trigger", &message(2, "update-2"), 2).status, 200);
    assert!(sentinel.comments(2)[0].plain().contains(" triage "), "{:?}", sentinel.comments(2));
}

#[test]
fn a_failed_update_comes_again_and_what_cannot_be_read_is_left_alone() {
    let sentinel = commented();
    sentinel.merge(1, &[alert("Ransomware behaviour", "T1486")], &[]);
    let handler = at(&sentinel, "11:30");
    sentinel.fail("PUT", "/comments/", 2, Wrong::Status(503, None));
    let answer = handler.deliver("incident-trigger", &message(1, "update-1"), 1);
    assert!(answer.status == 500 && answer.body["Outputs"].is_null(), "it is made anew, not handed over: {answer:?}");
    assert_eq!(handler.deliver("incident-trigger", &message(1, "update-1"), 2).status, 200);
    assert_eq!(comments(&sentinel).len(), 2);

    // Merged: nothing, whatever came.
    let merged = json!({"status": "Closed", "labels": [{"labelName": "Redirected", "labelType": "AutoAssigned"}]});
    sentinel.add_incident(1, &merged);
    assert_eq!(handler.deliver("incident-trigger", &message(1, "update-2"), 1).status, 200);
    assert!(handler.says(&["incident-merged"]));

    // Somebody, or a later Sentinel, changed our comment's last line.
    let sentinel = commented();
    sentinel.rewrite(1, "<p>without a marker</p>");
    sentinel.merge(1, &[alert("Ransomware behaviour", "T1486")], &[]);
    let handler = at(&sentinel, "11:30");
    assert_eq!(run(&handler), 0);
    assert_eq!(handler.deliver("incident-trigger", &message(1, "update-1"), 1).status, 200);
    assert_eq!(sentinel.comments(1).len(), 1);
}

#[test]
fn what_came_while_an_answer_waited_is_news() {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let handler = at(&sentinel, "10:53");
    sentinel.fail("PUT", "/comments/", 2, Wrong::Status(503, None));
    let answer = handler.deliver("incident-trigger", &message(1, "triage"), 2);
    let handed = String::from_utf8(unbase64(answer.body["Outputs"]["comments"].as_str().unwrap())).unwrap();
    sentinel.merge(1, &[], &[host("db-02")]);
    assert_eq!(handler.deliver("add-comment", &handed, 1).status, 200);
    assert!(
        comments(&sentinel)[0].contains("1 alert ·"),
        "the header tells what was answered: {:?}",
        comments(&sentinel)
    );
    assert_eq!(run(&at(&sentinel, "11:20")), 1);
    assert!(
        comments(&sentinel)[1].contains("1 new entity") && comments(&sentinel)[1].contains("db-02"),
        "{:?}",
        comments(&sentinel)
    );
}

#[test]
fn what_lacks_a_comment_goes_first_and_few_are_looked_at_again() {
    let sentinel = Sentinel::start();
    for number in 1..=25 {
        sentinel.add_incident(number, &json!({}));
    }
    assert_eq!(run(&at(&sentinel, "10:53")), 25);
    for number in 1..=25 {
        sentinel.at("2026-03-12T11:20:00Z");
        sentinel.merge(number, &[], &[host("db-02")]);
    }
    sentinel.add_incident(26, &json!({}));
    let handler = at(&sentinel, "11:25");
    let queued = sweep(&handler);
    assert_eq!(queued.len(), 16);
    assert!(queued[0].contains("000000000026") && !queued[0].contains("purpose"), "{queued:?}");
    assert!(queued[1..].iter().all(|message| message.contains("update-1")), "{queued:?}");
    assert!(handler.says(&["\"missing\":1", "\"updates\":15", "\"more\":true"]));
    assert_eq!(sweep(&handler).len(), 10);
}

#[test]
fn a_process_that_remembers_nothing_gets_to_all_of_them() {
    let sentinel = Sentinel::start();
    for number in 1..=60 {
        sentinel.add_incident(number, &json!({}));
    }
    sentinel.at("2026-03-12T10:53:00Z");
    let most = ("HONEYTRIAGE_SWEEP_MOST", "100");
    let handler = |time: &str| Handler::start(&sentinel, &[("SOURCE_DATE_EPOCH", &epoch(time)), most]);
    assert_eq!(run(&handler("10:53")), 60);
    sentinel.at("2026-03-12T11:20:00Z");
    for number in 1..=60 {
        sentinel.merge(number, &[], &[host("db-02")]);
    }
    let mut written = 0;
    for minute in (25..60).step_by(5) {
        let time = format!("11:{minute}");
        sentinel.at(&format!("2026-03-12T{time}:00Z"));
        let before = sentinel.requests().iter().filter(|request| request.line.contains("/comments/")).count();
        let handler = handler(&time);
        let messages = sweep(&handler);
        let reads = sentinel.requests().iter().filter(|request| request.line.contains("/comments/")).count() - before;
        assert!(reads <= 70, "{reads}");
        for message in &messages {
            assert_eq!(handler.deliver("incident-trigger", message, 2).status, 200);
        }
        written += messages.len();
    }
    assert_eq!(written, 60, "each is told once");
}

#[test]
fn the_last_update_is_kept_for_alerts() {
    let sentinel = commented();
    sentinel.merge(1, &[], &[host("db-02")]);
    assert_eq!(run(&at(&sentinel, "11:20")), 1);
    sentinel.at("2026-03-12T12:30:00Z");
    sentinel.merge(1, &[], &[host("db-03")]);
    let handler = at(&sentinel, "12:35");
    assert_eq!(run(&handler), 0);
    assert_eq!(handler.deliver("incident-trigger", &message(1, "update-2"), 1).status, 200);
    assert_eq!(comments(&sentinel).len(), 2);
    sentinel.at("2026-03-12T12:40:00Z");
    sentinel.merge(1, &[alert("Ransomware behaviour", "T1486")], &[]);
    assert_eq!(run(&handler), 1);
    let told = comments(&sentinel);
    assert!(told[2].contains("db-03") && told[2].contains("Ransomware"), "{}", told[2]);
}

#[test]
fn a_person_may_sweep_for_updates() {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let sweep = |time: &str, arguments: &[&str]| {
        sentinel.at(&format!("2026-03-12T{time}:00Z"));
        let settings = environment(&sentinel);
        let run = Run::new([&["sweep", "--since", "7d"], arguments].concat());
        let run = settings.iter().fold(run, |run, (name, value)| run.env(name, value));
        let output = run.env("SOURCE_DATE_EPOCH", epoch(time)).output();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr))
    };
    assert!(sweep("10:53", &["--write"]).0.contains("comment-written"));
    sentinel.merge(1, &[alert("Ransomware behaviour", "T1486")], &[]);
    let (named, told) = sweep("11:30", &[]);
    assert!(named.ends_with("-000000000001 update-1\n") && named.lines().count() == 1, "{named}");
    assert!(told.contains("1 incidents changed, 0 without a comment, 1 with something new"), "{told}");
    assert!(sweep("11:30", &["--write"]).0.contains("comment-written"));
    assert_eq!(comments(&sentinel).len(), 2);
    assert_eq!(sweep("11:31", &["--write"]).0, "");
}
