//! Which actions become steps, about what, and in which order.

use crate::attack::Technique;
use crate::completion::{Phase, Step};
use crate::incident::{Entity, EntityKind};
use crate::pool::Str;

use super::cover;
use super::facts::{Facts, MAIN_OF_A_KIND, is_outside};
use super::fill::{Addresses, fill_with};
use super::scenario::Match;
use super::table::{Action, action, entity_action, tactic_action};

/// Steps that come from scenarios; the rest comes from entities, tactics and mitigations.
const MOST_FROM_SCENARIOS: usize = 14;
/// Tactics that get a step of their own when no scenario fits.
const MOST_TACTICS: usize = 3;
/// Actions that a model may choose from.
const MOST_OFFERED: usize = 40;
/// Most techniques, and most mitigations, that one step names.
pub(super) const MOST_NAMED: usize = 6;
/// Most entities that one step names.
const MOST_ENTITIES: usize = 12;

/// Where a step stands within its phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In the order that was chosen.
    Chosen,
    /// After these, in the runbook's order.
    Runbook,
}

/// A step in the making.
pub(super) struct Draft {
    pub(super) order: (Phase, Place, u8),
    pub(super) step: Step,
}

/// The steps, in the order of the phases.
pub(super) fn steps(facts: &Facts, scenarios: &[Match]) -> Vec<Step> {
    covered(chosen(facts, scenarios).into_iter().map(|action| draft(action, facts)).collect(), facts)
}

/// The steps when a model has chosen: what must be kept, its choice in its order within each phase, and what the techniques,
/// mitigations and kinds of entities still ask for.
pub(super) fn steps_by_choice(facts: &Facts, scenarios: &[Match], ids: &[Str]) -> Vec<Step> {
    let mut actions = kept(facts, scenarios);
    let offered = offered(facts, scenarios);
    for action in ids.iter().filter_map(|id| offered.iter().find(|one| one.id == *id)) {
        with_prerequisites(action, facts, &mut actions);
    }
    let drafts = actions.into_iter().enumerate().map(|(index, action)| {
        let order = (action.phase, Place::Chosen, u8::try_from(index).unwrap_or(u8::MAX));
        Draft { order, ..draft(action, facts) }
    });
    covered(drafts.collect(), facts)
}

/// What a model cannot leave out: what contains or saves evidence, and the first investigations.
fn kept(facts: &Facts, scenarios: &[Match]) -> Vec<&'static Action> {
    const INVESTIGATIONS: usize = 3;
    let mut kept = chosen(facts, scenarios);
    kept.sort_by_key(|action| (action.phase, action.order));
    let mut investigations = 0;
    kept.retain(|action| {
        investigations += usize::from(action.phase == Phase::Investigate);
        action.keep || action.phase == Phase::Investigate && investigations <= INVESTIGATIONS
    });
    kept
}

/// Every action that a model may choose: of the scenarios, the entities and the tactics, as far as they apply.
pub(super) fn offered(facts: &Facts, scenarios: &[Match]) -> Vec<&'static Action> {
    let mut offered: Vec<&'static Action> = Vec::new();
    let of_scenarios = scenarios.iter().flat_map(|one| one.scenario.actions).filter_map(|id| action(id));
    let of_kinds = facts.kinds().into_iter().filter_map(entity_action);
    let of_tactics = facts.tactics.iter().filter_map(|tactic| tactic_action(*tactic));
    for action in of_scenarios.chain(of_kinds).chain(of_tactics).filter(|action| applies(action, facts)) {
        with_prerequisites(action, facts, &mut offered);
    }
    offered.truncate(MOST_OFFERED);
    offered.sort_by_key(|action| (action.phase, action.order, action.id));
    offered
}

/// Adds what the techniques, mitigations and kinds of entities ask for, and puts all in order.
fn covered(mut drafts: Vec<Draft>, facts: &Facts) -> Vec<Step> {
    for kind in unnamed_kinds(facts, &drafts) {
        drafts.extend(entity_action(kind).map(|action| draft(action, facts)));
    }
    cover::techniques(facts, &mut drafts);
    cover::mitigations(facts, &mut drafts);
    drafts.sort_by(|a, b| a.order.cmp(&b.order).then_with(|| a.step.id.cmp(&b.step.id)));
    drafts.into_iter().map(|draft| finished(draft.step)).collect()
}

/// The scenarios' actions that apply, with what must come before each.
fn chosen(facts: &Facts, scenarios: &[Match]) -> Vec<&'static Action> {
    let mut chosen: Vec<&'static Action> = Vec::new();
    for id in scenarios.iter().flat_map(|one| one.scenario.actions) {
        if chosen.len() >= MOST_FROM_SCENARIOS {
            break;
        }
        if let Some(action) = action(id).filter(|action| applies(action, facts)) {
            with_prerequisites(action, facts, &mut chosen);
        }
    }
    if scenarios.iter().all(|one| one.scenario.actions.is_empty() || one.scenario.rank == 0) {
        chosen.extend(facts.tactics.iter().filter_map(|tactic| tactic_action(*tactic)).take(MOST_TACTICS));
    }
    chosen
}

