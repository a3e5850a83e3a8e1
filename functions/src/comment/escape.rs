//! Escaping for HTML that a portal may also read as Markdown, and for Markdown.

/// The form of one kind of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// HTML for Sentinel's comments.
    Html,
    /// Markdown.
    Markdown,
}

/// Escapes text for HTML, and Markdown's own characters as numeric references: Sentinel renders both.
#[must_use]
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '!' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '|' | '~' | '`' | '\\' => {
                out.push_str("&#");
                out.push_str(&u32::from(c).to_string());
                out.push(';');
            }
            _ => out.push(c),
        }
    }
    out
}

/// Escapes text for Markdown, HTML in it included.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for (index, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '!' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '|' | '~' | '`' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            // At the start of a line these would open a list or underline a heading.
            '-' | '+' | '=' if index == 0 => {
                out.push('\\');
                out.push(c);
            }
            '.' if index > 0 && text[..index].bytes().all(|b| b.is_ascii_digit()) => out.push_str("\\."),
            _ => out.push(c),
        }
    }
    out
}

/// Text in which values and commands stand in backticks, as markup of `format`. A backtick without its pair is text.
#[must_use]
pub fn marked(text: &str, format: Format) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len() * 2);
    for (index, part) in parts.iter().enumerate() {
        let is_code = index % 2 == 1 && index + 1 < parts.len();
        let is_unpaired = index % 2 == 1 && index + 1 == parts.len();
        match format {
            Format::Html if is_code => {
                out.push_str("<code>");
                out.push_str(&html(part));
                out.push_str("</code>");
            }
            Format::Html if is_unpaired => out.push_str(&html(&format!("`{part}"))),
            Format::Html => out.push_str(&html(part)),
            Format::Markdown if is_code && !part.trim().is_empty() => {
                out.push('`');
                out.push_str(part);
                out.push('`');
            }
            Format::Markdown if is_unpaired => out.push_str(&markdown(&format!("`{part}"))),
            Format::Markdown => out.push_str(&markdown(part)),
        }
    }
    out
}

/// A query as it runs: for an HTML `pre`, or a fenced block in Markdown, which only a line of its own could end.
#[must_use]
pub fn verbatim(text: &str, format: Format) -> String {
    match format {
        Format::Html => html(text),
        Format::Markdown => text.replace("\n```", "\n ```"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_and_markdown_lose_their_meaning() {
        assert_eq!(html(r"<a href='x'>&"), "&lt;a href=&#39;x&#39;&gt;&amp;");
        assert_eq!(
            html("![x](y) *b* _i_ #h |t| ~s~ `c` \\"),
            "&#33;&#91;x&#93;&#40;y&#41; &#42;b&#42; &#95;i&#95; &#35;h &#124;t&#124; &#126;s&#126; &#96;c&#96; &#92;"
        );
        assert_eq!(markdown("![x](<y>) 1. a"), "\\!\\[x\\]\\(&lt;y&gt;\\) 1. a");
        assert_eq!(markdown("1. a"), "1\\. a");
        assert_eq!(markdown("- a"), "\\- a");
    }

    #[test]
    fn backticks_are_code_in_pairs() {
        assert_eq!(marked("run `a<b` now", Format::Html), "run <code>a&lt;b</code> now");
        assert_eq!(marked("run `a_b` now_", Format::Markdown), "run `a_b` now\\_");
        assert_eq!(marked("odd ` one", Format::Html), "odd &#96; one");
        assert_eq!(marked("`a` and ` b", Format::Markdown), "`a` and \\` b");
    }
}
