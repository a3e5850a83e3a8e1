//! Writing a comment once: look, write, and look again where two met.

use sha2::{Digest, Sha256};

use crate::comment::{Purpose, comment_id};
use crate::error::Failure;
use crate::incident::{Incident, IncidentId};
use crate::sentinel::{CONFLICT, Existing};

use super::{App, Call, Completed};

/// What became of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is there now.
    New,
    /// Ours was there already.
    AlreadyThere,
    /// Ours are there, and nothing came since.
    NothingNew,
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
            Written::NothingNew => "nothing-new",
            Written::Merged => "incident-merged",
            Written::Shadow => "comment-shadowed",
        }
    }
}

/// Comments that an incident can have (Sentinel's service limits).
pub(super) const MOST_COMMENTS: u64 = 100;

impl App {
    /// Why there is nothing to write, if so: the incident was merged, or our comment is there.
    pub(super) async fn settled(
        &self,
        id: &IncidentId,
        incident: &Incident,
        (purpose, writer): (Purpose, &str),
        call: Call<'_>,
    ) -> Result<Option<Written>, Failure> {
        if incident.is_redirected() {
            return Ok(Some(Written::Merged));
        }
        Ok(self.ours(id, incident, purpose, writer, call).await?.map(|_| Written::AlreadyThere))
    }

    /// Our comment of this purpose, if it is there. A comment of another author under its id is a permanent failure: only its
    /// author may change it.
    pub(super) async fn ours(
        &self,
        id: &IncidentId,
        incident: &Incident,
        purpose: Purpose,
        writer: &str,
        call: Call<'_>,
    ) -> Result<Option<Existing>, Failure> {
        let comment = comment_id(incident, purpose, writer);
        let there = self.sentinel.comment(id, comment, self.patience(call)).await?;
        let is_ours = |author: &str| writer.is_empty() || author.is_empty() || author.eq_ignore_ascii_case(writer);
        match there {
            Some(there) if !is_ours(&there.author) => {
                Err(Failure::permanent("foreign-comment", "another identity's comment has our comment's id"))
            }
            there => Ok(there),
        }
    }

    /// Writes the comment. It was not there a moment ago.
    pub(super) async fn write(
        &self,
        id: &IncidentId,
        completed: &Completed,
        call: Call<'_>,
    ) -> Result<Written, Failure> {
        let Completed { incident, purpose, comment, writer, .. } = completed;
        if incident.comment_count.is_some_and(|count| count >= MOST_COMMENTS) {
            return Err(Failure::permanent(
                "comment-limit",
                "the incident has 100 comments, and Sentinel takes no more",
            ));
        }
        if self.is_shadow {
            call.log.shadow(&hash(&comment.html), comment.html.encode_utf16().count());
            return Ok(Written::Shadow);
        }
        let patience = self.patience(call);
        match self.sentinel.put_comment(id, comment.id, &comment.html, patience).await {
            Err(failure) if failure.code == CONFLICT => {
                if let Some(settled) = self.settled(id, incident, (*purpose, writer), call).await? {
                    return Ok(settled);
                }
                self.sentinel.put_comment(id, comment.id, &comment.html, patience).await?;
            }
            written => written?,
        }
        Ok(Written::New)
    }
}

/// The start of the text's SHA-256.
fn hash(text: &str) -> String {
    const BYTES: usize = 8;
    Sha256::digest(text).iter().take(BYTES).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
