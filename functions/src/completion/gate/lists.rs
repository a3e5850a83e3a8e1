//! Lists of words and of phrases, written as text and looked up fast.

use std::collections::HashSet;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

/// Words, with spaces between them.
pub(super) struct Words {
    text: &'static str,
    set: OnceLock<HashSet<&'static str>>,
}

impl Words {
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, set: OnceLock::new() }
    }

    /// True if the list has this word.
    pub(super) fn has(&self, word: &str) -> bool {
        self.set.get_or_init(|| self.text.split(' ').collect()).contains(word)
    }

    /// True if the list has one of these words.
    pub(super) fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.has(word))
    }
}

/// Phrases, with `; ` between them: whole words, in lower case.
pub(super) struct Phrases {
    text: &'static str,
    search: OnceLock<AhoCorasick>,
}

impl Phrases {
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, search: OnceLock::new() }
    }

    /// True if a text has one of the phrases. It has a space at both ends, and single ones between its words.
    pub(super) fn are_in(&self, padded: &str) -> bool {
        self.search().is_match(padded)
    }

    /// The text without the phrases.
    pub(super) fn taken_out(&self, padded: &str) -> String {
        let search = self.search();
        if !search.is_match(padded) {
            return padded.to_owned();
        }
        let mut out = String::with_capacity(padded.len());
        search.replace_all_with(padded, &mut out, |_, _, out| {
            out.push(' ');
            true
        });
        out
    }

    fn search(&self) -> &AhoCorasick {
        self.search.get_or_init(|| {
            let phrases: Vec<String> = self.text.split("; ").map(|phrase| format!(" {phrase} ")).collect();
            #[expect(clippy::expect_used, reason = "the phrases are constants, and few")]
            AhoCorasick::new(phrases).expect("phrases compile")
        })
    }
}
