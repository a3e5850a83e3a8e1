//! Lists of words, as text: words stand between spaces, phrases between `; `.

/// True if a list of words has this one.
pub(super) fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

/// True if a text has one of a list of phrases, as whole words. The text is lower case, with single spaces.
pub(super) fn has_phrase(text: &str, phrases: &str) -> bool {
    let padded = format!(" {text} ");
    phrases.split("; ").any(|phrase| padded.contains(&format!(" {phrase} ")))
}
