//! The words that a model may use: those of the runbook's own sentences, of ATT&CK's names, and of `data/gate/words.txt`.

use std::collections::BTreeSet;
use std::path::Path;

/// Gathers words.
#[derive(Default)]
pub(crate) struct Vocabulary(BTreeSet<String>);

impl Vocabulary {
    /// Adds the words of a sentence. What stands in backticks is a command, and what stands in braces a place.
    pub(crate) fn sentence(&mut self, text: &str) {
        let prose: String = text.split('`').step_by(2).collect();
        for word in prose.split([' ', ',', '.', ':', ';', '(', ')', '?', '!', '"', '>', '\n']) {
            let is_word = word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic());
            if is_word || ["a", "I"].contains(&word) {
                self.0.insert(word.to_lowercase());
            }
            if word.chars().all(|c| c.is_ascii_alphabetic() || c == '-') {
                self.0.extend(word.split('-').filter(|part| part.len() > 1).map(str::to_lowercase));
            }
        }
    }

    /// Adds the words of a file: lines that start with `#` are notes.
    pub(crate) fn file(&mut self, path: &Path) -> Result<(), String> {
        let text = crate::read(path)?;
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        self.0.extend(lines.flat_map(str::split_whitespace).map(str::to_lowercase));
        Ok(())
    }

    /// The words, sorted, as one text.
    pub(crate) fn code(&self) -> String {
        let words: Vec<&str> = self.0.iter().map(String::as_str).collect();
        format!("{:?}\n", words.join(" "))
    }
}
