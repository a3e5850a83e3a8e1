//! `incident-sweep`: looks which incidents that changed lately have no comment of ours. A safety net, or all that triggers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::comment::{Purpose, has_marker};
use crate::error::{Class, Failure};
use crate::incident::{Incident, IncidentId};

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
    /// True if there may be more than are named: the next sweep finds them.
    pub has_more: bool,
}

/// What became of incidents, as long as this process lives: Sentinel allows few reads of comments, and what was queued a moment
/// ago needs no second message.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashMap<Uuid, Outcome>>);

#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// It has our comment, or will never get one.
    Settled,
    /// It was named at this time.
    Named(Instant),
}

impl Seen {
    /// More than there are in a month by Sentinel's own advice.
    const MOST: usize = 100_000;
    /// How long a queued incident is left to the queue, which tries it again by itself.
    const LEFT_ALONE: Duration = Duration::from_mins(30);

    fn is_done(&self, incident: Uuid) -> bool {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&incident) {
            Some(Outcome::Settled) => true,
            Some(Outcome::Named(at)) => at.elapsed() < Self::LEFT_ALONE,
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

/// Finds the incidents of all workspaces that lack our comment.
///
/// # Errors
/// [`Failure`] if a list cannot be read. If Sentinel asks for a pause between the comments, what was found so far is the answer.
pub async fn incident_sweep(app: &App, sweep: Sweep, call: Call<'_>) -> Result<Swept, Failure> {
    /// Incidents of a list. Sentinel is made for 3,000 a day.
    const MOST_LISTED: usize = 10_000;
    let mut swept = Swept::default();
    let window = SignedDuration::try_from(sweep.window).unwrap_or(SignedDuration::MAX);
    let since = app.now().checked_sub(window).unwrap_or(Timestamp::UNIX_EPOCH);
    let writer = app.sentinel.writer().await?;
    for workspace in &app.workspaces {
        let listed = app.sentinel.changed(workspace, since, MOST_LISTED, app.patience(call)).await?;
        swept.changed += listed.len();
        for incident in listed {
            let Some(id) = incident.id.clone().filter(|id| id.workspace() == workspace) else { continue };
            if swept.missing.len() == sweep.most {
                swept.has_more = true;
                return Ok(swept);
            }
            match app.lacks_comment(&id, &incident, &writer, (sweep, call)).await {
                Ok(true) => {
                    app.seen.add(id.incident(), Outcome::Named(Instant::now()));
                    swept.missing.push(id);
                }
                Ok(false) => {}
                Err(failure) if failure.class == Class::Retryable => {
                    call.log.failure(&failure);
                    swept.has_more = true;
                    return Ok(swept);
                }
                // One whose comment is another's must not stop the others, and is told once.
                Err(failure) if failure.class == Class::Permanent => {
                    call.log.failure(&failure);
                    app.seen.add(id.incident(), Outcome::Settled);
                }
                Err(failure) => return Err(failure),
            }
        }
    }
    Ok(swept)
}

impl App {
    /// What was named did not get onto the queue: the next sweep names it again.
    pub fn name_again(&self) {
        let mut seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, outcome| matches!(outcome, Outcome::Settled));
    }

    async fn lacks_comment(
        &self,
        id: &IncidentId,
        incident: &Incident,
        writer: &str,
        (sweep, call): (Sweep, Call<'_>),
    ) -> Result<bool, Failure> {
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
