//! The built `azure-handler`, called as the Functions host calls it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::binary;
use crate::http::exchange;
use crate::lines::Lines;
use crate::sentinel::{Sentinel, TOKEN, WORKSPACE};

/// A running handler. It is killed when dropped.
pub struct Handler {
    child: Child,
    port: u16,
    lines: Lines,
}

/// An answer of the handler.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The JSON object in it.
    pub body: Value,
}

/// A port that is free and that no other test of this run gets: below those that the system hands out for connections.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    const FIRST: u32 = 2_000;
    const COUNT: u32 = 8_000;
    // Another run of the tests begins elsewhere.
    let offset = std::process::id().wrapping_mul(97);
    for _ in 0..COUNT {
        let port = FIRST + offset.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = u16::try_from(port).unwrap_or_default();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}

/// The environment of a handler that talks to a stand-in: short waits, so that tests are fast.
#[must_use]
pub fn environment(sentinel: &Sentinel) -> Vec<(&'static str, String)> {
    vec![
        ("HONEYTRIAGE_WORKSPACES", WORKSPACE.to_owned()),
        ("HONEYTRIAGE_ARM_URL", sentinel.url()),
        ("HONEYTRIAGE_ARM_TOKEN", TOKEN.to_owned()),
        ("HONEYTRIAGE_ARM_TIMEOUT", "2".to_owned()),
        ("HONEYTRIAGE_RETRY_WAIT", "2".to_owned()),
        ("SOURCE_DATE_EPOCH", "1773312780".to_owned()),
    ]
}

/// Settings as a command takes them.
#[must_use]
pub fn borrowed<'s>(settings: &'s [(&'static str, String)]) -> Vec<(&'s str, &'s str)> {
    settings.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

impl Handler {
    /// Starts a handler for a stand-in, with more settings.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(sentinel: &Sentinel, more: &[(&str, &str)]) -> Self {
        const TRIES: usize = 20;
        // A port may be taken by a connection between the look and the use: then another one is tried.
        (0..TRIES)
            .find_map(|_| Self::try_start(sentinel, more))
            .unwrap_or_else(|| panic!("azure-handler does not start"))
    }

    /// A handler that answers; none if it ended.
    fn try_start(sentinel: &Sentinel, more: &[(&str, &str)]) -> Option<Self> {
        let port = free_port();
        let mut command = Command::new(binary("azure-handler"));
        command.env_clear().env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string());
        command.envs(environment(sentinel)).envs(more.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("azure-handler does not start: {error}"));
        let lines = Lines::default();
        lines.collect(child.stdout.take());
        lines.collect(child.stderr.take());
        let mut handler = Self { child, port, lines };
        let start = Instant::now();
        while handler.http("GET", "/", "") != Some((200, "{}".to_owned())) {
            if matches!(handler.child.try_wait(), Ok(Some(_))) {
                return None;
            }
            assert!(start.elapsed() < Duration::from_mins(1), "azure-handler does not answer: {:?}", handler.lines());
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(handler)
    }

    /// What it wrote so far, on standard output and standard error.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.lines.all()
    }

    /// As [`Lines::says`].
    #[must_use]
    pub fn says(&self, parts: &[&str]) -> bool {
        self.lines.says(parts)
    }

    /// Delivers a queue message.
    ///
    /// # Panics
    /// If the connection breaks.
    #[must_use]
    pub fn deliver(&self, function: &str, message: &str, delivery: u32) -> Answer {
        // As the host does with dataType binary: Base64; numbers as text.
        let envelope = json!({"Data": {"message": base64(message.as_bytes())}, "Metadata": {"DequeueCount": delivery.to_string()}});
        self.call(function, &envelope)
    }

    /// Sends an HTTP request through the envelope, and gives the answer that the host would give: status and body.
    ///
    /// # Panics
    /// If the answer is not of the agreed form.
    #[must_use]
    pub fn request(&self, body: &str, query: &Value) -> (u16, String) {
        let request = json!({"Url": "http://x/api/gpt-complete", "Method": "POST", "Query": query, "Headers": {}, "Params": {}, "Body": body});
        let answer = self.call("gpt-complete", &json!({"Data": {"req": request}, "Metadata": {}}));
        assert_eq!(answer.status, 200, "{answer:?}");
        let res = &answer.body["Outputs"]["res"];
        let status = res["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
        (status.unwrap_or_else(|| panic!("{answer:?}")), res["body"].as_str().unwrap_or_default().to_owned())
    }

    /// One envelope call.
    ///
    /// # Panics
    /// If the connection breaks or the answer is no JSON object.
    #[must_use]
    pub fn call(&self, function: &str, envelope: &Value) -> Answer {
        let (status, body) =
            self.http("POST", &format!("/{function}"), &envelope.to_string()).unwrap_or_else(|| panic!("no answer"));
        let body: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
        assert!(body.is_object(), "an answer is always an object: {body}");
        Answer { status, body }
    }

    /// One HTTP exchange; none if there is no answer.
    #[must_use]
    pub fn http(&self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        let headers = [
            ("Content-Type", "application/json"),
            ("X-Azure-Functions-InvocationId", "11111111-2222-3333-4444-555555555555"),
        ];
        exchange(self.port, method, path, &headers, body)
    }

    /// The process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Standard Base64.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The bytes of standard Base64.
///
/// # Panics
/// If it is none.
#[must_use]
pub fn unbase64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
