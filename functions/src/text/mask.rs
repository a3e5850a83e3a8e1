//! Credentials in incident text: recognised and masked before anybody, or any model, reads them.
//!
//! Command lines, connection strings, URLs and headers in alerts often hold live secrets. A mask that is too wide costs a
//! word; one that is too narrow leaks a key into a comment, so the patterns lean to the wide side. Every form is looked
//! for in the same text and the places are joined at the end: no mask hides another form's context.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Captures, Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::credentials::{FORMS, KEY, MAIL_FIELDS, NO_SECRET, NO_VALUE, SEGMENT, TOKENS, TOOL_HINT, TOOLS, VALUE};
use super::encoded::View;

/// What stands in a comment where a credential stood.
pub const MASK: &str = "[masked]";

/// Places in a text, in bytes.
type Spans = Vec<Range<usize>>;

/// A value up to this length is searched for names itself (`secret: token: x`); a bound keeps the search linear.
const NESTED: usize = 64;

/// A pattern, compiled when a text first passes its hint: most processes see few of the forms.
struct Lazy {
    pattern: String,
    compiled: OnceLock<Regex>,
}

impl Lazy {
    fn new(pattern: String) -> Self {
        Self { pattern, compiled: OnceLock::new() }
    }

    fn get(&self) -> &Regex {
        self.compiled.get_or_init(|| compiled(&self.pattern))
    }
}

static HINTS: LazyLock<RegexSet> = LazyLock::new(hints);
static TOKEN: LazyLock<Regex> =
    LazyLock::new(|| compiled(&TOKENS.iter().map(|&(_, token)| token).collect::<Vec<_>>().join("|")));
