//! `incident-sweep`: looks which incidents that changed lately have no comment of ours, or more than our comments knew. A safety
//! net, or all that triggers.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::comment::{Marker, Purpose};
use crate::error::{Class, Failure};
use crate::incident::{Incident, IncidentId, WorkspaceId};
use crate::sentinel::Existing;

use super::seen::{LEFT_ALONE, Outcome};
use super::standing::Look;
use super::write::MOST_COMMENTS;
use super::{App, Call, IncidentMessage};

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
    /// The most incidents that are asked for our comment. Sentinel allows a hundred such reads in five minutes, and those that
    /// comment need some.
    pub most_reads: usize,
    /// The most incidents with a comment that are looked at again. Each costs two more such reads, and its own.
    pub most_looks: usize,
}

impl Sweep {
    /// What a function looks at.
    pub(super) fn of_function(window: Duration, most: usize) -> Self {
        const MOST_READS: usize = 40;
        const MOST_LOOKS: usize = 15;
        Self { window, most, counts_others: false, most_reads: MOST_READS, most_looks: MOST_LOOKS }
    }
}

/// What a sweep found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Incidents without a comment of ours, the latest change first.
    pub missing: Vec<IncidentId>,
    /// Incidents with something new, and the comment that would tell it.
    pub updates: Vec<IncidentMessage>,
    /// How many incidents changed in the window.
    pub changed: usize,
    /// How many could not be looked at.
    pub skipped: usize,
    /// True if there may be more than are named.
    pub has_more: bool,
}

impl Swept {
    /// What is due: the first comments, and then the updates.
    #[must_use]
    pub fn due(self) -> Vec<IncidentMessage> {
        let missing = self.missing.into_iter().map(|id| IncidentMessage { id, purpose: Purpose::Triage });
        missing.chain(self.updates).collect()
    }
}

/// A listed incident, by whether it has our comment.
enum Found {
    /// It has none.
    Missing,
    /// It may have one.
    Unknown,
    /// It needs none, or was dealt with.
    Done,
}

/// An incident that has comments.
struct Commented {
    id: IncidentId,
    listed: Incident,
}

/// Finds the incidents of all workspaces that lack our comment, and then those of which our comments do not know all. What keeps
/// one workspace or incident from being looked at does not keep the others, unless Sentinel asks for a pause.
///
/// # Errors
/// The first [`Failure`], if nothing was found.
pub async fn incident_sweep(app: &App, sweep: Sweep, call: Call<'_>) -> Result<Swept, Failure> {
    let writer = app.sentinel.writer().await?;
    let mut run = Run { app, sweep, writer, call, swept: Swept::default(), commented: Vec::new() };
    let mut first = None;
    for workspace in &app.workspaces {
        if let Err(failure) = run.workspace(workspace).await {
            run.put_off(&failure);
            first.get_or_insert(failure);
        }
    }
    let is_paused = first.as_ref().is_some_and(|failure| failure.retry_after.is_some());
    if !is_paused && let Err(failure) = run.comments().await {
        run.put_off(&failure);
        first.get_or_insert(failure);
    }
    match first {
        Some(failure) if run.swept.missing.is_empty() && run.swept.updates.is_empty() => Err(failure),
        _ => Ok(run.swept),
    }
}

impl App {
    /// An incident is on the queue now: the next sweeps leave it alone for a while.
    pub fn queued(&self, id: &IncidentId) {
        self.seen.add(id.incident(), Outcome::alone(LEFT_ALONE));
    }
}

/// One sweep on its way.
struct Run<'a> {
    app: &'a App,
    sweep: Sweep,
    writer: String,
    call: Call<'a>,
    swept: Swept,
    commented: Vec<Commented>,
}

/// Incidents of a list. Sentinel is made for 3,000 a day.
const MOST_LISTED: usize = 10_000;
/// Incidents that Sentinel may fail on, before it is left alone.
const MOST_SKIPPED: usize = 5;

