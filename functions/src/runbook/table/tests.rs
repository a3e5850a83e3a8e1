//! The runbook keeps an analyst's common sense. These rules hold for every text in it.

use std::collections::BTreeSet;

use regex::Regex;

use super::*;
use crate::attack;

/// Every action there is, of scenarios, entities and tactics.
fn actions() -> impl Iterator<Item = &'static Action> {
    ACTIONS.iter().chain(keyed_actions())
}

fn text_of(action: &Action) -> String {
    format!("{} {}", action.text, action.short).to_lowercase()
}

fn found(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).unwrap().is_match(text)
}

#[track_caller]
fn every(rule: &str, holds: impl Fn(&Action) -> bool) {
    let broken: Vec<Str> = actions().filter(|action| !holds(action)).map(|action| action.id).collect();
    assert!(broken.is_empty(), "{rule}: {broken:?}");
}

/// All that must come before an action, directly or not.
fn prerequisites(action: &Action) -> BTreeSet<Str> {
    let mut all = BTreeSet::new();
    for id in action.after {
        if all.insert(*id) {
            all.extend(prerequisites(super::action(id).unwrap()));
        }
    }
    all
}

#[test]
fn the_runbook_is_whole() {
    assert_eq!(
        MITIGATIONS.iter().map(|m| m.id).collect::<Vec<_>>(),
        attack::mitigations().iter().map(|m| m.0).collect::<Vec<_>>()
    );
    for tactic in Tactic::ALL {
        assert!(tactic_action(tactic).is_some(), "{tactic}");
    }
    for kind in EntityKind::KNOWN {
        assert_eq!(entity_action(*kind).map(|action| action.about), Some(&[*kind][..]), "{kind}");
    }
    for scenario in [
        "password-spray",
        "password-spray-success",
        "impossible-travel",
        "mfa-fatigue",
        "token-theft",
        "oauth-consent",
        "inbox-rule",
        "phishing",
        "malware-mail",
        "ransomware",
        "mass-download",
        "exfiltration-to-cloud",
        "insider",
        "web-shell",
        "public-app-exploit",
        "cryptominer",
        "c2-beacon",
        "lateral-movement",
        "credential-dump",
        "persistence",
        "privileged-role-added",
        "key-vault-access",
        "storage-exposure",
        "container-escape",
        "dns-tunnelling",
        "port-scan",
        "brute-force",
        "brute-force-success",
        "honeypot-hit",
        "unclassified",
    ] {
        assert!(SCENARIOS.iter().any(|one| one.id == scenario), "{scenario}");
    }
}

#[test]
fn references_lead_somewhere() {
    let ids: Vec<Str> = actions().map(|action| action.id).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "an id stands twice");
    for scenario in SCENARIOS {
        assert!(scenario.actions.iter().all(|id| action(id).is_some()), "{}", scenario.id);
        assert!(scenario.queries.iter().all(|id| query(id).is_some()), "{}", scenario.id);
        assert!(scenario.hides.iter().all(|id| SCENARIOS.iter().any(|one| one.id == *id)), "{}", scenario.id);
        let techniques = scenario.techniques.iter().chain(scenario.infers);
        assert!(techniques.into_iter().all(|id| attack::Technique::find(id).is_some()), "{}", scenario.id);
        assert_eq!(scenario.grows_from.is_empty(), scenario.signs.is_empty(), "{}", scenario.id);
    }
    every("techniques are ATT&CK's", |a| a.techniques.iter().all(|id| attack::Technique::find(id).is_some()));
    every("mitigations are ATT&CK's", |a| a.mitigations.iter().all(|id| attack::mitigation_name(id).is_some()));
}

