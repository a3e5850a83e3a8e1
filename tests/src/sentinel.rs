//! A stand-in for Microsoft Sentinel's REST interface, with faults: it answers wrongly, late, or not at all.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::{Request, answer, listen, read_request};

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

#[derive(Default)]
struct State {
    incidents: BTreeMap<String, Value>,
    alerts: BTreeMap<String, Value>,
    entities: BTreeMap<String, Value>,
    comments: BTreeMap<String, Comment>,
    /// What the workspace answers to a query; none if it has no such tables.
    rows: Option<Value>,
    /// What the identity may do, if it is not everything.
    actions: Option<Vec<String>>,
    /// How many comments are taken in a window, and the writes of this window.
    throttle: Option<Throttle>,
    /// Seconds that this side's clock is ahead.
    clock: i64,
    /// When comments are written and incidents changed, if that is told.
    now: Option<String>,
    /// The queues of a storage account, and how many messages each has.
    queues: BTreeMap<String, u32>,
    faults: Vec<Fault>,
    requests: Vec<Request>,
}

impl State {
    /// The incident was changed just now.
    fn changed(&mut self, id: &str) {
        if let (Some(now), Some(incident)) = (&self.now, self.incidents.get_mut(id)) {
            incident["properties"]["lastModifiedTimeUtc"] = json!(now);
        }
    }

    /// A page of the incidents that changed since a time, the latest change first. The link to the next leads elsewhere: only
    /// its token is good.
    fn page(&self, query: &str) -> Value {
        const LONGEST: usize = 3;
        let parameter = |name: &str| {
            let found = query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            found.unwrap_or_default().to_owned()
        };
        let since = parameter("$filter").rsplit("%20").next().unwrap_or_default().to_owned();
        let changed =
            |incident: &Value| incident["properties"]["lastModifiedTimeUtc"].as_str().unwrap_or("").to_owned();
        let mut all: Vec<(String, Value)> =
            self.incidents.iter().map(|(id, value)| (id.clone(), value.clone())).collect();
        all.retain(|(_, incident)| changed(incident) >= since);
        all.sort_by_key(|(id, incident)| std::cmp::Reverse((changed(incident), id.clone())));
        for (id, incident) in &mut all {
            let count = self.comments.keys().filter(|comment| comment.starts_with(&*id)).count();
            incident["properties"]["additionalData"]["commentsCount"] = json!(count);
        }
        let skipped: usize = parameter("$skipToken").parse().unwrap_or(0);
        let left = all.iter().skip(skipped);
        let value: Vec<&Value> = left.map(|(_, incident)| incident).take(LONGEST).collect();
        let next = skipped + value.len();
        if next < all.len() {
            json!({"value": value, "nextLink": format!("https://elsewhere.example/x?$skipToken={next}")})
        } else {
            json!({"value": value})
        }
    }
}

struct Throttle {
    most: u32,
    window: Duration,
    began: Instant,
    writes: u32,
    refused: u64,
}

impl Throttle {
    /// True if one more write is too many.
    fn refuses(&mut self) -> bool {
        if self.began.elapsed() >= self.window {
            (self.began, self.writes) = (Instant::now(), 0);
        }
        self.writes += 1;
        let is_refused = self.writes > self.most;
        self.refused += u64::from(is_refused);
        is_refused
    }
}

/// A comment that was written.
#[derive(Debug, Clone, Default)]
pub struct Comment {
    /// Each text that was put, in order.
    pub texts: Vec<String>,
    /// Object id of the author.
    pub author: String,
    /// When the first text was put.
    pub created: String,
}

impl Comment {
    /// The first text, with the signs that it escapes for Markdown.
    ///
    /// # Panics
    /// If none was put.
    #[must_use]
    pub fn plain(&self) -> String {
        let signs = [("&#91;", "["), ("&#93;", "]"), ("&#40;", "("), ("&#41;", ")"), ("&#95;", "_")];
        signs.iter().fold(self.texts[0].clone(), |html, (escape, sign)| html.replace(escape, sign))
    }
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

    fn serve(&self, stream: TcpStream) {
        let Ok(read) = stream.try_clone() else { return };
        let mut reader = BufReader::new(read);
        let mut stream = stream;
        while let Some(request) = read_request(&mut reader) {
            let fault = self.fault(&request.line);
            let is_write = request.line.starts_with("PUT ") && request.line.contains("/comments/");
            let throttled = is_write && self.state().throttle.as_mut().is_some_and(Throttle::refuses);
            let wrong = throttled.then_some(Wrong::Status(429, Some(1))).or(fault.map(|fault| fault.wrong));
            self.state().requests.push(request.clone());
            match wrong {
                Some(Wrong::CutBefore) => return,
                Some(Wrong::Status(status, wait)) => {
                    let header = wait.map(|seconds| format!("Retry-After: {seconds}\r\n")).unwrap_or_default();
                    if answer(&mut stream, status, &header, &json!({"error": {"code": "planted-upstream-body"}}))
                        .is_err()
                    {
                        return;
                    }
                    continue;
                }
                _ => {}
            }
            let (status, body) = self.handle(&request);
            match wrong {
                Some(Wrong::CutAfter) => return,
                Some(Wrong::Late(pause)) => std::thread::sleep(pause),
                _ => {}
            }
            if answer(&mut stream, status, &self.headers(&request.line), &body).is_err() {
                return;
            }
        }
    }

