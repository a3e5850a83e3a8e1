//! From a text to typed tables, with every problem at once.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer};

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
            let span = error.span().map(|span| element(&table, &span, error.message()).unwrap_or(span));
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
        if !self.is_refused(key) {
            let problem = Problem::at(self.text, span_of(self.table.get_ref(), key), key, message);
            self.problems.push(problem);
        }
    }

    /// True if a key's value, or a table around it, was refused.
    pub(super) fn is_refused(&self, key: &str) -> bool {
        self.refused.iter().any(|refused| {
            key == refused || key.strip_prefix(refused.as_str()).is_some_and(|rest| rest.starts_with('.'))
        })
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

/// The element of a list that an error is about, if its place is that of the whole list: the one that fails alone, too.
fn element(table: &Spanned<DeTable>, place: &Range<usize>, message: &str) -> Option<Range<usize>> {
    let elements: Vec<Spanned<DeValue>> = list_at(&mut table.clone().into_inner(), place)?.iter().cloned().collect();
    let fails_alone = |element: &Spanned<DeValue>| {
        let mut table = table.clone();
        if let Some(list) = list_at(table.get_mut(), place) {
            *list = std::iter::once(element.clone()).collect();
        }
        LabFile::deserialize(Deserializer::from(table)).is_err_and(|error| error.message() == message)
    };
    elements.into_iter().find(fails_alone).map(|element| element.span())
}

/// The list at a place.
fn list_at<'l, 't>(table: &'l mut DeTable<'t>, place: &Range<usize>) -> Option<&'l mut DeArray<'t>> {
    table.iter_mut().find_map(|(_, value)| {
        let span = value.span();
        match value.get_mut() {
            DeValue::Table(table) => list_at(table, place),
            DeValue::Array(list) if span == *place => Some(list),
            _ => None,
        }
    })
}

/// Takes the innermost entry or element of a list around a place out of a table, and gives its key.
fn take_out(table: &mut DeTable, place: &Range<usize>) -> Option<String> {
    // A table's own place is that of its head: what is inside it lies elsewhere.
    let inside = table.iter_mut().find_map(|(key, value)| match value.get_mut() {
        DeValue::Table(table) => take_out(table, place).map(|inner| format!("{}.{inner}", shown(key.get_ref()))),
        DeValue::Array(list) => {
            let is_bad = |element: &Spanned<DeValue>| holds(&element.span(), place);
            list.iter().any(is_bad).then(|| {
                *list = list.iter().filter(|element| !is_bad(element)).cloned().collect();
                shown(key.get_ref())
            })
        }
        _ => None,
    });
    if inside.is_some() {
        return inside;
    }
    let name = table
        .iter()
        .find(|(key, value)| holds(&key.span(), place) || holds(&value.span(), place))
        .map(|(key, _)| key.get_ref().to_string())?;
    table.remove(name.as_str());
    Some(shown(&name))
}

fn holds(span: &Range<usize>, place: &Range<usize>) -> bool {
    span.start <= place.start && place.end <= span.end
}

/// A key on one line.
fn shown(key: &str) -> String {
    key.escape_debug().to_string()
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
