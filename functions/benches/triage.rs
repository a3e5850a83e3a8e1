//! CPU time of the stages for an ordinary and for a large incident, all in one process.
//!
//! `cargo bench -p honeytriage`; `.ci/run` runs it with `--quick`.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use honeytriage::comment::{Draft, Purpose};
use honeytriage::completion::Triage;
use honeytriage::incident::Incident;
use honeytriage::runbook;
use honeytriage::templates::Templates;
use jiff::Timestamp;

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
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
