//! Descriptions as plain text.

use crate::text::Text;

/// A description as plain text: rules may write markup and, for the Defender portal, correlation tags into it.
pub(super) fn plain(raw: &str, limit: usize) -> Text {
    let raw = ["#INC_CORR#", "#DONT_CORR#"]
        .iter()
        .fold(raw.trim_start(), |rest, tag| rest.strip_prefix(tag).unwrap_or(rest).trim_start());
    Text::new(&without_tags(raw), limit)
}

/// HTML's own tags. Others stay: `<password>x</password>` must still be recognised for what it is.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "body",
    "br",
    "button",
    "center",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "label",
    "li",
    "link",
    "meta",
    "object",
    "ol",
    "option",
    "p",
    "pre",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "u",
    "ul",
    "video",
];

/// Leaves out `<b>`, `</p>`, `<a href=..>` and comments; a `<` that opens none of HTML's tags stays.
fn without_tags(raw: &str) -> String {
    const LONGEST_TAG: usize = 300;
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let tag = &rest[open..rest.floor_char_boundary(open + LONGEST_TAG)];
        let inner = tag[1..].trim_start_matches('/');
        let name = &inner[..inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len())];
        let is_tag = inner.starts_with("!--") || TAGS.iter().any(|known| known.eq_ignore_ascii_case(name));
        match tag.find('>') {
            Some(close) if is_tag => {
                out.push(' ');
                rest = &rest[open + close + 1..];
            }
            _ => {
                out.push('<');
                rest = &rest[open + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_lose_markup_and_correlation_tags() {
        assert_eq!(
            plain("#INC_CORR# <p>Many <b>failed</b>\nlogins</p> a < b <!-- x -->", 100).as_str(),
            "Many failed logins a < b"
        );
    }

    #[test]
    fn a_credential_between_tags_is_masked_and_not_bared() {
        assert_eq!(plain("<b>x</b> <password>S3cr3tValue</password>", 100).as_str(), "x <password>[masked]</password>");
    }
}
