//! The words of a sentence, one by one: words of the list, names of the incident, and nothing else.

use crate::incident::parse_address;
use crate::runbook::Offer;

use super::grounds::{Grounds, NAME};
use super::lists::Words;
use super::{Cause, numbers, vocabulary};

/// Tools of command lines. A sentence may name one only if an entity does.
static TOOLS: Words = Words::new(
    "bash sh zsh sudo su curl wget nc ncat netcat chmod chown rm cp mv scp dd sc iex iwr pwsh cscript wscript mshta \
    rundll32 regsvr32 certutil bitsadmin schtasks netsh del msiexec wmic vssadmin wevtutil auditpol reg az kubectl \
    docker iptables ufw systemctl crontab usermod useradd passwd python perl ruby javascript vbscript eval exec \
    nmap mimikatz psexec anydesk teamviewer rustdesk ngrok ping format mailto tel",
);

/// Names with digits or signs that every analyst writes.
static COMMON: Words = Words::new(
    "sha256 sha-256 sha512 sha1 sha-1 md5 win32 win64 x86 x64 x86_64 base32 base64 oauth2 office365 m365 o365 http2 \
    ipv4 ipv6 ntlmv1 ntlmv2 log4j log4shell web.config e.g i.e",
);

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

/// A word without the punctuation around it.
pub(super) fn bare(word: &str) -> &str {
    let word = word.trim_matches(['.', ',', ':', ';', '!', '?', '(', ')', '[', ']', '"', '\'']);
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
    let joined = grounds.with_names_joined(sentence);
    signs(&joined)?;
    let tokens: Vec<String> = tokens(&joined).collect();
    let begins_small = sentence.starts_with(char::is_lowercase);
    if begins_small && tokens.first().is_some_and(|first| !grounds.has(first)) {
        return Err(Cause::Wording);
    }
    let is_name = |token: &str| {
        token == NAME || grounds.has(token) || token.split('-').all(|part| grounds.has_proper(part, sentence))
    };
    for (at, token) in tokens.iter().enumerate() {
        if is_link(token) {
            return Err(Cause::Code);
        }
        match attack_id(token, offer) {
            Some(true) => {}
            Some(false) => return Err(Cause::Technique),
            None if is_name(token) && !is_predicate(token, &tokens[..at]) => {}
            None => one(token)?,
        }
    }
    if shouts(sentence) {
        return Err(Cause::Wording);
    }
    if numbers::are_suspicious(&tokens, grounds) { Err(Cause::Indicator) } else { Ok(()) }
}

/// Refuses signs that no prose needs, and those that may be parts of a broken address.
fn signs(joined: &str) -> Result<(), Cause> {
    const CODE: [char; 15] = ['`', '<', '>', '{', '}', '|', '$', '=', '^', '~', '*', '#', '&', '\u{b7}', '\u{b8}'];
    let mut brackets = joined.split('[').skip(1);
    let is_mark = |rest: &str| [".]", ":]", "masked]"].iter().any(|known| rest.starts_with(known));
    if joined.contains(CODE) || brackets.any(|rest| !is_mark(rest)) {
        return Err(Cause::Code);
    }
    let is_broken = |word: &str| word.starts_with(['.', '@']) || matches!(word, "[.]" | "(.)" | "(at)");
    if joined.contains(' ') && joined.split(' ').any(is_broken) { Err(Cause::Indicator) } else { Ok(()) }
}

/// What a name does not follow: an attacker may be called `innocuous`, and the activity is not.
pub(super) static COPULAS: Words = Words::new(
    "a an with is are was were be been being looks look seems seem appears very quite so all rather too totally fully not",
);

/// True for a name that stands where something is said of a thing, and might be read as an ordinary word.
fn is_predicate(token: &str, before: &[String]) -> bool {
    let reads_as_word = token == NAME || token.chars().all(|c| c.is_alphabetic() || c == '-');
    reads_as_word && before.last().is_some_and(|last| COPULAS.has(last))
}

/// True if a text names something of the incident, or counts something.
pub(super) fn names_something(text: &str, grounds: &Grounds) -> bool {
    let joined = grounds.with_names_joined(text);
    let is_count = |token: &str| token.chars().filter(char::is_ascii_digit).count() > 1;
    joined.contains(NAME) || tokens(&joined).any(|token| grounds.has(&token) || is_count(&token))
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

/// A word that the incident does not have: a word of the list or a number, and nothing else.
fn one(token: &str) -> Result<(), Cause> {
    let is_numeric = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | ':' | '%' | '-' | '/' | '+');
    if COMMON.has(token) || token.chars().all(is_numeric) && parse_address(token).is_none() {
        return Ok(());
    }
    if TOOLS.has(token) || is_option(token) || is_cmdlet(token) {
        return Err(Cause::Code);
    }
    let is_measure =
        token.starts_with(|c: char| c.is_ascii_digit()) && token.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if is_measure
        || parse_address(token).is_some()
        || token.contains(['@', '.', '_'])
        || token.contains(|c: char| c.is_ascii_digit())
    {
        // What may be measured is looked at with the other numbers.
        return if is_measure && token.len() <= 12 && !token.ends_with(|c: char| c.is_ascii_digit()) && has_unit(token) {
            Ok(())
        } else {
            Err(Cause::Indicator)
        };
    }
    if token.contains(['\\', '[', ']', '(', ')', '"', '+', ';', ':', '!']) {
        return Err(Cause::Code);
    }
    if vocabulary::has(token) { Ok(()) } else { Err(Cause::Wording) }
}

fn has_unit(token: &str) -> bool {
    let unit = token.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('-');
    ["st", "nd", "rd", "th", "h", "s", "ms", "min", "kb", "mb", "gb", "tb", "am", "pm"].contains(&unit)
        || token.contains('-') && vocabulary::has(unit)
}

/// `-enc`, `--force`, `/add`
fn is_option(token: &str) -> bool {
    token.starts_with(['-', '/']) && token.len() > 1
}

/// `Remove-Item`
fn is_cmdlet(token: &str) -> bool {
    const VERBS: &[&str] =
        &["set", "get", "new", "remove", "stop", "start", "add", "invoke", "disable", "enable", "clear", "export"];
    token.split_once('-').is_some_and(|(verb, noun)| VERBS.contains(&verb) && noun.len() > 3 && noun != "source")
}

/// Several words in capitals that are no abbreviations: `CLOSED BY SOC LEAD`.
fn shouts(sentence: &str) -> bool {
    const RUN: usize = 3;
    let mut run = 0;
    sentence.split_whitespace().map(bare).any(|word| {
        let is_loud = word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase());
        run = if is_loud { run + 1 } else { 0 };
        run >= RUN
    })
}
