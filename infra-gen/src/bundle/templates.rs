//! The template engine: no escaping of its own, since each format has its own helper.

use handlebars::{Handlebars, handlebars_helper, no_escape};
use serde::Serialize;
use serde_json::Value;

use super::RenderError;
use super::catalog::TEMPLATES;

/// The templates of text files.
pub(super) struct Templates(Handlebars<'static>);

handlebars_helper!(yaml: |value: Value| value.to_string());
handlebars_helper!(sh: |text: String| quoted(&text));
handlebars_helper!(yes: |is: bool| if is { "yes" } else { "no" });
handlebars_helper!(xml: |text: String| escaped(&text));

impl Templates {
    pub(super) fn new() -> Result<Self, RenderError> {
        let mut engine = Handlebars::new();
        engine.register_escape_fn(no_escape);
        engine.set_strict_mode(true);
        // A YAML scalar in double quotes is a JSON string.
        engine.register_helper("yaml", Box::new(yaml));
        engine.register_helper("sh", Box::new(sh));
        engine.register_helper("yes", Box::new(yes));
        engine.register_helper("xml", Box::new(xml));
        for template in TEMPLATES {
            let failed =
                |error: handlebars::TemplateError| RenderError { template: template.name, cause: error.to_string() };
            engine.register_template_string(template.name, template.text).map_err(failed)?;
        }
        Ok(Self(engine))
    }

    pub(super) fn render(&self, template: &'static str, view: &impl Serialize) -> Result<String, RenderError> {
        self.0.render(template, view).map_err(|error| RenderError { template, cause: error.to_string() })
    }
}

/// One word of a shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Text of XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_values() {
        assert_eq!(quoted("it's $(id)"), r"'it'\''s $(id)'");
        assert_eq!(escaped("<a&\">"), "&lt;a&amp;&quot;&gt;");
    }
}
