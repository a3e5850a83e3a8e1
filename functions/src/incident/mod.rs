//! Stage 1: an incident as Microsoft Sentinel hands it over, in any of its shapes, becomes an [`Incident`].

mod address;
mod alert;
mod background;
mod entity;
mod id;
mod input;
mod json;
mod known;
mod locate;
mod members;
mod names;
mod news;
mod plain;
mod read;
mod shape;

use jiff::Timestamp;

use crate::text::Text;

pub use address::{is_public, parse_address};
pub use alert::Alert;
pub use background::{Background, CommandClass, Honeypot, Sighting};
pub use entity::{
    Account, AzureResource, CloudApplication, Entity, EntityKind, File, FileHash, Host, Ip, MailMessage, Malware, Os,
    Process, RegistryEntry,
};
pub use id::{IncidentId, InvalidIncidentId, InvalidWorkspaceId, WorkspaceId};
pub use input::MAX_INPUT;
use input::TOO_LARGE;
pub use known::Known;
pub use names::{Classification, Severity, Status};
pub use news::News;
pub(crate) use read::parse_time;

/// Input that is no incident: where it went wrong, what was expected and what was found. One line, safe to print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct InputError {
    path: String,
    problem: String,
}

impl InputError {
    fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        // The parser's own message may quote the input.
        let problem = Text::new(&problem.into(), 300);
        Self { path: path.into(), problem: problem.to_string() }
    }

    /// True if the input was refused for its size.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.problem.starts_with(TOO_LARGE)
    }

    fn whole(problem: impl Into<String>) -> Self {
        Self::new("$", problem)
    }
}

/// A Microsoft Sentinel incident. Texts are clean (see [`Text`]); lists keep Sentinel's order.
#[derive(Debug, Clone, Default)]
pub struct Incident {
    /// ARM id; absent in some captured bodies.
    pub id: Option<IncidentId>,
    /// True if there was an id that is none of Sentinel's.
    pub has_foreign_id: bool,
    /// Sentinel's own number in the workspace. Never another system's id.
    pub number: Option<u64>,
    /// Empty if there was none.
    pub title: Text,
    /// Plain text: markup and correlation tags are stripped. Empty after onboarding to the Defender portal.
    pub description: Text,
    /// Severity.
    pub severity: Severity,
    /// Status.
    pub status: Status,
    /// Set by whoever closed it.
    pub classification: Option<Classification>,
    /// `Azure Sentinel`, `Microsoft XDR`, ...
    pub provider: Text,
    /// Labels (tags).
    pub labels: Vec<Text>,
    /// When Sentinel created it.
    pub created: Option<Timestamp>,
    /// When it was changed last, by whomever; a comment is a change too.
    pub modified: Option<Timestamp>,
    /// First activity of any alert.
    pub first_activity: Option<Timestamp>,
    /// Last activity of any alert.
    pub last_activity: Option<Timestamp>,
    /// Alerts there are by Sentinel's count, which may be more than [`Incident::alerts`] holds.
    pub alert_count: Option<u64>,
    /// Comments there are by Sentinel's count.
    pub comment_count: Option<u64>,
    /// Tactics as given, of the incident and its alerts, each once.
    pub tactics: Vec<Text>,
    /// Techniques as given, of the incident and its alerts, each once.
    pub techniques: Vec<Text>,
    /// Products that raised the alerts.
    pub products: Vec<Text>,
    /// Alerts.
    pub alerts: Vec<Alert>,
    /// True if the entities are only those that the alerts call compromised.
    pub has_derived_entities: bool,
    /// Entities, each once.
    pub entities: Vec<Entity>,
    /// What people and machines among the entities are called besides: display names, old domains. Nobody reads them; they
    /// are known so that they can be redacted.
    pub other_names: Vec<(EntityKind, Text)>,
    /// What is known beyond it; empty as it is read.
    pub background: Background,
}

impl Incident {
    /// Reads an incident from `bytes`: the body of the Logic Apps incident trigger (bare, or inside `body` or
    /// `properties`), the REST incident with or without its `alerts` and `entities`, or what `az` prints.
    ///
    /// # Errors
    /// [`InputError`] with the JSON path, for anything that is no incident, larger than [`MAX_INPUT`] or too deep.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InputError> {
        let json = json::parse(&input::decoded(bytes)?)?;
        shape::incident(&json)
    }

    /// Reads an incident from the answers of the REST interface: the incident, its alerts and its entities.
    ///
    /// # Errors
    /// As [`Incident::from_bytes`].
    pub fn from_parts(incident: &[u8], alerts: Option<&[u8]>, entities: Option<&[u8]>) -> Result<Self, InputError> {
        let parts = [("incident", Some(incident)), ("alerts", alerts), ("entities", entities)];
        let mut members = Vec::new();
        for (name, bytes) in parts.into_iter().filter_map(|(name, bytes)| Some((name, bytes?))) {
            members.push((name.to_owned(), json::parse(&input::decoded(bytes)?)?));
        }
        shape::incident(&json::Json::Object(members))
    }

    /// True if Sentinel merged this incident into another one and closed it.
    #[must_use]
    pub fn is_redirected(&self) -> bool {
        self.status == Status::Closed && self.labels.iter().any(|label| label.eq_ignore_ascii_case("Redirected"))
    }

    /// True if the Defender portal's engine made it. Both names occur.
    #[must_use]
    pub fn is_from_defender(&self) -> bool {
        ["Microsoft XDR", "Microsoft Defender XDR"].iter().any(|name| self.provider.eq_ignore_ascii_case(name))
    }

    /// First and last moment of what happened, from the incident or else from its alerts.
    #[must_use]
    pub fn activity(&self) -> Option<(Timestamp, Timestamp)> {
        let (start, end) = self.alert_times();
        match (self.first_activity.or(start), self.last_activity.or(end)) {
            (Some(first), Some(last)) => Some((first.min(last), last.max(first))),
            (Some(only), None) | (None, Some(only)) => Some((only, only)),
            (None, None) => self.created.map(|created| (created, created)),
        }
    }

    /// First and last moment of what its alerts saw.
    fn alert_times(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let starts = self.alerts.iter().filter_map(|alert| alert.start);
        let ends = self.alerts.iter().filter_map(|alert| alert.end.or(alert.start));
        (starts.min(), ends.max())
    }
}
