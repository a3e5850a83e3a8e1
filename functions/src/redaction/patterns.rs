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
}

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let any: fn(&str) -> bool = |_| true;
    [
        (Kind::Account, r#"[^ @<>"'(),;:=/\\\[\]]+(?:@|%40)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+"#, any),
        // CONTOSO\alice, but no path and no registry hive
        (
            Kind::Account,
            r"(?:^|[^A-Za-z0-9_\\/.-])(?<v>[A-Za-z][A-Za-z0-9-]{1,14}\\[A-Za-z0-9_.$-]*[A-Za-z0-9_$-])(?:[^A-Za-z0-9_\\]|$)",
            is_no_hive,
        ),
        (
            Kind::Account,
            r#"(?i)[\\/](?:users|home|documents and settings)[\\/](?<v>[^\\/ "'<>|:;]+)"#,
            is_no_shared_folder,
        ),
        // \\fs-01\share; dc.corp.local
        (Kind::Host, r"\\\\(?<v>[A-Za-z0-9][A-Za-z0-9._-]+)\\", any),
        (
            Kind::Host,
            r"(?i)(?-u:\b)[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:local|lan|internal|intern|intranet|corp|home|localdomain)(?-u:\b)",
            any,
        ),
        // dc-01, HR-WS-061, DESKTOP-7K2M9QX
        (Kind::Host, r#"(?i)(?:^|[ "'(,;=])(?<v>[a-z]{2,}(?:-[a-z0-9]+)*-[0-9]{1,4})(?:[ "'),;:?!.]|$)"#, is_machine),
        (Kind::Host, r"(?-u:\b)(?:DESKTOP|LAPTOP|WIN|PC|SRV|WS)-[A-Z0-9]{4,}(?-u:\b)", any),
        (Kind::Address, r"(?-u:\b)[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?-u:\b)", is_own_address),
        (
            Kind::Address,
            r"(?i)(?:^|[^A-Za-z0-9_:.])(?<v>[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?:[^A-Za-z0-9_:]|$)",
            is_own_address,
        ),
        (Kind::Id, r"(?i)(?-u:\b)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?-u:\b)", any),
        (Kind::Id, r"(?-u:\b)S-1-[0-9]+(?:-[0-9]+){2,}(?-u:\b)", any),
        (Kind::Id, r"(?i)(?-u:\b)[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?-u:\b)", any),
        (Kind::Phone, r"\+[0-9][0-9 ()./-]{6,18}[0-9]", any),
        (Kind::Phone, r"(?:^|[^A-Za-z0-9_.-])(?<v>\(?[0-9]{3}\)?[ .-][0-9]{3}[.-][0-9]{4})(?:[^A-Za-z0-9_-]|$)", any),
        (Kind::Resource, r#"(?i)/(?:resourcegroups|providers/[A-Za-z0-9_.]+/[A-Za-z0-9_]+)/(?<v>[^/ "',;]+)"#, any),
    ]
    .into_iter()
    .map(|(kind, pattern, holds)| Pattern { kind, regex: compiled(pattern), holds })
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
            // The character after a value may be the one before the next.
            from = value.end().max(whole.start() + 1);
            from = text.ceil_char_boundary(from);
            if (pattern.holds)(value.as_str()) {
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

/// False for what has the form of a machine's name and is none: `SHA-256`, `CVE-2026-1`, `INV-20881`.
fn is_machine(value: &str) -> bool {
    const OTHERS: &[&str] = &[
        "sha", "utf", "cve", "inv", "kb", "iso", "rfc", "tls", "ms", "http", "aes", "rsa", "nist", "cis", "gpt",
        "cobalt", "event", "port", "tcp", "udp", "top", "tier", "level", "stage", "phase", "day", "part", "step",
        "version", "type", "class", "covid",
    ];
    let first = value.split('-').next().unwrap_or_default().to_lowercase();
    !OTHERS.contains(&first.as_str())
}

fn is_no_hive(value: &str) -> bool {
    const OTHERS: &[&str] = &[
        "hklm", "hkcu", "hku", "hkcr", "hkey", "windows", "system32", "program", "nt", "builtin", "software", "files",
    ];
    let domain = value.split('\\').next().unwrap_or_default().to_lowercase();
    !OTHERS.contains(&domain.as_str())
}

fn is_no_shared_folder(value: &str) -> bool {
    !["public", "default", "all"].iter().any(|name| value.eq_ignore_ascii_case(name))
}
