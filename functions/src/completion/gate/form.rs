//! Whole sentences of the form that their slot asks for.

use super::lists::Words;
use super::{Cause, Slot};

/// What an own step may begin with: looking and asking. Whatever changes something is the runbook's, and so is what is kept.
static VERBS: Words = Words::new(
    "ask check compare correlate count decode determine examine find hunt identify inspect interview list look \
    measure query review search trace verify watch",
);

/// Verbs with which a report begins no sentence.
const OTHER_VERBS: &[&str] =
    &["confirm", "document", "establish", "map", "note", "preserve", "read", "record", "save", "see"];

static QUESTION_WORDS: Words = Words::new(
    "who whose what when where which why how is are was were did does do has have had can could would will in on at \
    for from to by since",
);

/// Words that a sentence needs.
const FEWEST: usize = 4;

/// True for a word with which an own step or a question begins.
pub(super) fn may_begin(first: &str) -> bool {
    VERBS.has(first) || QUESTION_WORDS.has(first)
}

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
    text.replace('\u{2026}', "...").trim_start_matches(['-', '*', '+', ' ']).to_owned()
}

/// Refuses what is no whole sentence of the slot.
pub(super) fn check(slot: Slot, sentence: &str) -> Result<(), Cause> {
    let lower = sentence.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
    let first = words.first().copied().unwrap_or_default();
    let fits = match slot {
        Slot::Summary => sentence.ends_with(['.', '!', '"', ')']),
        Slot::Reason => !sentence.ends_with('?'),
        Slot::Question => sentence.ends_with('?') && QUESTION_WORDS.has(first),
        Slot::OwnStep => VERBS.has(first) && !sentence.ends_with('?'),
    };
    let tells = !matches!(slot, Slot::Summary | Slot::Reason) || !VERBS.has(first) && !OTHER_VERBS.contains(&first);
    let is_whole = fits && tells && words.len() >= FEWEST && !is_spelled_out(&words);
    if is_whole && is_latin(sentence) { Ok(()) } else { Err(Cause::Wording) }
}

/// Letters of other scripts may pose as Latin ones. Those of European languages stand in names; other signs stand nowhere.
fn is_latin(sentence: &str) -> bool {
    const LAST_LATIN: char = '\u{24f}';
    sentence.chars().all(|c| c.is_ascii() || c.is_alphabetic() && c <= LAST_LATIN)
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
