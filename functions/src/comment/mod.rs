//! Stage 5: a [`Triage`] becomes what people read.

pub mod escape;
mod id;
mod marker;
pub mod markup;
mod plan;
mod text;
mod view;

use jiff::Timestamp;
use uuid::Uuid;

use crate::completion::Triage;
use crate::incident::Incident;
use crate::templates::{COMMENT_HTML, COMMENT_MARKDOWN, TemplateError, Templates};

pub use id::{Purpose, comment_id};
pub use marker::Marker;
pub use text::{Style, terminal};
pub use view::View;

use plan::Plan;

/// The longest comment that Sentinel and the Defender portal take, in UTF-16 units (Sentinel's service limits).
pub const MAX_UNITS: usize = 30_000;

/// What a comment is made of.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The incident it is about.
    pub incident: &'a Incident,
    /// The answer.
    pub triage: &'a Triage,
    /// When.
    pub generated: Timestamp,
    /// Why it is written.
    pub purpose: Purpose,
    /// The `oid` of who writes it, if known.
    pub writer: &'a str,
}

/// A finished comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id: the same for every try.
    pub id: Uuid,
    /// HTML in the set that [`markup::check`] allows, at most [`MAX_UNITS`] long.
    pub html: String,
}

/// A comment that cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum CommentError {
    /// A template is at fault.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The rendered comment has markup that is not allowed.
    #[error("the comment template gives markup that a comment must not have: {0}")]
    Markup(#[from] markup::Violation),
    /// The comment does not fit even without its parts.
    #[error("the comment template gives more than {MAX_UNITS} characters even without queries and later steps")]
    TooLong,
}

impl Draft<'_> {
    /// The comment for Sentinel.
    ///
    /// # Errors
    /// [`CommentError`]; with the built-in templates there is none.
    pub fn comment(&self, templates: &Templates) -> Result<Comment, CommentError> {
        let mut plan = Plan::of(self.triage);
        loop {
            let html = templates.render(COMMENT_HTML, &View::new(self, &plan))?;
            let html = html.trim().to_owned();
            if html.encode_utf16().count() <= MAX_UNITS {
                markup::check(&html)?;
                return Ok(Comment { id: comment_id(self.incident, self.purpose, self.writer), html });
            }
            plan = plan.smaller().ok_or(CommentError::TooLong)?;
        }
    }

    /// The same in Markdown, for tickets and wikis.
    ///
    /// # Errors
    /// [`TemplateError`]; with the built-in templates there is none.
    pub fn markdown(&self, templates: &Templates) -> Result<String, TemplateError> {
        let text = templates.render(COMMENT_MARKDOWN, &View::new(self, &Plan::whole(self.triage)))?;
        Ok(format!("{}\n", text.trim()))
    }
}
