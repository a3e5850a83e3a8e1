//! What the stand-in answers.

use std::io::BufReader;
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::http::{Request, answer, read_request};

use super::state::{Comment, Throttle};
use super::{Fault, Sentinel, TOKEN, WORKSPACE, WRITER, Wrong};

impl Sentinel {
    pub(super) fn serve(&self, stream: TcpStream) {
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
