//! The events: a batch of SQS, a request to a function URL (payload format 2.0), and a schedule. Their shapes decide.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

/// What called.
#[derive(Debug)]
pub enum Event {
    /// Messages of an SQS queue.
    Batch(Vec<Record>),
    /// A request to the function URL.
    Request(Request),
    /// EventBridge's schedule.
    Schedule,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// By this SQS knows it.
    pub id: String,
    /// Its text.
    pub body: String,
    /// Which delivery it is, from 1.
    pub delivery: u32,
}

/// A request.
#[derive(Debug)]
pub struct Request {
    /// The header `x-honeytriage-key`.
    pub key: Option<SecretString>,
    /// `?format=`
    pub format: Option<String>,
    /// As it came.
    pub body: String,
    /// True if it is Base64.
    pub is_base64: bool,
}

/// An event that is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEvent {
    /// None of the shapes.
    #[error(
        "expected an event of SQS, of a function URL (payload format 2.0) or of a schedule; see the function's triggers"
    )]
    Unknown,
    /// A schedule for a function that has none, or anything else for the one that has.
    #[error("incident-sweep is called by a schedule, and no other function is")]
    NotForSchedules,
    /// A queue for a function that has none.
    #[error("gpt-complete is called by its function URL, not by SQS")]
    NotForQueues,
    /// A URL for a function that has none.
    #[error("add-comment is called by SQS, not by a function URL")]
    NotForUrls,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<RecordWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordWire {
    message_id: String,
    event_source: String,
    body: String,
    attributes: Attributes,
}

#[derive(Deserialize)]
struct Attributes {
    #[serde(rename = "ApproximateReceiveCount")]
    count: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestWire {
    version: String,
    #[serde(default)]
    headers: serde_json::Map<String, Value>,
    #[serde(default)]
    query_string_parameters: serde_json::Map<String, Value>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    is_base64_encoded: bool,
    #[serde(rename = "requestContext")]
    _context: Context,
}

#[derive(Deserialize)]
struct Context {
    #[serde(rename = "http")]
    _http: Value,
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// [`InvalidEvent::Unknown`] for any other.
    pub fn parse(event: Value) -> Result<Self, InvalidEvent> {
        if event.get("Records").is_some() {
            let batch: Batch = serde_json::from_value(event).map_err(|_| InvalidEvent::Unknown)?;
            let records: Option<Vec<Record>> = batch.records.into_iter().map(Record::from_wire).collect();
            return records.map(Event::Batch).ok_or(InvalidEvent::Unknown);
        }
        if event.get("detail-type").is_some_and(|kind| kind == "Scheduled Event") {
            return Ok(Event::Schedule);
        }
        let wire: RequestWire = serde_json::from_value(event).map_err(|_| InvalidEvent::Unknown)?;
        if wire.version != "2.0" {
            return Err(InvalidEvent::Unknown);
        }
        let text = |map: &serde_json::Map<String, Value>, name: &str| {
            let found = map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.and_then(|(_, value)| value.as_str()).map(str::to_owned)
        };
        Ok(Event::Request(Request {
            key: text(&wire.headers, "x-honeytriage-key").map(SecretString::from),
            format: text(&wire.query_string_parameters, "format"),
            body: wire.body,
            is_base64: wire.is_base64_encoded,
        }))
    }
}

impl Record {
    fn from_wire(wire: RecordWire) -> Option<Self> {
        let delivery = wire.attributes.count.parse().unwrap_or(1);
        (wire.event_source == "aws:sqs").then_some(Self { id: wire.message_id, body: wire.body, delivery })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn record(source: &str) -> Value {
        json!({"Records": [{"messageId": "m1", "receiptHandle": "r", "body": "text", "eventSource": source,
            "attributes": {"ApproximateReceiveCount": "3", "SentTimestamp": "1"}, "messageAttributes": {},
            "md5OfBody": "x", "eventSourceARN": "arn:aws:sqs:eu-central-1:1:incidents", "awsRegion": "eu-central-1"}]})
    }

    #[test]
    fn a_batch_of_sqs() {
        let Event::Batch(records) = Event::parse(record("aws:sqs")).unwrap() else { panic!("a batch") };
        assert_eq!(records, [Record { id: "m1".to_owned(), body: "text".to_owned(), delivery: 3 }]);
    }

    #[test]
    fn a_request_to_a_function_url() {
        let event = json!({"version": "2.0", "routeKey": "$default", "rawPath": "/", "headers": {"X-Honeytriage-Key": "s3cret"},
            "queryStringParameters": {"format": "html"}, "requestContext": {"http": {"method": "POST", "path": "/"}},
            "body": "e30=", "isBase64Encoded": true});
        let Event::Request(request) = Event::parse(event).unwrap() else { panic!("a request") };
        assert!(request.key.is_some() && request.is_base64 && request.format.as_deref() == Some("html"));
        assert!(!format!("{request:?}").contains("s3cret"));
    }

    #[test]
    fn a_schedule_of_event_bridge() {
        let event = json!({"version": "0", "id": "x", "detail-type": "Scheduled Event", "source": "aws.events",
            "time": "2026-11-28T12:00:00Z", "resources": ["arn:aws:events:eu-central-1:1:rule/x"], "detail": {}});
        assert!(matches!(Event::parse(event), Ok(Event::Schedule)));
    }

    #[test]
    fn anything_else_is_told_apart() {
        for event in [
            json!({}),
            json!(null),
            json!([]),
            json!({"Records": {}}),
            record("aws:sns"),
            json!({"version": "1.0", "requestContext": {"http": {}}}),
            json!({"version": "2.0"}),
            json!({"detail-type": "EC2 Instance State-change Notification"}),
        ] {
            assert_eq!(Event::parse(event.clone()).err(), Some(InvalidEvent::Unknown), "{event}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_event_or_none(text in ".{0,200}") {
            if let Ok(value) = serde_json::from_str(&text) {
                let _ = Event::parse(value);
            }
        }
    }
}
