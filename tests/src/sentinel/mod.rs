//! A stand-in for Microsoft Sentinel's REST interface, with faults: it answers wrongly, late, or not at all.

mod serve;
mod state;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::{Request, listen};

pub use state::Comment;
use state::{State, Throttle};

/// The workspace of all incidents here.
pub const WORKSPACE: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-soc/providers/Microsoft.OperationalInsights/workspaces/law-soc";
/// The object id in [`TOKEN`].
pub const WRITER: &str = "00000000-0000-0000-0000-00000000000a";
/// An unsigned token of [`WRITER`].
pub const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJvaWQiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMGEifQ.";

/// The ARM id of incident `number`.
#[must_use]
pub fn incident_id(number: u32) -> String {
    format!("{WORKSPACE}/providers/Microsoft.SecurityInsights/Incidents/00000000-0000-0000-0000-{number:012}")
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// This status, with `Retry-After` in seconds if there is one. Nothing is done.
    Status(u16, Option<u32>),
    /// The connection is closed and nothing is done.
    CutBefore,
    /// It is done, and then the connection is closed.
    CutAfter,
    /// It is done, and the answer comes late.
    Late(Duration),
}

/// A fault for the next requests of a method whose path contains a part.
#[derive(Debug, Clone)]
pub struct Fault {
    /// `GET`, `PUT`, `POST`
    pub method: &'static str,
    /// `/comments/`, `/entities`, `/alerts`, the end of an incident's id, or nothing for any.
    pub part: String,
    /// How often.
    pub times: u32,
    /// What.
    pub wrong: Wrong,
}

/// The running stand-in.
#[derive(Clone)]
pub struct Sentinel {
    address: String,
    state: Arc<Mutex<State>>,
}

impl Sentinel {
    /// Starts one on a free port. It lives as long as the test process.
    ///
    /// # Panics
    /// If there is no port.
    #[must_use]
    pub fn start() -> Self {
        let state = Arc::default();
        let serving = Self { address: String::new(), state: Arc::clone(&state) };
        Self { address: listen(move |stream| serving.serve(stream)), state }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds an incident with a host and an alert; `properties` replace and add.
    pub fn add_incident(&self, number: u32, properties: &Value) {
        let id = incident_id(number);
        let mut incident = json!({
            "id": id, "name": format!("00000000-0000-0000-0000-{number:012}"), "etag": "\"1\"",
            "properties": {
                "title": "SSH brute force against web-01", "description": "planted-description", "severity": "High", "status": "New",
                "incidentNumber": number, "createdTimeUtc": "2026-03-12T10:50:00Z",
                "lastModifiedTimeUtc": "2026-03-12T10:50:00.1234567Z", "labels": [],
                "firstActivityTimeUtc": "2026-03-12T10:10:52Z", "lastActivityTimeUtc": "2026-03-12T10:42:07Z",
                "additionalData": {"alertsCount": 1, "commentsCount": 0, "tactics": ["CredentialAccess"], "techniques": ["T1110.001"]}
            }
        });
        if let (Some(into), Some(from)) = (incident["properties"].as_object_mut(), properties.as_object()) {
            into.extend(from.clone());
        }
        let mut state = self.state();
        let key = id.to_lowercase();
        state.incidents.insert(key.clone(), incident);
        state.alerts.insert(
            key.clone(),
            json!([{"kind": "SecurityAlert", "properties": {"systemAlertId": format!("alert-{number}"), "alertDisplayName": "SSH brute force"}}]),
        );
        let host = json!({"kind": "Host", "properties": {"hostName": "web-01", "osFamily": "Linux"}});
        let account = json!({"kind": "Account", "properties": {"accountName": "planted-account"}});
        let address = json!({"kind": "Ip", "properties": {"address": "203.0.113.7"}});
        state.entities.insert(key, json!([host, account, address]));
    }

    /// Adds an incident in the shape of the Logic Apps trigger, as Sentinel's interface would give it; gives its id.
    ///
    /// # Panics
    /// If it has no id.
    #[must_use]
    pub fn add_trigger(&self, body: &Value) -> String {
        let mut incident = body["object"].clone();
        let id = incident["id"].as_str().unwrap_or_else(|| panic!("no id")).to_owned();
        let mut take = |name: &str| incident["properties"].as_object_mut().and_then(|object| object.remove(name));
        let (alerts, entities) = (take("alerts"), take("relatedEntities"));
        let mut state = self.state();
        state.alerts.insert(id.to_lowercase(), alerts.unwrap_or(json!([])));
        state.entities.insert(id.to_lowercase(), entities.unwrap_or(json!([])));
        state.incidents.insert(id.to_lowercase(), incident);
        id
    }

    /// Gives the workspace the honeypots' tables: rows of indicator, hits, first and last time, honeypots, credentials, commands.
    pub fn add_sightings(&self, rows: &Value) {
        self.state().rows = Some(rows.clone());
    }

    /// Adds a comment of somebody else.
    pub fn put_comment(&self, number: u32, html: &str) {
        let key = format!("{}/comments/00000000-0000-0000-0000-00000000000c", incident_id(number)).to_lowercase();
        let comment = Comment {
            texts: vec![html.to_owned()],
            author: "00000000-0000-0000-0000-00000000000c".to_owned(),
            ..Comment::default()
        };
        self.state().comments.insert(key, comment);
    }

    /// Replaces the text of an incident's comments.
    pub fn rewrite(&self, number: u32, html: &str) {
        let prefix = format!("{}/comments/", incident_id(number)).to_lowercase();
        for (_, comment) in self.state().comments.iter_mut().filter(|(key, _)| key.starts_with(&prefix)) {
            comment.texts = vec![html.to_owned()];
        }
    }

    /// Takes so many comments in a window from now on, and refuses the others with 429.
    pub fn throttle(&self, most: u32, window: Duration) {
        self.state().throttle = Some(Throttle { most, window, began: Instant::now(), writes: 0, refused: 0 });
    }

    /// How many comments were refused with 429.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.state().throttle.as_ref().map_or(0, |throttle| throttle.refused)
    }

