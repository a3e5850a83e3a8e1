//! What the functions do, whatever calls them. Typed in, typed out; each returns what the next one takes.

mod add_comment;
mod ask;
mod background;
mod complete;
mod gpt_complete;
mod incident_sweep;
mod incident_trigger;
mod message;
mod seen;
mod standing;
mod write;

use std::time::Duration;

use jiff::Timestamp;

use crate::error::Failure;
use crate::incident::{IncidentId, WorkspaceId};
use crate::log::Log;
use crate::models::{Key, Model};
use crate::redaction::Level;
use crate::sentinel::{Patience, Sentinel};
use crate::settings::{Answerer, Settings};
use crate::sightings::Sightings;
use crate::templates::Templates;

pub use add_comment::add_comment;
pub use ask::chat;
pub use complete::Completed;
pub use gpt_complete::{Subject, gpt_complete, write_completed};
pub use incident_sweep::{Sweep, Swept, incident_sweep};
pub use incident_trigger::{Triggered, incident_trigger};
pub use message::{CommentMessage, IncidentMessage, PoisonMessage};
pub use write::Written;

/// What every handler works with. Made once a process; connects and compiles on first use.
pub struct App {
    /// Sentinel.
    pub sentinel: Sentinel,
    /// Templates.
    pub templates: Templates,
    workspaces: Vec<WorkspaceId>,
    late_entities: Duration,
    retry_wait: Duration,
    is_shadow: bool,
    generated: Option<Timestamp>,
    completer: Completer,
    redact: Level,
    honeypots: Vec<String>,
    sightings: Option<Sightings>,
    /// What the function `incident-sweep` looks at.
    pub sweep: Sweep,
    seen: seen::Seen,
}

/// Who answers.
enum Completer {
    Runbook,
    Model(Box<Model>),
}

/// The longest pause where a person waits: HTTP and the command line.
const SHORT_WAIT: Duration = Duration::from_secs(20);

/// One call of a handler.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Where events are written.
    pub log: &'a Log,
    /// Which delivery of a queue message it is, from 1; none where there is no queue.
    pub delivery: Option<u32>,
}

impl App {
    /// What the settings say, which must be [`Settings::whole`].
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let tokens = settings.tokens();
        let completer = match (settings.completer, settings.model_url, settings.model) {
            (Answerer::Model, Some(url), Some(name)) => {
                let key = Key::of(settings.model_key, &settings.identity, settings.arm_url.authority());
                Completer::Model(Box::new(Model::new(url, name, key, settings.model_timeout)))
            }
            _ => Completer::Runbook,
        };
        Self {
            sentinel: Sentinel::new(settings.arm_url, tokens, settings.arm_timeout),
            templates: Templates::new(settings.templates),
            workspaces: settings.workspaces,
            late_entities: settings.late_entities,
            retry_wait: settings.retry_wait,
            is_shadow: settings.is_shadow,
            generated: settings.generated,
            completer,
            redact: settings.redact,
            honeypots: settings.honeypots,
            sightings: settings.asks_sightings.then(Sightings::default),
            sweep: Sweep::of_function(settings.sweep_window, settings.sweep_most),
            seen: seen::Seen::default(),
        }
    }

    /// Refuses an incident of a workspace that is not allowed. Without a list (on a desk) all are.
    ///
    /// # Errors
    /// Permanent.
    pub fn allow(&self, id: &IncidentId) -> Result<(), Failure> {
        if self.workspaces.is_empty() || self.workspaces.contains(id.workspace()) {
            return Ok(());
        }
        Err(Failure::permanent("workspace", "the incident's workspace is not in HONEYTRIAGE_WORKSPACES"))
    }

    fn now(&self) -> Timestamp {
        self.generated.unwrap_or_else(Timestamp::now)
    }

    fn patience(&self, call: Call) -> Patience {
        let longest_wait = if call.delivery.is_some() { self.retry_wait } else { self.retry_wait.min(SHORT_WAIT) };
        Patience { longest_wait }
    }
}
