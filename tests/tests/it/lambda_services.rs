//! The functions under `cargo lambda`, which stands for Lambda, with the secret and the queues in moto.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use honeytriage_tests::handler::{borrowed, environment};
use honeytriage_tests::http::post;
use honeytriage_tests::lambda::{batch, request};
use honeytriage_tests::moto::Moto;
use honeytriage_tests::sentinel::{Sentinel, Wrong, incident_id};
use honeytriage_tests::service::Service;
use honeytriage_tests::{binary, project};
use serde_json::{Value, json};
use tempfile::TempDir;

fn cargo_lambda() -> Command {
    let folder = std::env::var_os("CARGO_LAMBDA_DIR").expect("CARGO_LAMBDA_DIR: see tests/services/up.sh");
    let mut command = Command::new(PathBuf::from(folder).join("bin/cargo-lambda"));
    command.arg("lambda");
    command
}

/// `cargo lambda watch` knows functions by the names of a project's binaries.
fn names(functions: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let bins = functions.iter().map(|name| format!("[[bin]]\nname = \"{name}\"\npath = \"main.rs\"\n"));
    let package = "[package]\nname = \"names\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
    std::fs::write(folder.path().join("Cargo.toml"), package.to_owned() + &bins.collect::<String>()).unwrap();
    std::fs::write(folder.path().join("main.rs"), "fn main() {}\n").unwrap();
    folder
}

/// `cargo lambda watch`, and the functions that ask it for events.
struct Cloud {
    watch: Service,
    moto: Moto,
    comments: String,
    dead: String,
    functions: Vec<Child>,
    names: TempDir,
}

impl Cloud {
    fn start(sentinel: &Sentinel, functions: &[&str]) -> Self {
        let moto = Moto::start();
        let values = json!({"clientSecret": "a+b&c", "urlKey": "the-key"}).to_string();
        let token = "00000000-0000-0000-0000-000000000001";
        moto.secret("CreateSecret", &json!({"Name": "stack", "SecretString": values, "ClientRequestToken": token}));
        let (comments, dead) = (moto.queue("comments"), moto.queue("dead"));
        let folder = names(functions);
        let watch = Service::start(|port| {
            let mut command = cargo_lambda();
            command.current_dir(folder.path());
            command.args([
                "watch",
                "--only-lambda-apis",
                "--invoke-address",
                "127.0.0.1",
                "--invoke-port",
                &port.to_string(),
            ]);
            command
        });
        let mut cloud = Self { watch, moto, comments, dead, functions: Vec::new(), names: folder };
        cloud.functions = functions.iter().map(|name| cloud.function(sentinel, name)).collect();
        cloud
    }

