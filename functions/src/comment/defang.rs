//! Breaking schemes, addresses and domains, so that no portal, terminal or mail client makes a link of them.

use std::net::{IpAddr, Ipv6Addr};

use crate::incident::{is_public, parse_address};

/// Schemes that act without `//`.
const BARE_SCHEMES: &[&str] = &[
    "about",
    "blob",
    "callto",
    "cid",
    "data",
    "facetime",
    "feed",
    "file",
    "intent",
    "javascript",
    "jar",
    "ldap",
    "magnet",
    "mailto",
    "mid",
    "ms-msdt",
    "ms-settings",
    "msteams",
    "news",
    "search-ms",
    "shell",
    "sip",
    "sips",
    "skype",
    "slack",
    "sms",
    "ssh",
    "steam",
    "tel",
    "telnet",
    "urn",
    "vbscript",
    "view-source",
    "whatsapp",
    "zoommtg",
];

/// Last parts of names that are no top-level domains: files, units, our own commands. Whatever else looks like a domain is
/// broken, since a new top-level domain, or one of a test, must not slip through.
const NOT_DOMAINS: &[&str] = &[
    "aspx",
    "asp",
    "ashx",
    "asmx",
    "jsp",
    "jspx",
    "php",
    "php5",
    "phtml",
    "cgi",
    "cfm",
    "html",
    "htm",
    "xhtml",
    "js",
    "mjs",
    "ts",
    "css",
    "json",
    "jsonl",
    "xml",
    "yaml",
    "yml",
    "toml",
    "ini",
    "conf",
    "config",
    "cfg",
    "cnf",
    "env",
    "log",
    "txt",
    "csv",
    "tsv",
    "rtf",
    "doc",
    "docx",
    "docm",
    "dotm",
    "xls",
    "xlsx",
    "xlsm",
    "ppt",
    "pptx",
    "pptm",
    "pdf",
    "eml",
    "msg",
    "one",
    "lnk",
    "url",
    "exe",
    "dll",
    "sys",
    "scr",
    "msi",
    "msix",
    "bat",
    "cmd",
    "ps1",
    "psm1",
    "psd1",
    "vbs",
    "vbe",
    "jse",
    "wsf",
    "wsh",
    "hta",
    "jar",
    "war",
    "ear",
    "class",
    "pyc",
    "elf",
    "bin",
    "img",
    "iso",
    "vhd",
    "vhdx",
    "vmdk",
    "ova",
    "tar",
    "gz",
    "tgz",
    "bz2",
    "xz",
    "7z",
    "rar",
    "cab",
    "dmg",
    "deb",
    "rpm",
    "apk",
    "ipa",
    "bak",
    "tmp",
    "old",
    "dat",
    "db",
    "sqlite",
    "mdb",
    "edb",
    "dit",
    "evtx",
    "pcap",
    "pcapng",
    "dmp",
    "service",
    "socket",
    "timer",
    "mount",
    "target",
    "plist",
    "key",
    "pem",
    "crt",
    "cer",
    "pfx",
    "p12",
    "kdbx",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "bmp",
    "svg",
    "webp",
    "ico",
    "mp3",
    "mp4",
    "avi",
    "wav",
    "local",
    "localdomain",
    "readwrite",
    "read",
    "all",
];

/// `text` with every scheme, public address and domain broken: `hxxp`, `[.]`, `[:]`.
#[must_use]
pub fn defanged(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    // The part of a URL between `//` and the next slash is broken whatever it looks like.
    let mut in_authority = false;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        if !is_word(c) {
            if c == ':' {
                let slashes = rest[1..].starts_with("//") || rest[1..].starts_with("\\\\");
                in_authority = in_authority || slashes;
                out.push(':');
                if slashes {
                    out.push_str(&rest[1..3]);
                    rest = &rest[3..];
                    before = '/';
                    continue;
                }
            } else {
                in_authority = in_authority
                    && !matches!(c, '/' | '\\' | '?' | '#' | '"' | '\'' | '<' | '>' | '`')
                    && !c.is_whitespace();
                out.push(c);
            }
            before = c;
            rest = &rest[c.len_utf8()..];
            continue;
        }
        if let Some(length) = ipv6(rest, before) {
            out.push_str(&rest[..length].replace(':', "[:]"));
            rest = &rest[length..];
        } else {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(length);
            push_word(&mut out, word, after, in_authority || before == '@');
            rest = after;
        }
        before = 'a';
    }
    out
}

/// Characters of a host name, also of an international one.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+') || is_wide_dot(c)
}

/// Browsers read these as dots (UTS 46).
fn is_wide_dot(c: char) -> bool {
    matches!(c, '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
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

fn push_dotted(out: &mut String, word: &str, must_break: bool) {
    let bare = word.trim_matches(['.', '-', '+', '_']);
    if must_break || is_domain(bare) || parse_address(bare).is_some_and(is_public) {
        let start = word.len() - word.trim_start_matches(['.', '-', '+', '_']).len();
        let (head, tail) = (&word[..start], &word[start + bare.len().min(word.len() - start)..]);
        out.push_str(head);
        for c in bare.chars() {
            match c {
                '.' => out.push_str("[.]"),
                c if is_wide_dot(c) => out.push_str("[.]"),
                c => out.push(c),
            }
        }
        out.push_str(tail);
    } else {
        out.push_str(word);
    }
}

/// True for what may hold a domain name: after a dot a label of two or more that starts with a letter and is no file's
/// ending. Not only the last label counts: what is glued to a name must not hide it.
fn is_domain(word: &str) -> bool {
    word.split(|c: char| c == '.' || is_wide_dot(c)).skip(1).any(|label| {
        let lower = label.to_lowercase();
        lower.starts_with(char::is_alphabetic) && lower.chars().count() >= 2 && !NOT_DOMAINS.contains(&lower.as_str())
    })
}

/// The length of a public IPv6 address at the start of `text`.
fn ipv6(text: &str, before: char) -> Option<usize> {
    if before == ':' {
        return None;
    }
    let length = text.find(|c: char| !c.is_ascii_hexdigit() && c != ':' && c != '.').unwrap_or(text.len());
    let candidate = text[..length].trim_end_matches(['.', ':']);
    // Trimming may take the end of `2001:db8::` with it.
    let candidate = if text[candidate.len()..].starts_with("::") { &text[..candidate.len() + 2] } else { candidate };
    let address = candidate.parse::<Ipv6Addr>().ok().filter(|address| is_public(IpAddr::V6(*address)))?;
    let _ = address;
    Some(candidate.len())
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
        ] {
            assert_eq!(defanged(text), text);
        }
    }
}
