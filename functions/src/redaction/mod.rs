//! Personal and internal values leave as placeholders and come back as themselves.
//!
//! Credentials never come this far: they are masked when the incident is read (see [`crate::text`]). A placeholder, such as
//! `account-1-7c4e0b`, ends in a nonce that is new for each request, so nothing in an incident can pose as one. The map from
//! placeholders to values lives in one [`Redaction`], which lives as long as one request.

mod known;
mod patterns;

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use aho_corasick::AhoCorasick;
use uuid::Uuid;

use crate::incident::Incident;

/// How much of an incident a model gets to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// All of it, but for credentials.
    Off,
    /// Personal and internal values as placeholders.
    #[default]
    On,
    /// Only the title, tactics, techniques, counts, kinds of entities and public addresses.
    Strict,
}

/// A level that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `off`, `on` or `strict`")]
pub struct UnknownLevel;

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "off" => Ok(Level::Off),
            "on" => Ok(Level::On),
            "strict" => Ok(Level::Strict),
            _ => Err(UnknownLevel),
        }
    }
}

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Account,
    Host,
    Domain,
    Address,
    Id,
    Phone,
    Resource,
}

const KINDS: &[Kind] = &[Kind::Account, Kind::Host, Kind::Domain, Kind::Address, Kind::Id, Kind::Phone, Kind::Resource];

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Account => "account",
            Kind::Host => "host",
            Kind::Domain => "domain",
            Kind::Address => "address",
            Kind::Id => "id",
            Kind::Phone => "phone",
            Kind::Resource => "resource",
        })
    }
}

/// A value that has a placeholder.
#[derive(Debug)]
struct Item {
    kind: Kind,
    number: usize,
    /// What the placeholder becomes again.
    original: String,
}

/// The values of one incident and their placeholders, for one request.
pub struct Redaction {
    level: Level,
    nonce: String,
    items: Vec<Item>,
    /// By kind: the item with number 1 first.
    by_kind: HashMap<Kind, Vec<usize>>,
    /// By value in lower case.
    by_value: HashMap<String, usize>,
    known: Option<AhoCorasick>,
    /// For each pattern of `known`: its item.
    known_items: Vec<usize>,
}

/// A place in a text and the item that stands there.
struct Span {
    range: Range<usize>,
    item: usize,
}

impl Redaction {
    /// The values that an incident is known to hold. `nonce` must be new for each request.
    #[must_use]
    pub fn new(level: Level, incident: &Incident, nonce: Uuid) -> Self {
        const NONCE: usize = 6;
        let mut redaction = Self {
            level,
            nonce: nonce.simple().to_string()[..NONCE].to_owned(),
            items: Vec::new(),
            by_kind: HashMap::new(),
            by_value: HashMap::new(),
            known: None,
            known_items: Vec::new(),
        };
        if level != Level::Off {
            redaction.learn(incident);
        }
        redaction
    }

    /// The level.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The text with placeholders.
    pub fn text(&mut self, text: &str) -> String {
        if self.level == Level::Off || text.is_empty() {
            return text.to_owned();
        }
        let text = &without_cut_words(text);
        let mut spans = self.known_spans(text);
        for (kind, range) in patterns::found(text) {
            let item = self.item(kind, &text[range.clone()]);
            spans.push(Span { range, item });
        }
        spans.sort_by(|a, b| a.range.start.cmp(&b.range.start).then(b.range.end.cmp(&a.range.end)));
        let mut out = String::with_capacity(text.len() + 32);
        let mut end = 0;
        for Span { range, item } in spans {
            let item = match () {
                () if range.start >= end => item,
                // What sticks out of the span before is as personal as the whole.
                () if range.end > end => self.item(self.items[item].kind, &text[end..range.end]),
                () => continue,
            };
            out.push_str(&text[end..range.start.max(end)]);
            out.push_str(&self.placeholder(item));
            end = range.end;
        }
        out + &text[end..]
    }

    /// The text with the values in the places of their placeholders; none if it holds a placeholder that was not given out.
    #[must_use]
    pub fn restored(&self, text: &str) -> Option<String> {
        let lower = text.to_ascii_lowercase();
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for (at, _) in lower.match_indices(&self.nonce) {
            let (start, item) = self.before(&lower[..at])?;
            if start < end {
                return None;
            }
            out.push_str(&text[end..start]);
            out.push_str(&item.original);
            end = at + self.nonce.len();
        }
        Some(out + &text[end..])
    }

