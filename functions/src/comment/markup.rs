//! The markup that a comment may have, checked on every comment before it leaves.

/// Tags that are allowed. Anchors are checked apart.
const TAGS: &[&str] = &["p", "b", "i", "ul", "ol", "li", "code", "pre", "h3", "h4"];

/// Where links may lead.
pub const LINK_HOSTS: &[&str] =
    &["attack.mitre.org", "learn.microsoft.com", "portal.azure.com", "security.microsoft.com"];

/// Markup that a comment must not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A tag that is not in the set, or has attributes.
    #[error("the tag `{0}`")]
    Tag(String),
    /// A tag closed that is not open, or left open.
    #[error("the tag `{0}` is not closed where it should be")]
    Unbalanced(String),
    /// A `<` that starts no tag, or a `&` that starts no character reference.
    #[error("an unescaped `{0}`")]
    Unescaped(char),
    /// An address outside a link or a query.
    #[error("an address that is not broken")]
    Address,
}

/// Checks a comment: only the allowed tags, balanced; links only to [`LINK_HOSTS`] with `target="_blank"`; no other
/// `http://` or `https://` outside `pre`.
///
/// # Errors
/// The first [`Violation`].
pub fn check(html: &str) -> Result<(), Violation> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        check_text(&rest[..at], open.contains(&"pre"))?;
        let end = rest[at..].find('>').ok_or(Violation::Unescaped('<'))? + at;
        step(&rest[at + 1..end], &mut open)?;
        rest = &rest[end + 1..];
    }
    check_text(rest, false)?;
    open.last().map_or(Ok(()), |tag| Err(Violation::Unbalanced((*tag).to_owned())))
}

fn step<'a>(tag: &'a str, open: &mut Vec<&'a str>) -> Result<(), Violation> {
    if tag == "br" {
        return Ok(());
    }
    if let Some(name) = tag.strip_prefix('/') {
        return match open.pop() {
            Some(last) if last == name => Ok(()),
            _ => Err(Violation::Unbalanced(shown(name))),
        };
    }
    let name = if is_allowed_link(tag) { "a" } else { tag };
    if !TAGS.contains(&tag) && name == tag {
        return Err(Violation::Tag(shown(tag)));
    }
    open.push(name);
    Ok(())
}

fn is_allowed_link(tag: &str) -> bool {
    let url = tag.strip_prefix("a href=\"https://").and_then(|rest| rest.strip_suffix("\" target=\"_blank\""));
    let Some((host, path)) = url.and_then(|url| url.split_once('/')) else {
        return false;
    };
    LINK_HOSTS.contains(&host) && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%?=&#".contains(&b))
}

fn check_text(text: &str, in_pre: bool) -> Result<(), Violation> {
    if text.contains('>') {
        return Err(Violation::Unescaped('>'));
    }
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        rest = &rest[at + 1..];
        let name = rest.split_once(';').map(|(name, _)| name).unwrap_or_default();
        let is_number = name.strip_prefix('#').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if !is_number && !["amp", "lt", "gt", "quot"].contains(&name) {
            return Err(Violation::Unescaped('&'));
        }
    }
    let lower = text.to_ascii_lowercase();
    if !in_pre && (lower.contains("http://") || lower.contains("https://")) {
        return Err(Violation::Address);
    }
    Ok(())
}

fn shown(tag: &str) -> String {
    const LONGEST: usize = 40;
    tag.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_markup_passes() {
        for html in [
            "",
            "<p>a &amp; b<br>c &#33;</p>",
            "<ul><li><b>1</b> <code>x</code></li></ul>",
            r#"<p><a href="https://attack.mitre.org/techniques/T1110/001/" target="_blank">T1110.001</a></p>"#,
            "<pre><code>url == &quot;http://bad.example&quot;</code></pre>",
        ] {
            assert_eq!(check(html), Ok(()), "{html}");
        }
    }

    #[test]
    fn anything_else_does_not() {
        for html in [
            "<script>",
            "<img src=x>",
            "<p onclick=x>a</p>",
            "<p>",
            "</p>",
            "<p><b></p></b>",
            "a < b",
            "a > b",
            "a & b",
            "&nbsp;",
            "<a>x</a>",
            r#"<a href="https://evil.example/" target="_blank">x</a>"#,
            r#"<a href="https://attack.mitre.org.evil.example/" target="_blank">x</a>"#,
            r#"<a href="https://attack.mitre.org/" target="_blank" rel="x">x</a>"#,
            r#"<a href="https://attack.mitre.org/">x</a>"#,
            r#"<a href="javascript:x" target="_blank">x</a>"#,
            "<p>HTTPS://x</p>",
            "<table></table>",
        ] {
            assert!(check(html).is_err(), "{html}");
        }
    }
}
