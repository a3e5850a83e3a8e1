//! The folder that is generated: rendered in memory, then written.

mod catalog;
mod manifest;
mod names;
mod parameters;
mod templates;
mod view;
mod write;

use crate::lab::Lab;

pub use names::{Resource, resources};
pub use view::{PortRow, ports};
pub use write::{WriteError, Written, write};

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it is in the folder, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
    /// True for scripts.
    pub is_executable: bool,
}

/// A template that does not render: a fault of this program.
#[derive(Debug, thiserror::Error)]
#[error("template `{template}`: {cause}")]
pub struct RenderError {
    template: &'static str,
    cause: String,
}

/// Every file of a lab's bundle, sorted by path. The same lab gives the same bytes.
///
/// # Errors
/// [`RenderError`]; with the built-in templates there is none.
pub fn render(lab: &Lab) -> Result<Vec<File>, RenderError> {
    let mut files: Vec<File> = catalog::fixed(lab).collect();
    let templates = templates::Templates::new()?;
    let view = view::View::new(lab);
    for (template, path) in catalog::rendered() {
        files.push(File { path: path.to_owned(), text: templates.render(template, &view)?, is_executable: false });
    }
    let custom_data = match &lab.honeypot {
        Some(honeypot) => Some(templates.render(catalog::CLOUD_INIT, &view::CloudInit::new(honeypot, &templates)?)?),
        None => None,
    };
    for (path, text) in parameters::files(lab, custom_data.as_deref().unwrap_or_default()) {
        files.push(File { path: path.to_owned(), text, is_executable: false });
    }
    files.extend(custom_data.map(|text| File { path: "cloud-init.yaml".to_owned(), text, is_executable: false }));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

#[cfg(test)]
mod tests;
