//! `lambda-handler` against a faulty Sentinel, called as Lambda calls it; and the template that deploys it.

use std::path::PathBuf;
use std::process::Command;

use honeytriage_tests::handler::{base64, borrowed};
use honeytriage_tests::lambda::{Lambda, Sqs, batch, request};
use honeytriage_tests::project;
use honeytriage_tests::sentinel::{Sentinel, TOKEN, Wrong, incident_id};
use serde_json::{Value, json};

fn message(number: u32) -> String {
    json!({"v": 1, "incidentArmId": incident_id(number)}).to_string()
}

fn sentinel() -> Sentinel {
    let sentinel = Sentinel::start();
    for number in 1..=4 {
        sentinel.add_incident(number, &json!({}));
    }
    sentinel
}

/// A function with a stand-in of SQS.
fn start(sentinel: &Sentinel, function: &str, more: &[(&str, &str)]) -> (Lambda, Sqs) {
    let sqs = Sqs::start(None);
    let settings = sqs.settings();
    let settings = borrowed(&settings);
    (Lambda::start(sentinel, function, &[&settings[..], more].concat()), sqs)
}

fn failures(ids: &[&str]) -> Value {
    let items: Vec<Value> = ids.iter().map(|id| json!({"itemIdentifier": id})).collect();
    json!({"batchItemFailures": items})
}

#[test]
fn each_message_of_a_batch_ends_by_itself() {
    let sentinel = sentinel();
    sentinel.fail("GET", "000000000002?", 9, Wrong::Status(500, None));
    sentinel.fail("PUT", "000000000003/comments/", 9, Wrong::Status(403, None));
    let (lambda, sqs) = start(&sentinel, "incident-trigger", &[]);
    let messages = [message(1), message(2), message(3), message(9), "no message".to_owned()];
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    assert_eq!(lambda.call(&batch(&messages, 2)).unwrap(), failures(&["m2"]), "{}", lambda.told());
    assert_eq!([1, 2, 3].map(|number| sentinel.comments(number).len()), [1, 0, 0]);
    let handed: Vec<Value> = sqs.messages("/comments");
    assert!(
        handed.len() == 1
            && handed[0]["incidentArmId"].as_str().unwrap().ends_with("000000000003")
            && handed[0]["triage"].is_object()
    );
    let dead: Vec<Value> = sqs.messages("/dead").iter().map(|letter| letter["error"]["code"].clone()).collect();
    assert_eq!(dead, ["not-found", "message"]);
    // Another delivery writes nothing twice.
    assert_eq!(lambda.call(&batch(&messages[..1], 3)).unwrap(), failures(&[]));
    assert_eq!(sentinel.comments(1)[0].texts.len(), 1);
}

#[test]
fn an_answer_that_was_handed_over_is_written() {
    let sentinel = sentinel();
    sentinel.fail("PUT", "/comments/", 2, Wrong::Status(500, None));
    let (trigger, sqs) = start(&sentinel, "incident-trigger", &[]);
    assert_eq!(trigger.call(&batch(&[&message(1)], 1)).unwrap(), failures(&[]));
    let handed = sqs.messages("/comments")[0].to_string();
    let (comment, _) = start(&sentinel, "add-comment", &[]);
    assert_eq!(comment.call(&batch(&[&handed], 1)).unwrap(), failures(&[]), "{}", comment.told());
    assert_eq!(sentinel.comments(1).len(), 1);
}

#[test]
fn without_a_queue_the_message_comes_again() {
    let sentinel = sentinel();
    sentinel.fail("PUT", "/comments/", 9, Wrong::Status(500, None));
    let sqs = Sqs::start(Some(403));
    let settings = sqs.settings();
    let settings = borrowed(&settings);
    for more in [&[][..], &settings] {
        let lambda = Lambda::start(&sentinel, "incident-trigger", more);
        let messages = [message(1), "no message".to_owned()];
        let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
        assert_eq!(lambda.call(&batch(&messages, 1)).unwrap(), failures(&["m1", "m2"]));
        assert!(lambda.says(if more.is_empty() { "HONEYTRIAGE_COMMENTS_QUEUE" } else { "sqs:SendMessage" }));
    }
}

