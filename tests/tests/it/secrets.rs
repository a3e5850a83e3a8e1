//! Where the model's key comes from, and that it goes nowhere else.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use honeytriage_tests::Run;
use honeytriage_tests::handler::{Handler, borrowed};
use honeytriage_tests::http::listen;
use honeytriage_tests::model::ModelServer;
use honeytriage_tests::moto::Moto;
use honeytriage_tests::sentinel::{Sentinel, TOKEN, incident_id};
use honeytriage_tests::vault::Vault;
use serde_json::{Value, json};

const EXAMPLE: &str = "examples/incidents/ssh-brute-force.json";

fn good() -> Value {
    json!({"summary": "The host was used after many failures.", "verdict": "Undetermined"})
}

/// A server that takes this key, which may be changed.
fn guarded(key: &str) -> (ModelServer, Arc<Mutex<String>>) {
    let key = Arc::new(Mutex::new(key.to_owned()));
    (ModelServer::guarded(&key, good()), key)
}

/// A run on the command line, with this reference to the key. Gives the completer, and what was told.
fn run(server: &ModelServer, key: &str, more: &[(&str, &str)]) -> (String, String) {
    let run = Run::new(["triage", EXAMPLE, "--format", "json"]).env("HONEYTRIAGE_MODEL_KEY", key);
    let run = server.settings().into_iter().fold(run, |run, (name, value)| run.env(name, value));
    let output = more.iter().fold(run, |run, (name, value)| run.env(name, value)).output();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    for text in [&told, &printed] {
        assert!(!text.contains("sk-") && !text.contains("planted"), "{text}");
    }
    let json: Value = serde_json::from_str(&printed).unwrap();
    (json["completer"].as_str().unwrap().to_owned(), told)
}

#[test]
fn a_key_is_taken_as_it_is_or_from_a_variable() {
    let (server, _) = guarded("sk-right");
    for key in ["sk-right", "Bearer sk-right", "env://MY_KEY", "env://MY_BEARER"] {
        let variables = [("MY_KEY", "sk-right"), ("MY_BEARER", "Bearer sk-right")];
        assert_eq!(run(&server, key, &variables).0, "model", "{key}");
    }
}

#[test]
fn a_wrong_or_missing_key_is_told_and_never_shown() {
    let (server, _) = guarded("sk-right");
    for key in ["sk-wrong", "Bearer sk-wrong", ""] {
        let (completer, told) = run(&server, key, &[]);
        assert_eq!(completer, "runbook");
        assert!(told.contains("answered 401: check HONEYTRIAGE_MODEL_KEY"), "{told}");
    }
}

#[test]
fn a_variable_that_is_not_set_costs_no_comment() {
    let (server, _) = guarded("sk-right");
    let (completer, told) = run(&server, "env://NOT_SET", &[]);
    assert_eq!((completer.as_str(), server.requests().len()), ("runbook", 0));
    assert!(told.contains("the secret's reference names a variable (`env://`) that is not set"), "{told}");
}

#[test]
fn a_vault_that_does_not_answer_holds_up_nobody_beyond_the_time_limit() {
    let (server, _) = guarded("sk-1");
    let vault = listen(|_stream| std::thread::sleep(Duration::from_mins(1)));
    let reference = format!("keyvault://{vault}/model-key");
    let (_sentinel, handler) = handler(&server, &reference, &[("HONEYTRIAGE_MODEL_TIMEOUT", "1")]);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| assert_eq!(completer(&handler), "runbook"));
        }
    });
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(handler.says(&["model-failed", "the model's key did not come in time"]), "{:?}", handler.lines());
}

#[test]
fn a_reference_that_is_none_is_a_mistake_that_is_named() {
    for (key, told) in [
        ("keyvault://evil.example/x", "expected `keyvault://VAULT/NAME`"),
        (
            "vault://x/planted-secret",
            "expected `env://`, `entra://`, `keyvault://`, `secretsmanager://` or the secret itself",
        ),
    ] {
        let output = Run::new(["triage", EXAMPLE]).env("HONEYTRIAGE_MODEL_KEY", key).output();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr.contains(told) && !stderr.contains("planted"), "{stderr}");
    }
}

