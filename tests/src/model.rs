//! A stand-in for a chat model's server: it answers as a test tells it, and keeps what it was asked.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Request, answer, listen, read_request};

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// The model writes this text.
    Text(String),
    /// This status and body, with these header lines.
    Status(u16, &'static str, Value),
    /// The answer comes late.
    Late(Duration, String),
    /// Half of an answer, and then nothing.
    Cut,
}

impl Reply {
    /// The model writes this object.
    #[must_use]
    pub fn json(value: &Value) -> Self {
        Reply::Text(value.to_string())
    }
}

/// The running stand-in.
#[derive(Clone)]
pub struct ModelServer {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl ModelServer {
    /// Starts one. `reply` gets the body of each request and its number, from 0.
    #[must_use]
    pub fn start(reply: impl Fn(&Value, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::seeing(move |_, body, number| reply(body, number))
    }

    /// One that answers this to whoever has the key, and refuses others as services do: with a part of the key they sent.
    #[must_use]
    pub fn guarded(key: &Arc<Mutex<String>>, value: Value) -> Self {
        let key = Arc::clone(key);
        Self::seeing(move |request, _, _| {
            let key = key.lock().unwrap_or_else(PoisonError::into_inner);
            if request.authorization == format!("Bearer {key}") {
                return Reply::json(&value);
            }
            let error = format!("Incorrect API key provided: {}. planted-upstream-body", request.authorization);
            Reply::Status(401, "", json!({"error": {"code": "invalid_api_key", "message": error}}))
        })
    }

    fn seeing(reply: impl Fn(&Request, &Value, usize) -> Reply + Send + Sync + 'static) -> Self {
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let kept = Arc::clone(&requests);
        let address = listen(move |stream| serve(stream, &kept, &reply));
        Self { address, requests }
    }

    /// One that always writes this object.
    #[must_use]
    pub fn saying(value: Value) -> Self {
        Self::start(move |_, _| Reply::json(&value))
    }

    /// Its base URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The settings that ask it.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("HONEYTRIAGE_COMPLETER", "model".to_owned()),
            ("HONEYTRIAGE_MODEL_URL", self.url()),
            ("HONEYTRIAGE_MODEL", "stand-in".to_owned()),
            ("HONEYTRIAGE_MODEL_TIMEOUT", "5".to_owned()),
        ]
    }

    /// All requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The bodies of all requests so far.
    ///
    /// # Panics
    /// If one is no JSON.
    #[must_use]
    pub fn bodies(&self) -> Vec<Value> {
        let body = |request: &Request| serde_json::from_str(&request.body).unwrap_or_else(|error| panic!("{error}"));
        self.requests().iter().map(body).collect()
    }
}

/// The message of a role in a request's body; the last of several.
#[must_use]
pub fn message<'b>(body: &'b Value, role: &str) -> &'b str {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    messages
        .iter()
        .rev()
        .find(|message| message["role"] == role)
        .and_then(|m| m["content"].as_str())
        .unwrap_or_default()
}

/// The ids of a list in the prompt: `Actions to choose from:` or `Queries to choose from:`.
#[must_use]
pub fn offered(body: &Value, heading: &str) -> Vec<String> {
    let rest = message(body, "user").split_once(heading).map(|(_, rest)| rest).unwrap_or_default();
    let lines = rest.lines().skip(1).take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split(' ').next().map(str::to_owned)).collect()
}

/// A whole answer of `/chat/completions`.
#[must_use]
pub fn completion(text: &str) -> Value {
    json!({
        "id": "x", "object": "chat.completion", "model": "stand-in",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
    })
}

fn serve(stream: TcpStream, kept: &Mutex<Vec<Request>>, reply: &impl Fn(&Request, &Value, usize) -> Reply) {
    let Ok(read) = stream.try_clone() else { return };
    let mut reader = BufReader::new(read);
    let mut stream = stream;
    while let Some(request) = read_request(&mut reader) {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let number = {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push(request.clone());
            kept.len() - 1
        };
        let sent = match reply(&request, &body, number) {
            Reply::Text(text) => answer(&mut stream, 200, "", &completion(&text)),
            Reply::Status(status, headers, body) => answer(&mut stream, status, headers, &body),
            Reply::Late(pause, text) => {
                std::thread::sleep(pause);
                answer(&mut stream, 200, "", &completion(&text))
            }
            Reply::Cut => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{\"choices\": [");
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}