static FORM: LazyLock<Vec<Lazy>> = LazyLock::new(|| {
    let filled = FORMS.iter().map(|(_, form)| format!("(?i){}", form.replace("@KEY", KEY)));
    filled.map(Lazy::new).collect()
});
static TOOL: LazyLock<Regex> = LazyLock::new(|| {
    let tools: Vec<_> = TOOLS.iter().map(|(tools, _)| format!("({tools})")).collect();
    compiled(&format!(r#"(?i)\b(?:{})(?:\.exe|\.com)?\b["']?"#, tools.join("|")))
});
static OPTION: LazyLock<Vec<Lazy>> =
    LazyLock::new(|| TOOLS.iter().map(|(_, option)| Lazy::new(format!(r#"(?:^| )(["']?)(?:{option})"#))).collect());
static COMMAND: LazyLock<Regex> = LazyLock::new(|| compiled(SEGMENT));
static START: LazyLock<Regex> = LazyLock::new(|| anchored(&format!("^{VALUE}")));

/// `text` with every credential replaced by `[masked]`.
pub(super) fn masked(text: String) -> String {
    let mut spans = secrets(&text);
    if let Some(view) = View::of(&text) {
        spans.extend(secrets(view.text()).into_iter().map(|span| view.original(span)));
    }
    if spans.is_empty() { text } else { covered(&text, spans) }
}

/// `text` with a mask over each of `spans`; those that meet get one together. Masks of an earlier pass stay whole.
fn covered(text: &str, mut spans: Spans) -> String {
    spans.extend(text.match_indices(MASK).map(|(start, mask)| start..start + mask.len()));
    spans.sort_unstable_by_key(|span| span.start);
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for span in spans {
        if span.start > end || end == 0 {
            out.push_str(&text[end..text.floor_char_boundary(span.start)]);
            out.push_str(MASK);
        }
        end = text.ceil_char_boundary(span.end).max(end);
    }
    out.push_str(&text[end..]);
    out
}

/// The places of the credentials in `text`.
fn secrets(text: &str) -> Spans {
    let mut spans = Spans::new();
    let text = text.as_bytes();
    if !HINTS.is_match(text) {
        return spans;
    }
    let mut tokens = false;
    for hint in &HINTS.matches(text) {
        match hint.checked_sub(TOKENS.len() + 2) {
            Some(form) => in_form(FORM[form].get(), text, &mut spans),
            None if hint == TOKENS.len() + 1 => in_commands(text, &mut spans),
            None => tokens = true,
        }
    }
    if tokens {
        spans.extend(TOKEN.find_iter(text).map(|found| found.range()));
    }
    spans
}

/// What the groups of a form hold, or what follows a form without groups.
fn in_form(form: &Regex, text: &[u8], spans: &mut Spans) {
    let value_follows = form.capture_names().skip(1).all(|name| name == Some("name"));
    let mut from = 0;
    while let Some(found) = form.captures_at(text, from) {
        from = found.get_match().end();
        if let Some(end) = harmless(&found, &text[from..]) {
            from = end;
        } else if value_follows {
            let value = from..from + value_length(&text[from..]);
            from = if value.len() > NESTED { value.end } else { value.start };
            spans.extend((!value.is_empty()).then_some(value));
        } else {
            let groups = found.iter().zip(form.capture_names()).skip(1);
            let secrets = groups.filter(|(_, name)| name.is_none_or(|name| name == "word"));
            spans.extend(secrets.filter_map(|(group, _)| Some(group?.range())));
        }
    }
}

fn value_length(text: &[u8]) -> usize {
    START.find(text).map_or(0, |value| value.end())
}

/// If the match is no secret, by its name or by its value: where to search on.
fn harmless(found: &Captures, rest: &[u8]) -> Option<usize> {
    if let Some(word) = found.name("word") {
        return is_plain_word(word.as_bytes()).then_some(word.end());
    }
    if let Some(field) = found.name("field") {
        return has_end(field.as_bytes(), MAIL_FIELDS).then_some(field.end());
    }
    let name = found.name("name")?;
    // No more than the words below need: names may follow one another without a space, each the value of the last.
    let rest = &rest[..rest.len().min(NESTED)];
    let value = &rest[..value_length(rest)];
    let says_nothing = value.len() <= 2 && value.iter().all(u8::is_ascii_digit)
        || NO_VALUE.split(' ').any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    (says_nothing || has_end(name.as_bytes(), NO_SECRET)).then_some(name.end())
}

/// A short end must be a part of its own: `to` is no end of `otto`, and `Age` is one of `PasswordAge`.
fn has_end(name: &[u8], ends: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ends.split(' ').any(|end| {
        let before = lower.strip_suffix(end.as_bytes());
        before.is_some_and(|before| {
            let capital = name[before.len()].is_ascii_uppercase();
            end.len() > 3 || capital || before.last().is_none_or(|last| b"-_.".contains(last))
        })
    })
}

/// `failed`, `Required,`, `FAILED` and the like: letters as a sentence writes them.
fn is_plain_word(word: &[u8]) -> bool {
    let word = word.split_last().filter(|(last, _)| b".,?:)".contains(last)).map_or(word, |(_, rest)| rest);
    let capitals = word.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    word.iter().all(u8::is_ascii_alphabetic)
        && (capitals == 0 || capitals == word.len() || capitals == 1 && word[0].is_ascii_uppercase())
}

/// The values of the options of tools that take a password. An option is searched for from the first mention of the tool
/// to the end of the command, once for each kind of tool: time stays linear however often tools are named.
fn in_commands(text: &[u8], spans: &mut Spans) {
    for command in COMMAND.find_iter(text) {
        let mut seen = 0_u64;
        for found in TOOL.captures_iter(command.as_bytes()) {
            let Some(row) = (0..TOOLS.len()).find(|&row| found.get(row + 1).is_some()) else { continue };
            if seen & (1 << row) == 0 {
                seen |= 1 << row;
                in_options(OPTION[row].get(), text, command.start() + found.get_match().end()..command.end(), spans);
            }
        }
    }
}

fn in_options(option: &Regex, text: &[u8], arguments: Range<usize>, spans: &mut Spans) {
    let within = &text[arguments.clone()];
    for found in option.captures_iter(within) {
        let start = found.get_match().end();
        // '-pX Y': the quote before the option ends the value.
        let quote = found.get(1).and_then(|quote| quote.as_bytes().first());
        let quoted = quote.and_then(|quote| within[start..].iter().position(|byte| byte == quote));
        let length = quoted.unwrap_or_else(|| value_length(&within[start..]));
        if length > 0 {
            spans.push(arguments.start + start..arguments.start + start + length);
        }
    }
}

/// Without one of these no pattern can match: most values are names and plain sentences, and stop here. First the hints
/// of the tokens, then one for all tools, then those of the forms.
fn hints() -> RegexSet {
    let hints = [NEVER.to_owned()].into_iter().chain(TOKENS.iter().map(|&(hint, _)| hint.to_owned()));
    let hints = hints.chain([TOOL_HINT.to_owned()]).chain(FORMS.iter().map(|&(hint, _)| format!("(?i){hint}")));
    #[expect(clippy::expect_used, reason = "the patterns are constants, and the tests compile them all")]
    RegexSetBuilder::new(hints).unicode(false).build().expect("hints compile")
}

/// What never matches, and starts and ends with anything. Beside it a pattern has no literals to search for first: to
/// gather those takes longer than all else in compiling, and the hints have been found already.
const NEVER: &str = r"[ -~]\A[ -~]";

fn compiled(pattern: &str) -> Regex {
    anchored(&format!("{NEVER}|(?:{pattern})"))
}

/// Unicode's classes and cases make patterns many times slower to compile. Names of credentials are ASCII.
fn anchored(pattern: &str) -> Regex {
    #[expect(clippy::expect_used, reason = "the patterns are constants, and the tests compile them all")]
    RegexBuilder::new(pattern).unicode(false).build().expect("pattern compiles")
}

#[cfg(test)]
mod forms;
#[cfg(test)]
mod tests;
