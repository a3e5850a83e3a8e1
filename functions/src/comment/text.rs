//! The comment in a terminal: colour, width, and nothing of the input that a terminal would obey.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};

use super::Draft;
use super::plan::Plan;
use super::view::{StepView, View};

/// How a terminal shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns; at least 40.
    pub width: usize,
    /// True for colours and bold.
    pub is_coloured: bool,
}

const NARROWEST: usize = 40;

/// The whole triage for a terminal.
#[must_use]
pub fn terminal(draft: &Draft, style: Style) -> String {
    let view = View::new(draft, &Plan::whole(draft.triage));
    let mut page = Page { out: String::new(), style: Style { width: style.width.max(NARROWEST), ..style } };
    let techniques: Vec<String> = view.techniques.iter().map(|t| format!("{} {}", t.id, t.name)).collect();
    page.heading(&view.verdict);
    page.paragraph("", &view.header.join(" · "));
    let more = if view.more_techniques > 0 { format!(", {} more", view.more_techniques) } else { String::new() };
    page.paragraph("", &format!("{}{more}", techniques.join(", ")));
    page.gap();
    page.paragraph("", &view.summary);
    if !view.model_summary.is_empty() {
        page.gap();
        page.paragraph("", &format!("The model says: {}", view.model_summary));
    }
    if !view.note.is_empty() {
        page.gap();
        page.paragraph("", &view.note);
    }
    page.list("New", &view.news);
    page.list("Why", &view.reasons);
    page.list("Known from the honeypot", &view.honeypot);
    page.steps("Do first", &view.first);
    page.steps("Then", &view.then);
    for query in &view.queries {
        page.gap();
        page.heading(&format!("Query {}: {}", query.number, query.title));
        page.verbatim(&query.kql);
    }
    page.list("Ask", &view.questions);
    page.list("The model asks", &view.model_questions);
    page.list("The model would also, in its own words", &view.own_steps);
    page.list("Missing", &view.missing);
    page.gap();
    page.paragraph("", &view.footer);
    page.paragraph("", &view.marker);
    page.out
}

struct Page {
    out: String,
    style: Style,
}

impl Page {
    fn gap(&mut self) {
        self.out.push('\n');
    }

    fn heading(&mut self, text: &str) {
        for line in self.wrapped(text, "", "") {
            let line = self.painted(&line, Ansi::new().bold());
            self.line(&line);
        }
    }

    fn paragraph(&mut self, lead: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let indent = " ".repeat(lead.chars().count());
        for line in self.wrapped(text, lead, &indent) {
            let line = self.with_code(&line);
            self.line(&line);
        }
    }

    fn list(&mut self, title: &str, texts: &[String]) {
        if texts.is_empty() {
            return;
        }
        self.gap();
        self.heading(title);
        for text in texts {
            self.paragraph("  - ", text);
        }
    }

    fn steps(&mut self, title: &str, steps: &[StepView]) {
        if steps.is_empty() {
            return;
        }
        self.gap();
        self.heading(title);
        for step in steps {
            self.paragraph(&format!("{:>3} {:<12}", step.number, step.phase), &step.action);
            self.paragraph("                ", &step.why);
            if !step.reason.is_empty() {
                self.paragraph("                ", &format!("The model: {}", step.reason));
            }
            if !step.about.is_empty() {
                self.paragraph("                ", &format!("About: {}", step.about));
            }
        }
    }

    /// Queries are copied, so their lines are not broken.
    fn verbatim(&mut self, text: &str) {
        for line in text.lines() {
            let line = self.painted(line, Ansi::new().fg_color(Some(AnsiColor::Cyan.into())));
            self.line(&format!("  {line}"));
        }
    }

    fn line(&mut self, line: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{}", line.trim_end());
    }

    fn wrapped(&self, text: &str, first: &str, rest: &str) -> Vec<String> {
        let options = textwrap::Options::new(self.style.width).initial_indent(first).subsequent_indent(rest);
        textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
    }

    fn painted(&self, text: &str, ansi: Ansi) -> String {
        if self.style.is_coloured { format!("{ansi}{text}{ansi:#}") } else { text.to_owned() }
    }

    /// The line with its commands and values coloured; a quotation that the wrapping broke stays plain.
    fn with_code(&self, line: &str) -> String {
        let parts: Vec<&str> = line.split('`').collect();
        if !self.style.is_coloured || parts.len().is_multiple_of(2) {
            return line.to_owned();
        }
        let code = Ansi::new().fg_color(Some(AnsiColor::Cyan.into()));
        parts
            .iter()
            .enumerate()
            .map(|(i, part)| if i % 2 == 1 { self.painted(part, code) } else { (*part).to_owned() })
            .collect()
    }
}
