//! Where tokens come from: the platform's identity endpoint, and the az command line, both as stand-ins.

use std::os::unix::fs::PermissionsExt as _;

use honeytriage_tests::Run;
use honeytriage_tests::handler::Handler;
use honeytriage_tests::sentinel::{Sentinel, TOKEN, WRITER, Wrong, incident_id};
use serde_json::json;

fn message() -> String {
    json!({"v": 1, "incidentArmId": incident_id(1)}).to_string()
}

/// Tokens that were asked for.
fn asked(sentinel: &Sentinel) -> Vec<String> {
    let lines = sentinel.requests().into_iter().map(|request| request.line);
    lines.filter(|line| line.contains("/msi/token")).collect()
}

#[test]
fn the_managed_identity_is_asked_once_and_again_after_a_refusal() {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let endpoint = format!("{}/msi/token", sentinel.url());
    let client = "00000000-0000-0000-0000-0000000000cc";
    let handler = Handler::start(
        &sentinel,
        &[
            ("HONEYTRIAGE_ARM_TOKEN", ""),
            ("IDENTITY_ENDPOINT", &endpoint),
            ("IDENTITY_HEADER", "planted-identity-header"),
            ("AZURE_CLIENT_ID", client),
        ],
    );
    assert!(asked(&sentinel).is_empty(), "nothing is asked for at the start");
    for delivery in 1..=2 {
        assert_eq!(handler.deliver("incident-trigger", &message(), delivery).status, 200);
    }
    assert_eq!(asked(&sentinel).len(), 1, "the token is kept: {:?}", asked(&sentinel));
    let line = &asked(&sentinel)[0];
    assert!(line.contains("resource=https%3A%2F%2Fmanagement.azure.com") && line.contains(client), "{line}");
    assert_eq!(sentinel.comments(1)[0].author, WRITER);
    sentinel.fail("GET", "/incidents/", 1, Wrong::Status(403, None));
    assert_eq!(handler.deliver("incident-trigger", &message(), 1).status, 200);
    assert_eq!(asked(&sentinel).len(), 2, "a refused token is not used again");
    assert!(handler.lines().iter().all(|line| !line.contains("planted-identity-header")));
}

#[test]
fn an_identity_that_gives_no_token_is_told_with_the_next_step() {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let endpoint = format!("{}/msi/token", sentinel.url());
    let settings = [("HONEYTRIAGE_ARM_TOKEN", ""), ("IDENTITY_ENDPOINT", endpoint.as_str()), ("IDENTITY_HEADER", "x")];
    let handler = Handler::start(&sentinel, &settings);
    sentinel.fail("GET", "/msi/token", 99, Wrong::Status(400, None));
    let answer = handler.deliver("incident-trigger", &message(), 1);
    assert_eq!((answer.status, answer.body["error"]["class"].as_str()), (500, Some("Config")));
    assert!(handler.says(&["the managed identity gives no token"]), "{:?}", handler.lines());
}

#[test]
fn the_az_login_is_used_on_a_desk() {
    let sentinel = Sentinel::start();
    sentinel.add_incident(1, &json!({}));
    let folder = tempfile::tempdir().unwrap();
    let az = folder.path().join("az");
    let answer = json!({"accessToken": TOKEN, "expires_on": 4_102_444_800_u64, "tokenType": "Bearer"});
    std::fs::write(&az, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
    std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let id = incident_id(1);
    let run = |path: &str| {
        let run = Run::new(["triage", "--incident", &id, "--write", "--format", "html"]);
        run.env("PATH", path).env("HONEYTRIAGE_ARM_URL", sentinel.url()).output()
    };
    let output = run(&path);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(sentinel.comments(1).len(), 1);
    std::fs::write(&az, "#!/bin/sh\necho 'Please run az login' >&2\nexit 1\n").unwrap();
    let output = run(&path);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("says why: az login"));
}