#[test]
fn a_function_url_wants_the_key_before_it_reads_anything() {
    let sentinel = sentinel();
    let (lambda, _) = start(&sentinel, "gpt-complete", &[("HONEYTRIAGE_URL_KEY", "s3cret")]);
    let body = json!({"incidentArmId": incident_id(1)}).to_string();
    for headers in [json!({}), json!({"x-honeytriage-key": "s3cre"}), json!({"x-honeytriage-key": "s3crets"})] {
        let answer = lambda.call(&request(&body, &headers)).unwrap();
        assert_eq!(answer["statusCode"], 401, "{answer}");
        assert!(!answer.to_string().contains("s3cret"));
    }
    let garbage = lambda.call(&request("not even JSON", &json!({"x-honeytriage-key": "wrong"}))).unwrap();
    assert_eq!(garbage["statusCode"], 401, "the body is not looked at");
    assert!(sentinel.requests().is_empty());
    let answer = lambda.call(&request(&body, &json!({"x-honeytriage-key": "s3cret"}))).unwrap();
    let told: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert!(answer["statusCode"] == 200 && told["comment"]["html"].as_str().unwrap().contains("<p>"), "{answer}");
    assert!(sentinel.comments(1).is_empty(), "nothing is written");
    let (open, _) = start(&sentinel, "gpt-complete", &[]);
    assert_eq!(open.call(&request(&body, &json!({"x-honeytriage-key": ""}))).unwrap()["statusCode"], 401);
    let (keyless, _) = start(&sentinel, "gpt-complete", &[("HONEYTRIAGE_URL_KEY", "env://NOT_SET")]);
    assert_eq!(keyless.call(&request(&body, &json!({"x-honeytriage-key": "x"}))).unwrap()["statusCode"], 503);
}

#[test]
fn a_webhook_is_processed_and_answered() {
    let sentinel = sentinel();
    sentinel.fail("PUT", "000000000002/comments/", 9, Wrong::Status(500, None));
    let (lambda, sqs) = start(&sentinel, "incident-trigger", &[("HONEYTRIAGE_URL_KEY", "s3cret")]);
    let status = |body: &str| {
        lambda.call(&request(body, &json!({"x-honeytriage-key": "s3cret"}))).unwrap()["statusCode"].clone()
    };
    assert_eq!((status(&message(1)), sentinel.comments(1).len()), (json!(200), 1));
    assert_eq!((status(&message(2)), sqs.messages("/comments").len()), (json!(202), 1));
    assert_eq!((status(&message(9)), status("{}"), sqs.messages("/dead").len()), (json!(404), json!(400), 0));
}

#[test]
fn bodies_come_in_base64_and_in_bounds() {
    let sentinel = sentinel();
    let (lambda, _) = start(&sentinel, "gpt-complete", &[("HONEYTRIAGE_URL_KEY", "s3cret")]);
    let call = |body: &str, is_base64: bool, format: &str| {
        let mut event = request(body, &json!({"x-honeytriage-key": "s3cret"}));
        event["isBase64Encoded"] = json!(is_base64);
        event["queryStringParameters"] = json!({"format": format});
        lambda.call(&event).unwrap()
    };
    let body = base64(json!({"incidentArmId": incident_id(1)}).to_string().as_bytes());
    let html = call(&body, true, "html");
    assert!(html["statusCode"] == 200 && html["body"].as_str().unwrap().starts_with("<p>"), "{html}");
    let statuses = [("%", true, "json"), (&"x".repeat(6_000_000), false, "json"), ("{}", false, "pdf")];
    assert_eq!(
        statuses.map(|(body, is_base64, format)| call(body, is_base64, format)["statusCode"].clone()),
        [400, 413, 400]
    );
}

#[test]
fn what_takes_too_long_comes_again_and_the_rest_is_done() {
    let sentinel = sentinel();
    sentinel.fail("GET", "000000000001?", 1, Wrong::Late(std::time::Duration::from_secs(20)));
    let (lambda, _) = start(&sentinel, "incident-trigger", &[("HONEYTRIAGE_ARM_TIMEOUT", "30")]);
    lambda.allow(std::time::Duration::from_secs(5));
    assert_eq!(lambda.call(&batch(&[&message(1)], 1)).unwrap(), failures(&["m1"]));
    lambda.allow(std::time::Duration::from_mins(1));
    assert_eq!(lambda.call(&batch(&[&message(2)], 1)).unwrap(), failures(&[]));
    // Emulators tell a time that is over.
    lambda.allow(std::time::Duration::ZERO);
    assert_eq!(lambda.call(&batch(&[&message(3)], 1)).unwrap(), failures(&[]));
}

