//! The template engine: set up here and nowhere else.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use handlebars::{
    Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderError, RenderErrorReason, no_escape,
};
use serde::Serialize;

use crate::comment::escape::{self, Format};
use crate::text::Text;

/// A template: what it is called, where it lies under the templates folder, and the text that is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    name: &'static str,
    path: &'static str,
    text: &'static str,
    language: Language,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Html,
    Markdown,
    Plain,
}

macro_rules! templates {
    ($($(#[$doc:meta])* $id:ident, $path:literal, $language:ident;)+) => {
        $($(#[$doc])* pub const $id: Template = Template {
            name: stringify!($id),
            path: $path,
            text: include_str!(concat!("../../templates/", $path)),
            language: Language::$language,
        };)+

        /// Every template.
        pub const ALL: &[Template] = &[$($id),+];
    };
}

templates! {
    /// The comment that Sentinel shows.
    COMMENT_HTML, "comment/comment.html.hbs", Html;
    /// The same for tickets and wikis.
    COMMENT_MARKDOWN, "comment/comment.md.hbs", Markdown;
    /// What a model is told first.
    PROMPT_SYSTEM, "prompts/system.hbs", Plain;
    /// The incident, fenced.
    PROMPT_USER, "prompts/user.hbs", Plain;
    /// The question of the tutorial that this project began with.
    PROMPT_CLASSIC, "prompts/classic.hbs", Plain;
}

/// A template that cannot be used. Names the file and line.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: Text,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no valid template.
    #[error("{path}:{line}: {problem}")]
    Invalid {
        /// The file.
        path: Text,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        problem: Text,
    },
    /// The template asks for something that is not there.
    #[error("{path}:{line}: {problem}; the fields are {fields}")]
    Unrenderable {
        /// The file.
        path: Text,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        problem: Text,
        /// The fields there are at the top.
        fields: String,
    },
}

/// The templates in use: the built-in ones, or those of a folder where it has them. Each is compiled on first use.
#[derive(Default)]
pub struct Templates {
    folder: Option<PathBuf>,
    compiled: [OnceLock<Box<Handlebars<'static>>>; ALL.len()],
}

impl Templates {
    /// The templates of `folder` (laid out like `templates/` of this project), and the built-in ones for what it lacks.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, compiled: Default::default() }
    }

    /// Renders a template.
    ///
    /// # Errors
    /// [`TemplateError`] if a template of the folder is unreadable, invalid, or names a field that is not there.
    pub fn render<T: Serialize>(&self, template: Template, data: &T) -> Result<String, TemplateError> {
        let engine = self.engine(template)?;
        engine.render(template.name, data).map_err(|error| TemplateError::Unrenderable {
            path: shown(&self.path(template)),
            line: error.line_no.unwrap_or(1),
            problem: Text::new(&problem(&error), LONGEST),
            fields: fields(data),
        })
    }

    fn path(&self, template: Template) -> PathBuf {
        self.folder.as_deref().unwrap_or(Path::new("templates")).join(template.path)
    }

    fn engine(&self, template: Template) -> Result<&Handlebars<'static>, TemplateError> {
        // Every template is in ALL, from which its constant was made.
        let index = ALL.iter().position(|one| *one == template).unwrap_or_default();
        if let Some(engine) = self.compiled[index].get() {
            return Ok(engine);
        }
        let engine = compile(template, &self.text(template)?, &self.path(template))?;
        Ok(self.compiled[index].get_or_init(|| Box::new(engine)))
    }

    fn text(&self, template: Template) -> Result<String, TemplateError> {
        let Some(folder) = &self.folder else {
            return Ok(template.text.to_owned());
        };
        let path = folder.join(template.path);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && folder.is_dir() => {
                Ok(template.text.to_owned())
            }
            Err(source) => Err(TemplateError::Unreadable { path: shown(&path), source }),
        }
    }
}

/// Longest path or problem in a message, in characters.
const LONGEST: usize = 300;

