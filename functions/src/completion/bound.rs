//! The size of a triage: what a queue message can carry.

use super::Triage;

/// Largest triage, in bytes of JSON: it must fit into a queue message of 64 KiB after Base64 and with its envelope.
pub const MAX_BYTES: usize = 40 * 1024;

/// Longest name of an entity in a step, in characters, when space is short.
const SHORT_NAME: usize = 60;

impl Triage {
    /// The triage within [`MAX_BYTES`]: if need be, each step names fewer entities, then their names are cut, then queries
    /// and the last steps go. Whatever went is told in `missing`.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let steps = self.steps.len();
        for most in [6, 3, 1] {
            if self.fits() {
                return self;
            }
            self.steps.iter_mut().for_each(|step| step.entities.truncate(most));
        }
        for name in self.steps.iter_mut().flat_map(|step| &mut step.entities) {
            if let Some((end, _)) = name.char_indices().nth(SHORT_NAME) {
                name.truncate(end);
            }
        }
        while !self.fits() && self.queries.pop().is_some() {}
        while !self.fits() && self.steps.pop().is_some() {}
        if self.steps.len() < steps {
            self.missing.push(format!("{} steps are left out for length.", steps - self.steps.len()));
        }
        self
    }

    fn fits(&self) -> bool {
        const SPARE: usize = 1024;
        serde_json::to_vec(self).is_ok_and(|json| json.len() + SPARE <= MAX_BYTES)
    }
}
