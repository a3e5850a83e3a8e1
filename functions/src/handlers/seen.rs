//! What a process remembers of the incidents it swept. It may forget: then Sentinel is asked again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;

/// How long a queued incident is left to the queue, which tries it again by itself.
pub(super) const LEFT_ALONE: Duration = Duration::from_mins(30);

/// What became of incidents, as long as this process lives: Sentinel allows few reads of comments, and what was queued a moment
/// ago needs no second message.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashMap<Uuid, Outcome>>);

#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    /// Nothing is to be written until it changes, or until then.
    Settled(Option<Timestamp>, Option<Instant>),
    /// Nothing more will ever be written.
    Closed,
    /// It is left alone until then.
    Until(Instant),
}

impl Outcome {
    pub(super) fn alone(time: Duration) -> Self {
        Self::Until(Instant::now() + time)
    }
}

impl Seen {
    /// More than there are in a month by Sentinel's own advice.
    const MOST: usize = 100_000;

    pub(super) fn is_done(&self, incident: Uuid, modified: Option<Timestamp>) -> bool {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&incident) {
            Some(Outcome::Closed) => true,
            Some(Outcome::Settled(at, end)) => *at == modified && end.is_none_or(|end| Instant::now() < end),
            Some(Outcome::Until(end)) => Instant::now() < *end,
            None => false,
        }
    }

    pub(super) fn add(&self, incident: Uuid, outcome: Outcome) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= Self::MOST {
            seen.clear();
        }
        seen.insert(incident, outcome);
    }
}
