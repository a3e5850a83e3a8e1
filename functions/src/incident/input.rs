//! Bytes to text: size, encoding, and the escapes that would break a strict JSON parser.

use super::InputError;

/// Largest input, in bytes. Sentinel's own limits (150 alerts, 500 entities of 64 KB together per alert) stay below it.
pub const MAX_INPUT: usize = 4 * 1024 * 1024;

/// How a refusal for its size begins.
pub(super) const TOO_LARGE: &str = "expected at most 4 MiB";

/// The text of an input file.
pub(super) fn decoded(bytes: &[u8]) -> Result<String, InputError> {
    if bytes.len() > MAX_INPUT {
        return Err(InputError::whole(format!("{TOO_LARGE}, found {} bytes or more", bytes.len())));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(InputError::whole("expected an incident as JSON, found an empty file"));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes[..bytes.len().min(4)].contains(&0) {
        return Err(InputError::whole(
            "expected UTF-8, found UTF-16 or UTF-32; save the file as UTF-8 (PowerShell: `Out-File -Encoding utf8`)",
        ));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(without_lone_surrogates(text)),
        Err(error) => Err(InputError::whole(format!(
            "expected UTF-8, found a byte that is none at offset {}",
            error.valid_up_to()
        ))),
    }
}

/// Replaces escapes of half a character (`\ud83d` without its other half) by U+FFFD. Sentinel cuts long texts at a fixed
/// length, and an attacker may put them into a name: neither may cost the triage.
fn without_lone_surrogates(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        let escape = at + found;
        at = match unit(bytes, escape) {
            Some(0xd800..=0xdbff) if matches!(unit(bytes, escape + 6), Some(0xdc00..=0xdfff)) => escape + 12,
            Some(0xd800..=0xdfff) => {
                out.push_str(&text[kept..escape]);
                out.push('\u{fffd}');
                kept = escape + 6;
                kept
            }
            Some(_) => escape + 6,
            // The escaped character may be of several bytes in broken input; the parser will say so.
            None => text.ceil_char_boundary(escape + 2),
        };
        if at >= text.len() {
            break;
        }
    }
    out.push_str(&text[kept.min(text.len())..]);
    out
}

/// The code unit of a `\uXXXX` escape at `at`.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let escape = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    escape.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_characters_become_the_replacement_character() {
        assert_eq!(without_lone_surrogates(r#""a\ud83d""#), "\"a\u{fffd}\"");
        assert_eq!(without_lone_surrogates(r#""\ude00\ud83d\ude00\ud83dx""#), "\"\u{fffd}\\ud83d\\ude00\u{fffd}x\"");
        assert_eq!(without_lone_surrogates(r#""\\ud83d \n é""#), r#""\\ud83d \n é""#);
        assert_eq!(without_lone_surrogates("\\"), "\\");
        assert_eq!(without_lone_surrogates("\\é\\u12"), "\\é\\u12");
    }

    #[test]
    fn other_encodings_are_named() {
        for bytes in [&b"\xff\xfe{\0}\0"[..], b"\xfe\xff\0{\0}", b"{\0}\0"] {
            assert!(decoded(bytes).unwrap_err().to_string().contains("UTF-16"));
        }
        assert!(decoded(b" \n").unwrap_err().to_string().contains("empty"));
        assert!(decoded(b"{\"a\":\"\xe9\"}").unwrap_err().to_string().contains("offset 6"));
        assert_eq!(decoded(b"\xef\xbb\xbf{}").unwrap(), "{}");
    }
}
