//! Our comments that stand on an incident: what they knew, and whether another one is due.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::comment::{Marker, Purpose};
use crate::error::Failure;
use crate::incident::{Incident, IncidentId, Known};
use crate::runbook;
use crate::sentinel::Existing;

use super::seen::Outcome;
use super::{App, Call, Written};

/// The latest of our comments, and what all of them knew.
struct Standing {
    purpose: Purpose,
    known: Known,
    written: Option<Timestamp>,
}

/// What a look at a commented incident came to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Look {
    /// Something is new, which this comment would tell.
    News(Purpose),
    /// Nothing to tell, and what to remember of that.
    Rest(Outcome),
}

impl Standing {
    /// None if the comment's marker cannot be read: then nobody knows what it knew.
    fn of(comment: &Existing) -> Option<Self> {
        let Marker { purpose, known } = Marker::read(&comment.html)?;
        Some(Self { purpose, known: known?, written: comment.written })
    }

    fn add(&mut self, later: Self) {
        self.known.add(later.known);
        (self.purpose, self.written) = (later.purpose, later.written.max(self.written));
    }

    fn next(&self) -> Option<Purpose> {
        Purpose::ALL.into_iter().find(|purpose| *purpose > self.purpose)
    }

    /// How long the next comment has to wait yet: entities come up to ten minutes late, and alerts come one by one. One comment
    /// for several is better than the last one spent on the first.
    fn pause(&self, now: Timestamp) -> Option<Duration> {
        let pause = match self.purpose {
            Purpose::Triage => SignedDuration::from_mins(10),
            Purpose::Update1 | Purpose::Update2 => SignedDuration::from_hours(1),
        };
        let left = pause.checked_sub(now.duration_since(self.written?))?;
        Duration::try_from(left).ok().filter(|left| !left.is_zero())
    }

    /// How long ago the latest comment was written.
    fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        Some(now.duration_since(self.written?))
    }

    /// True if the incident may have more than is known, as far as its entry in a list tells. Our own comment is a change too.
    fn may_be_old(&self, listed: &Incident, now: Timestamp) -> bool {
        /// A change so soon after the comment is the comment.
        const OWN_CHANGE: SignedDuration = SignedDuration::from_secs(60);
        /// Until then what came while the comment was made, which our own change hides, is looked for: longer than what is
        /// queued is left alone, and than an hourly sweep takes.
        const SETTLED: SignedDuration = SignedDuration::from_mins(75);
        let is_changed = match (listed.modified, self.written) {
            (Some(modified), Some(written)) => modified.duration_since(written) > OWN_CHANGE,
            _ => true,
        };
        let count = listed.alert_count.unwrap_or(0);
        let has_more = self.known.alerts().is_some_and(|known| count > known as u64);
        let is_young = self.age(now).is_some_and(|age| age < SETTLED);
        is_changed || has_more || is_young || self.awaits_entities(now)
    }

    /// True if entities may come yet, without any other change.
    fn awaits_entities(&self, now: Timestamp) -> bool {
        const LATE: SignedDuration = SignedDuration::from_hours(2);
        self.known.is_without_entities() && self.age(now).is_some_and(|age| age < LATE)
    }

    /// The comment that would tell what is new, if there is one. The last one is kept for alerts.
    fn due(&self, incident: &Incident) -> Option<Purpose> {
        let news = incident.news(&self.known);
        self.next().filter(|next| !news.is_empty() && (*next != Purpose::Update2 || !news.alerts.is_empty()))
    }

    /// What the list alone tells: none if the incident has to be read.
    fn at_a_glance(&self, listed: &Incident, now: Timestamp) -> Option<Outcome> {
        if self.next().is_none() {
            return Some(Outcome::Closed);
        }
        match self.pause(now) {
            Some(left) => Some(Outcome::alone(left)),
            None => (!self.may_be_old(listed, now)).then_some(Outcome::Settled(listed.modified, None)),
        }
    }
}

impl App {
    /// All our comments from the first one on; none if a marker cannot be read.
    async fn standing(
        &self,
        id: &IncidentId,
        incident: &Incident,
        (first, writer): (&Existing, &str),
        call: Call<'_>,
    ) -> Result<Option<Standing>, Failure> {
        let Some(mut standing) = Standing::of(first) else { return Ok(None) };
        for purpose in &Purpose::ALL[1..] {
            let Some(comment) = self.ours(id, incident, *purpose, writer, call).await? else { break };
            let Some(later) = Standing::of(&comment) else { return Ok(None) };
            standing.add(later);
        }
        Ok(Some(standing))
    }

    /// What is known of a listed incident with our comment without another request: most are dealt with here.
    pub(super) fn glance(&self, listed: &Incident, first: &Existing, call: Call<'_>) -> Option<Outcome> {
        let Some(standing) = Standing::of(first) else {
            call.log.event("marker-unreadable");
            return Some(Outcome::Closed);
        };
        // An update may stand already: only a look tells how long the next one waits.
        standing.at_a_glance(listed, self.now())
    }

    /// Whether a listed incident with our comment has something new.
    pub(super) async fn look(
        &self,
        id: &IncidentId,
        listed: &Incident,
        (first, writer): (&Existing, &str),
        call: Call<'_>,
    ) -> Result<Look, Failure> {
        /// How soon to look again where entities may come without any other change.
        const SOON: Duration = Duration::from_mins(10);
        let Some(standing) = self.standing(id, listed, (first, writer), call).await? else {
            return Ok(Look::Rest(Outcome::Closed));
        };
        if let Some(outcome) = standing.at_a_glance(listed, self.now()) {
            return Ok(Look::Rest(outcome));
        }
        let incident = self.sentinel.incident(id, self.patience(call)).await?;
        let again = standing.awaits_entities(self.now()).then(|| Instant::now() + SOON);
        let rest = Look::Rest(Outcome::Settled(listed.modified, again));
        Ok(standing.due(&incident).map_or(rest, Look::News))
    }

    /// Writes what came since our comments, if it is something and at most as the `last` comment.
    pub(super) async fn update(
        &self,
        id: &IncidentId,
        incident: Incident,
        (first, writer): (&Existing, String),
        last: Purpose,
        call: Call<'_>,
    ) -> Result<Written, Failure> {
        if last == Purpose::Triage {
            return Ok(Written::AlreadyThere);
        }
        let Some(standing) = self.standing(id, &incident, (first, &writer), call).await? else {
            return Ok(Written::AlreadyThere);
        };
        if standing.next().is_none_or(|next| next > last) {
            return Ok(Written::AlreadyThere);
        }
        let due = standing.due(&incident).filter(|_| standing.pause(self.now()).is_none());
        let Some(purpose) = due else { return Ok(Written::NothingNew) };
        // So that the honeypots are asked about these, too.
        let incident = incident.with_news_first(&standing.known);
        let incident = self.with_background(incident, id, call).await;
        let Some(triage) = runbook::update(&incident, &standing.known, standing.written) else {
            return Ok(Written::NothingNew);
        };
        let completed = self.finish(incident, triage, purpose, (self.now(), writer))?;
        self.write(id, &completed, call).await
    }
}
