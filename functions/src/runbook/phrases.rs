//! Phrases of the runbook in titles and descriptions.

use std::collections::BTreeSet;

use crate::pool::Str;

use super::table::PHRASES;

/// The ids of the scenarios of which a phrase stands in `text` (lower case) between word boundaries.
///
/// The phrases are sorted, so at each word only those with the same beginning are looked at.
pub(super) fn scenarios_named(text: &str) -> BTreeSet<Str> {
    let mut named = BTreeSet::new();
    for start in word_starts(text) {
        let rest = &text[start..];
        let word = &rest[..rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())];
        let first = PHRASES.partition_point(|(phrase, _)| phrase.as_str() < word);
        let candidates = PHRASES[first..].iter().take_while(|(phrase, _)| phrase.starts_with(word));
        named.extend(candidates.filter(|(phrase, _)| begins_with(rest, phrase)).map(|(_, scenario)| *scenario));
    }
    named
}

/// True if `phrase` stands in `text` between word boundaries, and none of the few words before it denies it.
pub(super) fn affirms(text: &str, phrase: &str) -> bool {
    const WORDS_BEFORE: usize = 4;
    const DENIALS: &[&str] = &["no", "not", "none", "never", "without", "zero", "0", "whether", "if", "any", "nor"];
    word_starts(text).filter(|start| begins_with(&text[*start..], phrase)).any(|start| {
        let mut before = text[..start].split_whitespace().rev().take(WORDS_BEFORE);
        !before.any(|word| DENIALS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric())))
    })
}

/// True if `text` begins with `phrase` and a word ends there.
fn begins_with(text: &str, phrase: &str) -> bool {
    text.strip_prefix(phrase).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Where words start.
fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut is_inside = false;
    text.char_indices().filter_map(move |(at, c)| {
        let was_inside = std::mem::replace(&mut is_inside, c.is_alphanumeric());
        (is_inside && !was_inside).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_stand_between_word_boundaries() {
        assert!(scenarios_named("a web shell was found").contains("web-shell"));
        assert!(!scenarios_named("cobweb shell").contains("web-shell"));
        assert!(!scenarios_named("web shellfish").contains("web-shell"));
        assert!(scenarios_named("").is_empty());
    }

    #[test]
    fn every_phrase_is_found_where_it_stands_alone_and_in_a_sentence() {
        for (phrase, scenario) in PHRASES {
            assert!(scenarios_named(phrase).contains(scenario), "{phrase}");
            assert!(scenarios_named(&format!("x ({phrase}), y")).contains(scenario), "{phrase}");
        }
    }

    #[test]
    fn a_denied_phrase_is_not_affirmed() {
        assert!(affirms("one later sign-in succeeded", "succeeded"));
        assert!(affirms("none at first, but then the ninth one succeeded", "succeeded"));
        for text in ["none succeeded", "not one of them succeeded", "unsuccessful", "whether any sign-in succeeded"] {
            assert!(!affirms(text, "succeeded") && !affirms(text, "successful"), "{text}");
        }
    }
}
