//! Breaking schemes, addresses and domains, so that no portal, terminal or mail client makes a link of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::incident::is_public;

use super::domains::{BARE_SCHEMES, NOT_DOMAINS, OWN_NAMES};

/// `text` with every scheme, public address and domain broken: `hxxp`, `[.]`, `[:]`.
#[must_use]
pub fn defanged(text: &str) -> String {
    let mut scan = Scan { out: String::with_capacity(text.len() + 16), rest: text, in_authority: false, before: ' ' };
    while let Some(c) = scan.rest.chars().next() {
        if is_word(c) { scan.word() } else { scan.other(c) }
    }
    scan.out
}

struct Scan<'t> {
    out: String,
    rest: &'t str,
    /// Between `//` and the next slash of a URL everything is broken, whatever it looks like.
    in_authority: bool,
    before: char,
}

impl Scan<'_> {
    fn take(&mut self, length: usize) {
        self.out.push_str(&self.rest[..length]);
        self.rest = &self.rest[length..];
    }

    fn other(&mut self, c: char) {
        let slashes = c == ':' && (self.rest[1..].starts_with("//") || self.rest[1..].starts_with("\\\\"));
        if slashes {
            self.take(3);
            self.in_authority = true;
        } else {
            let ends = matches!(c, '/' | '\\' | '?' | '#' | '"' | '\'' | '<' | '>' | '`') || c.is_whitespace();
            self.in_authority &= !ends;
            self.take(c.len_utf8());
        }
        self.before = c;
    }

    fn word(&mut self) {
        if let Some(length) = ipv6(self.rest) {
            self.out.push_str(&self.rest[..length].replace(':', "[:]"));
            self.rest = &self.rest[length..];
        } else {
            let length = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
            let (word, after) = self.rest.split_at(length);
            let must_break = self.in_authority || self.before == '@';
            push_word(&mut self.out, word, after, must_break);
            self.rest = after;
        }
        self.before = 'a';
    }
}

/// True for a word that looks like a file's name and not like a domain: `w3wp.exe`, `HOW_TO_RESTORE.txt`.
#[must_use]
pub fn is_file_name(word: &str) -> bool {
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let ending =
        word.rsplit_once('.').filter(|(name, _)| !name.is_empty()).map(|(_, ending)| ending.to_ascii_lowercase());
    is_plain && ending.is_some_and(|ending| NOT_DOMAINS.contains(&ending.as_str())) && defanged(word) == word
}

/// Characters of a host name, also of an international one or of one with signs in it.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+') || !c.is_ascii() && !c.is_whitespace()
}

