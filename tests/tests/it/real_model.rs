//! A real language model behind llama.cpp's own server. It is too small to be wise; the protocol is real.

use std::process::Command;
use std::time::Duration;

use honeytriage::comment::markup;
use honeytriage_tests::service::Service;
use honeytriage_tests::{Run, binary, shared};
use serde_json::Value;

const KEY: &str = "sk-planted-key";

fn model() -> Service {
    let folder = std::env::var("MODEL_DIR").expect("MODEL_DIR: see tests/services/up.sh");
    Service::start(|port| {
        let mut command = Command::new(format!("{folder}/bin/python"));
        command.arg(shared().join("tools/model_server.py")).arg(format!("{folder}/model.gguf"));
        command.arg(port.to_string()).arg(KEY);
        command
    })
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
    let (json, told) = triage(model.port, KEY);
    assert_eq!(json["completer"], "model", "{told}");
    let part = &json["triage"]["model"];
    assert_eq!(part["usage"]["requests"], 1, "the schema was taken at once: {part}");
    let tokens = |name: &str| part["usage"][name].as_u64().unwrap();
    assert!(tokens("inputTokens") > 500 && tokens("outputTokens") > 20, "{part}");
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
