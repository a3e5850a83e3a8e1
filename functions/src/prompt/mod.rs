//! Stage 3: what a model gets to read. The incident is fenced and bounded; it is data, and said to be.

mod budget;
mod view;

use uuid::Uuid;

use crate::incident::Incident;
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
}

/// Which question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Question {
    /// Triage.
    #[default]
    Triage,
    /// The tutorial's: how to remediate the title.
    Classic,
}

/// The prompt for an incident, within `budget` tokens (see [`tokens`]).
///
/// `fence` must be new for each request: text that knows it could end the fence.
///
/// # Errors
/// [`TemplateError`]; with the built-in templates there is none.
pub fn prompt(
    incident: &Incident,
    question: Question,
    budget: usize,
    fence: Uuid,
    templates: &Templates,
) -> Result<Prompt, TemplateError> {
    match question {
        Question::Triage => {
            let view = PromptView::new(incident, budget, fence);
            Ok(Prompt { system: templates.render(PROMPT_SYSTEM, &view)?, user: templates.render(PROMPT_USER, &view)? })
        }
        Question::Classic => {
            let view = PromptView::classic(incident, budget, fence);
            Ok(Prompt { system: String::new(), user: templates.render(PROMPT_CLASSIC, &view)? })
        }
    }
}
