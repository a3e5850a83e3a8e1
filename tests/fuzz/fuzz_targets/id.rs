//! Any text as an incident's ARM id: refused, or an id of one form, that is only what a path may hold and names its workspace.
#![no_main]

use honeytriage::incident::IncidentId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(id) = text.parse::<IncidentId>() else { return };
    let shown = id.to_string();
    assert!(shown.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_.()".contains(&b)), "{shown}");
    assert!(!shown.contains("//") && !shown.contains("/../") && shown.starts_with(&id.workspace().to_string()), "{shown}");
    let again: IncidentId = shown.parse().expect("an id");
    assert!(again == id && again.to_string() == shown && again.canonical() == id.canonical());
});
