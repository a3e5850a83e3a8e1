//! CPU time of the stages for an ordinary and for a large incident, all in one process.
//!
//! `cargo bench -p honeytriage`; `.ci/run` runs it with `--quick`.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use honeytriage::comment::{Draft, Purpose};
use honeytriage::completion::{Answer, Judged, Triage, Usage};
use honeytriage::handlers::chat;
use honeytriage::incident::Incident;
use honeytriage::models::{Dialect, request_body};
use honeytriage::prompt::{DEFAULT_TOKENS, Detail, Question};
use honeytriage::redaction::{Level, Redaction};
use honeytriage::runbook::{self, Runbook};
use honeytriage::templates::Templates;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

fn read(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn comment(incident: &Incident, triage: &Triage, templates: &Templates) -> String {
    let draft = Draft { incident, triage, generated: Timestamp::UNIX_EPOCH, purpose: Purpose::Triage, writer: "" };
    draft.comment(templates).map_or_else(|error| panic!("{error}"), |comment| comment.html)
}

fn incident(bytes: &[u8]) -> Incident {
    Incident::from_bytes(bytes).unwrap_or_else(|error| panic!("{error}"))
}

/// All that a model costs on this side: parse, redact, prompt, request, gate, restore, render. The model's own time is not in it.
fn with_model(bytes: &[u8], answer: &str, templates: &Templates) -> (usize, String) {
    let incident = incident(bytes);
    let runbook = Runbook::at(&incident);
    let offer = runbook.offer();
    let mut redaction = Redaction::new(Level::On, &incident, Uuid::new_v4());
    let question = Question { incident: &incident, offer: &offer, budget: DEFAULT_TOKENS, detail: Detail::Full };
    let prompt = question.prompt(Uuid::new_v4(), &mut redaction, templates).unwrap_or_else(|error| panic!("{error}"));
    let request = request_body("m", &chat(&prompt, &offer, Detail::Full), Dialect::default());
    // A model writes the placeholders that it got.
    let account =
        prompt.user.split([' ', '\n', ';']).find(|word| word.starts_with("account-1-")).unwrap_or("the account");
    let answer = Answer::parse(&answer.replace("ACCOUNT", account)).unwrap_or_else(|error| panic!("{error}"));
    let evidence = &prompt.evidence;
    let judged =
        Judged { incident: &incident, runbook: &runbook, offer: &offer, evidence, redaction: &redaction, name: "m" };
    (request.len(), comment(&incident, &judged.triage(&answer, Usage::default()), templates))
}

/// An answer of ordinary length.
fn answer() -> String {
    let reason = "The account was used after many failures, so others may be next.";
    let actions: Vec<_> =
        ["revoke-sessions", "isolate-host", "preserve-evidence", "review-signins", "check-ip", "rotate-secrets"]
            .iter()
            .map(|id| json!({"id": id, "reason": reason}))
            .collect();
    json!({
        "summary": "The account ACCOUNT was guessed from one address within half an hour. It was then used to sign in to the host.",
        "verdict": "TruePositive", "confidence": 0.9, "evidence": ["e1", "e2", "a1"], "actions": actions,
        "queries": ["signins-by-address"],
        "questions": ["Does the owner of ACCOUNT know the address?", "Is the host reachable from the Internet?"],
        "own_steps": ["Check whether the same address was seen by other customers of the provider.", "Ask the owner of the host about the job."],
    })
    .to_string()
}

fn stages(criterion: &mut Criterion) {
    for (size, file) in
        [("4KB", "benches/incident-4kb.json"), ("500-entities", "../examples/incidents/big-incident.json")]
    {
        let bytes = read(file);
        let templates = Templates::default();
        let (parsed, triaged) = (incident(&bytes), runbook::triage(&incident(&bytes)));
        let mut group = criterion.benchmark_group(size);
        group.bench_function("parse", |b| b.iter(|| incident(black_box(&bytes))));
        group.bench_function("runbook", |b| b.iter(|| runbook::triage(black_box(&parsed))));
        group.bench_function("comment", |b| b.iter(|| comment(&parsed, black_box(&triaged), &templates)));
        group.bench_function("parse-runbook-comment", |b| {
            b.iter(|| {
                let incident = incident(black_box(&bytes));
                comment(&incident, &runbook::triage(&incident), &templates)
            });
        });
        group.bench_function("with-model", |b| b.iter(|| with_model(black_box(&bytes), &answer(), &templates)));
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
