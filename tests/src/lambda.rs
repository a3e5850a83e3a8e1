//! The built `lambda-handler`, called through a stand-in of Lambda's runtime interface; and a stand-in of SQS.

use std::collections::{HashMap, VecDeque};
use std::io::BufReader;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::binary;
use crate::handler::{borrowed, environment};
use crate::http::{Request, answer, listen, read_request};
use crate::lines::Lines;
use crate::sentinel::Sentinel;

/// The longest that a call may take.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Default)]
struct State {
    events: VecDeque<(String, Value)>,
    results: HashMap<String, Result<Value, Value>>,
    calls: u32,
    /// How long a call may take, if it is not the usual time.
    allowed: Option<Duration>,
}

/// Lambda's runtime interface (2018-06-01): hands out events, takes results.
#[derive(Clone, Default)]
struct Runtime(Arc<(Mutex<State>, Condvar)>);

impl Runtime {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `take` gives something.
    fn wait<T>(&self, mut take: impl FnMut(&mut State) -> Option<T>) -> Option<T> {
        let mut found = None;
        let is_waiting = |state: &mut State| {
            found = take(state);
            found.is_none()
        };
        drop(self.0.1.wait_timeout_while(self.state(), PATIENCE, is_waiting));
        found
    }

    fn serve(&self, request: &Request) -> (u16, String, Value) {
        let path = request.line.split(' ').nth(1).unwrap_or_default();
        if path.ends_with("/invocation/next") {
            let Some((id, event)) = self.wait(|state| state.events.pop_front()) else {
                return (500, String::new(), json!({}));
            };
            let allowed = self.state().allowed.unwrap_or(PATIENCE);
            let deadline = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default() + allowed;
            let headers = format!(
                "Lambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: {}\r\n\
                 Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:1:function:x\r\n",
                deadline.as_millis()
            );
            return (200, headers, event);
        }
        let mut parts = path.rsplit('/');
        let (kind, id) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        self.state().results.insert(id.to_owned(), if kind == "response" { Ok(body) } else { Err(body) });
        self.0.1.notify_all();
        (202, String::new(), json!({"status": "OK"}))
    }
}

/// A running function. It is killed when dropped.
pub struct Lambda {
    child: Child,
    runtime: Runtime,
    lines: Lines,
}

impl Lambda {
    /// Starts a function for a stand-in of Sentinel, with more settings.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(sentinel: &Sentinel, function: &str, more: &[(&str, &str)]) -> Self {
        let settings = environment(sentinel);
        let settings = [&borrowed(&settings)[..], &[("HONEYTRIAGE_FUNCTION", function)], more].concat();
        Self::program(&binary("lambda-handler"), &settings)
    }

    /// Starts a program that is a function, with nothing but these settings.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn program(program: &Path, settings: &[(&str, &str)]) -> Self {
        let runtime = Runtime::default();
        let serving = runtime.clone();
        let address = listen(move |stream| {
            let Ok(read) = stream.try_clone() else { return };
            let (mut reader, mut stream) = (BufReader::new(read), stream);
            while let Some(request) = read_request(&mut reader) {
                let (status, headers, body) = serving.serve(&request);
                if answer(&mut stream, status, &headers, &body).is_err() {
                    return;
                }
            }
        });
        let mut command = Command::new(program);
        command.env_clear().env("AWS_LAMBDA_RUNTIME_API", address);
        for (name, value) in [("NAME", "x"), ("VERSION", "$LATEST"), ("MEMORY_SIZE", "128")] {
            command.env(format!("AWS_LAMBDA_FUNCTION_{name}"), value);
        }
        command.envs(settings.iter().copied()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let lines = Lines::default();
        lines.collect(child.stderr.take());
        Self { child, runtime, lines }
    }

    /// Calls it with an event: the result, or the error that it reported.
    ///
    /// # Errors
    /// What the function reported as its error.
    ///
    /// # Panics
    /// If there is no result in time.
    pub fn call(&self, event: &Value) -> Result<Value, Value> {
        let id = {
            let mut state = self.runtime.state();
            state.calls += 1;
            let id = format!("00000000-0000-0000-0000-{:012}", state.calls);
            state.events.push_back((id.clone(), event.clone()));
            id
        };
        self.runtime.0.1.notify_all();
        let result = self.runtime.wait(|state| state.results.remove(&id));
        result.unwrap_or_else(|| panic!("no result: {}", self.told()))
    }

    /// The process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How long a call may take from now on.
    pub fn allow(&self, time: Duration) {
        self.runtime.state().allowed = Some(time);
    }

    /// As [`Lines::says`], on standard error.
    #[must_use]
    pub fn says(&self, part: &str) -> bool {
        self.lines.says(&[part])
    }

    /// What it wrote on standard error so far.
    #[must_use]
    pub fn told(&self) -> String {
        self.lines.all().join("\n")
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A batch of SQS: message ids `m1`, `m2`, ..
#[must_use]
pub fn batch(messages: &[&str], delivery: u32) -> Value {
    let record = |(index, body): (usize, &&str)| {
        json!({"messageId": format!("m{}", index + 1), "receiptHandle": "r", "body": body, "md5OfBody": "x",
            "attributes": {"ApproximateReceiveCount": delivery.to_string(), "SentTimestamp": "1773312780000"},
            "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "eu-central-1",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:incidents"})
    };
    json!({"Records": messages.iter().enumerate().map(record).collect::<Vec<_>>()})
}

/// A request to a function URL.
#[must_use]
pub fn request(body: &str, headers: &Value) -> Value {
    json!({"version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "", "headers": headers,
        "requestContext": {"accountId": "anonymous", "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1",
            "sourceIp": "203.0.113.1", "userAgent": "x"}, "requestId": "x", "stage": "$default"},
        "body": body, "isBase64Encoded": false})
}

/// A stand-in of SQS: takes messages, or refuses them.
#[derive(Clone, Default)]
pub struct Sqs {
    address: String,
    sent: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Sqs {
    /// Starts one; with a status, it refuses by that.
    #[must_use]
    pub fn start(refuses: Option<u16>) -> Self {
        let sent: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let kept = Arc::clone(&sent);
        let address = listen(move |stream| {
            let Ok(read) = stream.try_clone() else { return };
            let (mut reader, mut stream) = (BufReader::new(read), stream);
            while let Some(request) = read_request(&mut reader) {
                let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
                let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
                if refuses.is_none() {
                    let message = serde_json::from_str(&text("MessageBody")).unwrap_or_default();
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push((text("QueueUrl"), message));
                }
                let status = refuses.unwrap_or(200);
                let told = if status == 200 { json!({"MessageId": "x"}) } else { json!({"__type": "AccessDenied"}) };
                if answer(&mut stream, status, "", &told).is_err() {
                    return;
                }
            }
        });
        Self { address, sent }
    }

    /// The settings by which a function finds it.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "x".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "x".to_owned()),
            ("HONEYTRIAGE_COMMENTS_QUEUE", "https://sqs.eu-central-1.amazonaws.com/1/comments".to_owned()),
            ("HONEYTRIAGE_DEAD_LETTERS", "https://sqs.eu-central-1.amazonaws.com/1/dead".to_owned()),
        ]
    }

    /// The messages of the queue whose URL ends so.
    #[must_use]
    pub fn messages(&self, queue: &str) -> Vec<Value> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.iter().filter(|(url, _)| url.ends_with(queue)).map(|(_, message)| message.clone()).collect()
    }
}
