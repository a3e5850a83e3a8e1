//! Characters that cannot be seen, or that move what can be seen.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

/// What becomes of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Space,
    Name,
}

/// Combining marks that may follow one another; more than this is a stack that climbs over the lines above.
const MARKS_IN_A_ROW: usize = 3;

/// One line: white space collapsed, invisible characters named as `{U+202E}` (a run once, with its length), character
/// references (`&#x202e;`, `&shy;`) of such characters treated as the characters themselves.
pub(super) fn visible(raw: &str) -> String {
    let mut line = Line { out: String::with_capacity(raw.len()), run: None, marks: 0 };
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        if c == '&'
            && let Some((referred, length)) = reference(rest)
            && fate(referred) != Fate::Keep
        {
            line.push(referred);
            rest = &rest[length..];
        } else {
            line.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    line.end_run();
    line.out.truncate(line.out.trim_end().len());
    line.out
}

struct Line {
    out: String,
    run: Option<(char, usize)>,
    marks: usize,
}

impl Line {
    fn push(&mut self, c: char) {
        match fate(c) {
            Fate::Name => match &mut self.run {
                Some((same, count)) if *same == c => *count += 1,
                _ => {
                    self.end_run();
                    self.run = Some((c, 1));
                }
            },
            Fate::Space => {
                self.end_run();
                if !self.out.is_empty() && !self.out.ends_with(' ') {
                    self.out.push(' ');
                }
            }
            Fate::Keep => {
                self.end_run();
                self.marks = if is_combining(c) { self.marks + 1 } else { 0 };
                if self.marks <= MARKS_IN_A_ROW {
                    self.out.push(c);
                }
            }
        }
    }

    fn end_run(&mut self) {
        // Writing to a String cannot fail.
        let _ = match self.run.take() {
            Some((c, 1)) => write!(self.out, "{{U+{:04X}}}", u32::from(c)),
            Some((c, count)) => write!(self.out, "{{U+{:04X} x{count}}}", u32::from(c)),
            None => Ok(()),
        };
    }
}

/// White space: Unicode's categories Zs, Zl and Zp, and the controls that break lines.
const SPACES: &[RangeInclusive<char>] = &[
    '\t'..='\r',
    ' '..=' ',
    '\u{85}'..='\u{85}',
    '\u{a0}'..='\u{a0}',
    '\u{1680}'..='\u{1680}',
    '\u{2000}'..='\u{200a}',
    '\u{2028}'..='\u{2029}',
    '\u{202f}'..='\u{202f}',
    '\u{205f}'..='\u{205f}',
    '\u{3000}'..='\u{3000}',
];

/// Unicode 17: categories Cc, Cf and Co, the default-ignorable code points with the variation selectors, and the letters
/// that draw nothing. Sorted.
const INVISIBLE: &[RangeInclusive<char>] = &[
    '\0'..='\u{8}',
    '\u{e}'..='\u{1f}',
    '\u{7f}'..='\u{84}',
    '\u{86}'..='\u{9f}',
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{600}'..='\u{605}',
    '\u{61c}'..='\u{61c}',
    '\u{6dd}'..='\u{6dd}',
    '\u{70f}'..='\u{70f}',
    '\u{890}'..='\u{891}',
    '\u{8e2}'..='\u{8e2}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{e000}'..='\u{f8ff}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{110bd}'..='\u{110bd}',
    '\u{110cd}'..='\u{110cd}',
    '\u{13430}'..='\u{1345f}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d159}'..='\u{1d159}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{10ffff}',
];

fn fate(c: char) -> Fate {
    match c {
        ' ' => Fate::Space,
        '!'..='~' => Fate::Keep,
        c if SPACES.iter().any(|range| range.contains(&c)) => Fate::Space,
        c if is_in(INVISIBLE, c) => Fate::Name,
        _ => Fate::Keep,
    }
}

/// True if a sorted list of ranges has the character.
fn is_in(ranges: &[RangeInclusive<char>], c: char) -> bool {
    let index = ranges.partition_point(|range| *range.end() < c);
    ranges.get(index).is_some_and(|range| range.contains(&c))
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The character of an HTML character reference at the start of `text`, and the reference's length in bytes.
fn reference(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 24;
    let body = &text[1..text.floor_char_boundary(LONGEST)];
    if let Some(digits) = body.strip_prefix('#') {
        let (radix, digits, prefix) = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => (16, hex, 3),
            None => (10, digits, 2),
        };
        let length = digits.bytes().take_while(|b| char::from(*b).is_digit(radix)).count();
        let c = char::from_u32(u32::from_str_radix(&digits[..length], radix).ok()?)?;
        let semicolon = usize::from(digits[length..].starts_with(';'));
        return Some((c, prefix + length + semicolon));
    }
    // HTML takes these two without the semicolon too.
    if let Some(legacy) = ["shy", "nbsp"].into_iter().find(|name| body.starts_with(name)) {
        let semicolon = usize::from(body[legacy.len()..].starts_with(';'));
        return Some((if legacy == "shy" { '\u{ad}' } else { '\u{a0}' }, 1 + legacy.len() + semicolon));
    }
    let name = &body[..body.find(';')?];
    let c = match name {
        "zwnj" => '\u{200c}',
        "zwj" => '\u{200d}',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        "NonBreakingSpace" => '\u{a0}',
        "ensp" | "emsp" | "emsp13" | "emsp14" | "numsp" | "puncsp" | "thinsp" | "ThinSpace" | "hairsp"
        | "VeryThinSpace" | "MediumSpace" | "ThickSpace" | "Tab" | "NewLine" => ' ',
        "ZeroWidthSpace"
        | "NegativeVeryThinSpace"
        | "NegativeThinSpace"
        | "NegativeMediumSpace"
        | "NegativeThickSpace" => '\u{200b}',
        "NoBreak" => '\u{2060}',
        "ApplyFunction" | "af" => '\u{2061}',
        "InvisibleTimes" | "it" => '\u{2062}',
        "InvisibleComma" | "ic" => '\u{2063}',
        _ => return None,
    };
    Some((c, 1 + name.len() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_named() {
        assert_eq!(visible("a\u{202e}b"), "a{U+202E}b");
        assert_eq!(visible("pay\u{ad}pal\u{200b}\u{200b}\u{200b}!"), "pay{U+00AD}pal{U+200B x3}!");
        assert_eq!(visible("\u{1b}[2J\u{e0041}"), "{U+001B}[2J{U+E0041}");
    }

    #[test]
    fn the_ranges_are_sorted() {
        assert!(INVISIBLE.windows(2).all(|pair| pair[0].end() < pair[1].start()));
    }

    #[test]
    fn nothing_assembles_a_reference_afterwards() {
        for raw in ["a&\u{fe0f}#x202e;b", "a&&#xfe0f;#x202e;b", "a&&#8203;#x202e;b"] {
            assert!(!visible(raw).contains("&#x202e"), "{}", visible(raw));
        }
    }

    #[test]
    fn character_references_of_them_too() {
        assert_eq!(visible("a&#x202e;b&#8203;c&shy;d&#x200b e"), "a{U+202E}b{U+200B}c{U+00AD}d{U+200B} e");
        assert_eq!(visible("&#10;&#x9;&nbsp;x &amp; &#65; &# &#x; &#999999999;"), "x &amp; &#65; &# &#x; &#999999999;");
    }

    #[test]
    fn white_space_collapses_to_one_line() {
        assert_eq!(visible("  a\tb\r\nc\u{2028}d\u{a0}\u{3000}e  "), "a b c d e");
    }

    #[test]
    fn stacks_of_marks_are_cut() {
        assert_eq!(visible(&format!("e{}", "\u{301}".repeat(50))), "e\u{301}\u{301}\u{301}");
    }
}