    /// The item whose placeholder a text ends with, up to its nonce, and where it starts.
    fn before(&self, text: &str) -> Option<(usize, &Item)> {
        let rest = text.strip_suffix('-')?;
        let digits = rest.trim_end_matches(|c: char| c.is_ascii_digit());
        let number: usize = rest[digits.len()..].parse().ok()?;
        let name = digits.strip_suffix('-')?;
        let kind = KINDS.iter().find(|kind| name.ends_with(&kind.to_string()))?;
        let item = *self.by_kind.get(kind)?.get(number.checked_sub(1)?)?;
        Some((name.len() - kind.to_string().len(), &self.items[item]))
    }

    fn placeholder(&self, item: usize) -> String {
        let Item { kind, number, .. } = &self.items[item];
        format!("{kind}-{number}-{}", self.nonce)
    }

    /// The item of a value, made if there is none.
    fn item(&mut self, kind: Kind, value: &str) -> usize {
        self.item_as(kind, value, value)
    }

    /// The same for a value that is restored as `shown`.
    fn item_as(&mut self, kind: Kind, value: &str, shown: &str) -> usize {
        let key = value.to_lowercase();
        if let Some(item) = self.by_value.get(&key) {
            return *item;
        }
        let of_kind = self.by_kind.entry(kind).or_default();
        of_kind.push(self.items.len());
        let number = of_kind.len();
        self.items.push(Item { kind, number, original: shown.to_owned() });
        self.by_value.insert(key, self.items.len() - 1);
        self.items.len() - 1
    }

    fn known_spans(&mut self, text: &str) -> Vec<Span> {
        let Some(known) = self.known.clone() else { return Vec::new() };
        let mut spans = Vec::new();
        for found in known.find_overlapping_iter(text) {
            let item = self.known_items[found.pattern().as_usize()];
            let (start, end) = (found.start(), found.end());
            if !is_free(text, start, end) {
                continue;
            }
            spans.push(Span { range: start..end, item });
            if self.items[item].kind == Kind::Domain {
                spans.extend(self.under_domain(text, start, end));
            }
        }
        spans
    }

    /// A host or an account under a domain that is ours: `db-7.contoso.com`, `bob@contoso.com`.
    fn under_domain(&mut self, text: &str, start: usize, end: usize) -> Option<Span> {
        let separator = text[..start].chars().next_back().filter(|c| matches!(c, '.' | '@'))?;
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@' | '\'');
        let from = text[..start].rfind(|c: char| !is_part(c)).map_or(0, |at| text.ceil_char_boundary(at + 1));
        let kind = if separator == '@' || text[from..start].contains('@') { Kind::Account } else { Kind::Host };
        let item = self.item(kind, &text[from..end]);
        (from < start).then_some(Span { range: from..end, item })
    }
}

/// From this length on, in bytes, a value is recognised between underscores.
const JOINED: usize = 5;

/// A text that was cut ends in a piece of a word, which may be a piece of a name that nothing recognises.
fn without_cut_words(text: &str) -> String {
    const CUT: &str = "... (+";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(CUT) {
        let before = &rest[..at];
        out.push_str(&before[..before.rfind(' ').map_or(0, |space| space + 1)]);
        out.push_str(CUT);
        rest = &rest[at + CUT.len()..];
    }
    out + rest
}

/// True if what stands at `start..end` is no part of a longer word. An escape of a URL, such as `%40`, is none.
fn is_free(text: &str, start: usize, end: usize) -> bool {
    let is_escape = text.as_bytes()[..start].last_chunk::<3>().is_some_and(|escape| escape[0] == b'%');
    // An underscore joins words of names: `adm_alice.aart`, `alice.aart_backup.zip`.
    let is_word = |c: char| c.is_alphanumeric() || c == '_' && end - start < JOINED;
    let first = text[start..].chars().next().is_some_and(is_word);
    let last = text[..end].chars().next_back().is_some_and(is_word);
    let goes_on_before = first && !is_escape && text[..start].chars().next_back().is_some_and(is_word);
    let goes_on_after = last && text[end..].chars().next().is_some_and(is_word);
    !goes_on_before && !goes_on_after
}

#[cfg(test)]
mod tests;
