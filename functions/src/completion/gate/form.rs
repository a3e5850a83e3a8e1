//! Plain English in whole sentences: what the word lists can judge.

use super::{Cause, Slot};

/// Words that hold English sentences together. A text with few of them is in another language, or is no sentence.
const FUNCTION_WORDS: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "it", "its", "he", "she", "they", "their", "his", "her", "we",
    "our", "of", "to", "in", "on", "at", "by", "for", "from", "with", "without", "within", "into", "over", "under",
    "after", "before", "between", "during", "since", "until", "about", "against", "as", "and", "or", "but", "if",
    "then", "than", "while", "when", "where", "which", "who", "whose", "what", "why", "how", "because", "so", "not",
    "no", "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "did", "do", "does", "can", "could",
    "may", "might", "will", "would", "there", "one", "any", "all", "each", "other", "same", "more", "most", "also",
    "only", "up", "out", "through", "via", "across", "you", "your",
];

/// What an own step may begin with: looking, asking and keeping. Whatever changes something is the runbook's.
const VERBS: &[&str] = &[
    "ask",
    "check",
    "compare",
    "confirm",
    "correlate",
    "count",
    "determine",
    "document",
    "establish",
    "examine",
    "find",
    "hunt",
    "identify",
    "inspect",
    "interview",
    "list",
    "look",
    "map",
    "measure",
    "note",
    "preserve",
    "query",
    "read",
    "record",
    "review",
    "save",
    "search",
    "see",
    "trace",
    "verify",
    "watch",
];

/// Small words of other languages that are none of English.
const FOREIGN_WORDS: &[&str] = &[
    "der", "das", "den", "dem", "und", "als", "ist", "nicht", "ein", "eine", "einen", "bitte", "mit", "auf", "von",
    "zu", "im", "sie", "wir", "le", "les", "est", "il", "cet", "ce", "cette", "sans", "dans", "et", "un", "une", "du",
    "que", "qui", "sur", "el", "los", "las", "es", "por", "con", "del", "como", "esta", "este", "lo", "gli", "che",
    "non", "di", "della", "een", "het", "niet", "voor", "van", "os", "uma", "em", "och", "att", "som", "og", "til",
    "nie", "jest", "si",
];

const QUESTION_WORDS: &[&str] = &[
    "who", "whose", "what", "when", "where", "which", "why", "how", "is", "are", "was", "were", "did", "does", "do",
    "has", "have", "had", "can", "could", "would", "will", "in", "on", "at", "for", "from", "to", "by", "since",
];

/// Typographic signs as ASCII, so that the lists see them.
pub(super) fn straightened(sentence: &str) -> String {
    let plain = |c: char| match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        '\u{a0}' => ' ',
        c => c,
    };
    let text: String = sentence.chars().map(plain).collect();
    text.replace('\u{2026}', "...").replace("**", "").trim_start_matches(['-', '*', '+', ' ']).to_owned()
}

/// Words that a sentence needs.
const FEWEST: usize = 4;

/// Refuses what is no plain English sentence of the slot.
pub(super) fn check(slot: Slot, sentence: &str) -> Result<(), Cause> {
    let lower = sentence.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
    let first = words.first().copied().unwrap_or_default();
    let fits = match slot {
        Slot::Summary | Slot::Reason => !sentence.ends_with('?') && !VERBS.contains(&first),
        Slot::Question => sentence.ends_with('?') && QUESTION_WORDS.contains(&first),
        Slot::OwnStep => VERBS.contains(&first),
    };
    let is_whole = words.len() >= FEWEST && (slot != Slot::Summary || sentence.ends_with(['.', '!', '"', ')']));
    let is_plain =
        is_latin(sentence) && !is_spelled_out(&words) && !lower.contains(" dot ") && !lower.contains("[dot]");
    if fits && is_whole && is_plain && is_english(&words) { Ok(()) } else { Err(Cause::Wording) }
}

/// Letters of other scripts may pose as Latin ones. Those of European languages stand in names.
fn is_latin(sentence: &str) -> bool {
    const LAST_LATIN: char = '\u{24f}';
    sentence.chars().all(|c| c <= LAST_LATIN)
}

/// `i g n o r e`
fn is_spelled_out(words: &[&str]) -> bool {
    const MOST: usize = 3;
    let mut run = 0;
    words.iter().any(|word| {
        let is_single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        run = if is_single { run + 1 } else { 0 };
        run > MOST
    })
}

fn is_english(words: &[&str]) -> bool {
    const SHORT: usize = 3;
    const ONE_IN: usize = 6;
    let held = words.iter().filter(|word| FUNCTION_WORDS.contains(word)).count();
    let foreign = words.iter().filter(|word| FOREIGN_WORDS.contains(word)).count();
    foreign < 2 && (words.len() <= SHORT || held * ONE_IN >= words.len())
}
