//! Writing a comment once: look, write, and look again where two met.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::comment::{Comment, Draft, Purpose, comment_id};
use crate::completion::Triage;
use crate::error::Failure;
use crate::incident::{Incident, IncidentId};
use crate::runbook;
use crate::sentinel::{CONFLICT, Patience};

use super::{App, Call};

/// What became of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is there now.
    New,
    /// Ours was there already.
    AlreadyThere,
    /// The incident was merged into another one: no comment.
    Merged,
    /// Shadow mode: not written.
    Shadow,
}

impl Written {
    /// The event in the log.
    #[must_use]
    pub fn event(self) -> &'static str {
        match self {
            Written::New => "comment-written",
            Written::AlreadyThere => "comment-already-there",
            Written::Merged => "incident-merged",
            Written::Shadow => "comment-shadowed",
        }
    }
}

/// Comments that an incident can have (Sentinel's service limits).
const MOST_COMMENTS: u64 = 100;

impl App {
    /// True if our comment is there already. A comment of another author under our id is a permanent failure: only its
    /// author may change it.
    pub(super) async fn is_written(
        &self,
        id: &IncidentId,
        incident: &Incident,
        writer: &str,
        patience: Patience,
    ) -> Result<bool, Failure> {
        let comment = comment_id(incident, Purpose::Triage, writer);
        match self.sentinel.comment(id, comment, patience).await? {
            None => Ok(false),
            Some(there)
                if writer.is_empty() || there.author.is_empty() || there.author.eq_ignore_ascii_case(writer) =>
            {
                Ok(true)
            }
            Some(_) => Err(Failure::permanent("foreign-comment", "another identity's comment has our comment's id")),
        }
    }

    /// Renders the comment.
    pub(super) fn rendered(
        &self,
        incident: &Incident,
        triage: &Triage,
        generated: Timestamp,
        writer: &str,
    ) -> Result<Comment, Failure> {
        let completer = format!("runbook {}", runbook::VERSION);
        let draft = Draft { incident, triage, completer: &completer, generated, purpose: Purpose::Triage, writer };
        draft.comment(&self.templates).map_err(|error| Failure::config("template", error.to_string()))
    }

    /// Writes the comment. It was not there a moment ago.
    pub(super) async fn write(
        &self,
        id: &IncidentId,
        incident: &Incident,
        comment: &Comment,
        writer: &str,
        call: Call<'_>,
    ) -> Result<Written, Failure> {
        if incident.comment_count.is_some_and(|count| count >= MOST_COMMENTS) {
            return Err(Failure::permanent(
                "comment-limit",
                "the incident has 100 comments, and Sentinel takes no more",
            ));
        }
        if self.is_shadow {
            let hash = Sha256::digest(&comment.html)
                .iter()
                .take(8)
                .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            call.log.shadow(&hash, comment.html.encode_utf16().count());
            return Ok(Written::Shadow);
        }
        let patience = self.patience(call);
        match self.sentinel.put_comment(id, comment.id, &comment.html, patience).await {
            Err(failure) if failure.code == CONFLICT => {
                if self.is_written(id, incident, writer, patience).await? {
                    return Ok(Written::AlreadyThere);
                }
                self.sentinel.put_comment(id, comment.id, &comment.html, patience).await?;
                Ok(Written::New)
            }
            Err(failure) => Err(failure),
            Ok(()) => Ok(Written::New),
        }
    }
}
