//! Stage 3: what a model gets to read. The incident is fenced and bounded; it is data, and said to be.

mod budget;
mod line;
mod view;

use uuid::Uuid;

use crate::incident::Incident;
use crate::redaction::Redaction;
use crate::runbook::Offer;
use crate::templates::{PROMPT_CLASSIC, PROMPT_SYSTEM, PROMPT_USER, TemplateError, Templates};

pub use budget::{DEFAULT_TOKENS, tokens};
pub use view::PromptView;

/// Two messages for a chat model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What it is and may do. Empty for the classic prompt.
    pub system: String,
    /// The incident.
    pub user: String,
    /// What an answer may refer to.
    pub evidence: Vec<Evidence>,
}

/// An entity or alert that stands in a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// `e1`, `a1`
    pub id: String,
    /// What a person calls it. It does not leave.
    pub label: String,
}

/// How much of the incident is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// All that fits.
    #[default]
    Full,
    /// The title, and no other free text: neither descriptions nor command lines, subjects, URLs and the like. For a server to
    /// which the rest was too long.
    Brief,
    /// The same without the title. For a server whose filter refused the rest.
    Untitled,
}

/// The question that is asked of a model.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// What may be chosen.
    pub offer: &'a Offer,
    /// Tokens to stay within (see [`tokens`]).
    pub budget: usize,
    /// How much is told.
    pub detail: Detail,
}

impl Question<'_> {
    /// The prompt: triage this incident.
    ///
    /// `fence` must be new for each request: text that knows it could end the fence.
    ///
    /// # Errors
    /// [`TemplateError`]; with the built-in templates there is none.
    pub fn prompt(
        &self,
        fence: Uuid,
        redaction: &mut Redaction,
        templates: &Templates,
    ) -> Result<Prompt, TemplateError> {
        let (view, evidence) = PromptView::new(self, fence, redaction);
        Ok(Prompt {
            system: templates.render(PROMPT_SYSTEM, &view)?,
            user: templates.render(PROMPT_USER, &view)?,
            evidence,
        })
    }

    /// The tutorial's prompt: how to remediate the title and description.
    ///
    /// # Errors
    /// As [`Question::prompt`].
    pub fn classic(
        &self,
        fence: Uuid,
        redaction: &mut Redaction,
        templates: &Templates,
    ) -> Result<Prompt, TemplateError> {
        let view = PromptView::classic(self, fence, redaction);
        Ok(Prompt { system: String::new(), user: templates.render(PROMPT_CLASSIC, &view)?, evidence: Vec::new() })
    }
}