/// A handler for a server and a reference to its key.
fn handler(server: &ModelServer, key: &str, more: &[(&str, &str)]) -> (Sentinel, Handler) {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let settings = server.settings();
    let mut settings = borrowed(&settings);
    settings.push(("HONEYTRIAGE_MODEL_KEY", key));
    settings.extend(more);
    let handler = Handler::start(&sentinel, &settings);
    (sentinel, handler)
}

fn completer(handler: &Handler) -> String {
    let (status, body) = handler.request(&json!({"incidentArmId": incident_id(1)}).to_string(), &json!({}));
    assert_eq!(status, 200, "{body}");
    let json: Value = serde_json::from_str(&body).unwrap();
    assert!(!body.contains("sk-") && !body.contains("planted-upstream"), "{body}");
    json["completer"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_in_key_vault_is_fetched_once_and_again_when_it_was_rotated() {
    let (server, key) = guarded("sk-1");
    let vault = Vault::azure("sk-1");
    let reference = format!("keyvault://{}/model-key", vault.address());
    let (_sentinel, handler) = handler(&server, &reference, &[]);
    assert!(vault.requests().is_empty(), "nothing is fetched at the start");
    assert_eq!((completer(&handler), completer(&handler)), ("model".into(), "model".into()));
    let requests = vault.requests();
    let lines: Vec<&str> = requests.iter().map(|request| request.line.split('?').next().unwrap()).collect();
    assert_eq!(lines, ["GET /secrets/model-key/"; 2], "the challenge and the answer, once");
    assert_eq!(requests[1].authorization, format!("Bearer {TOKEN}"));
    "sk-2".clone_into(&mut key.lock().unwrap());
    vault.set(Some("Bearer sk-2"));
    assert_eq!(completer(&handler), "model", "no restart is needed");
    assert_eq!(completer(&handler), "model");
    assert_eq!(vault.requests().len(), 4);
    assert!(handler.lines().iter().all(|line| !line.contains("sk-") && !line.contains("planted-upstream")));
}

#[test]
fn a_version_is_asked_for_by_name() {
    let (server, _) = guarded("sk-1");
    let vault = Vault::azure("sk-1");
    let reference = format!("keyvault://{}/model-key/0123456789abcdef", vault.address());
    let (_sentinel, handler) = handler(&server, &reference, &[]);
    assert_eq!(completer(&handler), "model");
    assert!(vault.requests()[0].line.contains("/secrets/model-key/0123456789abcdef?api-version="));
}

#[test]
fn a_vault_that_refuses_costs_no_comment_and_names_the_role() {
    let (server, _) = guarded("sk-1");
    let vault = Vault::azure("sk-1");
    vault.forbid();
    let reference = format!("keyvault://{}/model-key", vault.address());
    let (_sentinel, refused) = handler(&server, &reference, &[]);
    assert_eq!(completer(&refused), "runbook");
    assert!(refused.says(&["model-failed", "Key Vault Secrets User"]), "{:?}", refused.lines());
    let vault = Vault::azure("");
    vault.set(None);
    let reference = format!("keyvault://{}/model-key", vault.address());
    let (_sentinel, missing) = handler(&server, &reference, &[]);
    assert_eq!(completer(&missing), "runbook");
    assert!(missing.says(&["there is no secret of this name"]));
    assert!(server.requests().is_empty(), "no model is asked without its key");
}

#[test]
fn entra_needs_no_key_and_renews_a_refused_token_once() {
    let (server, _) = guarded(TOKEN);
    let sentinel = Sentinel::start();
    let endpoint = format!("{}/msi/token", sentinel.url());
    let more = [("HONEYTRIAGE_ARM_TOKEN", ""), ("IDENTITY_ENDPOINT", endpoint.as_str()), ("IDENTITY_HEADER", "x")];
    let (_sentinel, by_identity) = handler(&server, "entra://cognitiveservices.azure.com/.default", &more);
    assert_eq!(completer(&by_identity), "model");
    let asked: Vec<String> = sentinel
        .requests()
        .into_iter()
        .map(|request| request.line)
        .filter(|line| line.contains("/msi/token"))
        .collect();
    assert!(asked.iter().any(|line| line.contains("resource=https%3A%2F%2Fcognitiveservices.azure.com")), "{asked:?}");
    let (server, _) = guarded("another");
    let (_sentinel, refused) = handler(&server, "entra://cognitiveservices.azure.com/.default", &more);
    assert_eq!(completer(&refused), "runbook");
    assert_eq!(server.requests().len(), 2, "once more with a fresh token");
}

/// What AWS's own tools would need, and nothing of this machine.
fn aws(endpoint: &str) -> Vec<(&'static str, String)> {
    let mut environment = vec![("AWS_ENDPOINT_URL", endpoint.to_owned())];
    let fixed = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ];
    environment.extend(fixed.map(|(name, value)| (name, value.to_owned())));
    environment
}

#[test]
fn a_key_in_secrets_manager_is_fetched_as_a_whole_or_by_its_member() {
    let (server, _) = guarded("sk-1");
    let whole = Vault::aws("Bearer sk-1");
    let environment = aws(&format!("http://{}", whole.address()));
    assert_eq!(run(&server, "secretsmanager://model-key", &borrowed(&environment)).0, "model");
    let request = &whole.requests()[0];
    assert!(
        request.body.contains("\"SecretId\":\"model-key\"") && request.authorization.starts_with("AWS4-HMAC-SHA256 ")
    );
    let member = Vault::aws("{\"key\": \"sk-1\", \"other\": 1}");
    let environment = aws(&format!("http://{}", member.address()));
    assert_eq!(run(&server, "secretsmanager://model-key#key", &borrowed(&environment)).0, "model");
    let (completer, told) = run(&server, "secretsmanager://model-key#other", &borrowed(&environment));
    assert!(completer == "runbook" && told.contains("no text of this JSON key"), "{told}");
}

#[test]
fn secrets_manager_that_refuses_is_told_with_what_is_missing() {
    let (server, _) = guarded("sk-1");
    let vault = Vault::aws("x");
    let environment = aws(&format!("http://{}", vault.address()));
    vault.set(None);
    assert!(run(&server, "secretsmanager://k", &borrowed(&environment)).1.contains("no such secret"));
    vault.forbid();
    assert!(run(&server, "secretsmanager://k", &borrowed(&environment)).1.contains("secretsmanager:GetSecretValue"));
    let nowhere = aws("http://127.0.0.1:1");
    let told = run(&server, "secretsmanager://k", &borrowed(&nowhere)).1;
    assert!(told.contains("could not be reached"), "{told}");
    let without: Vec<(&str, &str)> = borrowed(&nowhere).into_iter().filter(|(name, _)| !name.contains("KEY")).collect();
    let told = run(&server, "secretsmanager://k", &without).1;
    assert!(told.contains("region or credentials"), "{told}");
}

#[test]
#[ignore = "needs moto in MOTO_DIR"]
fn a_key_in_motos_secrets_manager_is_fetched_and_followed_when_it_is_rotated() {
    let moto = Moto::start();
    moto.secret(
        "CreateSecret",
        &json!({"Name": "soc/model", "SecretString": "{\"key\": \"sk-1\"}", "ClientRequestToken": "00000000-0000-0000-0000-000000000001"}),
    );
    let (server, key) = guarded("sk-1");
    let environment = aws(&moto.url());
    let (_sentinel, handler) = handler(&server, "secretsmanager://soc/model#key", &borrowed(&environment));
    assert_eq!(completer(&handler), "model");
    "sk-2".clone_into(&mut key.lock().unwrap());
    moto.secret(
        "PutSecretValue",
        &json!({"SecretId": "soc/model", "SecretString": "{\"key\": \"sk-2\"}", "ClientRequestToken": "00000000-0000-0000-0000-000000000002"}),
    );
    assert_eq!(completer(&handler), "model", "no restart is needed");
    let (completer, told) = run(&server, "secretsmanager://soc/other", &borrowed(&environment));
    assert!(completer == "runbook" && told.contains("no such secret"), "{told}");
}
