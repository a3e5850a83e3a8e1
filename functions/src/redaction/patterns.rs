//! What personal and internal values look like where no entity names them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::incident::{is_public, parse_address};

use super::Kind;

/// A kind of value, a pattern for it in cleaned text (whose only white space is the plain space), and a check of what it found. The group named `v` is the value; without one, the whole match is.
struct Pattern {
    kind: Kind,
    regex: Regex,
    holds: fn(&str) -> bool,
    /// True for what stands in paths of files, and means nothing in those of URLs.
    is_path: bool,
}

/// Folders of people.
const HOMES: &str = r#"[\\/](?i:users|home|documents and settings)[\\/](?<v>[^\\/ "'<>|:;]+)"#;

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let any: fn(&str) -> bool = |_| true;
    [
        (Kind::Account, r#"[^ @<>"'(),;:=/\\\[\]]+(?:@|%40)[A-Za-z0-9_-]+(?:(?:\.|%2[Ee])[A-Za-z0-9_-]+)+"#, any),
        // CONTOSO\alice, but no path and no registry hive
        (
            Kind::Account,
            r#"(?:^|[^A-Za-z0-9_\\/.])(?<v>[A-Za-z][A-Za-z0-9._-]{0,62}\\{1,2}[^ \\/:*?"<>|,;()\[\]'`]*[^ \\/:*?"<>|,;()\[\]'`.])(?:[^A-Za-z0-9_\\]|$)"#,
            is_no_path,
        ),
        (Kind::Account, r"(?i)(?:^| )(?:-u|--user(?:name)?|/ru|/user|-l)[ :=]+(?<v>[A-Za-z][A-Za-z0-9._-]+)(?:[^A-Za-z0-9._\\@-]|$)", is_no_builtin),
        (Kind::Account, HOMES, is_no_shared_folder),
        (Kind::Account, r"(?i)(?-u:\b)(?:cn|uid)=(?<v>(?:\\.|[^,;\\])+)", any),
        (Kind::Domain, r"(?i)(?-u:\b)(?:ou|dc|o)=(?<v>(?:\\.|[^,;\\ ])+)", any),
        // \\fs-01\share; dc.corp.local; http://intranet:8080/
        (Kind::Host, r"\\\\(?<v>[A-Za-z0-9][A-Za-z0-9._-]+)(?:[\\ @]|$)", any),
        (
            Kind::Host,
            r"(?i)(?-u:\b)[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:local|lan|internal|intern|intranet|corp|home|localdomain)(?-u:\b)",
            any,
        ),
        (Kind::Host, r"(?i)(?:https?|file|sip|ldaps?)://(?<v>[a-z][a-z0-9-]+)(?:[:/ ]|$)", any),
        // dc-01, HR-WS-061, DESKTOP-7K2M9QX, DC09$, MSSQLSvc/sql77:1433
        (
            Kind::Host,
            r#"(?i)(?:^|[ "'(,;=])(?<v>[a-z]{2,}(?:-[a-z0-9]+)*-[0-9]{1,4})(?:[ "'),;:?!]|\.(?: |$)|$)"#,
            is_machine,
        ),
        (Kind::Host, r"(?-u:\b)(?:DESKTOP|LAPTOP|WIN|PC|SRV|WS)-[A-Z0-9]{4,}(?-u:\b)", has_digit),
        (Kind::Host, r"(?-u:\b)[A-Za-z][A-Za-z0-9-]*[0-9]\$", any),
        (Kind::Host, r"(?i)(?-u:\b)(?:mssqlsvc|host|cifs|termsrv|wsman|http|ldap|restrictedkrbhost)/(?<v>[a-z][a-z0-9.-]+)", any),
        (Kind::Address, r"(?-u:\b)[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?-u:\b)", is_own_address),
        (
            Kind::Address,
            r"(?i)(?:^|[^A-Za-z0-9_:.])(?<v>[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?:[^A-Za-z0-9_:]|$)",
            is_own_address,
        ),
        (Kind::Id, r"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", any),
        (Kind::Id, r"(?i)(?-u:\b)S-1-[0-9]+(?:-[0-9]+){3,}(?-u:\b)", any),
        (Kind::Id, r"(?i)(?-u:\b)[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?-u:\b)", any),
        (Kind::Id, r"(?-u:\b)arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(?<v>[0-9]{12}(?::[^ ,;]+)?)", any),
        (Kind::Phone, r"\+[0-9][0-9 ()./-]{6,18}[0-9]", any),
        (Kind::Phone, r"(?:^|[^A-Za-z0-9_.-])(?<v>\(?[0-9]{3}\)?[ .-][0-9]{3}[.-][0-9]{4})(?:[^A-Za-z0-9_-]|$)", any),
        (Kind::Phone, r"(?:^|[^A-Za-z0-9_.,:-])(?<v>0[0-9]{2,4}[ /-][0-9]{3,4}(?:[ /-]?[0-9]{2,5})+)(?:[^A-Za-z0-9_-]|$)", any),
        (Kind::Resource, r#"(?i)/(?:resourcegroups|providers/[A-Za-z0-9_.]+/[A-Za-z0-9_]+)/(?<v>[^/ "',;]+)"#, any),
        (
            Kind::Resource,
            r"(?i)(?-u:\b)(?<v>[a-z0-9][a-z0-9-]*)\.(?:vault\.azure\.net|(?:blob|file|queue|table|dfs)\.core\.windows\.net|database\.windows\.net|servicebus\.windows\.net|azurewebsites\.net|azurecr\.io|openai\.azure\.com|sharepoint\.com|onmicrosoft\.com)(?-u:\b)",
            any,
        ),
    ]
    .into_iter()
    .map(|(kind, pattern, holds)| Pattern { kind, regex: compiled(pattern), holds, is_path: pattern == HOMES })
    .collect()
});