fn with_prerequisites(wanted: &'static Action, facts: &Facts, chosen: &mut Vec<&'static Action>) {
    if chosen.iter().any(|one| one.id == wanted.id) {
        return;
    }
    // Prerequisites are of an earlier phase or order (tested), so this ends.
    for before in wanted.after.iter().filter_map(|id| action(id)).filter(|before| applies(before, facts)) {
        with_prerequisites(before, facts, chosen);
    }
    chosen.push(wanted);
}

/// True if the conditions of an action hold. What the incident does not say yet counts as fulfilled.
fn applies(action: &Action, facts: &Facts) -> bool {
    let when = &action.when;
    let incident = facts.incident;
    let systems = &facts.systems;
    let entities =
        when.entities.is_empty() || incident.entities.is_empty() || when.entities.iter().any(|kind| facts.has(*kind));
    let system = when.os.is_empty() || systems.is_empty() || when.os.iter().any(|os| systems.contains(os));
    let product = when.products.is_empty()
        || when.products.iter().any(|name| incident.products.iter().any(|product| product.eq_ignore_ascii_case(name)));
    let technique = when.techniques.is_empty()
        || facts.techniques.iter().any(|known| when.techniques.iter().any(|id| known.is_covered_by(id)));
    let tactic = when.tactics.is_empty() || when.tactics.iter().any(|tactic| facts.tactics.contains(tactic));
    // Blocking makes sense only for an address that may be an outsider's.
    let blocks_own = action.outside_only
        && facts.has(EntityKind::Ip)
        && !facts.has_outside_address()
        && !action.about.iter().any(|kind| *kind != EntityKind::Ip && facts.has(*kind));
    let changes_accounts = action.about.contains(&EntityKind::Account)
        && action.after.is_empty()
        && !matches!(action.phase, Phase::Investigate | Phase::Prevent);
    let spares_built_in = changes_accounts && facts.has_only_built_in_accounts();
    entities && system && product && technique && tactic && !blocks_own && !spares_built_in
}

/// An action as a step of this incident.
pub(super) fn draft(action: &'static Action, facts: &Facts) -> Draft {
    let techniques = facts.techniques.iter().filter(|known| action.techniques.iter().any(|id| known.is_covered_by(id)));
    let mitigations = action.mitigations.iter().filter(|id| facts.mitigations.contains(*id));
    let addresses = if action.outside_only { Addresses::Outside } else { Addresses::Any };
    // Containment is never about an address of our own.
    let named = if action.phase == Phase::Contain { Addresses::Outside } else { addresses };
    Draft {
        order: (action.phase, Place::Runbook, action.order),
        step: Step {
            id: action.id.to_string(),
            phase: action.phase,
            action: fill_with(&action.text, facts, addresses),
            why: action.why.to_string(),
            techniques: techniques.take(MOST_NAMED).map(|technique| technique.id.to_string()).collect(),
            mitigations: mitigations.take(MOST_NAMED).map(ToString::to_string).collect(),
            entities: about(action.about, named, facts),
        },
    }
}

/// The entities of these kinds, the main ones first; those of the incident if there are none.
pub(super) fn about(kinds: &[EntityKind], addresses: Addresses, facts: &Facts) -> Vec<String> {
    let of = |kind: EntityKind| -> Vec<&Entity> {
        let outside_only = addresses == Addresses::Outside && kind == EntityKind::Ip;
        let found = facts.of_kind(kind).iter().copied();
        found.filter(|entity| !outside_only || is_outside(entity)).take(MAIN_OF_A_KIND).collect()
    };
    let mut found: Vec<&Entity> = kinds.iter().flat_map(|kind| of(*kind)).collect();
    if found.is_empty() {
        found = facts.kinds().first().map(|kind| of(*kind)).unwrap_or_default();
    }
    let mut labels: Vec<String> = Vec::new();
    for entity in found.into_iter().take(MOST_ENTITIES) {
        if !labels.iter().any(|label| label == entity.label().as_str()) {
            labels.push(entity.label().to_string());
        }
    }
    labels
}

/// Kinds that are there and that no step names yet.
fn unnamed_kinds(facts: &Facts, drafts: &[Draft]) -> Vec<EntityKind> {
    let is_named =
        |entity: &&Entity| drafts.iter().any(|d| d.step.entities.iter().any(|e| e == entity.label().as_str()));
    facts.kinds().into_iter().filter(|kind| !facts.of_kind(*kind).iter().take(MAIN_OF_A_KIND).all(is_named)).collect()
}

/// The reason with the ids that it rests on.
fn finished(mut step: Step) -> Step {
    let names = step.techniques.iter().filter_map(|id| Technique::find(id)).map(|t| format!("{} {}", t.id, t.name));
    let basis: Vec<String> = names.chain(step.mitigations.iter().cloned()).collect();
    if !basis.is_empty() {
        step.why = format!("{} ({})", step.why, basis.join(", "));
    }
    step
}
