//! What encoded text says: a credential in a URL's query, in HTML, or cut by an invisible character is still one.

use std::ops::Range;

/// Decoded text, and where each of its bytes stood in the original.
pub(super) struct View {
    text: String,
    at: Vec<usize>,
}

const ENTITIES: &[(&str, char)] = &[("quot;", '"'), ("apos;", '\''), ("lt;", '<'), ("gt;", '>'), ("amp;", '&')];

/// The longest marker of invisible characters: `{U+10FFFF x1234567}`.
const LONGEST_MARKER: usize = 20;

impl View {
    /// None if nothing in `text` is encoded.
    pub(super) fn of(text: &str) -> Option<Self> {
        if !text.bytes().any(|byte| matches!(byte, b'%' | b'&' | b'{' | b'\\')) {
            return None;
        }
        let mut view = Self { text: String::with_capacity(text.len()), at: Vec::with_capacity(text.len() + 1) };
        let mut start = 0;
        let mut decoded = false;
        while let Some(c) = text[start..].chars().next() {
            if let Some((length, plain)) = code(&text[start..]) {
                decoded = true;
                view.push(plain, start);
                start += length;
            } else {
                view.push(Some(c), start);
                start += c.len_utf8();
            }
        }
        view.at.push(text.len());
        decoded.then_some(view)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The place in the original of what stands at `span` here.
    pub(super) fn original(&self, span: Range<usize>) -> Range<usize> {
        self.at[span.start]..self.at[span.end]
    }

    fn push(&mut self, plain: Option<char>, start: usize) {
        if let Some(c) = plain {
            self.text.push(c);
            self.at.resize(self.text.len(), start);
        }
    }
}

/// The code that `text` begins with: its length, and the character it stands for.
fn code(text: &str) -> Option<(usize, Option<char>)> {
    match text.as_bytes()[0] {
        b'{' => marker(text).map(|length| (length, None)),
        b'%' => {
            // Encoded twice: %253D
            let rest = text[1..].trim_start_matches("25");
            let c = ascii(u32::from_str_radix(rest.get(..2)?, 16).ok()?)?;
            Some((text.len() - rest.len() + 2, Some(c)))
        }
        b'\\' => {
            let digits = text.strip_prefix("\\u00")?.get(..2)?;
            Some((6, Some(ascii(u32::from_str_radix(digits, 16).ok()?)?)))
        }
        b'&' => {
            let rest = text[1..].trim_start_matches("amp;");
            let (length, c) = entity(rest).or((rest.len() < text.len() - 1).then_some((0, '&')))?;
            Some((text.len() - rest.len() + length, Some(c)))
        }
        _ => None,
    }
}

fn marker(text: &str) -> Option<usize> {
    let start = text.as_bytes();
    let end = start.iter().take(LONGEST_MARKER).position(|&byte| byte == b'}')?;
    text.starts_with("{U+").then_some(end + 1)
}

fn entity(rest: &str) -> Option<(usize, char)> {
    if let Some(number) = rest.strip_prefix('#') {
        let length = number.bytes().take(8).position(|byte| byte == b';')?;
        let number = &number[..length];
        let value = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return Some((length + 2, ascii(value.ok()?)?));
    }
    ENTITIES.iter().find(|(name, _)| rest.starts_with(name)).map(|&(name, c)| (name.len(), c))
}

/// Only visible ASCII: the patterns look for nothing else. A line break parts words.
fn ascii(value: u32) -> Option<char> {
    match char::from_u32(value)? {
        '\n' | '\r' | '\t' => Some(' '),
        c @ ' '..='~' => Some(c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::View;

    #[track_caller]
    fn reads(text: &str, plain: &str) {
        assert_eq!(View::of(text).map(|view| view.text), Some(plain.to_owned()));
    }

    #[test]
    fn codes() {
        reads("a%3D%22b%22%0Ac", "a=\"b\" c");
        reads("a%253Db", "a=b");
        reads("&quot;a&quot;&#61;&#x27;&amp;quot;&amp;b", "\"a\"='\"&b");
        reads("pass{U+200B}wo{U+200B x3}rd\\u003dx", "password=x");
    }

    #[test]
    fn other_text_has_no_view() {
        for text in ["100% of R&D {x} C:\\users", "&copy; %E2%80%AE &#x202e;", "ä&%", "%", "&", "{", "\\"] {
            assert!(View::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn places_in_the_original() {
        let text = "ä%3D{U+200B}b%3D";
        let view = View::of(text).unwrap();
        assert_eq!(&text[view.original(0..2)], "ä");
        assert_eq!(&text[view.original(3..4)], "b");
        assert_eq!(&text[view.original(2..5)], "%3D{U+200B}b%3D");
    }
}