#[test]
fn nothing_in_the_runbook_is_unused() {
    let used: BTreeSet<Str> = SCENARIOS.iter().flat_map(|s| s.actions).copied().collect();
    let pulled: BTreeSet<Str> = actions().flat_map(|a| a.after).copied().collect();
    let idle: Vec<Str> = ACTIONS.iter().map(|a| a.id).filter(|id| !used.contains(id) && !pulled.contains(id)).collect();
    assert!(idle.is_empty(), "{idle:?}");
    let asked: BTreeSet<Str> = SCENARIOS.iter().flat_map(|s| s.queries).copied().collect();
    let idle: Vec<Str> =
        QUERIES.iter().map(|q| q.id).filter(|id| !asked.contains(id) && !id.starts_with("any-")).collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn what_comes_before_comes_before() {
    every("a prerequisite has an earlier place", |a| {
        a.after.iter().filter_map(|id| action(id)).all(|before| (before.phase, before.order) < (a.phase, a.order))
    });
}

#[test]
fn evidence_comes_before_reboot_and_wipe() {
    every("evidence first", |a| {
        let destroys = found(
            r"\b(reboot|restart the (host|machine|server)|reimag|wip(e|ing)\b|reinstall|rebuild|redeploy)",
            &text_of(a),
        );
        !destroys
            || a.id == "preserve-evidence"
            || matches!(a.phase, Phase::Eradicate | Phase::Recover) && prerequisites(a).contains("preserve-evidence")
    });
    every("nothing is powered off", |a| {
        !found(r"shut (it )?down|power(ed)? off|turn off the (machine|host|vm)|az vm (deallocate|stop)", &text_of(a))
    });
    let isolate = action("isolate-host").unwrap();
    assert!(isolate.text.contains("powered on"));
}

#[test]
fn sessions_end_with_every_password_reset() {
    every("sessions", |a| {
        !found(r"\b(reset|change|new|rotate)\b[^.;]*\bpasswords?\b", &text_of(a)) || text_of(a).contains("session")
    });
}

#[test]
fn nobody_is_locked_out_for_good() {
    every("break-glass", |a| {
        !found(
            r"\b(disable|block|remove|delete|suspend)\b[^.;`]*(\baccount\b|\badmin\b|\brole\b|\{account\})",
            &text_of(a),
        ) || text_of(a).contains("break-glass")
    });
}

#[test]
fn blocking_an_address_says_what_breaks() {
    every("shared addresses", |a| {
        !found(r"\b(block|deny|drop|ban)\b[^.;]*(\{address\}|\baddress)", &text_of(a)) || text_of(a).contains("shared")
    });
}

#[test]
fn what_blocks_or_publishes_addresses_means_outsiders_only() {
    every("outside only", |a| {
        let shares = found(r"\b(block|indicators?)\b[^.;]*\{address\}|\{address\}[^.;]*\bindicators?\b", &text_of(a));
        !shares || !matches!(a.phase, Phase::Contain | Phase::Prevent) || a.outside_only
    });
}

#[test]
fn no_control_is_weakened_and_nobody_strikes_back() {
    let forbidden = r"allow-?list|white-?list|exclusion|\bexclude\b|suppress|close the incident|(turn off|disable) (the )?(rule|control|protection|alert)|hack back|counter-?attack|scan the attacker|visit the (url|site|page)";
    every("nothing is weakened", |a| !found(forbidden, &text_of(a)));
    for m in MITIGATIONS {
        assert!(!found(forbidden, &m.text.to_lowercase()), "{}", m.id);
    }
}

#[test]
fn texts_are_short_and_without_links() {
    let words = |text: &str| text.split_whitespace().count();
    every("lengths", |a| words(&a.short) <= 6 && words(&a.text) <= 45 && words(&a.why) <= 18 && a.text.ends_with('.'));
    every("no links", |a| !a.text.contains("://") && !a.text.contains("www."));
    every("nothing of ours is broken", |a| {
        crate::text::defanged(&a.text) == a.text && crate::text::defanged(&a.short) == a.short
    });
    every("quotation marks are paired", |a| a.text.matches('`').count().is_multiple_of(2));
    every("no address in a command", |a| {
        a.text
            .split('`')
            .skip(1)
            .step_by(2)
            .all(|code| !["{address}", "{url}", "{domain}"].iter().any(|p| code.contains(p)))
    });
    for m in MITIGATIONS {
        assert!(words(&m.text) <= 30 && words(&m.short) <= 7 && m.text.ends_with('.'), "{}", m.id);
    }
    for query in QUERIES {
        assert!(query.kql.contains("TimeGenerated between ({from} .. {to})"), "{}", query.id);
        assert!(!query.kql.contains("://") && !query.kql.contains("\n\n"), "{}", query.id);
    }
}

#[test]
fn no_sentence_is_written_twice() {
    let mut seen = BTreeSet::new();
    let twice: Vec<Str> = actions().filter(|a| !seen.insert(a.text)).map(|a| a.id).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
