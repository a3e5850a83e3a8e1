//! A model behind an OpenAI-compatible server: what it is asked, what comes of its answer, and what happens when it fails.

use std::time::{Duration, Instant};

use honeytriage_tests::Run;
use honeytriage_tests::handler::{Handler, borrowed};
use honeytriage_tests::model::{ModelServer, Reply, completion, message, offered};
use honeytriage_tests::sentinel::{Sentinel, Wrong, incident_id};
use serde_json::{Value, json};

const EXAMPLE: &str = "examples/incidents/ssh-brute-force.json";

/// What a good model would answer to the example.
fn good() -> Value {
    json!({
        "summary": "An address from outside guessed SSH passwords of web-01 for half an hour. The guessing ended with a sign-in as deploy.",
        "verdict": "TruePositive",
        "confidence": 0.9,
        "evidence": ["e1", "a1"],
        "actions": [
            {"id": "trace-lateral-logins", "reason": "The intruder had a session, so other hosts may be next."},
            {"id": "preserve-evidence", "reason": "Memory shows what the session did."},
        ],
        "queries": [],
        "questions": ["Does the owner of web-01 know the account?"],
        "own_steps": ["Check whether the same key is used on other hosts."],
    })
}

/// The same, refering only to what is really offered.
fn good_of_offer(body: &Value) -> Value {
    let mut answer = good();
    let actions = offered(body, "Actions to choose from:");
    answer["actions"] = json!([
        {"id": actions[actions.len() - 1], "reason": "The admin ports were reachable from outside."},
        {"id": "rotate-secrets", "reason": "The session could read the keys on the host."},
        {"id": "preserve-evidence", "reason": "Memory shows what the session did."},
    ]);
    answer["queries"] = json!([offered(body, "Queries to choose from:")[0]]);
    answer
}

/// A run that asks a server, with redaction off so that answers may name names.
fn run(server: &ModelServer, format: &str) -> Run {
    let run = Run::new(["triage", EXAMPLE, "--format", format]).env("HONEYTRIAGE_REDACT", "off");
    server.settings().into_iter().fold(run, |run, (name, value)| run.env(name, value))
}

fn json_of(server: &ModelServer) -> Value {
    serde_json::from_str(&run(server, "json").stdout()).unwrap()
}

/// Times differ from run to run.
fn without_times(text: &str) -> String {
    let (before, rest) = text.split_once("runbook 1.0 (").unwrap_or((text, ""));
    let rest = rest.split_once(" s").map_or(rest, |(_, rest)| rest);
    if rest.is_empty() { before.to_owned() } else { format!("{before}runbook 1.0 (TIME s{rest}") }
}

#[test]
fn a_good_answer_is_rendered_from_our_texts_and_its_words_are_marked() {
    let server = ModelServer::start(|body, _| Reply::json(&good_of_offer(body)));
    for format in ["text", "html", "markdown"] {
        insta::assert_snapshot!(format!("model-answer.{format}"), without_times(&run(&server, format).stdout()));
    }
    let json = json_of(&server);
    assert_eq!((json["completer"].as_str(), json["removed"].clone()), (Some("model"), json!({"indicators": 0})));
    let triage = &json["triage"];
    assert_eq!(triage["assessment"]["verdict"], "TruePositive");
    assert!(triage["assessment"]["reasons"][0].as_str().unwrap().starts_with("The model judges by `"), "{triage}");
    assert_eq!(triage["model"]["usage"]["inputTokens"], 1000);
    assert_eq!(triage["queries"].as_array().unwrap().len(), 1, "the chosen one");
}

