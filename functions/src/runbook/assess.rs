//! The verdict, from signs that an attacker's words cannot turn into a benign one.

use crate::attack::Tactic;
use crate::completion::gate::gives_orders;
use crate::completion::{Assessment, Verdict};
use crate::incident::{Classification, EntityKind, Severity, Status};

use super::facts::Facts;
use super::fill::{listed, quoted};
use super::scenario::{Basis, Match};

/// A sign: what it adds to the likelihood of a true positive, in hundredths, and how it is told.
struct Sign(i32, String);

const START: i32 = 50;
const LEAST: i32 = 10;
const MOST: i32 = 95;
/// From here on the runbook says true positive by itself.
const CERTAIN: i32 = 85;
/// How sure we are of a verdict that a person gave.
const BY_A_PERSON: f64 = 0.9;
const MOST_REASONS: usize = 5;

/// Verdict, confidence and reasons.
pub(super) fn assessment(facts: &Facts, scenarios: &[Match]) -> Assessment {
    closed(facts).unwrap_or_else(|| weighed(facts, scenarios))
}

/// An incident that a person closed keeps that verdict: the only way to a benign one.
fn closed(facts: &Facts) -> Option<Assessment> {
    let incident = facts.incident;
    let verdict = match (&incident.status, incident.classification.as_ref()?) {
        (Status::Closed, Classification::TruePositive) => Verdict::TruePositive,
        (Status::Closed, Classification::BenignPositive) => Verdict::BenignPositive,
        (Status::Closed, Classification::FalsePositive) => Verdict::FalsePositive,
        _ => return None,
    };
    let reason = format!("The incident was closed as {}.", verdict.to_string().to_lowercase());
    Some(Assessment { verdict, confidence: BY_A_PERSON, reasons: vec![reason] })
}

fn weighed(facts: &Facts, scenarios: &[Match]) -> Assessment {
    let mut signs: Vec<Sign> = [
        scenario(scenarios),
        outcome(scenarios),
        severity(facts),
        tactics(facts),
        products(facts),
        malware(facts),
        alerts(facts),
        absent(facts),
        seen(facts),
    ]
    .into_iter()
    .flatten()
    .collect();
    let points = (START + signs.iter().map(|sign| sign.0).sum::<i32>()).clamp(LEAST, MOST);
    signs.sort_by_key(|sign| -sign.0.abs());
    signs.truncate(MOST_REASONS);
    Assessment {
        verdict: if points >= CERTAIN { Verdict::TruePositive } else { Verdict::Undetermined },
        confidence: f64::from(points) / 100.0,
        reasons: signs.into_iter().map(|sign| sign.1).collect(),
    }
}

fn scenario(scenarios: &[Match]) -> Option<Sign> {
    let best = scenarios.first()?;
    let basis = match best.basis {
        Basis::Title => "its title or alerts",
        Basis::Description => "its title and description",
        Basis::Techniques => "its techniques",
        Basis::Machines => "its machines, which are honeypots",
        Basis::None => return None,
    };
    let points = (i32::from(best.scenario.rank) - 40) / 5;
    Some(Sign(points.max(1), format!("It looks like \"{}\", by {basis}.", best.scenario.name)))
}

fn severity(facts: &Facts) -> Option<Sign> {
    let (points, name) = match facts.incident.severity {
        Severity::High => (10, "High"),
        Severity::Low => (-5, "Low"),
        Severity::Informational => (-10, "Informational"),
        Severity::Medium | Severity::Other(_) => return None,
    };
    Some(Sign(points, format!("Severity {name}.")))
}

fn tactics(facts: &Facts) -> Option<Sign> {
    const SEVERAL: usize = 3;
    let late = [Tactic::LateralMovement, Tactic::Exfiltration, Tactic::Impact];
    let names = facts.tactics.iter().map(|tactic| tactic.name()).collect::<Vec<_>>().join(", ");
    if facts.tactics.len() >= SEVERAL {
        return Some(Sign(15, format!("{} tactics in one incident: {names}.", facts.tactics.len())));
    }
    let late: Vec<&str> = facts.tactics.iter().filter(|t| late.contains(t)).map(|t| t.name()).collect();
    (!late.is_empty()).then(|| Sign(8, format!("A late stage of an attack: {}.", late.join(", "))))
}

fn products(facts: &Facts) -> Option<Sign> {
    let count = facts.incident.products.len();
    (count > 1).then(|| Sign(10, format!("{count} products saw it independently.")))
}

/// What a description says beyond the title counts for itself: the attempt succeeded.
fn outcome(scenarios: &[Match]) -> Option<Sign> {
    let grew = scenarios.iter().any(|found| found.basis == Basis::Description);
    grew.then(|| Sign(15, "The description says that an attempt succeeded.".to_owned()))
}

fn malware(facts: &Facts) -> Option<Sign> {
    const STOPPED: &[&str] = &["prevented", "blocked", "quarantined", "remediated"];
    let labels = facts.of_kind(EntityKind::Malware).iter().map(|e| e.label().as_str());
    let names: Vec<&str> = labels.filter(|name| !gives_orders(name)).collect();
    if names.is_empty() {
        return None;
    }
    let names = listed(&names, 2);
    if STOPPED.iter().any(|word| facts.title.contains(word) || facts.alert_names.contains(word)) {
        return Some(Sign(-5, format!("The product says that it stopped {names}: check that it did.")));
    }
    Some(Sign(12, format!("Known malware by name: {names}.")))
}

fn alerts(facts: &Facts) -> Option<Sign> {
    const MANY: u64 = 3;
    let count = facts.incident.alert_count.unwrap_or(0).max(facts.incident.alerts.len() as u64);
    (count >= MANY).then(|| Sign(5, format!("{count} alerts belong together.")))
}

/// Who attacks a honeypot attacks: it has no other visitors. What anybody can send in another's name is not counted.
fn seen(facts: &Facts) -> Option<Sign> {
    let background = &facts.incident.background;
    let first = background.sightings.first().filter(|_| background.honeypots.is_empty())?;
    let more = if background.sightings.len() > 1 { ", and others of it too" } else { "" };
    Some(Sign(12, format!("The honeypot knows {}{more}.", quoted(&first.indicator))))
}

fn absent(facts: &Facts) -> Option<Sign> {
    let incident = facts.incident;
    if incident.entities.is_empty() {
        return Some(Sign(-5, "Not seen: any entity to check against the logs.".to_owned()));
    }
    let inside_only = facts.has(EntityKind::Ip) && !facts.has_outside_address();
    inside_only.then(|| Sign(-3, "Not seen: any address from outside; all are private or our own.".to_owned()))
}
