//! `honeytriage doctor` against stand-ins: what is well, and every way in which something is not.

use std::process::Output;

use honeytriage_tests::handler::{borrowed, environment};
use honeytriage_tests::lambda::Sqs;
use honeytriage_tests::model::ModelServer;
use honeytriage_tests::sentinel::{Sentinel, TOKEN, WORKSPACE, Wrong};
use honeytriage_tests::vault::Vault;
use honeytriage_tests::{Run, project};
use serde_json::{Value, json};

/// A function app's settings: identity of the platform, two queues, a model with a key.
fn settings(sentinel: &Sentinel) -> Vec<(&'static str, String)> {
    let mut settings = environment(sentinel);
    settings.retain(|(name, _)| *name != "HONEYTRIAGE_ARM_TOKEN");
    settings.push(("IDENTITY_ENDPOINT", format!("{}/msi/token", sentinel.url())));
    settings.push(("IDENTITY_HEADER", "x".to_owned()));
    settings.push(("AzureWebJobsStorage__queueServiceUri", format!("{}/devstoreaccount1", sentinel.url())));
    settings
}

fn sentinel() -> Sentinel {
    let sentinel = Sentinel::start();
    sentinel.add_queue("incidents", 0);
    sentinel.add_queue("comments", 2);
    sentinel
}

