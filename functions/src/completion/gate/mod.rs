//! What may reach a comment, whoever wrote it: an attacker in a name or description, or a model that obeys one.
//!
//! A model's words pass sentence by sentence. The lists are wide on purpose: a sentence too many costs little, since the
//! runbook's own texts carry the advice; a sentence too few may be an attacker's.

mod form;
mod grounds;
mod lists;
mod numbers;
mod orders;
mod proposals;
mod tokens;
mod vocabulary;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::incident::Incident;
use crate::redaction::Redaction;
use crate::runbook::Offer;
use crate::text::Text;

pub use words::{gives_orders, looks_away};

use grounds::Grounds;

/// What was taken out of a model's answer, counted. In JSON only `indicators` is there if it is zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Removed {
    /// Ids of actions, queries or evidence that were not offered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub ids: usize,
    /// Sentences with an address, name, hash or number that the incident does not have.
    pub indicators: usize,
    /// Sentences that propose to look away, to act outside the runbook, or that speak to the reader.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub proposals: usize,
    /// Sentences with links, code or commands.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub code: usize,
    /// Sentences with a technique or mitigation that the runbook did not offer.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub techniques: usize,
    /// Sentences that are no plain English, repeat the incident's own text, or hold a broken placeholder.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wording: usize,
    /// Verdicts that the runbook's signs do not bear.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub verdicts: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Removed {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> usize {
        self.ids + self.indicators + self.proposals + self.code + self.techniques + self.wording + self.verdicts
    }
}

/// Where a sentence stands in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// Says what happened.
    Summary,
    /// Says why a step was chosen.
    Reason,
    /// Asks a person.
    Question,
    /// Something to check, ask or compare.
    OwnStep,
}

/// Why a sentence does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Indicator,
    Proposal,
    Code,
    Technique,
    Wording,
}

/// The gate for one answer.
pub struct Gate<'a> {
    grounds: Grounds,
    offer: &'a Offer,
    redaction: &'a Redaction,
    /// What was taken out so far.
    pub removed: Removed,
}

/// Longest text of a slot that is read, in characters.
const LONGEST: usize = 2000;

impl<'a> Gate<'a> {
    /// A gate for answers about an incident.
    #[must_use]
    pub fn new(incident: &Incident, offer: &'a Offer, redaction: &'a Redaction) -> Self {
        Self { grounds: Grounds::of(incident), offer, redaction, removed: Removed::default() }
    }

    /// The sentences of a text that pass, with the real names in them; at most `most` sentences.
    pub fn passed(&mut self, slot: Slot, text: &str, most: usize) -> String {
        let text = Text::new(text, LONGEST);
        let mut passed = Vec::new();
        for sentence in sentences(&text) {
            match self.sentence(slot, sentence) {
                Ok(sentence) if passed.len() < most => passed.push(sentence),
                Ok(_) => {}
                Err(cause) => self.count(cause),
            }
        }
        passed.join(" ")
    }

    /// A summary that passes and names something of the incident; else it says nothing.
    pub fn summary(&mut self, text: &str, most: usize) -> String {
        let passed = self.passed(Slot::Summary, text, most);
        if !passed.is_empty() && !tokens::names_something(&passed, &self.grounds) {
            self.count(Cause::Wording);
            return String::new();
        }
        passed
    }

    fn sentence(&self, slot: Slot, sentence: &str) -> Result<String, Cause> {
        const LONGEST: usize = 300;
        let sentence = form::straightened(sentence);
        let restored = self.redaction.restored(&sentence).ok_or(Cause::Wording)?;
        form::check(slot, &sentence)?;
        if proposals::steers(slot, &sentence, &self.grounds) {
            return Err(Cause::Proposal);
        }
        tokens::check(&restored, &self.grounds, self.offer)?;
        if self.grounds.echoes(slot, &restored) {
            return Err(Cause::Wording);
        }
        // A name may hold orders of its own.
        if restored != sentence && (words::gives_orders(&restored) || proposals::steers(slot, &restored, &self.grounds))
        {
            return Err(Cause::Proposal);
        }
        // Cleaned once more: names may come together to what a mask would have caught.
        let clean = Text::new(&restored, LONGEST);
        Ok(clean.as_str().to_owned())
    }

    fn count(&mut self, cause: Cause) {
        let counter = match cause {
            Cause::Indicator => &mut self.removed.indicators,
            Cause::Proposal => &mut self.removed.proposals,
            Cause::Code => &mut self.removed.code,
            Cause::Technique => &mut self.removed.techniques,
            Cause::Wording => &mut self.removed.wording,
        };
        *counter += 1;
    }
}

/// The sentences of a text, with their ends.
fn sentences(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(at) = end_of_sentence(rest) {
        let (sentence, after) = rest.split_at(at);
        all.push(sentence.trim());
        rest = after;
    }
    all.push(rest.trim());
    all.retain(|sentence| !sentence.is_empty());
    all
}

/// The place after the first `.`, `!`, `?` or `;` that white space follows.
fn end_of_sentence(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text[from..].find(['.', '!', '?', ';']) {
        let at = from + found + 1;
        if text[at..].starts_with(char::is_whitespace) {
            return Some(at);
        }
        from = at;
    }
    None
}

#[cfg(test)]
mod tests;