    fn headers(&self, line: &str) -> String {
        let state = self.state();
        let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(state.clock);
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap_or_default();
        let queue = line.split(['/', '?', ' ']).find_map(|part| state.queues.get(part));
        let count = queue.map(|count| format!("x-ms-approximate-messages-count: {count}\r\n")).unwrap_or_default();
        format!("Date: {date}\r\n{count}")
    }

    /// What an identity may ask about, and the queues of a storage account.
    fn looked_at(&self, path: &str, query: &str) -> Option<(u16, Value)> {
        let state = self.state();
        let workspace = WORKSPACE.to_lowercase();
        if let Some(queue) = path.strip_prefix("/devstoreaccount1/") {
            return Some((if state.queues.contains_key(queue) { 200 } else { 404 }, json!({})));
        }
        match path.strip_prefix(&workspace)? {
            "" => Some((200, json!({"name": "law-soc"}))),
            "/providers/microsoft.securityinsights/incidents" => Some((200, state.page(query))),
            "/providers/microsoft.authorization/permissions" => {
                let actions = state.actions.clone().unwrap_or_else(|| vec!["*".to_owned()]);
                Some((200, json!({"value": [{"actions": actions, "notActions": []}]})))
            }
            _ => None,
        }
    }

    /// As Log Analytics answers: dynamic columns are JSON in a string.
    fn rows(&self) -> (u16, Value) {
        let names = ["Indicator", "Hits", "FirstSeen", "LastSeen", "Honeypots", "Credentials", "Commands"];
        let columns: Vec<Value> = names.iter().map(|name| json!({"name": name, "type": "string"})).collect();
        match &self.state().rows {
            Some(rows) => (200, json!({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": rows}]})),
            None => (400, json!({"error": {"code": "BadArgumentError", "innererror": {"code": "SemanticError"}}})),
        }
    }

    fn fault(&self, line: &str) -> Option<Fault> {
        let mut state = self.state();
        let index =
            state.faults.iter().position(|fault| line.starts_with(fault.method) && line.contains(&fault.part))?;
        let fault = state.faults[index].clone();
        state.faults[index].times -= 1;
        if state.faults[index].times == 0 {
            state.faults.remove(index);
        }
        Some(fault)
    }

    fn handle(&self, request: &Request) -> (u16, Value) {
        let mut words = request.line.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if path == "/msi/token" {
            // The identity endpoint of the Functions platform.
            return (
                200,
                json!({"access_token": TOKEN, "expires_on": "4102444800", "resource": "x", "token_type": "Bearer"}),
            );
        }
        if path.ends_with("/oauth2/v2.0/token") {
            // Entra ID, for app registrations.
            return (200, json!({"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}));
        }
        if path == "/metadata/endpoints" {
            return (200, json!({}));
        }
        if request.authorization.is_empty() || !(query.contains("api-version=") || query == "comp=metadata") {
            return (401, json!({}));
        }
        let path = path.to_lowercase();
        if let Some(answer) = self.looked_at(&path, query).filter(|_| method == "GET") {
            return answer;
        }
        if path == format!("{WORKSPACE}/query").to_lowercase() {
            return self.rows();
        }
        let mut state = self.state();
        let incident = path.split("/comments").next().unwrap_or_default();
        let incident = incident.trim_end_matches("/alerts").trim_end_matches("/entities").to_owned();
        if !state.incidents.contains_key(&incident) {
            return (404, json!({"error": {"code": "NotFound"}}));
        }
        match method {
            "POST" if path.ends_with("/alerts") => (200, json!({"value": state.alerts.get(&incident)})),
            "POST" => {
                (200, json!({"entities": state.entities.get(&incident).cloned().unwrap_or(json!([])), "metaData": []}))
            }
            "PUT" => {
                let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
                let text = body["properties"]["message"].as_str().unwrap_or_default().to_owned();
                let is_new = !state.comments.contains_key(&path);
                let now = state.now.clone().unwrap_or_else(|| "2026-03-12T10:53:00Z".to_owned());
                let comment = state.comments.entry(path).or_default();
                comment.texts.push(text);
                if is_new {
                    comment.created = now;
                }
                WRITER.clone_into(&mut comment.author);
                state.changed(&incident);
                (if is_new { 201 } else { 200 }, json!({"properties": {}}))
            }
            _ if path.ends_with("/comments") => {
                let ours = state.comments.iter().filter(|(key, _)| key.starts_with(&path));
                let message = |comment: &Comment| json!({"properties": {"message": comment.texts.last()}});
                (200, json!({"value": ours.map(|(_, comment)| message(comment)).collect::<Vec<_>>()}))
            }
            _ if path.contains("/comments/") => match state.comments.get(&path) {
                Some(comment) => (
                    200,
                    json!({"properties": {
                        "message": comment.texts.last(), "author": {"objectId": comment.author},
                        "createdTimeUtc": comment.created}}),
                ),
                None => (404, json!({"error": {"code": "NotFound"}})),
            },
            _ => (200, state.incidents.get(&incident).cloned().unwrap_or_default()),
        }
    }
}
