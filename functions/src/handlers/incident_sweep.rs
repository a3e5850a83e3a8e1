//! `incident-sweep`: looks which incidents that changed lately have no comment of ours. A safety net, or all that triggers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::comment::{Purpose, has_marker};
use crate::error::{Class, Failure};
use crate::incident::{Incident, IncidentId, WorkspaceId};

use super::write::MOST_COMMENTS;
use super::{App, Call};

/// What a sweep looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Incidents that were made or changed at most so long ago.
    pub window: Duration,
    /// The most incidents without a comment that are named. Sentinel takes 75 comments in five minutes.
    pub most: usize,
    /// True if a comment of another identity with our marker counts too: for a person, whose own comments have other ids than
    /// the function app's. Not for the functions: whoever can comment could forge a marker, and an incident would go without.
    pub counts_others: bool,
}

/// What a sweep found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Incidents without a comment of ours, the latest change first.
    pub missing: Vec<IncidentId>,
    /// How many incidents changed in the window.
    pub changed: usize,
    /// How many could not be looked at.
    pub skipped: usize,
    /// True if there may be more than are named.
    pub has_more: bool,
}

/// How long a queued incident is left to the queue, which tries it again by itself.
const LEFT_ALONE: Duration = Duration::from_mins(30);

/// What became of incidents, as long as this process lives: Sentinel allows few reads of comments, and what was queued a moment
/// ago needs no second message.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashMap<Uuid, Outcome>>);

#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// It has our comment, or will never get one.
    Settled,
    /// It was queued at this time.
    Queued(Instant),
}

impl Seen {
    /// More than there are in a month by Sentinel's own advice.
    const MOST: usize = 100_000;

    fn is_done(&self, incident: Uuid) -> bool {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&incident) {
            Some(Outcome::Settled) => true,
            Some(Outcome::Queued(at)) => at.elapsed() < LEFT_ALONE,
            None => false,
        }
    }

    fn add(&self, incident: Uuid, outcome: Outcome) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= Self::MOST {
            seen.clear();
        }
        seen.insert(incident, outcome);
    }
}

/// Finds the incidents of all workspaces that lack our comment. What keeps one workspace or incident from being looked at does
/// not keep the others.
///
/// # Errors
/// The first [`Failure`], if nothing was found.
pub async fn incident_sweep(app: &App, sweep: Sweep, call: Call<'_>) -> Result<Swept, Failure> {
    let mut swept = Swept::default();
    let window = SignedDuration::try_from(sweep.window).unwrap_or(SignedDuration::MAX);
    let since = app.now().checked_sub(window).unwrap_or(Timestamp::UNIX_EPOCH);
    let writer = app.sentinel.writer().await?;
    let mut first = None;
    for workspace in &app.workspaces {
        if let Err(failure) = app.sweep_one(workspace, since, &writer, (sweep, call), &mut swept).await {
            call.log.failure(&failure);
            swept.has_more = true;
            first.get_or_insert(failure);
        }
    }
    match first {
        Some(failure) if swept.missing.is_empty() => Err(failure),
        _ => Ok(swept),
    }
}

impl App {
    /// An incident is on the queue now: the next sweeps leave it alone for a while.
    pub fn queued(&self, id: &IncidentId) {
        self.seen.add(id.incident(), Outcome::Queued(Instant::now()));
    }

    async fn sweep_one(
        &self,
        workspace: &WorkspaceId,
        since: Timestamp,
        writer: &str,
        (sweep, call): (Sweep, Call<'_>),
        swept: &mut Swept,
    ) -> Result<(), Failure> {
        /// Incidents of a list. Sentinel is made for 3,000 a day.
        const MOST_LISTED: usize = 10_000;
        /// Incidents that Sentinel may fail on, before it is left alone.
        const MOST_SKIPPED: usize = 5;
        let listed = self.sentinel.changed(workspace, since, MOST_LISTED, self.patience(call)).await?;
        swept.changed += listed.incidents.len();
        swept.has_more |= listed.is_cut;
        for incident in listed.incidents {
            let Some(id) = incident.id.clone().filter(|id| id.workspace() == workspace) else { continue };
            if swept.missing.len() == sweep.most {
                swept.has_more = true;
                return Ok(());
            }
            match self.lacks_comment(&id, &incident, writer, (sweep, call)).await {
                Ok(true) => swept.missing.push(id),
                Ok(false) => {}
                // One whose comment is another's is told once.
                Err(failure) if failure.class == Class::Permanent => {
                    call.log.failure(&failure);
                    swept.skipped += 1;
                    self.seen.add(id.incident(), Outcome::Settled);
                }
                Err(failure) => {
                    let is_pause = failure.class == Class::Config || failure.retry_after.is_some();
                    if is_pause || swept.skipped >= MOST_SKIPPED {
                        return Err(failure);
                    }
                    call.log.failure(&failure);
                    (swept.skipped, swept.has_more) = (swept.skipped + 1, true);
                }
            }
        }
        Ok(())
    }

    async fn lacks_comment(
        &self,
        id: &IncidentId,
        incident: &Incident,
        writer: &str,
        (sweep, call): (Sweep, Call<'_>),
    ) -> Result<bool, Failure> {
        // In shadow no comment ever comes: each is queued while it is younger than it is left alone, and not again and again.
        let age = incident.created.map(|created| self.now().duration_since(created));
        if self.is_shadow && age.is_none_or(|age| Duration::try_from(age).is_ok_and(|age| age > LEFT_ALONE)) {
            return Ok(false);
        }
        let is_full = incident.comment_count.is_some_and(|count| count >= MOST_COMMENTS);
        if incident.is_redirected() || is_full || self.seen.is_done(id.incident()) {
            return Ok(false);
        }
        // Without any comment there is none to ask for.
        if incident.comment_count == Some(0) {
            return Ok(true);
        }
        let mut is_settled = self.settled(id, incident, writer, call).await?.is_some();
        if !is_settled && sweep.counts_others {
            let comments = self.sentinel.comments(id, self.patience(call)).await?;
            is_settled = comments.iter().any(|html| has_marker(html, Purpose::Triage));
        }
        if is_settled {
            self.seen.add(id.incident(), Outcome::Settled);
        }
        Ok(!is_settled)
    }
}