#[test]
fn other_events_are_told() {
    let sentinel = sentinel();
    let (lambda, _) = start(&sentinel, "add-comment", &[]);
    let queue = start(&sentinel, "gpt-complete", &[]).0.call(&batch(&["{}"], 1)).unwrap_err();
    assert!(queue["errorMessage"].as_str().unwrap().contains("by its function URL"), "{queue}");
    for (event, told) in [
        (json!({"detail-type": "EC2 Instance State-change Notification"}), "SQS, of a function URL"),
        (request("{}", &json!({})), "called by SQS"),
    ] {
        let error = lambda.call(&event).unwrap_err();
        assert!(error["errorMessage"].as_str().unwrap().contains(told), "{error}");
    }
}

#[test]
fn a_token_comes_by_the_app_registration() {
    let sentinel = sentinel();
    let registration = [
        ("HONEYTRIAGE_ARM_TOKEN", ""),
        ("HONEYTRIAGE_AZURE_TENANT", "00000000-0000-0000-0000-0000000000aa"),
        ("HONEYTRIAGE_AZURE_CLIENT_ID", "00000000-0000-0000-0000-0000000000bb"),
        ("HONEYTRIAGE_AZURE_CLIENT_SECRET", "env://APP"),
        ("APP", "a+b&c"),
    ];
    let (lambda, _) = start(&sentinel, "incident-trigger", &registration);
    assert_eq!(lambda.call(&batch(&[&message(1), &message(2)], 1)).unwrap(), failures(&[]), "{}", lambda.told());
    let requests = sentinel.requests();
    let tokens: Vec<_> = requests.iter().filter(|request| request.line.contains("/oauth2/v2.0/token")).collect();
    assert_eq!(tokens.len(), 1, "kept");
    assert!(tokens[0].line.contains("/00000000-0000-0000-0000-0000000000aa/"));
    assert!(
        tokens[0].body.contains("client_secret=a%2Bb%26c")
            && tokens[0].body.contains("scope=https%3A%2F%2Fmanagement.azure.com%2F.default")
    );
    assert!(requests.iter().any(|request| request.authorization == format!("Bearer {TOKEN}")));
    sentinel.fail("POST", "/oauth2/", 9, Wrong::Status(401, None));
    let (refused, _) = start(&sentinel, "incident-trigger", &registration);
    assert_eq!(refused.call(&batch(&[&message(3)], 1)).unwrap(), failures(&["m1"]));
    assert!(refused.says("Entra ID refused the app registration") && !refused.told().contains("a+b&c"));
}

fn template() -> PathBuf {
    project().join("templates/aws/template.yaml")
}

#[test]
fn the_template_gives_no_right_to_everything_and_sets_what_the_readme_knows() {
    let (template, readme) =
        (std::fs::read_to_string(template()).unwrap(), std::fs::read_to_string(project().join("README.md")).unwrap());
    assert!(
        !template.contains("Resource: '*'")
            && !template.contains("Resource: \"*\"")
            && !template.contains("Action: '*'")
    );
    let settings: Vec<&str> = template
        .lines()
        .filter_map(|line| line.trim().split_once(':').map(|(name, _)| name))
        .filter(|name| name.starts_with("HONEYTRIAGE_"))
        .collect();
    assert!(settings.len() > 8, "{settings:?}");
    assert!(settings.iter().all(|name| readme.contains(name)), "{settings:?}");
}

#[test]
#[ignore = "needs cfn-lint in CFN_LINT_DIR"]
fn cfn_lint_finds_nothing_in_the_template() {
    let folder = std::env::var_os("CFN_LINT_DIR").expect("CFN_LINT_DIR: see tests/services/up.sh");
    let output = Command::new(PathBuf::from(folder).join("bin/cfn-lint")).arg(template()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