/// Browsers read these as dots (UTS 46).
fn is_wide_dot(c: char) -> bool {
    matches!(c, '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

fn is_dot(c: char) -> bool {
    c == '.' || is_wide_dot(c)
}

fn push_word(out: &mut String, word: &str, after: &str, must_break: bool) {
    let follows = after.strip_prefix(':').and_then(|after| after.chars().next()).filter(|c| !c.is_whitespace());
    if let Some(next) = follows {
        let slashes = matches!(next, '/' | '\\');
        // A scheme may be glued to what stands before: `x.http://`.
        let (head, scheme) = word.split_at(word.rfind(['.', '_']).map_or(0, |dot| dot + 1));
        if let Some(broken) = broken_scheme(scheme, slashes) {
            out.push_str(&head.replace('.', "[.]"));
            out.push_str(&broken);
            return;
        }
    }
    push_dotted(out, word, must_break);
}

/// The scheme in a form that nothing acts on; none if it is no scheme.
fn broken_scheme(word: &str, slashes: bool) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    // `xhttp://` is still read as http by what looks for it inside words.
    for (scheme, broken) in [("https", "hxxps"), ("http", "hxxp"), ("ftps", "fxps"), ("sftp", "sfxp"), ("ftp", "fxp")] {
        if let Some(head) = lower.strip_suffix(scheme) {
            return Some(format!("{}{broken}", &word[..head.len()]));
        }
    }
    let is_scheme =
        BARE_SCHEMES.contains(&lower.as_str()) || slashes && word.starts_with(|c: char| c.is_ascii_alphabetic());
    (is_scheme && word.len() > 1).then(|| format!("{word}[.]"))
}

/// Breaks the dots inside a word that is an address or a domain; dots at its ends are punctuation.
fn push_dotted(out: &mut String, word: &str, must_break: bool) {
    let bare = word.trim_matches(['.', '-', '+', '_']);
    let is_own = OWN_NAMES.iter().any(|own| bare.eq_ignore_ascii_case(own));
    if is_own || !(must_break || is_domain(bare) || has_address(bare)) {
        out.push_str(word);
        return;
    }
    let start = word.len() - word.trim_start_matches(['.', '-', '+', '_']).len();
    let end = (start + bare.len()).min(word.len());
    out.push_str(&word[..start]);
    for c in word[start..end].chars() {
        if is_dot(c) { out.push_str("[.]") } else { out.push(c) }
    }
    out.push_str(&word[end..]);
}

/// True for what may hold a domain name: after a dot a label of two or more that starts with a letter and is no file's
/// ending. Not only the last label counts: what is glued to a name must not hide it.
fn is_domain(word: &str) -> bool {
    let mut labels = word.split(is_dot);
    let is_site = labels.next().is_some_and(|first| first.eq_ignore_ascii_case("www"));
    let mut rest = labels.peekable();
    is_site && rest.peek().is_some()
        || rest.any(|label| {
            let lower = label.to_lowercase();
            lower.starts_with(char::is_alphabetic)
                && lower.chars().count() >= 2
                && !NOT_DOMAINS.contains(&lower.as_str())
        })
}

/// True if a public IPv4 address stands anywhere in the word, also in a range or glued to something.
fn has_address(word: &str) -> bool {
    word.split(|c: char| !c.is_ascii_digit() && !is_dot(c)).any(|digits| {
        let numbers: Vec<Option<u8>> = digits.split(is_dot).map(|number| number.parse().ok()).collect();
        numbers.windows(4).any(|quad| match quad {
            [Some(a), Some(b), Some(c), Some(d)] => is_public(IpAddr::V4(Ipv4Addr::new(*a, *b, *c, *d))),
            _ => false,
        })
    })
}

/// The length of a public IPv6 address at the start of `text`.
fn ipv6(text: &str) -> Option<usize> {
    let length = text.find(|c: char| !c.is_ascii_hexdigit() && c != ':' && c != '.').unwrap_or(text.len());
    let candidate = text[..length].trim_end_matches(['.', ':']);
    // Trimming may take the end of `2001:db8::` with it.
    let candidate = if text[candidate.len()..].starts_with("::") { &text[..candidate.len() + 2] } else { candidate };
    let address = candidate.parse::<Ipv6Addr>().ok()?;
    is_public(IpAddr::V6(address)).then_some(candidate.len())
}

#[cfg(test)]
mod tests {
    use super::defanged;

    #[test]
    fn schemes_addresses_and_domains_break() {
        for (text, broken) in [
            ("http://bad.example/x.php?u=http://b.example", "hxxp://bad[.]example/x.php?u=hxxp://b[.]example"),
            ("HTTPS://Bad.Example", "hxxps://Bad[.]Example"),
            ("https://user:pw@bad.exe:8080/a", "hxxps://user:pw@bad[.]exe:8080/a"),
            ("https:\\\\bad.example\\x", "hxxps:\\\\bad[.]example\\x"),
            ("http:bad.example", "hxxp:bad[.]example"),
            ("ftp://203.0.113.7:21", "fxp://203[.]0[.]113[.]7:21"),
            ("ssh://10.0.0.4/x", "ssh[.]://10[.]0[.]0[.]4/x"),
            ("javascript:alert(1)", "javascript[.]:alert(1)"),
            ("see data:text/html,x", "see data[.]:text/html,x"),
            ("mailto:a@b.example", "mailto[.]:a@b[.]example"),
            ("203.0.113.7, 198.51.100.9:22.", "203[.]0[.]113[.]7, 198[.]51[.]100[.]9:22."),
            ("[2001:db8::1]:443 and 2001:db8::.", "[2001[:]db8[:][:]1]:443 and 2001[:]db8[:][:]."),
            ("www.bad.zip evil.sh x.onion", "www[.]bad[.]zip evil[.]sh x[.]onion"),
            // A name before the @ may look like a site, and some portals would link it.
            ("megan.bowen@contoso.com", "megan[.]bowen@contoso[.]com"),
            ("https://bad.example@10.0.0.1/", "hxxps://bad[.]example@10[.]0[.]0[.]1/"),
            ("www.bad.example@x.y", "www[.]bad[.]example@x[.]y"),
            ("a@b.txt", "a@b[.]txt"),
            (
                "bad\u{3002}example \u{431}\u{430}\u{434}.\u{440}\u{444}",
                "bad[.]example \u{431}\u{430}\u{434}[.]\u{440}\u{444}",
            ),
            ("xn--e1a.xn--p1ai", "xn--e1a[.]xn--p1ai"),
            ("(bad.example)", "(bad[.]example)"),
            ("bad.exampleT1110.001", "bad[.]exampleT1110[.]001"),
            ("bad.examplehttp://x.example", "bad[.]examplehxxp://x[.]example"),
            ("..bad.example..", "..bad[.]example.."),
            ("contoso-login.one evil.cab www.7.exe", "contoso-login[.]one evil[.]cab www[.]7[.]exe"),
            ("i\u{2764}.ws bad\u{301}.example", "i\u{2764}[.]ws bad\u{301}[.]example"),
            ("203.0.113.1-203.0.113.9 x203.0.113.7y", "203[.]0[.]113[.]1-203[.]0[.]113[.]9 x203[.]0[.]113[.]7y"),
            ("ip:2001:db8::7", "ip:2001[:]db8[:][:]7"),
        ] {
            assert_eq!(defanged(text), broken);
        }
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "10.0.0.4 and fe80::1 and ::1 and 100.64.0.1",
            "T1110.001 at 10:42:07 by svchost.exe, v18.1 e.g. /etc/cron.d/x.conf",
            "~/.ssh/authorized_keys",
            "Contain: isolate. Then look.",
            "az snapshot create -g GROUP -n evidence-1 --source DISK",
            "std::mem::swap a::b",
            "kubectl label ns NAMESPACE pod-security.kubernetes.io/enforce=restricted",
        ] {
            assert_eq!(defanged(text), text);
        }
    }
}
