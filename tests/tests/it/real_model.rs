//! A real language model behind llama.cpp's own server. It is too small to be wise; the protocol is real.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use honeytriage::comment::markup;
use honeytriage_tests::service::Service;
use honeytriage_tests::{Run, binary, shared};
use serde_json::Value;

const KEY: &str = "sk-planted-key";
/// Answers that are waited for until one is of the agreed form.
const TRIES: usize = 4;

fn model() -> Service {
    let folder = std::env::var("MODEL_DIR").expect("MODEL_DIR: see tests/services/up.sh");
    let service = Service::start(|port| {
        let mut command = Command::new(format!("{folder}/bin/python"));
        command.arg(shared().join("tools/model_server.py")).arg(format!("{folder}/model.gguf"));
        command.arg(port.to_string()).arg(KEY);
        command
    });
    // It listens before it has loaded the model.
    let start = Instant::now();
    while !is_ready(service.port) {
        assert!(start.elapsed() < Duration::from_mins(1), "the model is not loaded");
        std::thread::sleep(Duration::from_millis(100));
    }
    service
}

fn is_ready(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut answer = String::new();
    let sent = stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    sent.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}

/// Triage of the example by the model on a port, with this key, and what was told.
fn triage(port: u16, key: &str) -> (Value, String) {
    let run =
        Run::new(["triage", "examples/incidents/ssh-brute-force.json", "--format", "json", "--completer", "model"])
            .env("HONEYTRIAGE_MODEL_URL", format!("http://127.0.0.1:{port}/v1"))
            .env("HONEYTRIAGE_MODEL", "smollm2")
            .env("HONEYTRIAGE_MODEL_KEY", key)
            .env("HONEYTRIAGE_MODEL_TIMEOUT", "300");
    let output = run.output();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !told.contains("planted"), "{told}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    markup::check(json["comment"]["html"].as_str().unwrap()).unwrap();
    (json, told)
}

#[test]
#[ignore = "needs a model and its server in MODEL_DIR, and model_server.py in HONEYTRIAGE_SHARED"]
fn a_real_model_answers_in_the_agreed_form_and_only_to_the_right_key() {
    let model = model();
    // The fence is new each time, and so is what a model of this size makes of it.
    let mut answers = (0..TRIES).map(|_| triage(model.port, KEY).0).filter(|json| json["completer"] == "model");
    let part = answers.next().expect("one answer of the agreed form")["triage"]["model"].clone();
    let count = |name: &str| part["usage"][name].as_u64().unwrap();
    assert!(count("requests") <= 2, "the schema was taken at once, and at most one answer was mended: {part}");
    assert!(count("inputTokens") > 500 && count("outputTokens") > 20, "{part}");
    for key in ["", "sk-planted-wrong"] {
        let (json, told) = triage(model.port, key);
        assert_eq!(json["completer"], "runbook");
        assert!(told.contains("answered 401"), "{told}");
    }
}

#[test]
#[ignore = "needs a model and its server in MODEL_DIR, and model_server.py in HONEYTRIAGE_SHARED"]
fn a_server_that_is_killed_while_it_answers_costs_nothing_but_a_note() {
    // Built first, so that the run is under way when the server dies.
    let _ = binary("honeytriage");
    let mut model = model();
    let port = model.port;
    let (json, told) = std::thread::scope(|scope| {
        let run = scope.spawn(move || triage(port, KEY));
        std::thread::sleep(Duration::from_secs(3));
        model.kill();
        run.join().unwrap()
    });
    assert_eq!(json["completer"], "runbook");
    assert!(json["triage"]["note"].as_str().unwrap().contains("this is the runbook's answer alone"));
    assert!(told.contains("broke off"), "{told}");
}
