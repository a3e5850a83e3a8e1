//! The runbook's tables, made from `templates/runbook/*.toml` when the program is built.

use crate::attack::Tactic;
use crate::completion::Phase;
use crate::incident::{EntityKind, Os};
use crate::pool::Str;

/// A kind of incident that the runbook knows.
#[derive(Debug)]
pub(super) struct Scenario {
    pub(super) id: Str,
    pub(super) name: Str,
    /// 0 to 100: how specific and urgent.
    pub(super) rank: u8,
    pub(super) techniques: &'static [Str],
    pub(super) tactics: &'static [Tactic],
    pub(super) products: &'static [Str],
    pub(super) entities: &'static [EntityKind],
    /// Techniques that the title alone suggests.
    pub(super) infers: &'static [Str],
    /// Less specific scenarios that this one replaces.
    pub(super) hides: &'static [Str],
    /// The scenario that becomes this one if a description says so; empty if none does.
    pub(super) grows_from: Str,
    /// Phrases in descriptions that say so.
    pub(super) signs: &'static [Str],
    pub(super) actions: &'static [Str],
    pub(super) queries: &'static [Str],
    pub(super) questions: &'static [Str],
}

/// Something to do.
#[derive(Debug)]
pub struct Action {
    /// Stable id.
    pub id: Str,
    /// Phase.
    pub phase: Phase,
    /// Order inside the phase, lower first.
    pub order: u8,
    /// Kinds of entities it is about.
    pub about: &'static [EntityKind],
    /// True if it blocks or publishes addresses: then only those that may be an outsider's are meant.
    pub outside_only: bool,
    /// True if a model cannot leave it out: it contains, or saves evidence.
    pub keep: bool,
    /// A few words.
    pub short: Str,
    /// What to do, with placeholders.
    pub text: Str,
    /// Why.
    pub why: Str,
    /// Techniques it answers; a parent covers its sub-techniques.
    pub techniques: &'static [Str],
    /// Mitigations it realises.
    pub mitigations: &'static [Str],
    /// Actions that must come before.
    pub after: &'static [Str],
    /// When it applies.
    pub when: When,
}

/// Conditions of an action; an empty part always holds.
#[derive(Debug)]
pub struct When {
    /// One of these kinds is there.
    pub entities: &'static [EntityKind],
    /// A host runs one of these, or none is known.
    pub os: &'static [Os],
    /// One of these products raised an alert.
    pub products: &'static [Str],
    /// One of these techniques is known.
    pub techniques: &'static [Str],
    /// One of these tactics is known.
    pub tactics: &'static [Tactic],
}

/// A query with placeholders.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) id: Str,
    pub(super) title: Str,
    pub(super) kql: Str,
}

/// Who cares for a mitigation: mitigations of one family share a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Family {
    Identity,
    Host,
    Network,
    Data,
    Software,
    People,
}

/// What an ATT&CK mitigation means in practice.
#[derive(Debug)]
pub struct Mitigation {
    /// `M1032`.
    pub id: Str,
    /// Family.
    pub family: Family,
    /// A few words.
    pub short: Str,
    /// One sentence.
    pub text: Str,
}

mod rows {
    #![allow(clippy::unreadable_literal, reason = "generated")]
    use super::{Action, EntityKind, Family, Mitigation, Os, Phase, Query, Scenario, Str, Tactic, When};

    include!(concat!(env!("OUT_DIR"), "/runbook.rs"));
}

pub(super) use rows::PHRASES;
use rows::{ACTIONS, ENTITY_ACTIONS, MITIGATIONS, TACTIC_ACTIONS};
pub(super) use rows::{QUERIES, SCENARIOS};

pub(super) fn action(id: &str) -> Option<&'static Action> {
    ACTIONS.binary_search_by(|action| action.id.as_str().cmp(id)).ok().map(|index| &ACTIONS[index])
}

pub(super) fn query(id: &str) -> Option<&'static Query> {
    QUERIES.binary_search_by(|query| query.id.as_str().cmp(id)).ok().map(|index| &QUERIES[index])
}

pub(super) fn entity_action(kind: EntityKind) -> Option<&'static Action> {
    ENTITY_ACTIONS.iter().find(|(found, _)| *found == kind).map(|(_, action)| action)
}

pub(super) fn tactic_action(tactic: Tactic) -> Option<&'static Action> {
    TACTIC_ACTIONS.iter().find(|(found, _)| *found == tactic).map(|(_, action)| action)
}

/// The runbook's words for a mitigation.
#[must_use]
pub fn mitigation(id: &str) -> Option<&'static Mitigation> {
    MITIGATIONS.binary_search_by(|mitigation| mitigation.id.as_str().cmp(id)).ok().map(|index| &MITIGATIONS[index])
}

/// The action with this id: of a scenario, an entity kind or a tactic.
#[must_use]
pub fn action_by_id(id: &str) -> Option<&'static Action> {
    action(id).or_else(|| keyed_actions().find(|action| action.id == id))
}

fn keyed_actions() -> impl Iterator<Item = &'static Action> {
    let entities = ENTITY_ACTIONS.iter().map(|(_, action)| action);
    entities.chain(TACTIC_ACTIONS.iter().map(|(_, action)| action))
}

#[cfg(test)]
mod tests;
