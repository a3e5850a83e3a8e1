//! A storm: many incidents at once, against Sentinel's throttle and a model that fails in every way, while the handler is killed
//! every few seconds. Time runs a hundred times as fast: 75 comments in three seconds.

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use honeytriage_tests::model::{ModelServer, Reply};
use honeytriage_tests::project;
use honeytriage_tests::sentinel::{Sentinel, incident_id};
use serde_json::{Value, json};

use super::chain::{Host, azurite};

/// Incidents, if `STORM` does not say otherwise.
const INCIDENTS: u32 = 2_000;
/// Messages that will never work, of two kinds.
const HOPELESS: u32 = 20;
const WINDOW: Duration = Duration::from_secs(3);

/// It does what it is asked to, mostly: one answer in four is a failure of some kind.
fn model() -> ModelServer {
    let good = json!({"summary": "The host was used after many failures.", "verdict": "Undetermined"});
    ModelServer::start(move |_, number| match number % 20 {
        0 => Reply::Status(429, "Retry-After: 1\r\n", json!({})),
        1 => Reply::Status(500, "", json!({})),
        2 => Reply::Late(Duration::from_secs(3), good.to_string()),
        3 => Reply::Cut,
        4 => Reply::Text("{\"summary\": 7".to_owned()),
        _ => Reply::json(&good),
    })
}

fn message(number: u32) -> String {
    json!({"v": 1, "incidentArmId": incident_id(number)}).to_string()
}

/// Kills the handler every few seconds until the queues are empty; how often, and how long it took.
fn outlast(host: &Host, limit: Duration) -> (u32, Duration) {
    let (start, mut kills) = (Instant::now(), 0);
    while host.left("incidents") + host.left("comments") > 0 {
        std::thread::sleep(Duration::from_secs(4));
        let _ = host.http("POST", "/admin/minihost/kill", "");
        kills += 1;
        assert!(start.elapsed() < limit, "{} + {} messages are left", host.left("incidents"), host.left("comments"));
    }
    (kills, start.elapsed())
}

/// Messages on both poison queues: those that say why, and those that failed in every attempt.
fn put_aside(endpoint: &str) -> (Vec<Value>, Vec<Value>) {
    let mut command = Command::new("python3");
    command.arg(project().join("tests/services/take_messages.py")).args([
        endpoint,
        "incidents-poison",
        "comments-poison",
    ]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let all = lines.lines().map(|line| serde_json::from_str(line).unwrap());
    all.partition(|message: &Value| message["error"]["code"].is_string())
}

#[test]
#[ignore = "needs Azurite in AZURITE_DIR, python3 and functions_host.py in HONEYTRIAGE_SHARED"]
fn after_a_storm_each_incident_has_exactly_one_comment() {
    let incidents = std::env::var("STORM").ok().and_then(|count| count.parse().ok()).unwrap_or(INCIDENTS);
    let (sentinel, model) = (Sentinel::start(), model());
    for number in 1..=incidents {
        sentinel.add_incident(number, &json!({}));
    }
    sentinel.throttle(75, WINDOW);
    let (_azurite, endpoint) = azurite();
    let settings = [
        "HONEYTRIAGE_COMPLETER=model".to_owned(),
        format!("HONEYTRIAGE_MODEL_URL={}", model.url()),
        "HONEYTRIAGE_MODEL=m".to_owned(),
        "HONEYTRIAGE_MODEL_TIMEOUT=20".to_owned(),
        "HONEYTRIAGE_SWEEP_MOST=1000".to_owned(),
    ];
    let mut options = vec!["--queue-endpoint".to_owned(), endpoint.clone()];
    options.extend(settings.into_iter().flat_map(|setting| ["--env".to_owned(), setting]));
    let host = Host::pausing(&sentinel, &options, 3);
    for number in 1..=incidents {
        host.put("incidents", &message(number));
    }
    for number in 1..=HOPELESS {
        host.put("incidents", &message(1_000_000 + number));
        host.put("incidents", "no message at all");
    }
    let limit = WINDOW * (incidents / 75 + 20) * 6;
    let (kills, took) = outlast(&host, limit);
    let (explained, exhausted) = put_aside(&endpoint);
    let lacking: Vec<u32> = (1..=incidents).filter(|number| sentinel.comments(*number).is_empty()).collect();
    let mut told = format!(
        "{incidents} incidents and {} messages that will never work, a hundred times as fast: {} s, {kills} kills, {} comments refused with 429,\n",
        HOPELESS * 2,
        took.as_secs(),
        sentinel.refused(),
    );
    let _ = writeln!(
        told,
        "{} put aside with the reason, {} after 20 attempts, {} incidents without a comment at first",
        explained.len(),
        exhausted.len(),
        lacking.len()
    );

    // Nothing is lost: what has no comment was put aside, and only what failed in every attempt or will never work.
    let codes = |code: &str| explained.iter().filter(|message| message["error"]["code"] == code).count();
    let hopeless = usize::try_from(HOPELESS).unwrap();
    assert_eq!((codes("not-found"), codes("message"), explained.len()), (hopeless, hopeless, hopeless * 2), "{told}");
    let texts: String = exhausted.iter().map(Value::to_string).collect();
    assert!(lacking.iter().all(|number| texts.contains(&incident_id(*number))), "{told}");

    // The safety net brings the rest.
    let mut sweeps = 0;
    while (1..=incidents).any(|number| sentinel.comments(number).is_empty()) {
        let ran = host.http("POST", "/admin/functions/incident-sweep?wait=1", "{}");
        assert!(ran.contains("true"), "{ran}");
        let _ = outlast(&host, limit);
        sweeps += 1;
        assert!(sweeps < 20, "{told}");
    }
    let comments: Vec<_> = (1..=incidents).map(|number| sentinel.comments(number)).collect();
    assert!(comments.iter().all(|comments| comments.len() == 1), "{told}");
    let written = comments.iter().filter(|comments| comments[0].texts.len() > 1).count();
    let by_model = comments.iter().filter(|comments| comments[0].plain().contains("m with runbook")).count();
    let _ = writeln!(
        told,
        "{sweeps} sweeps later each has exactly one comment; {written} were written twice; a model took part in {by_model}"
    );
    std::fs::write(project().join("target/storm.txt"), &told).unwrap();
    println!("{told}");
}
