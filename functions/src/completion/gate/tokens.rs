//! The words of a sentence that are more than words: addresses, names, numbers, code.

use crate::incident::parse_address;
use crate::runbook::Offer;

use super::Cause;
use super::grounds::Grounds;

/// Tools of command lines. A sentence may name one only if the incident does.
const TOOLS: &[&str] = &[
    "bash",
    "sh",
    "zsh",
    "sudo",
    "su",
    "curl",
    "wget",
    "nc",
    "ncat",
    "netcat",
    "chmod",
    "chown",
    "rm",
    "cp",
    "mv",
    "scp",
    "ssh-add",
    "iex",
    "iwr",
    "invoke-webrequest",
    "invoke-expression",
    "powershell",
    "pwsh",
    "cmd",
    "cscript",
    "wscript",
    "mshta",
    "rundll32",
    "regsvr32",
    "certutil",
    "bitsadmin",
    "schtasks",
    "netsh",
    "msiexec",
    "wmic",
    "vssadmin",
    "wevtutil",
    "auditpol",
    "reg",
    "az",
    "kubectl",
    "docker",
    "iptables",
    "ufw",
    "systemctl",
    "crontab",
    "usermod",
    "useradd",
    "passwd",
    "set-mppreference",
    "add-mppreference",
    "python",
    "perl",
    "ruby",
    "javascript",
    "vbscript",
    "eval",
    "exec",
];

/// Names with digits that every analyst writes.
const COMMON: &[&str] = &[
    "sha256",
    "sha-256",
    "sha512",
    "sha-1",
    "md5",
    "win32",
    "win64",
    "x86",
    "x64",
    "base64",
    "oauth2",
    "office365",
    "m365",
    "o365",
    "http2",
    "ipv4",
    "ipv6",
    "ntlmv1",
    "ntlmv2",
    "tls12",
    "log4j",
    "log4shell",
    "ms17-010",
];

/// The words of a text, in lower case, without the punctuation around them. Broken addresses are whole again.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = String> {
    let mut text = text.to_lowercase();
    for (broken, whole) in
        [("[.]", "."), ("(.)", "."), ("{.}", "."), ("[:]", ":"), ("[@]", "@"), ("[at]", "@"), ("hxxp", "http")]
    {
        if text.contains(broken) {
            text = text.replace(broken, whole);
        }
    }
    let words: Vec<String> =
        text.split_whitespace().map(bare).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.into_iter()
}

fn bare(word: &str) -> &str {
    let word = word
        .trim_matches(|c: char| matches!(c, '.' | ',' | ':' | ';' | '!' | '?' | '(' | ')' | '[' | ']' | '"' | '\''));
    word.strip_suffix("'s").unwrap_or(word)
}

/// The host in a URL.
pub(super) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default()
}

/// Refuses a sentence with anything that the incident does not have, or that is more than prose.
pub(super) fn check(sentence: &str, grounds: &Grounds, offer: &Offer) -> Result<(), Cause> {
    if sentence.contains(['`', '<', '>', '{', '}', '|', '$', '=', '^', '~']) {
        return Err(Cause::Code);
    }
    let tokens: Vec<String> = tokens(sentence).collect();
    for token in &tokens {
        if is_link(token) {
            return Err(Cause::Code);
        }
        if let Some(is_offered) = attack_id(token, offer) {
            if is_offered {
                continue;
            }
            return Err(Cause::Technique);
        }
        if !grounds.has(token) {
            one(token)?;
        }
    }
    if has_long_number(&tokens, grounds) { Err(Cause::Indicator) } else { Ok(()) }
}

fn is_link(token: &str) -> bool {
    token.contains("://") || token.contains(":\\\\") || token.starts_with("www.") || token.contains("](")
}

/// True or false for an id of ATT&CK, by whether it was offered; none for anything else.
fn attack_id(token: &str, offer: &Offer) -> Option<bool> {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let (number, part) = token.split_once('.').unwrap_or((token, ""));
    let is_technique = number.strip_prefix('t').is_some_and(|n| digits(n, 4)) && (part.is_empty() || digits(part, 3));
    let is_other = ["m", "ta", "g", "s", "c", "da"].iter().any(|p| token.strip_prefix(p).is_some_and(|n| digits(n, 4)));
    (is_technique || is_other).then(|| offer.attack_ids.contains(&token.to_ascii_uppercase()))
}

/// A word that the incident does not have: it may be prose, and nothing else.
fn one(token: &str) -> Result<(), Cause> {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | ':' | '%' | '-' | '/');
    let count = |test: fn(&char) -> bool| token.chars().filter(test).count();
    let (letters, digits) = (count(|c| c.is_alphabetic()), count(char::is_ascii_digit));
    if parse_address(token).is_some() || token.contains('@') || token.starts_with("cve-") {
        return Err(Cause::Indicator);
    }
    if token.chars().all(is_number) {
        return Ok(());
    }
    if TOOLS.contains(&token) || is_option(token) || has_code_signs(token) {
        return Err(Cause::Code);
    }
    let is_named = letters > 0 && digits > 0 && !COMMON.contains(&token);
    let is_hex = token.len() >= 16 && token.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    let starts_named = token.starts_with(char::is_alphabetic);
    // `web-99`, `srv0042`; `10-minute` and `2nd` are prose.
    let is_identifier = is_named && starts_named && (token.contains(['-', '_']) && token.len() >= 4 || digits >= 2);
    if is_domain(token) || is_hex || is_identifier || digits >= 7 || token.contains('_') {
        return Err(Cause::Indicator);
    }
    Ok(())
}

/// `-enc`, `--force`, `/add`
fn is_option(token: &str) -> bool {
    token.starts_with(['-', '/']) && token.len() > 1
}

fn has_code_signs(token: &str) -> bool {
    let is_slashed = token.split_once('/').is_some_and(|(a, b)| {
        let is_word =
            |part: &str| !part.is_empty() && part.len() <= 14 && part.chars().all(|c| c.is_alphanumeric() || c == '-');
        !(is_word(a) && is_word(b))
    });
    is_slashed || token.contains(['\\', '*', '#', '[', ']', '(', ')', '"', '+', ';']) || token.contains(':')
}

/// A dot between a letter or digit and a label of two letters or more.
fn is_domain(token: &str) -> bool {
    const PROSE: &[&str] = &["e.g", "i.e", "a.m", "p.m", "u.s", "u.k", "a.k.a"];
    let labels = token.split('.').skip(1);
    !PROSE.contains(&token) && labels.into_iter().any(|label| label.starts_with(char::is_alphabetic))
}

/// Seven digits or more over several words: a telephone number, or an address in disguise.
fn has_long_number(tokens: &[String], grounds: &Grounds) -> bool {
    const DIGITS: usize = 7;
    let mut run = 0;
    let mut words = 0;
    tokens.iter().any(|token| {
        let digits = token.bytes().filter(u8::is_ascii_digit).count();
        let is_part = digits > 0 && token.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b','));
        let is_date = token.len() == 10 && token.bytes().filter(|b| *b == b'-').count() == 2;
        if is_part && !is_date && !grounds.has(token) {
            (run, words) = (run + digits, words + 1);
        } else {
            (run, words) = (0, 0);
        }
        run >= DIGITS && words > 1
    })
}