fn doctor(settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    let run = Run::new([&["doctor"], arguments].concat());
    settings.iter().fold(run, |run, (name, value)| run.env(name, value)).output()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What is wrong: check and subject, what is told, and the command.
fn wrong(settings: &[(&str, &str)], arguments: &[&str]) -> Vec<(String, String, String)> {
    let output = doctor(settings, &[&["--format", "json"], arguments].concat());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let checks = told["checks"].as_array().unwrap().iter().filter(|check| check["state"] == "wrong");
    let wrong: Vec<_> = checks
        .map(|check| {
            let name = format!("{} {}", text(&check["check"]), text(&check["subject"]));
            (name.trim().to_owned(), text(&check["told"]), text(&check["mend"]))
        })
        .collect();
    assert_eq!(output.status.code(), Some(i32::from(!wrong.is_empty())), "{told}");
    assert_eq!(told["ok"], wrong.is_empty());
    wrong
}

/// One thing is wrong: this check, told so, mended so.
fn only(wrong: &[(String, String, String)], check: &str, told: &str, mend: &str) {
    let [found] = wrong else { panic!("{check}: {wrong:?}") };
    assert!(found.0.starts_with(check) && found.1.contains(told) && found.2.contains(mend), "{check}: {found:?}");
    assert_eq!(mend.is_empty(), found.2.is_empty(), "{found:?}");
}

/// The stand-in's port changes with each run.
fn steady(text: &str, sentinel: &Sentinel) -> String {
    text.replace(&sentinel.url(), "https://management.azure.com")
}

#[test]
fn a_healthy_app_and_a_sick_one() {
    let sentinel = sentinel();
    let settings = settings(&sentinel);
    let settings = borrowed(&settings);
    let well = doctor(&settings, &[]);
    insta::assert_snapshot!("doctor-well", steady(&stdout(&well), &sentinel));
    assert_eq!(well.status.code(), Some(0));
    sentinel.allow(&["Microsoft.SecurityInsights/*/read"]);
    sentinel.add_queue("incidents-poison", 3);
    let key = [("HONEYTRIAGE_URL_KEY", "env://NOT_SET")];
    let sick = doctor(&[&settings[..], &key].concat(), &[]);
    insta::assert_snapshot!("doctor-sick", steady(&stdout(&sick), &sentinel));
    assert_eq!(sick.status.code(), Some(1));
    // As the README shows it, where a long command has two lines.
    let readme =
        std::fs::read_to_string(project().join("README.md")).unwrap().replace("\\\n                      ", "");
    assert!(readme.contains(&steady(&stdout(&sick), &sentinel)), "{readme}");
}

#[test]
fn what_a_workspace_lacks_is_told_with_the_command() {
    let role = "az role assignment create --assignee-object-id 00000000-0000-0000-0000-00000000000a";
    for (method, part, fault, told, mend) in [
        (
            "GET",
            "SecurityInsights/incidents?",
            Wrong::Status(403, None),
            "needs the role Microsoft Sentinel Responder",
            role,
        ),
        ("GET", "SecurityInsights/incidents?", Wrong::Status(401, None), "the token was not taken", ""),
        ("GET", "SecurityInsights/incidents?", Wrong::Status(404, None), "has no Sentinel", "onboardingStates/default"),
        ("GET", "SecurityInsights/incidents?", Wrong::CutBefore, "broke off", ""),
        ("POST", "/query?", Wrong::Status(403, None), "needs the role Log Analytics Reader", role),
    ] {
        let sentinel = sentinel();
        sentinel.add_sightings(&json!([]));
        sentinel.fail(method, part, 9, fault);
        let settings = [settings(&sentinel), vec![("HONEYTRIAGE_SIGHTINGS", "true".to_owned())]].concat();
        let check = if method == "GET" { "workspace law-soc" } else { "sightings law-soc" };
        only(&wrong(&borrowed(&settings), &[]), check, told, mend);
    }
    let sentinel = sentinel();
    sentinel.fail("GET", "SecurityInsights/incidents?", 9, Wrong::Status(404, None));
    sentinel.fail("GET", "/law-soc?", 9, Wrong::Status(404, None));
    let settings = settings(&sentinel);
    let found = wrong(&borrowed(&settings), &[]);
    only(&found, "workspace law-soc", "no such workspace", "az monitor log-analytics workspace list");
    let unknown = self::sentinel();
    unknown.fail("GET", "/permissions?", 9, Wrong::Status(403, None));
    let settings = self::settings(&unknown);
    let output = stdout(&doctor(&borrowed(&settings), &[]));
    assert!(output.contains("Azure does not tell") && output.contains("Nothing is wrong, 1 not known."), "{output}");
}

/// The az commands that mend what can be wrong, each of another kind.
pub(crate) fn every_command() -> Vec<String> {
    let mut commands = Vec::new();
    for (method, part) in [
        ("GET", "SecurityInsights/incidents?"),
        ("GET", "/msi/token"),
        ("GET", "/devstoreaccount1/incidents?"),
        ("POST", "/query?"),
    ] {
        for status in [403, 404] {
            let sentinel = Sentinel::start();
            sentinel.add_queue("comments-poison", 1);
            sentinel.fail(method, part, 99, Wrong::Status(status, None));
            let settings = [settings(&sentinel), vec![("HONEYTRIAGE_SIGHTINGS", "true".to_owned())]].concat();
            commands.extend(wrong(&borrowed(&settings), &[]).into_iter().map(|(_, _, command)| command));
        }
    }
    let unset = [("HONEYTRIAGE_WORKSPACES", ""), ("HONEYTRIAGE_ARM_TOKEN", "x")];
    commands.extend(wrong(&unset, &[]).into_iter().map(|(_, _, command)| command));
    commands.retain(|command| command.starts_with("az "));
    commands.sort();
    commands.dedup();
    assert!(commands.len() >= 8, "{commands:#?}");
    commands
}

#[test]
fn identity_clock_and_network() {
    let sentinel = sentinel();
    sentinel.fail("GET", "/msi/token", 99, Wrong::Status(400, None));
    let settings = settings(&sentinel);
    let found = wrong(&borrowed(&settings), &[]);
    // Each queue asks for a token of its own.
    assert!(found[0].0 == "identity" && found[0].2.contains("az functionapp identity assign"), "{found:?}");
    assert!(found[1..].iter().all(|(check, told, _)| check.starts_with("queue") && told.contains("managed identity")));

    let late = self::sentinel();
    late.advance(-600);
    let settings = self::settings(&late);
    only(&wrong(&borrowed(&settings), &[]), "clock http", "seconds off", "timedatectl");
}

#[test]
fn nobody_answers_and_nobody_is_known() {
    let settings = [
        ("HONEYTRIAGE_WORKSPACES", WORKSPACE),
        ("HONEYTRIAGE_ARM_URL", "http://127.0.0.1:1"),
        ("HONEYTRIAGE_ARM_TOKEN", TOKEN),
    ];
    let found = wrong(&settings, &[]);
    assert!(found.len() == 2 && found.iter().all(|(_, told, _)| told.contains("could not be reached")), "{found:?}");

    let sentinel = sentinel();
    let told = |more: &[(&str, &str)]| {
        let settings = environment(&sentinel);
        stdout(&doctor(&[&borrowed(&settings)[..], more].concat(), &[]))
    };
    let anonymous = told(&[("HONEYTRIAGE_ARM_TOKEN", "no.token.at-all")]);
    assert!(anonymous.contains("unknown  identity   the token tells no object id"), "{anonymous}");

    let registration = [
        ("HONEYTRIAGE_ARM_TOKEN", ""),
        ("HONEYTRIAGE_AZURE_TENANT", "00000000-0000-0000-0000-0000000000aa"),
        ("HONEYTRIAGE_AZURE_CLIENT_ID", "00000000-0000-0000-0000-0000000000bb"),
        ("HONEYTRIAGE_AZURE_CLIENT_SECRET", "env://APP"),
        ("APP", "s3cret"),
    ];
    let known = told(&registration);
    assert!(known.contains("ok       identity   the app registration") && !known.contains("s3cret"), "{known}");
    sentinel.fail("POST", "/oauth2/", 9, Wrong::Status(401, None));
    let refused = told(&registration);
    assert!(refused.contains("wrong    identity   Entra ID refused the app registration"), "{refused}");
    assert!(refused.contains("unknown  workspace  law-soc: not asked: there is no token"), "{refused}");
    let unset = told(&registration[..4]);
    assert!(unset.contains("wrong    secret     HONEYTRIAGE_AZURE_CLIENT_SECRET"), "{unset}");
}

#[test]
fn a_secret_that_a_vault_does_not_give() {
    let sentinel = sentinel();
    let settings = settings(&sentinel);
    let vault = Vault::azure("sk-1");
    let reference = format!("keyvault://{}/url-key", vault.address());
    let found = || wrong(&[&borrowed(&settings)[..], &[("HONEYTRIAGE_URL_KEY", &reference)]].concat(), &[]);
    assert_eq!(found(), []);
    vault.set(None);
    only(&found(), "secret HONEYTRIAGE_URL_KEY", "no secret of this name", "az keyvault secret set --vault-name");
    vault.forbid();
    only(&found(), "secret HONEYTRIAGE_URL_KEY", "Key Vault Secrets User", "az role assignment create");
}

#[test]
fn settings_templates_and_secrets() {
    let sentinel = sentinel();
    let settings = settings(&sentinel);
    let settings = borrowed(&settings);
    let with = |name: &'static str, value: &'static str| {
        let kept = settings.iter().filter(|(found, _)| *found != name);
        kept.copied().chain([(name, value)]).collect::<Vec<_>>()
    };
    let set = "az functionapp config appsettings set";
    only(&wrong(&with("HONEYTRIAGE_WORKSPACES", ""), &[]), "settings", "HONEYTRIAGE_WORKSPACES: expected", set);
    only(&wrong(&with("HONEYTRIAGE_SHADOW", "perhaps"), &[]), "settings", "HONEYTRIAGE_SHADOW: expected", set);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("comment")).unwrap();
    for (text, told) in [
        ("{{#if}}", "comment.html.hbs:1"),
        ("<p>{{no_such_field}}</p>", "no field"),
        ("<script>", "markup"),
        ("<p>{{verdict}}</p>", "{{marker}}"),
        ("<p>{{marker}}</p>", "{{news}}"),
    ] {
        std::fs::write(folder.path().join("comment/comment.html.hbs"), text).unwrap();
        let path = folder.path().to_str().unwrap();
        let found = wrong(&[&settings[..], &[("HONEYTRIAGE_TEMPLATES", path)]].concat(), &[]);
        only(&found, &format!("templates {path}"), told, "");
    }
    let found = wrong(&with("HONEYTRIAGE_URL_KEY", "env://NOT_SET"), &[]);
    only(&found, "secret HONEYTRIAGE_URL_KEY", "is not set", "");
}

