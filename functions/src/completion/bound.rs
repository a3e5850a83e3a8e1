//! The size of a triage: what a queue message can carry.

use super::Triage;

/// Largest triage, in bytes of JSON: it must fit into a queue message of 64 KiB after Base64 and with its envelope.
pub const MAX_BYTES: usize = 40 * 1024;

/// Longest name of an entity in a step, in characters, when space is short.
const SHORT_NAME: usize = 60;

impl Triage {
    /// The triage within [`MAX_BYTES`]: if need be the model's words about single steps go first, then queries, then each step names fewer entities, then their names
    /// are cut, then the last steps go. Whatever went is told in `missing`.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let (queries, steps) = (self.queries.len(), self.steps.len());
        let mut reasons = 0;
        if !self.fits()
            && let Some(part) = &mut self.model
        {
            reasons = part.reasons.len();
            part.reasons.clear();
        }
        while !self.fits() && self.queries.pop().is_some() {}
        let mut is_shortened = false;
        for most in [6, 3, 1] {
            if !self.fits() {
                self.steps.iter_mut().for_each(|step| step.entities.truncate(most));
                is_shortened = true;
            }
        }
        if !self.fits() {
            self.steps.iter_mut().flat_map(|step| &mut step.entities).for_each(cut);
        }
        while !self.fits() && self.steps.pop().is_some() {}
        let lost = [
            (reasons, "reasons of the model are left out for length."),
            (queries - self.queries.len(), "queries are left out for length."),
            (usize::from(is_shortened), "shortening: steps name fewer of their entities."),
            (steps - self.steps.len(), "steps are left out for length."),
        ];
        self.missing
            .extend(lost.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
        self
    }

    fn fits(&self) -> bool {
        const SPARE: usize = 1024;
        serde_json::to_vec(self).is_ok_and(|json| json.len() + SPARE <= MAX_BYTES)
    }
}

fn cut(name: &mut String) {
    if let Some((end, _)) = name.char_indices().nth(SHORT_NAME) {
        name.truncate(end);
        name.push_str("...");
    }
}
