//! The messages on the queues. Their forms are a contract.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::comment::Purpose;
use crate::completion::Triage;
use crate::error::{Class, Failure};
use crate::incident::{IncidentId, Known};

/// The version of all messages.
const VERSION: u32 = 1;

/// On queue `incidents`: which incident to triage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentMessage {
    /// The incident.
    pub id: IncidentId,
    /// The last comment that may be written. Which one is due, if any, is seen in Sentinel.
    pub purpose: Purpose,
}

/// On queue `comments`: an answer whose first write failed.
#[derive(Debug, Clone, PartialEq)]
pub struct CommentMessage {
    /// The incident.
    pub id: IncidentId,
    /// The answer.
    pub triage: Triage,
    /// When it was given.
    pub generated: Timestamp,
    /// What of the incident it knew; none in messages of versions that did not tell.
    pub known: Option<Known>,
}

/// On `<queue>-poison`: a message that will never work, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoisonMessage {
    v: u32,
    error: PoisonError,
    message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct PoisonError {
    class: Class,
    code: &'static str,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct IncidentWire {
    v: u32,
    incident_arm_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommentWire {
    v: u32,
    incident_arm_id: String,
    triage: Triage,
    generated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<String>,
}

impl IncidentMessage {
    /// Reads a message. Only the id counts, and how many comments may be written: whoever can send one cannot say what we write.
    ///
    /// # Errors
    /// Permanent.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let wire: IncidentWire = parse(text)?;
        version(wire.v)?;
        let purpose = wire.purpose.as_deref().map_or(Some(Purpose::Triage), Purpose::named);
        let unknown = || Failure::permanent("purpose", "the message has an unknown purpose");
        Ok(Self { id: id(&wire.incident_arm_id)?, purpose: purpose.ok_or_else(unknown)? })
    }

    /// The message as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let purpose = Some(self.purpose).filter(|purpose| *purpose != Purpose::Triage);
        let purpose = purpose.map(|purpose| purpose.name().to_owned());
        let wire = IncidentWire { v: VERSION, incident_arm_id: self.id.to_string(), purpose };
        // Strings and numbers always serialize.
        serde_json::to_value(wire).unwrap_or_default()
    }
}

impl CommentMessage {
    /// Reads a message.
    ///
    /// # Errors
    /// Permanent.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let wire: CommentWire = parse(text)?;
        version(wire.v)?;
        let known = wire.known.and_then(|known| Known::parse(&known));
        Ok(Self { id: id(&wire.incident_arm_id)?, triage: wire.triage, generated: wire.generated_at, known })
    }

    /// The message as JSON. Times are whole seconds: hosts rewrite fractions.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let generated_at = Timestamp::from_second(self.generated.as_second()).unwrap_or(self.generated);
        let wire = CommentWire {
            v: VERSION,
            incident_arm_id: self.id.to_string(),
            triage: self.triage.clone(),
            generated_at,
            known: self.known.as_ref().map(Known::to_string),
        };
        // Strings, numbers and lists of them always serialize.
        serde_json::to_value(wire).unwrap_or_default()
    }
}

impl PoisonMessage {
    /// What is put aside: the received text, as it came.
    #[must_use]
    pub fn new(failure: &Failure, message: &str) -> Self {
        let error = PoisonError { class: failure.class, code: failure.code };
        Self { v: VERSION, error, message: message.to_owned() }
    }
}

fn parse<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Failure::permanent("message", format!("the message is not of the agreed form, at {place}"))
    })
}

fn version(v: u32) -> Result<(), Failure> {
    if v == VERSION { Ok(()) } else { Err(Failure::permanent("message", "the message has an unknown version")) }
}

fn id(text: &str) -> Result<IncidentId, Failure> {
    text.parse()
        .map_err(|_| Failure::permanent("incident-id", "the message's incidentArmId is not an incident's ARM id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-soc/providers/Microsoft.SecurityInsights/Incidents/00000000-0000-0000-0000-000000000003";

    #[test]
    fn only_the_agreed_form_is_taken() {
        assert!(IncidentMessage::parse(&format!(r#"{{"v":1,"incidentArmId":"{ID}"}}"#)).is_ok());
        assert!(
            IncidentMessage::parse(&format!(r#"{{"v":1,"incidentArmId":"{ID}","purpose":"triage","x":1}}"#)).is_ok()
        );
        for purpose in Purpose::ALL {
            let message = IncidentMessage { id: ID.parse().unwrap(), purpose };
            assert_eq!(IncidentMessage::parse(&message.json().to_string()).unwrap(), message);
        }
        for (text, code) in [
            (String::new(), "message"),
            ("hello".to_owned(), "message"),
            (format!(r#"{{"v":2,"incidentArmId":"{ID}"}}"#), "message"),
            (r#"{"v":1,"incidentArmId":"https://evil.example/"}"#.to_owned(), "incident-id"),
            (format!(r#"{{"v":1,"incidentArmId":"{ID}","purpose":"update-3"}}"#), "purpose"),
            (format!(r#"{{"v":1,"incidentArmId":"{ID}","purpose":"close"}}"#), "purpose"),
        ] {
            let failure = IncidentMessage::parse(&text).unwrap_err();
            assert_eq!((failure.class, failure.code), (Class::Permanent, code), "{text}");
        }
    }

    #[test]
    fn a_comment_message_comes_back_as_it_was_sent() {
        let incident =
            crate::incident::Incident::from_bytes(br#"{"title":"x","additionalData":{"techniques":["T1110"]}}"#)
                .unwrap();
        let sent = CommentMessage {
            id: ID.parse().unwrap(),
            triage: crate::runbook::triage(&incident),
            generated: Timestamp::from_second(1_770_000_000).unwrap(),
            known: Some(Known::of(&incident)),
        };
        assert_eq!(CommentMessage::parse(&sent.json().to_string()).unwrap(), sent);
    }

    #[test]
    fn poison_keeps_the_received_text() {
        let poison = PoisonMessage::new(&Failure::permanent("message", "x"), "not \"JSON\"");
        let json = serde_json::to_string(&poison).unwrap();
        assert_eq!(json, r#"{"v":1,"error":{"class":"Permanent","code":"message"},"message":"not \"JSON\""}"#);
    }
}