#[test]
fn a_model_that_answers_and_one_that_does_not() {
    let sentinel = sentinel();
    let base = settings(&sentinel);
    let (server, _) = {
        let key = std::sync::Arc::new(std::sync::Mutex::new("sk-1".to_owned()));
        (ModelServer::guarded(&key, json!("ok")), key)
    };
    let model = |url: &str, key: &str| {
        let model = [("HONEYTRIAGE_COMPLETER", "model"), ("HONEYTRIAGE_MODEL_URL", url), ("HONEYTRIAGE_MODEL", "m")];
        wrong(&[&borrowed(&base)[..], &model, &[("HONEYTRIAGE_MODEL_KEY", key)]].concat(), &[])
    };
    assert_eq!(model(&server.url(), "sk-1"), []);
    only(&model(&server.url(), "sk-2"), "model m", "answered 401: check HONEYTRIAGE_MODEL_KEY", "");
    only(&model("http://127.0.0.1:1/v1", "sk-1"), "model m", "could not be reached", "");
}

#[test]
fn queues_of_azure_and_of_aws() {
    let sentinel = Sentinel::start();
    sentinel.add_queue("incidents", 0);
    sentinel.add_queue("comments-poison", 1);
    let settings = settings(&sentinel);
    let found = wrong(&borrowed(&settings), &[]);
    let commands: Vec<&str> = found.iter().map(|(_, _, command)| command.as_str()).collect();
    assert!(
        commands.len() == 2
            && commands[0].starts_with("az storage queue create --name comments --account-name devstoreaccount1")
            && commands[1].starts_with("az storage message peek --queue-name comments-poison"),
        "{found:?}"
    );
    let forbidden = self::sentinel();
    forbidden.fail("GET", "/devstoreaccount1/incidents?", 1, Wrong::Status(403, None));
    let settings = self::settings(&forbidden);
    only(
        &wrong(&borrowed(&settings), &[]),
        "queue incidents",
        "Storage Queue Data Reader",
        "az role assignment create",
    );

    let aws = environment(&forbidden);
    let aws = borrowed(&aws);
    for (sqs, expected) in [(Sqs::start(None), 0), (Sqs::start(Some(403)), 2)] {
        let queues = sqs.settings();
        let found = wrong(&[&aws[..], &borrowed(&queues)].concat(), &[]);
        assert!(found.len() == expected && found.iter().all(|(_, told, _)| told.contains("sqs:GetQueueAttributes")));
    }
}