fn shown(path: &Path) -> Text {
    Text::new(&path.to_string_lossy(), LONGEST)
}

fn compile(template: Template, text: &str, path: &Path) -> Result<Handlebars<'static>, TemplateError> {
    let invalid = |line, problem: String| TemplateError::Invalid {
        path: shown(path),
        line,
        problem: Text::new(&problem, LONGEST),
    };
    if template.language != Language::Plain
        && let Some(line) = unescaped_line(text)
    {
        return Err(invalid(
            line,
            "`{{{` and `{{&` switch escaping off, and incident text is hostile: use `{{`".into(),
        ));
    }
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    let format = match template.language {
        Language::Html => Some(Format::Html),
        Language::Markdown => Some(Format::Markdown),
        Language::Plain => None,
    };
    match format {
        Some(Format::Html) => engine.register_escape_fn(escape::html),
        Some(Format::Markdown) => engine.register_escape_fn(escape::markdown),
        None => engine.register_escape_fn(no_escape),
    }
    if let Some(format) = format {
        engine.register_helper("marked", Box::new(Written { name: "marked", format, write: escape::marked }));
        engine.register_helper("verbatim", Box::new(Written { name: "verbatim", format, write: escape::verbatim }));
    }
    engine.register_template_string(template.name, text).map_err(|error| {
        let line = error.pos().map_or(1, |(line, _)| line);
        invalid(line, error.reason().to_string().replace('\n', " "))
    })?;
    Ok(engine)
}

/// The line, from 1, of the first expression that is written without escaping: `{{{x}}}` or `{{&x}}`, with white space and
/// tildes anywhere that the grammar takes them.
fn unescaped_line(text: &str) -> Option<usize> {
    let at = text.match_indices("{{").map(|(at, _)| at).find(|at| {
        text[at + 2..].trim_start_matches(|c: char| c.is_whitespace() || c == '~').starts_with(['{', '&'])
    })?;
    Some(text[..at].matches('\n').count() + 1)
}

/// `{{marked text}}` and `{{verbatim text}}`: text that a function of [`escape`] writes, escaped for the format.
struct Written {
    name: &'static str,
    format: Format,
    write: fn(&str, Format) -> String,
}

impl handlebars::HelperDef for Written {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let Some(text) = helper.param(0).and_then(|param| param.value().as_str()) else {
            let field = helper.param(0).and_then(|param| param.relative_path().cloned()).unwrap_or_default();
            let problem = format!("`{}` needs a text, and there is none in `{field}`", self.name);
            return Err(RenderErrorReason::Other(problem).into());
        };
        out.write(&(self.write)(text, self.format))?;
        Ok(())
    }
}

fn problem(error: &RenderError) -> String {
    match error.reason() {
        RenderErrorReason::MissingVariable(Some(name)) => format!("there is no field `{name}`"),
        reason => reason.to_string().replace('\n', " "),
    }
}

fn fields<T: Serialize>(data: &T) -> String {
    match serde_json::to_value(data) {
        Ok(serde_json::Value::Object(object)) => object.keys().cloned().collect::<Vec<_>>().join(", "),
        _ => "none".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_is_never_off_in_markup() {
        for template in ALL.iter().filter(|template| template.language != Language::Plain) {
            assert_eq!(unescaped_line(template.text), None, "{}", template.path);
        }
        for text in [
            "{{{x}}}",
            "{{& x}}",
            "{{~{x}}}",
            "{{~ &x}}",
            "{{ & x }}",
            "{{	&x}}",
            "{{
&x}}",
            "{{	{x} }}",
        ] {
            assert_eq!(
                unescaped_line(&format!(
                    "a
{text}"
                )),
                Some(2),
                "{text}"
            );
        }
    }

    #[test]
    fn built_in_templates_compile() {
        let templates = Templates::default();
        for template in ALL {
            templates.engine(*template).unwrap();
        }
    }
}
