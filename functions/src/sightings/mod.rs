//! What our honeypots saw of an incident's addresses, hashes and URLs: one query to the workspace, time-limited, kept for a
//! while, and never needed.

mod answer;
mod query;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Failure;
use crate::incident::{Incident, Sighting, WorkspaceId};
use crate::log::Log;
use crate::sentinel::Sentinel;

/// How far back the query looks.
const TIMESPAN: &str = "P30D";
/// How long an answer may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How long an answer is good.
const KEPT: Duration = Duration::from_mins(10);
/// Answers that are kept.
const MOST_KEPT: usize = 100;
/// How long nothing is asked after a failure: a workspace without these tables is not asked for each incident.
const PAUSE: Duration = Duration::from_mins(5);

/// Asks, and remembers.
#[derive(Default)]
pub struct Sightings {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: HashMap<String, (Vec<Sighting>, Instant)>,
    /// When the last query failed.
    failed: Option<Instant>,
    /// What the log was told of the failure.
    told: Option<&'static str>,
}

impl Sightings {
    /// What the honeypots saw of this incident, which was read from this workspace. Without indicators nothing is asked. If
    /// the workspace has no such tables, gives no access or no answer in time, there is nothing, and the log says so once.
    pub async fn of(
        &self,
        sentinel: &Sentinel,
        workspace: &WorkspaceId,
        incident: &Incident,
        log: &Log,
    ) -> Vec<Sighting> {
        let indicators = query::indicators(incident);
        if indicators.is_empty() {
            return Vec::new();
        }
        let key = format!("{} {}", workspace.canonical(), indicators.join(" "));
        if let Some(known) = self.state().known(&key) {
            return known;
        }
        match ask(sentinel, workspace, &indicators).await {
            Ok(sightings) => {
                self.state().keep(key, &sightings);
                sightings
            }
            Err(failure) => {
                if self.state().fails(&failure) {
                    log.no_sightings(&failure);
                }
                Vec::new()
            }
        }
    }

    /// Nothing is awaited while it is held, and a panic leaves it whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A kept answer; else an empty one for some minutes after a failure.
    fn known(&mut self, key: &str) -> Option<Vec<Sighting>> {
        self.kept.retain(|_, (_, at)| at.elapsed() < KEPT);
        let kept = self.kept.get(key).map(|(sightings, _)| sightings.clone());
        let is_pausing = self.failed.is_some_and(|at| at.elapsed() < PAUSE);
        kept.or_else(|| is_pausing.then(Vec::new))
    }

    fn keep(&mut self, key: String, sightings: &[Sighting]) {
        (self.failed, self.told) = (None, None);
        if self.kept.len() >= MOST_KEPT {
            self.kept.clear();
        }
        self.kept.insert(key, (sightings.to_vec(), Instant::now()));
    }

    /// Notes a failure; true if the log has not been told of it.
    fn fails(&mut self, failure: &Failure) -> bool {
        self.failed = Some(Instant::now());
        self.told.replace(failure.code) != Some(failure.code)
    }
}

async fn ask(sentinel: &Sentinel, workspace: &WorkspaceId, indicators: &[String]) -> Result<Vec<Sighting>, Failure> {
    let query = query::query(indicators);
    let asked = tokio::time::timeout(TIME_LIMIT, sentinel.query(workspace, &query, TIMESPAN)).await;
    let bytes = asked.unwrap_or_else(|_| Err(Failure::retryable("timeout", "the workspace did not answer in time")))?;
    answer::sightings(&bytes, indicators)
        .ok_or_else(|| Failure::permanent("sightings", "the workspace's answer is not of the agreed form"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_once_and_silences_the_next_queries() {
        let mut state = State::default();
        let failure = Failure::config("forbidden", "no");
        assert_eq!(state.known("a"), None);
        assert!(state.fails(&failure) && !state.fails(&failure));
        assert_eq!(state.known("a"), Some(Vec::new()));
        state.keep("a".to_owned(), &[]);
        assert_eq!((state.known("a"), state.known("b")), (Some(Vec::new()), None));
        assert!(state.fails(&failure), "another time");
    }

    #[test]
    fn only_so_many_answers_are_kept() {
        let mut state = State::default();
        for number in 0..=MOST_KEPT {
            state.keep(number.to_string(), &[]);
        }
        assert_eq!(state.kept.len(), 1);
    }
}