#[test]
fn the_settings_of_an_app_come_from_az() {
    let sentinel = sentinel();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.json");
    let list = json!([
        {"name": "HONEYTRIAGE_WORKSPACES", "value": WORKSPACE, "slotSetting": false},
        {"name": "HONEYTRIAGE_ARM_URL", "value": sentinel.url(), "slotSetting": false},
        {"name": "AzureWebJobsStorage__accountName", "value": "stpot01", "slotSetting": false}
    ]);
    std::fs::write(&file, list.to_string()).unwrap();
    let own = environment(&sentinel);
    let token = own.iter().find(|(name, _)| *name == "HONEYTRIAGE_ARM_TOKEN").unwrap();
    let output = doctor(&[(token.0, &token.1)], &["--settings", file.to_str().unwrap()]);
    let told = stdout(&output);
    assert!(output.status.success() && told.contains("law-soc: your rights do not tell what the app may do"), "{told}");
    assert!(
        told.contains("az role assignment list --scope") && told.contains("the app has another identity"),
        "{told}"
    );
    assert!(told.contains("stpot01: not asked: HONEYTRIAGE_ARM_TOKEN is for Resource Manager"), "{told}");
    std::fs::write(&file, "{}").unwrap();
    let output = doctor(&[], &["--settings", file.to_str().unwrap()]);
    assert!(output.status.code() == Some(2) && String::from_utf8_lossy(&output.stderr).contains("appsettings list"));
}

