//! What is known of an incident beyond itself.

use crate::incident::{Incident, IncidentId};

use super::{App, Call};

impl App {
    /// The incident, which was read from Sentinel, with what the settings and the honeypots know of it.
    pub(super) async fn with_background(&self, mut incident: Incident, id: &IncidentId, call: Call<'_>) -> Incident {
        incident.note_honeypots(&self.honeypots);
        if let Some(sightings) = &self.sightings {
            incident.background.sightings = sightings.of(&self.sentinel, id.workspace(), &incident, call.log).await;
        }
        incident
    }
}
