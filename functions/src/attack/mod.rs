//! MITRE ATT&CK Enterprise v18.1: ids, names and which mitigation counters which technique. See NOTICE.

mod tactic;

use crate::pool::Str;

pub use tactic::Tactic;

/// The version of the data.
pub const VERSION: &str = "18.1";

/// A technique or sub-technique.
#[derive(Debug, PartialEq, Eq)]
pub struct Technique {
    /// `T1110` or `T1110.001`.
    pub id: Str,
    /// Name.
    pub name: Str,
    /// Its tactics.
    pub tactics: &'static [Tactic],
    mitigations: &'static [Str],
}

mod rows {
    #![allow(clippy::unreadable_literal, reason = "generated")]
    use super::{Str, Tactic, Technique};

    include!(concat!(env!("OUT_DIR"), "/attack.rs"));
}

use rows::{MITIGATION_NAMES, TECHNIQUES};

impl Technique {
    /// The technique with this id, if ATT&CK Enterprise has it.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Technique> {
        TECHNIQUES.binary_search_by(|technique| technique.id.as_str().cmp(id)).ok().map(|index| &TECHNIQUES[index])
    }

    /// The technique that a text names: `T1110`, `t1110.001`, `T1110 - Brute Force`.
    #[must_use]
    pub fn named_by(text: &str) -> Option<&'static Technique> {
        let id: String = text
            .trim()
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '.')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        Self::find(&id)
    }

    /// The technique that this one is a part of.
    #[must_use]
    pub fn parent(&self) -> Option<&'static Technique> {
        self.id.split_once('.').and_then(|(parent, _)| Self::find(parent))
    }

    /// The mitigations that ATT&CK maps to it; a sub-technique without any has its parent's.
    #[must_use]
    pub fn mitigations(&self) -> &'static [Str] {
        match self.parent() {
            Some(parent) if self.mitigations.is_empty() => parent.mitigations,
            _ => self.mitigations,
        }
    }

    /// True if `id` is this technique or its parent.
    #[must_use]
    pub fn is_covered_by(&self, id: &str) -> bool {
        self.id == id || self.id.split_once('.').is_some_and(|(parent, _)| parent == id)
    }

    /// The path of its page under `https://attack.mitre.org/techniques/`.
    #[must_use]
    pub fn page(&self) -> String {
        self.id.replace('.', "/")
    }
}

/// The name of a mitigation.
#[must_use]
pub fn mitigation_name(id: &str) -> Option<&'static str> {
    MITIGATION_NAMES
        .binary_search_by(|(found, _)| found.as_str().cmp(id))
        .ok()
        .map(|index| MITIGATION_NAMES[index].1.as_str())
}

/// Every mitigation's id and name, sorted.
#[must_use]
pub fn mitigations() -> &'static [(Str, Str)] {
    MITIGATION_NAMES
}

/// Every technique, sorted by id.
#[must_use]
pub fn techniques() -> &'static [Technique] {
    TECHNIQUES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        assert_eq!((TECHNIQUES.len(), MITIGATION_NAMES.len()), (691, 44));
        for technique in TECHNIQUES {
            assert_eq!(Technique::find(&technique.id), Some(technique));
            assert!(technique.mitigations.iter().all(|id| mitigation_name(id).is_some()));
            assert!(!technique.id.contains('.') || technique.parent().is_some(), "{}", technique.id);
        }
    }

    #[test]
    fn names_in_many_spellings() {
        for text in ["T1110.001", "t1110.001", "T1110.001 - Password Guessing", " T1110.001: x"] {
            assert_eq!(Technique::named_by(text).unwrap().name, "Password Guessing");
        }
        for text in ["", "T9999", "T0800", "1110", "T1110.999", "ATT&CK"] {
            assert_eq!(Technique::named_by(text), None);
        }
    }

    #[test]
    fn a_sub_technique_without_mitigations_has_its_parents() {
        let bare = TECHNIQUES.iter().filter(|t| t.mitigations.is_empty() && t.parent().is_some());
        assert!(bare.into_iter().all(|t| t.mitigations() == t.parent().unwrap().mitigations));
    }
}