#[test]
fn rights_go_nowhere_that_foreign_settings_name() {
    let sentinel = sentinel();
    let vault = Vault::azure("sk-vault");
    let server = ModelServer::saying(json!("ok"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.json");
    let settings = settings(&sentinel);
    let asked = |key: &str| {
        let pairs = [
            ("HONEYTRIAGE_WORKSPACES", WORKSPACE.to_owned()),
            ("HONEYTRIAGE_ARM_URL", sentinel.url()),
            ("HONEYTRIAGE_COMPLETER", "model".to_owned()),
            ("HONEYTRIAGE_MODEL_URL", server.url()),
            ("HONEYTRIAGE_MODEL", "m\u{1b}[31m".to_owned()),
            ("HONEYTRIAGE_MODEL_KEY", key.to_owned()),
        ];
        let list: Vec<Value> = pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        std::fs::write(&file, json!(list).to_string()).unwrap();
        let output = doctor(&borrowed(&settings), &["--settings", file.to_str().unwrap()]);
        let told = stdout(&output);
        assert!(!told.contains('\u{1b}') && !told.contains("sk-vault"), "{told}");
        told
    };
    for key in [
        "entra://management.azure.com/.default",
        "entra://cognitiveservices.azure.com/.default",
        &format!("keyvault://{}/any-secret", vault.address()),
    ] {
        let told = asked(key);
        assert!(told.contains("not asked: its key is the app's"), "{key}: {told}");
    }
    let reference = asked("@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/k)");
    assert!(reference.contains("only the app can read it") && reference.contains("not asked: its key"), "{reference}");
    assert!(server.bodies().is_empty());
    // What stands in the settings is theirs.
    assert!(asked("sk-theirs").contains("it answers") && server.bodies().len() == 1);
    // A token that was handed over is for Resource Manager, whoever's settings these are.
    let own = environment(&sentinel);
    let url = server.url();
    let entra = [
        ("HONEYTRIAGE_COMPLETER", "model"),
        ("HONEYTRIAGE_MODEL_URL", url.as_str()),
        ("HONEYTRIAGE_MODEL", "m"),
        ("HONEYTRIAGE_MODEL_KEY", "entra://cognitiveservices.azure.com/.default"),
    ];
    let told = stdout(&doctor(&[&borrowed(&own)[..], &entra].concat(), &[]));
    assert!(told.contains("for Resource Manager and no other server") && server.bodies().len() == 1, "{told}");
}

#[test]
fn a_strange_queue_service_is_told_and_stops_nobody() {
    let sentinel = sentinel();
    let strange = ("AzureWebJobsStorage__queueServiceUri", "https://127.0.0.1:10001/devstoreaccount1".to_owned());
    let mut settings = settings(&sentinel);
    settings.retain(|(name, _)| *name != strange.0);
    settings.push(strange);
    let told = stdout(&doctor(&borrowed(&settings), &[]));
    assert!(told.contains("unknown  queue      not asked: AzureWebJobsStorage__queueServiceUri: expected"), "{told}");
    let example = Run::new(["triage", "examples/incidents/ssh-brute-force.json"]);
    assert!(settings.iter().fold(example, |run, (name, value)| run.env(name, value)).output().status.success());
}

#[test]
fn a_package_is_looked_into() {
    let sentinel = sentinel();
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("functions.zip");
    std::fs::write(&zip, "no zip").unwrap();
    let settings = settings(&sentinel);
    let found = wrong(&borrowed(&settings), &["--package", zip.to_str().unwrap()]);
    only(&found, "package", "no zip", "honeytriage package --target azure");
    let missing = doctor(&[], &["--package", "no-such.zip"]);
    assert_eq!(missing.status.code(), Some(2));
}
