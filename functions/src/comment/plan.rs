//! How much of a triage a comment shows: short first, everything that fits, and word of what does not.

use crate::completion::{Step, Triage};
use crate::runbook::action_by_id;

/// Words of an ordinary comment: what is read in two minutes.
const WORDS: usize = 600;
/// Words of the lines that are always there: header, headings, footer.
const FRAME: usize = 90;
/// Steps at the top, in full.
pub(super) const FIRST: usize = 3;

/// Questions, own steps or later reasons of a model at most.
const MOST_WORDS: usize = 16;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Steps shown at all.
    pub(super) steps: usize,
    /// Steps after the first ones that are shown in full.
    pub(super) full: usize,
    pub(super) queries: usize,
    pub(super) questions: usize,
    pub(super) missing: usize,
    /// Questions and own steps of a model, and its reasons for steps after the first ones.
    pub(super) words: usize,
}

impl Plan {
    /// Everything, in full.
    pub(super) fn whole(triage: &Triage) -> Self {
        let steps = triage.steps.len();
        Self {
            steps,
            full: steps,
            queries: triage.queries.len(),
            questions: triage.questions.len(),
            missing: triage.missing.len(),
            words: MOST_WORDS,
        }
    }

    /// All steps, the later ones in few words; then, while there is room, the first query, the steps in full, and the other
    /// queries.
    pub(super) fn of(triage: &Triage) -> Self {
        let mut plan = Self { full: 0, queries: 0, ..Self::whole(triage) };
        let later = &triage.steps[FIRST.min(triage.steps.len())..];
        let fixed =
            triage.steps.iter().take(FIRST).map(|step| words(&step.action) + words(&step.why) + about_words(step));
        let kept = triage.assessment.reasons.iter().chain(&triage.news).chain(&triage.honeypot);
        let texts = kept.chain(&triage.questions).chain(&triage.missing);
        let base = FRAME + words(&triage.summary) + fixed.sum::<usize>() + texts.map(|text| words(text)).sum::<usize>();
        let short: usize = later.iter().map(|step| short_words(&step.id, &step.mitigations) + about_words(step)).sum();
        let mut left = WORDS.saturating_sub(base + short);
        let mut take = |cost: usize| {
            let fits = cost <= left;
            left -= if fits { cost } else { 0 };
            fits
        };
        let cost = |index: usize| triage.queries.get(index).map(|query| words(&query.title) + words(&query.kql));
        if cost(0).is_some_and(&mut take) {
            plan.queries = 1;
        }
        for step in later {
            if !take(words(&step.action).saturating_sub(short_words(&step.id, &step.mitigations))) {
                break;
            }
            plan.full += 1;
        }
        while plan.queries > 0 && cost(plan.queries).is_some_and(&mut take) {
            plan.queries += 1;
        }
        plan
    }

    /// The next smaller plan: one whole part less, the least urgent first.
    pub(super) fn smaller(mut self) -> Option<Self> {
        let part = [
            &mut self.queries,
            &mut self.full,
            &mut self.words,
            &mut self.questions,
            &mut self.missing,
            &mut self.steps,
        ]
        .into_iter()
        .find(|part| **part > 0)?;
        *part = if *part > 8 { *part / 2 } else { *part - 1 };
        Some(self)
    }
}

/// Words of a step's number, phase and the entities it is about.
fn about_words(step: &Step) -> usize {
    const FRAME: usize = 5;
    const NAMED: usize = 3;
    FRAME + step.entities.iter().take(NAMED).map(|name| words(name)).sum::<usize>()
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Words of a step's short form; each mitigation's id and few words for one that only prevents.
fn short_words(id: &str, mitigations: &[String]) -> usize {
    const PER_MITIGATION: usize = 5;
    action_by_id(id).map_or(mitigations.len() * PER_MITIGATION, |action| words(&action.short))
}