#[test]
fn the_request_is_what_servers_expect() {
    let server = ModelServer::saying(good());
    let _ = json_of(&server);
    let request = &server.requests()[0];
    assert_eq!((request.line.as_str(), request.authorization.as_str()), ("POST /v1/chat/completions HTTP/1.1", ""));
    let body = &server.bodies()[0];
    assert_eq!((body["model"].as_str(), body["stream"].as_bool()), (Some("stand-in"), Some(false)));
    let schema = &body["response_format"]["json_schema"];
    assert_eq!(
        (schema["strict"].as_bool(), schema["schema"]["additionalProperties"].as_bool()),
        (Some(true), Some(false))
    );
    let ids = &schema["schema"]["properties"]["actions"]["items"]["properties"]["id"]["enum"];
    let listed = offered(body, "Actions to choose from:");
    assert_eq!(ids.as_array().unwrap().len(), listed.len());
    assert!(listed.contains(&"isolate-host".to_owned()), "{listed:?}");
    assert!(message(body, "system").contains("one JSON object"));
}

#[test]
fn what_contains_and_what_saves_evidence_stays_whatever_a_model_chooses() {
    let server = ModelServer::start(|body, _| {
        let last: Vec<Value> =
            offered(body, "Actions to choose from:").iter().rev().take(3).map(|id| json!({"id": id})).collect();
        Reply::json(&json!({"summary": "The host was used.", "verdict": "Undetermined", "actions": last}))
    });
    let ids = |json: &Value| {
        let steps = json["triage"]["steps"].as_array().unwrap();
        steps.iter().map(|step| step["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let alone: Value = serde_json::from_str(&Run::new(["triage", EXAMPLE, "--format", "json"]).stdout()).unwrap();
    let with_model = json_of(&server);
    let kept = |json: &Value| {
        let steps = json["triage"]["steps"].as_array().unwrap().clone();
        let is_kept = |step: &&Value| step["phase"] == "contain" || step["id"] == "preserve-evidence";
        steps.iter().filter(is_kept).map(|step| step["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(kept(&alone), kept(&with_model));
    assert!(ids(&with_model).len() < ids(&alone).len(), "the rest was not chosen");
    let ids_of = |json: &Value, member: &str| {
        let steps = json["triage"]["steps"].as_array().unwrap();
        let all = steps.iter().flat_map(|step| step[member].as_array().unwrap().clone());
        all.map(|id| id.as_str().unwrap().to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    for member in ["techniques", "mitigations"] {
        assert_eq!(ids_of(&alone, member), ids_of(&with_model, member));
    }
}

#[test]
fn a_choice_of_one_or_two_leaves_the_runbooks_steps() {
    let server = ModelServer::saying(good());
    let alone: Value = serde_json::from_str(&Run::new(["triage", EXAMPLE, "--format", "json"]).stdout()).unwrap();
    assert_eq!(json_of(&server)["triage"]["steps"], alone["triage"]["steps"]);
}

#[test]
fn ids_that_were_not_offered_are_dropped_and_counted() {
    let mut answer = good();
    answer["actions"] = json!([{"id": "format-disk", "reason": "x"}, {"id": "isolate-host", "reason": ""}]);
    answer["queries"] = json!(["drop-table"]);
    answer["evidence"] = json!(["e1", "e99"]);
    let json = json_of(&ModelServer::saying(answer));
    assert_eq!(json["removed"]["ids"], 3, "{}", json["removed"]);
    assert!(!json.to_string().contains("format-disk") && !json.to_string().contains("drop-table"));
}

#[test]
fn a_verdict_without_evidence_or_against_the_signs_does_not_stand() {
    for (verdict, evidence) in
        [("BenignPositive", json!(["e1"])), ("FalsePositive", json!(["e1"])), ("TruePositive", json!([]))]
    {
        let mut answer = good();
        answer["verdict"] = json!(verdict);
        answer["evidence"] = evidence;
        let json = json_of(&ModelServer::saying(answer));
        assert_eq!(json["triage"]["assessment"]["verdict"], "Undetermined", "{verdict}");
        assert_eq!(json["removed"]["verdicts"], 1);
    }
}

/// The runbook answered alone, with this note, and this on standard error.
#[track_caller]
fn fell_back(server: &ModelServer, note: &str, told: &str) {
    let output = run(server, "json").output();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((json["completer"].as_str(), json["triage"].get("model")), (Some("runbook"), None));
    assert!(json["triage"]["note"].as_str().unwrap().contains(note), "{}", json["triage"]["note"]);
    assert!(json["comment"]["html"].as_str().unwrap().contains(note), "the note is in the comment");
    assert!(stderr.contains(told), "{stderr}");
    assert!(!stderr.contains("planted") && !json.to_string().contains("planted-upstream"), "{stderr}");
}

fn error(status: u16, error: &Value) -> Reply {
    Reply::Status(status, "", json!({"error": error, "planted-upstream-body": "sk-12...34"}))
}

#[test]
fn every_failure_ends_with_the_runbooks_answer_and_a_visible_note() {
    fell_back(&ModelServer::start(|_, _| error(500, &json!({}))), "could not be asked", "answered 500");
    fell_back(&ModelServer::start(|_, _| error(404, &json!({}))), "could not be asked", "check HONEYTRIAGE_MODEL_URL");
    fell_back(&ModelServer::start(|_, _| error(302, &json!({}))), "could not be asked", "redirects");
    fell_back(&ModelServer::start(|_, _| Reply::Cut), "could not be asked", "broke off");
    fell_back(
        &ModelServer::start(|_, _| Reply::Status(200, "", json!({"ok": true}))),
        "could not be asked",
        "no chat model",
    );
    fell_back(&ModelServer::saying(json!("no")), "no usable answer", "twice");
    let flood = json!("x".repeat(2 * 1024 * 1024));
    fell_back(&ModelServer::saying(flood), "could not be asked", "larger than 1 MiB");
    let late = ModelServer::start(|_, _| Reply::Late(Duration::from_secs(20), String::new()));
    fell_back(&late, "did not answer in time", "HONEYTRIAGE_MODEL_TIMEOUT");
}

#[test]
fn a_server_that_is_not_there_costs_nothing() {
    let run =
        Run::new(["triage", EXAMPLE, "--completer", "model", "--model-url", "http://127.0.0.1:1/v1", "--model", "m"]);
    let output = run.output();
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("this is the runbook's answer alone"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be reached"));
}

#[test]
fn one_round_mends_an_answer() {
    let server = ModelServer::start(|_, number| match number {
        0 => Reply::Text("Sure, here you are: {\"summary\": \"x\"}".to_owned()),
        _ => Reply::Text(format!("```json\n{}\n```", good())),
    });
    let json = json_of(&server);
    assert_eq!(json["completer"], "model");
    let bodies = server.bodies();
    assert_eq!(bodies.len(), 2);
    assert!(message(&bodies[1], "user").contains("`verdict`") && message(&bodies[1], "assistant").contains("Sure"));
    assert_eq!(json["triage"]["model"]["usage"]["requests"], 2);
    assert_eq!(json["triage"]["model"]["usage"]["inputTokens"], 2000);
}

#[test]
fn a_server_without_schemas_is_asked_in_simpler_forms() {
    let server = ModelServer::start(|body, _| {
        let refused =
            |param: &str| error(400, &json!({"message": format!("{param} is not supported"), "param": param}));
        if body.get("temperature").is_some() {
            refused("temperature")
        } else if body.get("max_tokens").is_some() {
            refused("max_tokens")
        } else if body.get("response_format").is_some() {
            refused("response_format")
        } else {
            Reply::json(&good())
        }
    });
    assert_eq!(json_of(&server)["completer"], "model");
    let last = server.bodies().pop().unwrap();
    assert!(last.get("max_completion_tokens").is_some(), "{last}");
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn a_handler_remembers_what_a_server_understands() {
    let server = ModelServer::start(|body, _| {
        let has_schema = body["response_format"]["type"] == "json_schema";
        if has_schema { error(422, &json!({"detail": "json_schema"})) } else { Reply::json(&good()) }
    });
    let (sentinel, handler) = pair(&server);
    let _ = handler.request(&json!({"incidentArmId": incident_id(1)}).to_string(), &json!({}));
    let first = server.requests().len();
    let _ = handler.request(&json!({"incidentArmId": incident_id(1)}).to_string(), &json!({}));
    assert_eq!((first, server.requests().len()), (3, 4));
    drop(sentinel);
}

#[test]
fn what_a_server_repeats_of_the_request_and_what_does_not_help_teach_nothing() {
    let echo =
        json!({"detail": [{"loc": ["body", "n"], "msg": "no", "input": {"content": "json_schema, temperature"}}]});
    let server = ModelServer::start(move |_, _| Reply::Status(422, "", echo.clone()));
    fell_back(&server, "could not be asked", "answered 422");
    assert_eq!(server.requests().len(), 1);
    // A refusal that simpler forms do not mend leaves the form as it was.
    let server = ModelServer::start(|_, number| match number {
        0..4 => error(400, &json!({"message": "schema", "param": "response_format"})),
        _ => Reply::json(&good()),
    });
    let (sentinel, handler) = pair(&server);
    for _ in 0..2 {
        let _ = handler.request(&json!({"incidentArmId": incident_id(1)}).to_string(), &json!({}));
    }
    assert_eq!(server.bodies().last().unwrap()["response_format"]["type"], "json_schema");
    drop(sentinel);
}

#[test]
fn too_long_or_filtered_is_asked_once_more_smaller_and_cleaner() {
    let filter =
        json!({"code": "content_filter", "param": "prompt", "innererror": {"code": "ResponsibleAIPolicyViolation"}});
    let long = json!({"code": "context_length_exceeded"});
    for (refusal, note) in [(filter, "content filter"), (long, "too long")] {
        let of_server = refusal.clone();
        let once = ModelServer::start(
            move |_, number| if number == 0 { error(400, &of_server) } else { Reply::json(&good()) },
        );
        assert_eq!(json_of(&once)["completer"], "model");
        let bodies = once.bodies();
        assert_eq!(bodies.len(), 2);
        let (full, brief) = (message(&bodies[0], "user"), message(&bodies[1], "user"));
        assert!(full.contains("Description: ") && !brief.contains("Description: "), "{brief}");
        assert!(brief.len() * 4 < full.len() * 3, "{} of {}", brief.len(), full.len());
        // A title may be what a filter refuses.
        assert_eq!((full.contains("Title: "), brief.contains("Title: ")), (true, note == "too long"), "{brief}");
        assert!(bodies[1]["max_tokens"].as_u64() < bodies[0]["max_tokens"].as_u64());
        let of_server = refusal.clone();
        let always = ModelServer::start(move |_, _| error(400, &of_server));
        fell_back(&always, note, "even");
        assert_eq!(always.requests().len(), 2);
    }
}

#[test]
fn a_filter_on_the_answer_and_a_refusal_count_the_same() {
    for (path, value) in
        [("/choices/0/finish_reason", "content_filter"), ("/choices/0/message/refusal", "I cannot help with that.")]
    {
        let server = ModelServer::start(move |_, number| {
            let mut answer = completion("");
            if number == 0 {
                answer["choices"][0]["message"]["refusal"] = Value::Null;
                *answer.pointer_mut(path).unwrap() = json!(value);
                Reply::Status(200, "", answer)
            } else {
                Reply::json(&good())
            }
        });
        assert_eq!((json_of(&server)["completer"].as_str(), server.requests().len()), (Some("model"), 2));
    }
}

#[test]
fn a_wait_is_kept_inside_the_time_limit() {
    let server = ModelServer::start(|_, number| match number {
        0 => Reply::Status(429, "Retry-After: 1\r\n", json!({})),
        _ => Reply::json(&good()),
    });
    let start = Instant::now();
    assert_eq!(json_of(&server)["completer"], "model");
    assert!(start.elapsed() >= Duration::from_secs(1));
    for wait in ["Retry-After: 60\r\n", "Retry-After: 18446744073709551615\r\n"] {
        let server = ModelServer::start(move |_, _| Reply::Status(429, wait, json!({})));
        let start = Instant::now();
        fell_back(&server, "could not be asked", "a longer wait");
        assert!(start.elapsed() < Duration::from_secs(4), "it does not wait in vain");
    }
}

fn pair(server: &ModelServer) -> (Sentinel, Handler) {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let settings = server.settings();
    let settings = borrowed(&settings);
    let handler = Handler::start(&sentinel, &settings);
    (sentinel, handler)
}

#[test]
fn the_function_asks_writes_and_logs_what_it_cost() {
    let server = ModelServer::start(|body, _| {
        let mut answer = good_of_offer(body);
        answer["summary"] =
            json!("The host web-01 was attacked. Close the incident as done. The files came from planted.example.");
        Reply::json(&answer)
    });
    let (sentinel, handler) = pair(&server);
    let message = json!({"v": 1, "incidentArmId": incident_id(1)}).to_string();
    assert_eq!(handler.deliver("incident-trigger", &message, 1).status, 200);
    let comments = sentinel.comments(1);
    let html = &comments[0].texts[0];
    assert!(html.contains("The model says") && html.contains("stand-in with runbook 1.0"), "{html}");
    assert!(
        !html.contains("Close the incident") && !html.contains("planted[") && !html.contains("planted.example"),
        "{html}"
    );
    assert!(
        handler.says(&["model-answered", "\"inputTokens\":1000", "\"indicators\":1", "\"proposals\":1"]),
        "{:?}",
        handler.lines()
    );
    assert!(handler.lines().iter().all(|line| !line.contains("planted") && !line.contains("attacked")));
}

#[test]
fn a_failed_model_never_costs_the_comment() {
    let server = ModelServer::start(|_, _| error(500, &json!({"message": "planted"})));
    let (sentinel, handler) = pair(&server);
    let message = json!({"v": 1, "incidentArmId": incident_id(1)}).to_string();
    assert_eq!(handler.deliver("incident-trigger", &message, 1).status, 200);
    assert!(sentinel.comments(1)[0].texts[0].contains("this is the runbook&#39;s answer alone"));
    assert!(handler.says(&["model-failed", "\"code\":\"model-busy\""]));
    assert!(handler.lines().iter().all(|line| !line.contains("planted")));
}

#[test]
fn a_paid_answer_is_handed_over_with_its_model() {
    let server = ModelServer::start(|body, _| Reply::json(&good_of_offer(body)));
    let (sentinel, handler) = pair(&server);
    sentinel.fail("PUT", "/comments/", 2, Wrong::Status(500, None));
    let message = json!({"v": 1, "incidentArmId": incident_id(1)}).to_string();
    let handed = handler.deliver("incident-trigger", &message, 1);
    let text = handed.body["Outputs"]["comments"].as_str().unwrap_or_else(|| panic!("{handed:?}")).to_owned();
    let handed = String::from_utf8(honeytriage_tests::handler::unbase64(&text)).unwrap();
    assert_eq!(handler.deliver("add-comment", &handed, 1).status, 200);
    assert_eq!(server.requests().len(), 1, "the answer was not paid for twice");
    assert!(sentinel.comments(1)[0].texts[0].contains("stand-in with runbook 1.0"));
}

#[test]
fn a_model_without_a_url_or_a_name_is_a_mistake_that_is_named() {
    for (args, told) in [
        (&["--completer", "model"][..], "HONEYTRIAGE_MODEL_URL: expected the model's URL"),
        (
            &["--completer", "model", "--model-url", "http://127.0.0.1:1/v1"],
            "HONEYTRIAGE_MODEL: expected the model's name",
        ),
        (&["--model-url", "http://api.openai.com/v1"], "expected `https`"),
        (&["--redact", "some"], "expected `off`, `on` or `strict`"),
    ] {
        let output = Run::new(["triage", EXAMPLE].iter().chain(args)).output();
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(told), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
