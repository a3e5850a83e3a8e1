//! Input that is no incident: one clear line, exit code 2, and never much memory.

use honeytriage_tests::Run;

/// 200 MB in kilobytes.
const MEMORY: u32 = 200_000;

fn refused(input: impl Into<Vec<u8>>) -> String {
    let output = Run::limited(MEMORY, &["triage", "-"]).input(input).output();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(output.stdout.is_empty());
    assert_eq!(message.matches('\n').count(), 1, "{message}");
    assert!(!message.trim_end().chars().any(char::is_control), "{message:?}");
    message
}

#[test]
fn every_refusal_names_the_place_and_what_was_expected() {
    for (input, expected) in [
        (&b""[..], "$: expected an incident as JSON, found an empty file"),
        (b"  \n", "empty file"),
        (b"null", "$: expected an incident object (a playbook run without an incident sends null), found null"),
        (b"42", "found a number"),
        (b"{}", "$: expected an incident: `properties`"),
        (b"{\"title\":\"x\"", "$: expected valid JSON"),
        (b"\xff\xfe{\0}\0", "expected UTF-8, found UTF-16"),
        (b"{\"title\":\"\xc3\x28\"}", "expected UTF-8, found a byte that is none at offset 10"),
        (b"{\"title\":\"a\",\"title\":\"b\"}", "$.title: expected valid JSON, found: a key that stands twice"),
        (
            b"{\"object\":{\"properties\":{\"title\":{}}}}",
            "$.object.properties.title: expected a string, found an object",
        ),
        (b"{\"title\":\"x\",\"severity\":[]}", "$.severity: expected a string, found an array"),
        (
            b"{\"title\":\"x\",\"alerts\":[{\"properties\":{\"startTimeUtc\":\"soon\"}}]}",
            "$.alerts[0].properties.startTimeUtc: expected a time",
        ),
        (b"{\"title\":\"x\",\"\x1b]8;;\\u001b[2J\":}", "expected valid JSON"),
        (b"{\"title\":\"x\",\"a\\u001b[2J\\u202e\":tru}", "$.a{U+001B}[2J{U+202E}: expected valid JSON"),
    ] {
        let message = refused(input);
        assert!(message.contains(expected), "{message}");
        assert!(message.starts_with("honeytriage: standard input: $"), "{message}");
    }
}

#[test]
fn large_and_deep_input_is_refused_in_little_memory() {
    for (input, expected) in [
        ("[".repeat(4_000_000), "levels of nesting"),
        ("{\"a\":".repeat(600_000), "levels of nesting"),
        (format!("[{}0]", "0,".repeat(2_000_000)), "values"),
        (format!("{{\"title\":\"{}\"}}", "x".repeat(5_000_000)), "at most 4 MiB"),
    ] {
        assert!(refused(input).contains(expected));
    }
}

#[test]
fn large_input_that_is_an_incident_is_triaged_in_little_memory() {
    for title in
        ["\\u0000".repeat(600_000), "\\ud83d".repeat(600_000), "a".repeat(4_000_000), "&#8203;".repeat(500_000)]
    {
        let output = Run::limited(MEMORY, &["triage", "-"]).input(format!("{{\"title\":\"{title}\"}}")).output();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_file_that_is_not_there_and_an_endless_one() {
    for file in ["no/such\u{1b}[2J/file.json", "/dev/zero", "."] {
        let output = Run::limited(MEMORY, &["triage", file]).output();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), message.matches('\n').count()), (Some(2), 1), "{message}");
        assert!(!message.trim_end().chars().any(char::is_control), "{message:?}");
    }
}

#[test]
fn credentials_in_a_key_do_not_reach_the_error() {
    let message = refused("{\"title\":\"x\",\"password=S3cr3tValue\":tru}");
    assert!(!message.contains("S3cr3tValue"), "{message}");
}

#[test]
fn usage_errors_exit_with_2_and_help_with_0() {
    assert_eq!(Run::new(["triage"]).output().status.code(), Some(2));
    assert_eq!(Run::new(["triage", "x", "--format", "pdf"]).output().status.code(), Some(2));
    let quoted = Run::new(["triage", "x", "--format", "a\u{1b}[31m\u{202e}"]).output();
    assert!(!String::from_utf8_lossy(&quoted.stderr).chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'));
    assert_eq!(Run::new(["--help"]).output().status.code(), Some(0));
    let version = Run::new(["--version"]).stdout();
    assert!(version.starts_with("honeytriage 0."), "{version}");
}

#[test]
fn a_bad_setting_is_named() {
    let output = Run::new(["triage", "-"]).env("SOURCE_DATE_EPOCH", "noon").input("{\"title\":\"x\"}").output();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(message, "honeytriage: SOURCE_DATE_EPOCH: expected whole seconds since 1970\n");
}