impl Run<'_> {
    async fn workspace(&mut self, workspace: &WorkspaceId) -> Result<(), Failure> {
        let (app, window) = (self.app, SignedDuration::try_from(self.sweep.window).unwrap_or(SignedDuration::MAX));
        let since = app.now().checked_sub(window).unwrap_or(Timestamp::UNIX_EPOCH);
        let listed = app.sentinel.changed(workspace, since, MOST_LISTED, app.patience(self.call)).await?;
        self.swept.changed += listed.incidents.len();
        self.swept.has_more |= listed.is_cut;
        for listed in listed.incidents {
            let Some(id) = listed.id.clone().filter(|id| id.workspace() == workspace) else { continue };
            if self.is_full() {
                return Ok(());
            }
            match self.found(&id, &listed) {
                Found::Missing => self.swept.missing.push(id),
                Found::Unknown => self.commented.push(Commented { id, listed }),
                Found::Done => {}
            }
        }
        Ok(())
    }

    /// Reads the comments of those that have any, and looks again at those with ours, within bounds. What surely lacks one came
    /// first: this takes what is left.
    async fn comments(&mut self) -> Result<(), Failure> {
        let unknown = std::mem::take(&mut self.commented);
        let mut ours = Vec::new();
        for one in self.some_of(unknown, self.sweep.most_reads, |one| one.id.incident()) {
            if self.is_full() {
                return Ok(());
            }
            match self.read(&one).await {
                Ok(Some(first)) => match self.app.glance(&one.listed, &first, self.call) {
                    Some(outcome) => self.app.seen.add(one.id.incident(), outcome),
                    None => ours.push((one, first)),
                },
                Ok(None) => self.swept.missing.push(one.id),
                Err(failure) => self.skipped(&one.id, failure)?,
            }
        }
        for (Commented { id, listed }, first) in self.some_of(ours, self.sweep.most_looks, |(one, _)| one.id.incident())
        {
            if self.is_full() {
                return Ok(());
            }
            match self.app.look(&id, &listed, (&first, &self.writer), self.call).await {
                Ok(Look::News(purpose)) => self.swept.updates.push(IncidentMessage { id, purpose }),
                Ok(Look::Rest(outcome)) => self.app.seen.add(id.incident(), outcome),
                Err(failure) => self.skipped(&id, failure)?,
            }
        }
        Ok(())
    }

    /// At most so many, others each time: a process that remembers nothing gets to all of them, too.
    fn some_of<T>(&mut self, mut all: Vec<T>, most: usize, id: impl Fn(&T) -> Uuid) -> Vec<T> {
        /// Sweeps come every five minutes, or more seldom.
        const PERIOD: u64 = 300;
        /// The golden ratio, in 64 bits: its multiples spread evenly, whatever the period and the number of incidents.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        if all.len() > most {
            self.swept.has_more = true;
            // What we write changes the order of the list, but not that of the ids.
            all.sort_by_key(id);
            let turn = u64::try_from(self.app.now().as_second()).unwrap_or_default() / PERIOD;
            let start = ((turn.wrapping_mul(SPREAD) >> 32) * all.len() as u64) >> 32;
            all.rotate_left(usize::try_from(start).unwrap_or_default());
            all.truncate(most);
        }
        all
    }

    /// True if the sweep names as many as it may.
    fn is_full(&mut self) -> bool {
        let is_full = self.swept.missing.len() + self.swept.updates.len() >= self.sweep.most;
        self.swept.has_more |= is_full;
        is_full
    }

    /// One incident could not be looked at: the others are, unless they would meet the same.
    fn skipped(&mut self, id: &IncidentId, failure: Failure) -> Result<(), Failure> {
        // One whose comment is another's is told once.
        if failure.class == Class::Permanent {
            self.app.seen.add(id.incident(), Outcome::Closed);
        } else {
            let is_pause = failure.class == Class::Config || failure.retry_after.is_some();
            if is_pause || self.swept.skipped >= MOST_SKIPPED {
                return Err(failure);
            }
            self.swept.has_more = true;
        }
        self.call.log.failure(&failure);
        self.swept.skipped += 1;
        Ok(())
    }

    /// What could not be done now is left to the next sweep.
    fn put_off(&mut self, failure: &Failure) {
        self.call.log.failure(failure);
        self.swept.has_more = true;
    }

    /// What the list alone tells.
    fn found(&self, id: &IncidentId, listed: &Incident) -> Found {
        let app = self.app;
        // In shadow no comment ever comes: each is queued while it is younger than it is left alone, and not again and again.
        let age = listed.created.map(|created| app.now().duration_since(created));
        if app.is_shadow && age.is_none_or(|age| Duration::try_from(age).is_ok_and(|age| age > LEFT_ALONE)) {
            return Found::Done;
        }
        let is_full = listed.comment_count.is_some_and(|count| count >= MOST_COMMENTS);
        if listed.is_redirected() || is_full || app.seen.is_done(id.incident(), listed.modified) {
            return Found::Done;
        }
        // Without any comment there is none to ask for.
        if listed.comment_count == Some(0) { Found::Missing } else { Found::Unknown }
    }

    /// Our first comment; of others, if they count, it is as good as done.
    async fn read(&self, one: &Commented) -> Result<Option<Existing>, Failure> {
        let app = self.app;
        let ours = app.ours(&one.id, &one.listed, Purpose::Triage, &self.writer, self.call).await?;
        if ours.is_some() || !self.sweep.counts_others {
            return Ok(ours);
        }
        let comments = app.sentinel.comments(&one.id, app.patience(self.call)).await?;
        let is_triage = |html: &String| Marker::read(html).is_some_and(|marker| marker.purpose == Purpose::Triage);
        Ok(comments.iter().any(is_triage).then(Existing::default))
    }
}
