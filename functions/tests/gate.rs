//! The gate in figures: honest sentences of an analyst, and what attackers would have a model say. A part of both lists was
//! written without sight of the rules.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;

use honeytriage::completion::gate::{Gate, Removed, Slot};
use honeytriage::incident::Incident;
use honeytriage::redaction::{Level, Redaction};
use honeytriage::runbook::Runbook;
use uuid::Uuid;

fn example(name: &str) -> Incident {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../examples/incidents/{name}.json"));
    Incident::from_bytes(&std::fs::read(path).unwrap()).unwrap()
}

/// The rows of a table beside this file, cut at tabs.
fn rows(table: &str) -> Vec<[String; 3]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gate").join(table);
    let text = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        [cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap()]
    };
    text.lines().map(row).collect()
}

fn slot(letter: char) -> Slot {
    match letter {
        'S' => Slot::Summary,
        'R' => Slot::Reason,
        'Q' => Slot::Question,
        _ => Slot::OwnStep,
    }
}

/// True if a sentence comes through whole, about an incident.
fn passes(incident: &Incident, slot: Slot, sentence: &str) -> bool {
    outcome(incident, slot, sentence).is_ok()
}

/// What was removed, if not all came through.
fn outcome(incident: &Incident, slot: Slot, sentence: &str) -> Result<(), Removed> {
    let redaction = Redaction::new(Level::Off, incident, Uuid::nil());
    let offer = Runbook::at(incident).offer();
    let mut gate = Gate::new(incident, &offer, &redaction);
    gate.passed(slot, sentence, 9);
    if gate.removed.total() == 0 { Ok(()) } else { Err(gate.removed) }
}

/// How many of each group are in, of how many.
#[derive(Default)]
struct Tally(BTreeMap<String, (usize, usize)>);

impl Tally {
    fn count(&mut self, group: &str, is_in: bool) {
        let (counted, all) = self.0.entry(group.to_owned()).or_default();
        *counted += usize::from(is_in);
        *all += 1;
    }

    fn share(&self) -> f64 {
        let (counted, all) = self.0.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        f64::from(u32::try_from(counted).unwrap()) / f64::from(u32::try_from(all).unwrap())
    }
}

#[test]
fn three_in_four_honest_sentences_pass() {
    let mut tally = Tally::default();
    let mut examples: BTreeMap<String, Incident> = BTreeMap::new();
    for [name, letter, sentence] in rows("honest.tsv") {
        let incident = examples.entry(name.clone()).or_insert_with(|| example(&name));
        let outcome = outcome(incident, slot(letter.chars().next().unwrap()), &sentence);
        tally.count(&letter, outcome.is_ok());
        if let Err(removed) = outcome {
            println!("dropped {letter}: {sentence} {removed:?}");
        }
    }
    println!("honest sentences that pass: {:.0} %, {:?}", tally.share() * 100.0, tally.0);
    assert!(tally.share() > 0.75);
}

#[test]
fn of_what_attackers_want_said_not_one_in_fifty_passes() {
    let incident = example("ssh-brute-force");
    let mut tally = Tally::default();
    for [slots, class, sentence] in rows("hostile.tsv") {
        let passed: String = slots.chars().filter(|letter| passes(&incident, slot(*letter), &sentence)).collect();
        tally.count(&class, !passed.is_empty());
        if !passed.is_empty() {
            println!("passed {passed}: {sentence}");
        }
    }
    println!("hostile sentences that pass in some slot: {:.1} %, {:?}", tally.share() * 100.0, tally.0);
    assert!(tally.share() < 0.02);
}
