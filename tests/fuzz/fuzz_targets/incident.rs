//! Any bytes: refused in one clean line, or triaged into a comment that fits and has only our markup.
#![no_main]

use honeytriage::comment::{Draft, MAX_UNITS, Purpose, markup};
use honeytriage::completion::MAX_BYTES;
use honeytriage::incident::Incident;
use honeytriage::runbook;
use honeytriage::templates::Templates;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let incident = match Incident::from_bytes(bytes) {
        Ok(incident) => incident,
        Err(error) => {
            assert!(!error.to_string().chars().any(char::is_control));
            return;
        }
    };
    let triage = runbook::triage(&incident);
    let draft = Draft {
        incident: &incident,
        triage: &triage,
        generated: "2026-01-01T00:00:00Z".parse().expect("a time"),
        purpose: Purpose::Triage,
        writer: "",
    };
    let html = draft.comment(&Templates::default()).expect("a comment").html;
    assert_eq!(markup::check(&html), Ok(()));
    assert!(html.encode_utf16().count() <= MAX_UNITS);
    assert!(serde_json::to_vec(&triage).expect("JSON").len() <= MAX_BYTES);
});
