//! From a text to typed tables, with every problem at once.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::file::LabFile;
use super::problem::{Problem, in_plain_words};

/// A lab file that is read, and what is known of its places.
pub(super) struct Source<'t> {
    text: &'t str,
    table: Spanned<DeTable<'t>>,
    /// Keys whose values were refused.
    refused: BTreeSet<String>,
    /// What is wrong so far.
    pub(super) problems: Vec<Problem>,
}

impl<'t> Source<'t> {
    /// Reads a text. What cannot be read is left out and told, so that the rest is looked at too.
    pub(super) fn read(text: &'t str) -> (LabFile, Self) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut source = Self { text, table, refused: BTreeSet::new(), problems: Vec::new() };
        if !errors.is_empty() {
            let problems = errors.iter().map(|error| Problem::at(text, error.span(), "", error.message()));
            source.problems = problems.collect();
            return (LabFile::default(), source);
        }
        let file = source.typed();
        (file, source)
    }

    /// The tables. Whatever serde refuses is taken out and told, until the rest fits.
    fn typed(&mut self) -> LabFile {
        let mut table = self.table.clone();
        loop {
            let error = match LabFile::deserialize(Deserializer::from(table.clone())) {
                Ok(file) => return file,
                Err(error) => error,
            };
            let span = error.span();
            let key = span.as_ref().and_then(|span| take_out(table.get_mut(), span)).unwrap_or_default();
            self.problems.push(Problem::at(self.text, span, &key, in_plain_words(error.message())));
            if key.is_empty() {
                return LabFile::default();
            }
            self.refused.insert(key);
        }
    }

    /// Tells that something is wrong with a key, or that it is missing; nothing if its value was refused before.
    pub(super) fn problem(&mut self, key: &str, message: impl Into<String>) {
        if !self.refused.contains(key) {
            let problem = Problem::at(self.text, span_of(self.table.get_ref(), key), key, message);
            self.problems.push(problem);
        }
    }

    /// True if the file is no TOML at all.
    pub(super) fn is_broken(&self) -> bool {
        self.problems.iter().any(|problem| problem.key.is_empty())
    }

    /// The problems, in the order of the file.
    pub(super) fn in_order(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        self.problems
    }
}

/// Takes the innermost entry around a place out of a table, and gives its key.
fn take_out(table: &mut DeTable, place: &Range<usize>) -> Option<String> {
    let holds = |span: Range<usize>| span.start <= place.start && place.end <= span.end;
    let inner = table.iter_mut().find_map(|(key, value)| match value.get_mut() {
        DeValue::Table(table) => take_out(table, place).map(|inner| format!("{}.{inner}", key.get_ref())),
        _ => None,
    });
    if inner.is_some() {
        return inner;
    }
    let is_here = |key: &Spanned<_>, value: &Spanned<DeValue>| holds(key.span()) || holds(value.span());
    let name = table.iter().find(|(key, value)| is_here(key, value)).map(|(key, _)| key.get_ref().to_string())?;
    table.remove(name.as_str());
    Some(name)
}

/// Where a key is; where its table is, if it is not there.
fn span_of(table: &DeTable, key: &str) -> Option<Range<usize>> {
    let (first, rest) = key.split_once('.').map_or((key, None), |(first, rest)| (first, Some(rest)));
    let (name, value) = table.iter().find(|(name, _)| name.get_ref() == first)?;
    match (rest, value.get_ref()) {
        (None, _) => Some(value.span()),
        (Some(rest), DeValue::Table(table)) => span_of(table, rest).or(Some(name.span())),
        (Some(_), _) => Some(name.span()),
    }
}