    /// A function with the settings of the template.
    fn function(&self, sentinel: &Sentinel, name: &str) -> Child {
        let mut command = Command::new(binary("lambda-handler"));
        command.env_clear().envs(environment(sentinel));
        for (name, value) in [("NAME", name), ("VERSION", "$LATEST"), ("MEMORY_SIZE", "128")] {
            command.env(format!("AWS_LAMBDA_FUNCTION_{name}"), value);
        }
        let settings = [
            ("AWS_LAMBDA_RUNTIME_API", format!("http://127.0.0.1:{}/.rt/{name}", self.watch.port)),
            ("AWS_ENDPOINT_URL", self.moto.url()),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "x".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "x".to_owned()),
            ("HONEYTRIAGE_FUNCTION", name.to_owned()),
            ("HONEYTRIAGE_ARM_TOKEN", String::new()),
            ("HONEYTRIAGE_AZURE_TENANT", "00000000-0000-0000-0000-0000000000aa".to_owned()),
            ("HONEYTRIAGE_AZURE_CLIENT_ID", "00000000-0000-0000-0000-0000000000bb".to_owned()),
            ("HONEYTRIAGE_AZURE_CLIENT_SECRET", "secretsmanager://stack#clientSecret".to_owned()),
            ("HONEYTRIAGE_URL_KEY", "secretsmanager://stack#urlKey".to_owned()),
            ("HONEYTRIAGE_COMMENTS_QUEUE", self.comments.clone()),
            ("HONEYTRIAGE_DEAD_LETTERS", self.dead.clone()),
        ];
        command.envs(borrowed(&settings)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// `cargo lambda invoke`: what the function answers.
    fn invoke(&self, function: &str, event: &Value) -> Value {
        let file = tempfile::NamedTempFile::with_suffix(".json").unwrap();
        std::fs::write(file.path(), event.to_string()).unwrap();
        let port = self.watch.port.to_string();
        let mut command = cargo_lambda();
        command.current_dir(self.names.path());
        command.args(["invoke", "--invoke-address", "127.0.0.1", "--invoke-port", &port, "--data-file"]);
        let output = command.arg(file.path()).arg(function).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let failed = || panic!("{told}{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str(&told).unwrap_or_else(|_| failed())
    }

    /// A request to the function's URL: the status.
    fn url(&self, function: &str, headers: &[(&str, &str)], body: &str) -> u16 {
        post(self.watch.port, &format!("/lambda-url/{function}/"), headers, body).0
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        for function in &mut self.functions {
            let _ = function.kill();
            let _ = function.wait();
        }
    }
}

fn message(number: u32) -> String {
    json!({"v": 1, "incidentArmId": incident_id(number)}).to_string()
}

#[test]
#[ignore = "needs cargo-lambda in CARGO_LAMBDA_DIR, moto in MOTO_DIR"]
fn a_batch_a_hand_over_and_dead_letters_come_to_one_comment_an_incident() {
    let sentinel = Sentinel::start();
    for number in 1..=4 {
        sentinel.add_incident(number, &json!({}));
    }
    sentinel.fail("GET", "000000000002?", 9, Wrong::Status(500, None));
    // Both tries of the write are refused, and the answer is handed over.
    sentinel.fail("PUT", "000000000003/comments/", 2, Wrong::Status(429, Some(1)));
    sentinel.fail("PUT", "000000000004/comments/", 1, Wrong::CutAfter);
    let cloud = Cloud::start(&sentinel, &["incident-trigger", "add-comment"]);

    let messages = [message(1), message(2), message(3), message(4), message(9), "{\"v\":9}".to_owned()];
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    let failed = cloud.invoke("incident-trigger", &batch(&messages, 1));
    assert_eq!(failed, json!({"batchItemFailures": [{"itemIdentifier": "m2"}]}));
    let counts = || [1, 2, 3, 4].map(|number| sentinel.comments(number).len());
    assert_eq!(counts(), [1, 0, 0, 1]);

    let dead: Vec<Value> =
        cloud.moto.take(&cloud.dead).iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let mut codes: Vec<&str> = dead.iter().filter_map(|letter| letter["error"]["code"].as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["message", "not-found"]);

    let handed = cloud.moto.take(&cloud.comments);
    assert_eq!(handed.len(), 1, "{handed:?}");
    let none = json!({"batchItemFailures": []});
    for delivery in 1..=2 {
        assert_eq!(cloud.invoke("add-comment", &batch(&[&handed[0]], delivery)), none);
    }
    // SQS delivers more than once.
    assert_eq!(cloud.invoke("incident-trigger", &batch(&messages[..1], 2)), none);
    assert_eq!(counts(), [1, 0, 1, 1]);
    assert!([1, 3, 4].iter().all(|number| {
        sentinel.comments(*number)[0].texts.iter().all(|text| *text == sentinel.comments(*number)[0].texts[0])
    }));
    assert!(cloud.moto.take(&cloud.comments).is_empty() && cloud.moto.take(&cloud.dead).is_empty());
}

#[test]
#[ignore = "needs cargo-lambda in CARGO_LAMBDA_DIR, moto in MOTO_DIR"]
fn a_function_url_takes_the_key_of_secrets_manager_and_no_other() {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let cloud = Cloud::start(&sentinel, &["incident-trigger", "gpt-complete"]);
    for headers in [&[][..], &[("x-honeytriage-key", "the-kex")]] {
        assert_eq!(cloud.url("incident-trigger", headers, &message(1)), 401);
        assert_eq!(cloud.url("gpt-complete", headers, "not even JSON"), 401);
    }
    assert!(sentinel.requests().is_empty());
    let key = &[("X-Honeytriage-Key", "the-key"), ("content-type", "application/json")];
    assert_eq!(cloud.url("gpt-complete", key, &message(1)), 200);
    assert!(sentinel.comments(1).is_empty());
    assert_eq!([0; 2].map(|_| cloud.url("incident-trigger", key, &message(1))), [200, 200]);
    assert_eq!(sentinel.comments(1).len(), 1);
    // As Lambda writes such an event down.
    let event = request(&message(1), &json!({"x-honeytriage-key": "the-key"}));
    assert_eq!(cloud.invoke("incident-trigger", &event)["statusCode"], 200);
    assert_eq!(sentinel.comments(1)[0].texts.len(), 1);

    // A new key is taken soon after it is there, and the old one no longer.
    let token = "00000000-0000-0000-0000-000000000002";
    let values = json!({"clientSecret": "a+b&c", "urlKey": "new-key"}).to_string();
    let put = json!({"SecretId": "stack", "SecretString": values, "ClientRequestToken": token});
    cloud.moto.secret("PutSecretValue", &put);
    std::thread::sleep(std::time::Duration::from_secs(16));
    let new = &[("X-Honeytriage-Key", "new-key"), ("content-type", "application/json")];
    assert_eq!(cloud.url("gpt-complete", new, &message(1)), 200);
    assert_eq!(cloud.url("gpt-complete", key, &message(1)), 401);
}

#[test]
#[ignore = "needs moto and awscli in MOTO_DIR"]
fn the_secret_of_the_readme_is_filled_by_its_commands() {
    let moto = Moto::start();
    let first = json!({"clientSecret": "", "urlKey": "made-by-the-stack"}).to_string();
    let token = "00000000-0000-0000-0000-000000000001";
    moto.secret("CreateSecret", &json!({"Name": "stack", "SecretString": first, "ClientRequestToken": token}));
    let readme = std::fs::read_to_string(project().join("README.md")).unwrap();
    let blocks: Vec<&str> = readme.split("```sh\n").filter_map(|rest| rest.split("```").next()).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret.json");
    let run = |wanted: &str| {
        let script = blocks.iter().find(|block| block.contains(wanted)).unwrap().replace("SECRET_ARN", "stack");
        let path = format!("{}/bin:{}", std::env::var("MOTO_DIR").unwrap(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command
            .args(["-euc", &script])
            .current_dir(folder.path())
            .env("PATH", path)
            .env("AWS_ENDPOINT_URL", moto.url());
        command.envs([
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
        ]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{script}{}", String::from_utf8_lossy(&output.stderr));
    };
    run("get-secret-value");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"clientSecret\":\"\"", "\"clientSecret\":\"s3cret\"")).unwrap();
    run("put-secret-value");
    assert!(!file.exists(), "no secret is left behind");
    run("get-secret-value");
    let values: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(values, json!({"clientSecret": "s3cret", "urlKey": "made-by-the-stack"}));
}
