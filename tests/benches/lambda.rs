//! What `lambda-handler` costs: from its start to its first answer through the runtime interface, and in memory, against a bare
//! lambda_runtime function run in turns.
//!
//! `cargo bench -p honeytriage-tests --bench lambda`; set `RUNS` for another number of pairs.

use std::path::Path;
use std::time::{Duration, Instant};

use honeytriage_tests::lambda::{Lambda, request};
use honeytriage_tests::measure::{median, memory};
use honeytriage_tests::sentinel::WORKSPACE;
use honeytriage_tests::{binary, project};
use serde_json::{Value, json};

const PAIRS: usize = 60;
const CALLS: u32 = 500;

fn main() {
    let pairs = std::env::var("RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(PAIRS);
    let (handler, bare) = (binary("lambda-handler"), Path::new(env!("CARGO_BIN_EXE_bare-lambda")));
    let settings: &[(&str, &str)] = &[
        ("HONEYTRIAGE_FUNCTION", "gpt-complete"),
        ("HONEYTRIAGE_WORKSPACES", WORKSPACE),
        ("HONEYTRIAGE_AZURE_TENANT", "00000000-0000-0000-0000-0000000000aa"),
        ("HONEYTRIAGE_AZURE_CLIENT_ID", "00000000-0000-0000-0000-0000000000bb"),
        ("HONEYTRIAGE_AZURE_CLIENT_SECRET", "secretsmanager://stack#clientSecret"),
        ("HONEYTRIAGE_URL_KEY", "the-key"),
    ];
    let incident = std::fs::read_to_string(project().join("functions/benches/incident-4kb.json")).unwrap_or_default();
    let stranger = request(&incident, &json!({}));
    let caller = request(&incident, &json!({"x-honeytriage-key": "the-key"}));
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..pairs {
        times[0].push(first_answer(bare, &[], &caller, 200));
        times[1].push(first_answer(&handler, settings, &stranger, 401));
        times[2].push(first_answer(&handler, settings, &caller, 200));
    }
    let [bare_time, refused, triaged] = times.map(median);
    let ratio = |time: Duration| time.as_secs_f64() / bare_time.as_secs_f64();
    println!("process start to first answer (the platform's own cold start comes on top), median of {pairs}:");
    println!(
        "  bare lambda_runtime {bare_time:?}; lambda-handler refuses {refused:?}, ratio {:.2}; triages 4 KB {triaged:?}, ratio {:.2}",
        ratio(refused),
        ratio(triaged)
    );
    for (name, program, settings) in [("bare lambda_runtime", bare, &[][..]), ("lambda-handler", &handler, settings)] {
        println!("{name}: {}", peaks(program, settings, &caller));
    }
}

fn answers(lambda: &Lambda, event: &Value, status: u16) {
    let answer = lambda.call(event);
    assert!(answer.as_ref().is_ok_and(|answer| answer["statusCode"] == status), "{answer:?}: {}", lambda.told());
}

fn first_answer(program: &Path, settings: &[(&str, &str)], event: &Value, status: u16) -> Duration {
    let begin = Instant::now();
    let lambda = Lambda::program(program, settings);
    answers(&lambda, event, status);
    begin.elapsed()
}

/// The most resident memory after one call and after many, and how long one of the many took.
fn peaks(program: &Path, settings: &[(&str, &str)], event: &Value) -> String {
    let lambda = Lambda::program(program, settings);
    answers(&lambda, event, 200);
    let first = memory(lambda.pid(), "VmHWM");
    let begin = Instant::now();
    for _ in 0..CALLS {
        answers(&lambda, event, 200);
    }
    let each = begin.elapsed() / CALLS;
    format!(
        "at most {first} KB of memory after a call, {} KB after {CALLS} more, {each:?} a call",
        memory(lambda.pid(), "VmHWM")
    )
}