fn compiled(pattern: &str) -> Regex {
    #[expect(clippy::expect_used, reason = "the patterns are constants, and a test compiles them all")]
    Regex::new(pattern).expect("pattern compiles")
}

/// The values in a text, with their places.
pub(super) fn found(text: &str) -> Vec<(Kind, Range<usize>)> {
    let mut all = Vec::new();
    for pattern in PATTERNS.iter() {
        let mut from = 0;
        while let Some(found) = pattern.regex.captures_at(text, from) {
            let whole = found.get_match();
            let value = found.name("v").unwrap_or(whole);
            // The path of an outsider's URL names nobody of ours.
            let is_in_url =
                pattern.is_path && text[..value.start()].rsplit(' ').next().is_some_and(|token| token.contains("://"));
            // The character after a value may be the one before the next.
            from = value.end().max(whole.start() + 1);
            from = text.ceil_char_boundary(from);
            if (pattern.holds)(value.as_str()) && !is_in_url {
                all.push((pattern.kind, value.range()));
            }
            if from > text.len() {
                break;
            }
        }
    }
    all
}

fn is_own_address(value: &str) -> bool {
    parse_address(value).is_some_and(|address| !is_public(address))
}

/// False for what has the form of a machine's name and is none: `SHA-256`, `CVE-2026-1`, `INV-20881`, `APT-29`, `May-2026`.
fn is_machine(value: &str) -> bool {
    const OTHERS: &str = "sha utf cve inv kb iso rfc tls ms http aes rsa nist cis gpt cobalt event port tcp udp top tier level stage phase \
        day part step version type class covid apt fin storm unc dev ta lockbit ubuntu debian centos python perl node linux windows macos \
        user case error january february march april may june july august september october november december jan feb mar apr jun jul aug \
        sep oct nov dec q fy ref ticket order page figure table rule alert id";
    let first = value.split('-').next().unwrap_or_default().to_lowercase();
    !OTHERS.split_whitespace().any(|other| other == first)
}

fn has_digit(value: &str) -> bool {
    value.bytes().any(|b| b.is_ascii_digit())
}

fn is_no_builtin(value: &str) -> bool {
    !["root", "system", "nobody"].iter().any(|name| value.eq_ignore_ascii_case(name))
}

/// False for parts of paths, hives, and accounts that come with Windows.
fn is_no_path(value: &str) -> bool {
    const OTHERS: &str = "hklm hkcu hku hkcr hkey windows system32 program nt builtin software files authority service apppool manager \
        system sam root temp bin appdata programdata microsoft currentversion users public";
    let domain = value.split('\\').next().unwrap_or_default().to_lowercase();
    !OTHERS.split_whitespace().any(|other| other == domain)
}

fn is_no_shared_folder(value: &str) -> bool {
    !["public", "default", "all"].iter().any(|name| value.eq_ignore_ascii_case(name))
}
