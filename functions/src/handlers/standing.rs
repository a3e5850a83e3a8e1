//! Our comments that stand on an incident: what they knew, and whether another one is due.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::comment::{Marker, Purpose};
use crate::error::Failure;
use crate::incident::{Incident, IncidentId, Known};
use crate::runbook;
use crate::sentinel::Existing;

use super::{App, Call, Written};

/// The latest of our comments, and what all of them knew.
struct Standing {
    purpose: Purpose,
    known: Known,
    written: Option<Timestamp>,
}

/// What a look at a commented incident came to.
pub(super) enum Look {
    /// Something is new, which this comment would tell.
    News(Purpose),
    /// Nothing is new.
    Nothing,
    /// The same, but entities may come without any other change.
    NothingYet,
    /// The comment before is too young.
    Later(Duration),
    /// There will be no other comment.
    Never,
}

impl Standing {
    /// None if the comment's marker cannot be read: then nobody knows what it knew.
    fn of(comment: &Existing) -> Option<Self> {
        let Marker { purpose, known } = Marker::read(&comment.html)?;
        Some(Self { purpose, known, written: comment.written })
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

    /// True if the incident may have more than is known, as far as its entry in a list tells. Our own comment is a change too.
    fn may_be_old(&self, listed: &Incident) -> bool {
        const OWN_CHANGE: SignedDuration = SignedDuration::from_secs(60);
        let is_changed = match (listed.modified, self.written) {
            (Some(modified), Some(written)) => modified.duration_since(written) > OWN_CHANGE,
            _ => true,
        };
        let count = listed.alert_count.unwrap_or(0);
        let has_more = self.known.alerts().is_some_and(|known| count > known as u64);
        is_changed || has_more || self.known.is_without_entities()
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

    /// Whether a listed incident with our comment has something new. Most cost no request.
    pub(super) async fn look(
        &self,
        id: &IncidentId,
        listed: &Incident,
        (first, writer): (&Existing, &str),
        call: Call<'_>,
    ) -> Result<Look, Failure> {
        let Some(standing) = Standing::of(first) else { return Ok(Look::Never) };
        if let Some(left) = standing.pause(self.now()) {
            return Ok(Look::Later(left));
        }
        if !standing.may_be_old(listed) {
            return Ok(Look::Nothing);
        }
        let Some(standing) = self.standing(id, listed, (first, writer), call).await? else { return Ok(Look::Never) };
        let Some(purpose) = standing.next() else { return Ok(Look::Never) };
        if let Some(left) = standing.pause(self.now()) {
            return Ok(Look::Later(left));
        }
        if !standing.may_be_old(listed) {
            return Ok(Look::Nothing);
        }
        let incident = self.sentinel.incident(id, self.patience(call)).await?;
        Ok(match incident.news(&standing.known).is_empty() {
            false => Look::News(purpose),
            true if standing.known.is_without_entities() => Look::NothingYet,
            true => Look::Nothing,
        })
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
        let standing = self.standing(id, &incident, (first, &writer), call).await?;
        let next = standing.and_then(|standing| Some((standing.next()?, standing)));
        let Some((purpose, standing)) = next.filter(|(purpose, _)| *purpose <= last) else {
            return Ok(Written::AlreadyThere);
        };
        if incident.news(&standing.known).is_empty() {
            return Ok(Written::NothingNew);
        }
        let incident = self.with_background(incident, id, call).await;
        let Some(triage) = runbook::update(&incident, &standing.known, standing.written) else {
            return Ok(Written::NothingNew);
        };
        let completed = self.finish(incident, triage, purpose, (self.now(), writer))?;
        self.write(id, &completed, call).await
    }
}
