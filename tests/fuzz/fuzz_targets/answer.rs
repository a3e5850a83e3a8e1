//! Any bytes as a model's answer: refused, or gated into a comment that fits, has only our markup and nothing clickable.
#![no_main]

use std::sync::LazyLock;

use honeytriage::comment::{Draft, MAX_UNITS, Purpose, markup};
use honeytriage::completion::{Answer, Judged, Usage, Verdict};
use honeytriage::incident::Incident;
use honeytriage::prompt::{DEFAULT_TOKENS, Detail, Question};
use honeytriage::redaction::{Level, Redaction};
use honeytriage::runbook::Runbook;
use honeytriage::templates::Templates;
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

static INCIDENT: LazyLock<Incident> = LazyLock::new(|| {
    Incident::from_bytes(include_bytes!("../../../examples/incidents/ssh-brute-force.json")).expect("an incident")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(answer) = Answer::parse(&String::from_utf8_lossy(bytes)) else { return };
    let incident = &*INCIDENT;
    let runbook = Runbook::at(incident);
    let offer = runbook.offer();
    let mut redaction = Redaction::new(Level::On, incident, Uuid::from_u128(7));
    let question = Question { incident, offer: &offer, budget: DEFAULT_TOKENS, detail: Detail::Full };
    let prompt = question.prompt(Uuid::from_u128(8), &mut redaction, &Templates::default()).expect("a prompt");
    let evidence = &prompt.evidence;
    let judged = Judged { incident, runbook: &runbook, offer: &offer, evidence, redaction: &redaction, name: "m" };
    let triage = judged.triage(&answer, Usage::default());
    assert!(!matches!(triage.assessment.verdict, Verdict::BenignPositive | Verdict::FalsePositive));
    let generated = "2026-01-01T00:00:00Z".parse().expect("a time");
    let draft = Draft { incident, triage: &triage, generated, purpose: Purpose::Triage, writer: "" };
    let html = draft.comment(&Templates::default()).expect("a comment").html;
    assert_eq!(markup::check(&html), Ok(()));
    assert!(html.encode_utf16().count() <= MAX_UNITS);
});
