//! Any bytes as a call of the Functions host, an event of Lambda or a comment: refused, or read into a message or marker of ours.
#![no_main]

use honeytriage::comment::Marker;
use honeytriage::handlers::{CommentMessage, IncidentMessage, Subject};
use honeytriage::hosts::azure::Envelope;
use honeytriage::hosts::lambda::Event;
use libfuzzer_sys::fuzz_target;

fn message(text: &str) {
    if let Some(marker) = Marker::read(text).filter(|marker| marker.known.is_some()) {
        assert_eq!(Marker::read(&marker.to_string()), Some(marker));
    }
    if let Ok(message) = IncidentMessage::parse(text) {
        assert_eq!(IncidentMessage::parse(&message.json().to_string()), Ok(message));
    }
    if let Ok(message) = CommentMessage::parse(text) {
        let sent = message.json().to_string();
        let again = CommentMessage::parse(&sent).expect("what we send is what we take");
        assert_eq!(again.json().to_string(), sent);
    }
}

fuzz_target!(|bytes: &[u8]| {
    message(&String::from_utf8_lossy(bytes));
    let _ = Subject::parse(bytes);
    if let Ok(envelope) = Envelope::parse(bytes) {
        let _ = envelope.delivery();
        message(&envelope.message());
    }
    let Ok(value) = serde_json::from_slice(bytes) else { return };
    if let Ok(Event::Batch(records)) = Event::parse(value) {
        records.iter().for_each(|record| message(&record.body));
    }
});
