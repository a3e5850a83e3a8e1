//! Numbers that are more than counts and times: addresses in disguise, telephone numbers.

use crate::incident::parse_address;

use super::grounds::Grounds;
use super::lists::Words;

/// True if the numbers of a sentence, other than those of the incident, may be an address or a telephone number.
pub(super) fn are_suspicious(tokens: &[String], grounds: &Grounds) -> bool {
    /// Digits that a sentence may hold besides counts, times and dates.
    const MOST_DIGITS: usize = 7;
    const MOST_WORDS: usize = 2;
    let foreign: Vec<&str> = tokens.iter().map(String::as_str).filter(|token| !grounds.has(token)).collect();
    let numbers =
        foreign.iter().filter(|token| token.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-')));
    let odd: Vec<&&str> = numbers.filter(|token| !is_ordinary(token)).collect();
    let digits = odd.iter().map(|token| token.bytes().filter(u8::is_ascii_digit).count()).sum::<usize>();
    let in_words = foreign
        .windows(6.min(foreign.len().max(1)))
        .any(|words| words.iter().filter(|word| WORDS.contains(word)).count() > MOST_WORDS);
    let fractions = foreign.iter().filter(|token| token.contains('.') && token.parse::<f64>().is_ok()).count();
    odd.iter().any(|token| is_address(token))
        || digits > MOST_DIGITS
        || in_words
        || has_many_plain(&foreign)
        || fractions > 1
}

/// Numbers in words, which may spell an address.
const WORDS: &[&str] =
    &["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "hundred", "point", "dot"];

/// Four small numbers close together are an address, whatever stands between them; numbers that start with a zero are parts of
/// one that is dialled.
fn has_many_plain(tokens: &[&str]) -> bool {
    const QUAD: usize = 4;
    const NEAR: usize = 8;
    let is_dialled =
        |token: &&&str| token.len() > 2 && token.starts_with('0') && token.bytes().all(|b| b.is_ascii_digit());
    let close = |near: &[&str]| near.iter().filter(|token| token.parse::<u8>().is_ok()).count() >= QUAD;
    tokens.iter().any(|token| is_dialled(&token)) || tokens.windows(NEAR.min(tokens.len().max(1))).any(close)
}

/// An address, also with leading zeros, a range or other signs around it; and anything of three groups or more.
fn is_address(token: &str) -> bool {
    const GROUPS: usize = 3;
    let bare = token.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let bare = bare.split('/').next().unwrap_or(bare);
    let groups = bare.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).count();
    parse_address(bare).is_some() || groups >= GROUPS
}

/// A count (`4,213`), a time (`10:42:07`), a date (`2026-03-12`), a share (`80%`), a measure (`10-minute`, `30min`, `2nd`).
fn is_ordinary(token: &str) -> bool {
    let digits =
        |text: &str, most: usize| !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    let parts = |separator: char| token.split(separator).collect::<Vec<_>>();
    let is_count = match &parts(',')[..] {
        [first] => digits(first.trim_end_matches('%'), 6),
        [first, rest @ ..] if rest.len() <= 2 => {
            digits(first, 3) && rest.iter().all(|group| group.len() == 3 && digits(group, 3))
        }
        _ => false,
    };
    let is_fraction =
        matches!(&parts('.')[..], [whole, part] if digits(whole, 4) && digits(part.trim_end_matches('%'), 2));
    let is_time = matches!(parts(':').len(), 2 | 3) && parts(':').iter().all(|part| digits(part, 2));
    let is_date = matches!(&parts('-')[..], [year, month, day] if year.len() == 4 && digits(year, 4) && digits(month, 2) && digits(day, 2));
    is_count || is_fraction || is_time || is_date || is_measure(token)
}

fn is_measure(token: &str) -> bool {
    static UNITS: Words = Words::new(
        "st nd rd th h hr hrs min mins s sec ms x k kb mb gb tb am pm d day days hour hours minute minutes second \
        seconds week month year fold",
    );
    let unit = token.trim_start_matches(|c: char| c.is_ascii_digit());
    token.len() - unit.len() <= 4 && UNITS.has(unit.trim_start_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_times_are_ordinary_and_addresses_are_not() {
        for token in
            ["4,213", "12", "10:42", "10:42:07", "2026-03-12", "80%", "1.5", "10-minute", "30min", "2nd", "10,200,000"]
        {
            assert!(is_ordinary(token), "{token}");
        }
        for token in [
            "198.51.100.9",
            "198-51-100-9",
            "198,51,100,9",
            "203,113,100,113",
            "198.51.100.9/32",
            "198.051.100.009",
            "-198.51.100.9",
            "2001:db8::9",
        ] {
            assert!(!is_ordinary(token) && is_address(token), "{token}");
        }
        assert!(!is_ordinary("5550100199"));
    }
}