    /// Lets the identity do no more than this.
    pub fn allow(&self, actions: &[&str]) {
        self.state().actions = Some(actions.iter().map(ToString::to_string).collect());
    }

    /// Puts this side's clock ahead.
    pub fn advance(&self, seconds: i64) {
        self.state().clock = seconds;
    }

    /// Adds a queue with some messages to the storage account `devstoreaccount1`.
    pub fn add_queue(&self, name: &str, messages: u32) {
        self.state().queues.insert(name.to_owned(), messages);
    }

    /// From now on it is this time here: comments are written then, and what is changed was changed then.
    pub fn at(&self, time: &str) {
        self.state().now = Some(time.to_owned());
    }

    /// More alerts and entities come to an incident, as when another one is merged into it. Sentinel tells techniques of the
    /// incident only.
    pub fn merge(&self, number: u32, alerts: &[Value], entities: &[Value]) {
        let mut state = self.state();
        let id = incident_id(number).to_lowercase();
        let mut alerts = alerts.to_vec();
        for alert in &mut alerts {
            let techniques = alert["properties"]["techniques"].take();
            if let Some(incident) = state.incidents.get_mut(&id)
                && let Some(known) = incident["properties"]["additionalData"]["techniques"].as_array_mut()
            {
                known.extend(techniques.as_array().cloned().unwrap_or_default());
            }
        }
        for (lists, more) in [(true, &alerts[..]), (false, entities)] {
            let lists = if lists { &mut state.alerts } else { &mut state.entities };
            let list = lists.entry(id.clone()).or_insert_with(|| json!([]));
            list.as_array_mut().into_iter().for_each(|list| list.extend_from_slice(more));
        }
        let count = state.alerts[&id].as_array().map_or(0, Vec::len);
        state.changed(&id);
        if let Some(incident) = state.incidents.get_mut(&id) {
            incident["properties"]["additionalData"]["alertsCount"] = json!(count);
        }
    }

    /// Somebody changes an incident, and adds nothing to it.
    pub fn touch(&self, number: u32) {
        self.state().changed(&incident_id(number).to_lowercase());
    }

    /// Takes the entities of an incident away.
    pub fn without_entities(&self, number: u32) {
        self.state().entities.remove(&incident_id(number).to_lowercase());
    }

    /// Deletes an incident.
    pub fn delete(&self, number: u32) {
        self.state().incidents.remove(&incident_id(number).to_lowercase());
    }

    /// Puts a comment there, as somebody else.
    pub fn add_comment(&self, number: u32, comment: &str, author: &str) {
        let key = format!("{}/comments/{comment}", incident_id(number)).to_lowercase();
        self.state()
            .comments
            .insert(key, Comment { texts: vec!["theirs".to_owned()], author: author.to_owned(), ..Comment::default() });
    }

    /// Adds a fault; the first that fits is used up first.
    pub fn fail(&self, method: &'static str, part: impl Into<String>, times: u32, wrong: Wrong) {
        self.state().faults.push(Fault { method, part: part.into(), times, wrong });
    }

    /// The comments of an incident.
    #[must_use]
    pub fn comments(&self, number: u32) -> Vec<Comment> {
        self.comments_on(&incident_id(number))
    }

    /// The comments of the incident with this ARM id.
    #[must_use]
    pub fn comments_on(&self, id: &str) -> Vec<Comment> {
        let prefix = format!("{id}/comments/").to_lowercase();
        self.state()
            .comments
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix))
            .map(|(_, comment)| comment.clone())
            .collect()
    }

    /// All requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
