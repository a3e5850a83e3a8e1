//! Whatever an attacker or a broken producer writes: no panic, no markup of theirs, nothing that acts.
#![allow(clippy::unwrap_used, reason = "tests")]

use honeytriage::comment::{Draft, MAX_UNITS, Marker, Purpose, Style, markup, terminal};
use honeytriage::completion::{Answer, Judged, MAX_BYTES, Phase, Triage, Usage, Verdict};
use honeytriage::incident::{EntityKind, Incident, IncidentId, Known};
use honeytriage::prompt::{DEFAULT_TOKENS, Detail, Question, tokens};
use honeytriage::redaction::{Level, Redaction};
use honeytriage::runbook::{self, Runbook};
use honeytriage::templates::Templates;
use honeytriage::text::{Text, defanged};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use uuid::Uuid;

/// Pieces that attacks are made of, between pieces of anything.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<script>alert(1)</script>"),
        Just("![x](http://evil.example/p.png)"),
        Just("[x](javascript:alert(1))"),
        Just("http://203.0.113.66/x"),
        Just("evil.example"),
        Just("`"),
        Just("```\n"),
        Just("</code></pre>"),
        Just("{{{x}}}"),
        Just("{account}"),
        Just("\u{1b}[2J"),
        Just("\u{202e}"),
        Just("&#x202e;"),
        Just("\u{e0041}\u{200b}\u{ad}\u{2028}"),
        Just("\\\"'|*_#~()"),
        Just(" password=hunter2secret "),
        Just("T1110.001"),
        Just(" "),
    ];
    prop::collection::vec(prop_oneof![piece.prop_map(str::to_owned), any::<String>()], 0..12)
        .prop_map(|parts| parts.concat())
}

/// An incident all of whose texts are hostile.
fn incident() -> impl Strategy<Value = Value> {
    let entity = (0..EntityKind::KNOWN.len(), hostile(), hostile()).prop_map(|(kind, a, b)| {
        let properties = json!({
            "accountName": a, "upnSuffix": b, "hostName": a, "dnsDomain": b, "address": a, "url": a, "fileName": a, "directory": b,
            "hashValue": a, "commandLine": b, "processId": a, "resourceId": a, "appName": a, "appId": b, "domainName": a,
            "malwareName": a, "mailboxPrimaryAddress": a, "subject": a, "sender": b, "networkMessageId": b, "query": a, "hive": a,
            "key": b, "valueName": a, "name": a, "deviceName": a, "macAddress": a, "displayName": a,
        });
        json!({"kind": EntityKind::KNOWN[kind].name(), "properties": properties})
    });
    let alert = (hostile(), hostile()).prop_map(|(a, b)| {
        let details = json!({ a.clone(): [b.clone()] }).to_string();
        json!({"properties": {"systemAlertId": a, "alertDisplayName": a, "description": b, "productName": b,
            "tactics": [a], "techniques": [b], "additionalData": {"Custom Details": details}}})
    });
    let lists = (prop::collection::vec(entity, 0..8), prop::collection::vec(alert, 0..4));
    (hostile(), hostile(), hostile(), lists).prop_map(|(title, description, other, (entities, alerts))| {
        json!({"properties": {"title": title, "description": description, "severity": other, "status": other,
            "labels": [{"labelName": other}], "relatedEntities": entities, "alerts": alerts,
            "additionalData": {"tactics": ["Impact", other], "techniques": ["T1486", "T1110.003", other],
                "alertProductNames": [other]}}})
    })
}

/// A comment without its queries, in which values stand as they are.
fn outside_pre(html: &str) -> String {
    html.split("<pre>").map(|part| part.split_once("</pre>").map_or(part, |(_, rest)| rest)).collect()
}

fn is_invisible(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{e0000}'..='\u{e0fff}')
}

/// The same cases every time, so that a failure is the change's and not the day's. `PROPTEST_RNG_SEED` and `PROPTEST_CASES`
/// ask for others.
fn config() -> ProptestConfig {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match config.rng_seed {
        RngSeed::Random => ProptestConfig { rng_seed: RngSeed::Fixed(20_261_124), ..config },
        RngSeed::Fixed(_) => config,
    }
}

/// An answer of a model that writes whatever an attacker tells it, with ids that were offered and others.
fn answer() -> impl Strategy<Value = Value> {
    let ids = prop_oneof![
        Just("isolate-host"),
        Just("revoke-sessions"),
        Just("rebuild-host"),
        Just("check-ip"),
        Just("close-incident")
    ];
    let action = (ids, hostile()).prop_map(|(id, reason)| json!({"id": id, "reason": reason}));
    let verdict =
        prop_oneof![Just("TruePositive"), Just("BenignPositive"), Just("FalsePositive"), Just("Undetermined")];
    let lists = (prop::collection::vec(action, 0..6), prop::collection::vec(hostile(), 0..4));
    (sentences(), verdict, lists, sentences()).prop_map(|(summary, verdict, (actions, texts), sentence)| {
        json!({"summary": format!("x {summary}"), "verdict": verdict, "confidence": 1, "evidence": ["e1", "a1", "e9"], "actions": actions,
            "queries": texts, "questions": [format!("Is it so that {sentence}?")], "own_steps": [format!("Check the {sentence}")]})
    })
}

/// Hostile pieces inside sentences that would pass.
fn sentences() -> impl Strategy<Value = String> {
    let frame =
        prop_oneof![Just("The host was used by "), Just("It is the case that "), Just("After the sign-in there was ")];
    prop::collection::vec((frame, hostile()), 0..4)
        .prop_map(|parts| parts.into_iter().fold(String::new(), |text, (frame, piece)| text + frame + &piece + ". "))
}

/// What an answer to an incident makes.
fn judged(incident: &Incident, answer: &Answer, level: Level) -> Triage {
    let runbook = Runbook::at(incident);
    let offer = runbook.offer();
    let mut redaction = Redaction::new(level, incident, Uuid::from_u128(7));
    let question = Question { incident, offer: &offer, budget: DEFAULT_TOKENS, detail: Detail::Full };
    let prompt = question.prompt(Uuid::from_u128(8), &mut redaction, &Templates::default()).unwrap();
    assert!(tokens(&prompt.system) + tokens(&prompt.user) <= DEFAULT_TOKENS);
    assert!(!prompt.user.contains("hunter2secret"));
    let judged = Judged {
        incident,
        runbook: &runbook,
        offer: &offer,
        evidence: &prompt.evidence,
        redaction: &redaction,
        name: "m",
    };
    judged.triage(answer, Usage::default())
}

/// What holds for every comment.
fn is_safe_and_fits(incident: &Incident, triage: &Triage, purpose: Purpose) -> Result<(), TestCaseError> {
    prop_assert!(serde_json::to_vec(triage).unwrap().len() <= MAX_BYTES);
    let draft = Draft { incident, triage, generated: Timestamp::UNIX_EPOCH, purpose, writer: "" };
    let templates = Templates::default();
    let html = draft.comment(&templates).unwrap().html;
    prop_assert_eq!(markup::check(&html), Ok(()));
    prop_assert!(html.encode_utf16().count() <= MAX_UNITS);
    prop_assert_eq!(Marker::read(&html), Some(Marker::of(incident, purpose)));
    let outside = outside_pre(&html);
    let text = terminal(&draft, Style { width: 80, is_coloured: false });
    let markdown = draft.markdown(&templates).unwrap();
    for out in [&html, &text, &markdown, &serde_json::to_string(triage).unwrap()] {
        prop_assert!(!out.chars().any(is_invisible));
        prop_assert!(!out.contains("hunter2secret"));
    }
    prop_assert!(!outside.contains("evil.example") && !outside.contains("203.0.113.66"));
    prop_assert!(!outside.contains("http://"));
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_is_an_answer_or_none(text in hostile()) {
        let _ = Answer::parse(&text);
        let _ = Answer::parse(&format!("{{{text}}}"));
    }

    #[test]
    fn whatever_a_model_writes_the_comment_is_safe(json in incident(), answer in answer(), is_redacted in any::<bool>()) {
        let incident = Incident::from_bytes(json.to_string().as_bytes()).unwrap();
        let answer = Answer::parse(&answer.to_string()).unwrap();
        let alone = runbook::triage(&incident);
        let triage = judged(&incident, &answer, if is_redacted { Level::On } else { Level::Off });
        prop_assert!(serde_json::to_vec(&triage).unwrap().len() <= MAX_BYTES);
        let is_benign = |triage: &Triage| matches!(triage.assessment.verdict, Verdict::BenignPositive | Verdict::FalsePositive);
        prop_assert!(!is_benign(&triage) || is_benign(&alone));
        let kept = |triage: &Triage| triage.steps.iter().filter(|step| step.phase == Phase::Contain).map(|step| step.id.clone()).collect::<Vec<_>>();
        prop_assert!(kept(&alone).iter().all(|id| kept(&triage).contains(id)));
        prop_assert!(triage.steps.is_sorted_by_key(|step| step.phase));
        let draft = Draft { incident: &incident, triage: &triage, generated: Timestamp::UNIX_EPOCH, purpose: Purpose::Triage, writer: "" };
        let html = draft.comment(&Templates::default()).unwrap().html;
        prop_assert_eq!(markup::check(&html), Ok(()));
        prop_assert!(html.encode_utf16().count() <= MAX_UNITS);
        let outside = outside_pre(&html);
        for bad in ["evil.example", "203.0.113.66", "http://", "hunter2secret"] {
            prop_assert!(!outside.contains(bad), "{}", outside);
        }
        let part = triage.model.unwrap();
        let said = [part.summary].into_iter().chain(part.reasons.into_iter().map(|r| r.reason)).chain(part.questions).chain(part.own_steps);
        for text in said {
            for bad in ["://", "hunter2secret", "<", ">", "`", "{"] {
                prop_assert!(!text.contains(bad), "{}", text);
            }
            prop_assert!(!text.chars().any(is_invisible), "{}", text);
        }
    }

    #[test]
    fn what_was_redacted_comes_back_and_no_placeholder_with_it(json in incident(), text in hostile()) {
        let incident = Incident::from_bytes(json.to_string().as_bytes()).unwrap();
        let text = Text::new(&format!("{text} {} bob@contoso.com 10.0.0.7", incident.title), 4000);
        let mut redaction = Redaction::new(Level::On, &incident, Uuid::from_u128(0xabcd_ef01 << 96));
        let redacted = redaction.text(&text);
        prop_assert!(!redacted.contains("bob@contoso.com") && !redacted.contains("10.0.0.7"));
        let back = redaction.restored(&redacted);
        prop_assert!(back.is_some_and(|back| !back.contains("abcdef")), "{}", redacted);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Err(error) = Incident::from_bytes(&bytes) {
            prop_assert!(!error.to_string().chars().any(char::is_control));
        }
    }

    #[test]
    fn any_json_is_read_or_refused(text in r#"[\{\}\[\]:,"a-e0-9 \\u]{0,200}"#) {
        if let Err(error) = Incident::from_bytes(text.as_bytes()) {
            prop_assert!(!error.to_string().chars().any(char::is_control));
        }
    }

    #[test]
    fn any_comment_has_a_marker_or_none(text in hostile(), marks in "(alerts |entities |facts |none |many |[0-9a-f<>p]{0,8}){0,8}") {
        for comment in [text.clone(), format!("{text} honeytriage 0.1.0 update-1 {marks}"), format!("honeytriage {text}")] {
            if let Some(marker) = Marker::read(&comment).filter(|marker| marker.known.is_some()) {
                prop_assert_eq!(Marker::read(&marker.to_string()), Some(marker));
            }
        }
    }

    #[test]
    fn every_comment_is_safe_and_fits(json in incident()) {
        let incident = Incident::from_bytes(json.to_string().as_bytes()).unwrap();
        let triage = runbook::triage(&incident);
        is_safe_and_fits(&incident, &triage, Purpose::Triage)?;
    }

    #[test]
    fn every_update_is_safe_and_tells_only_news(json in incident(), alerts in 0usize..4, entities in 0usize..8) {
        let incident = Incident::from_bytes(json.to_string().as_bytes()).unwrap();
        let mut before = incident.clone();
        before.alerts.truncate(alerts);
        before.entities.truncate(entities);
        let known = Known::parse(&Known::of(&before).to_string());
        prop_assert_eq!(known.as_ref(), Some(&Known::of(&before)));
        let known = known.unwrap();
        let news = incident.news(&known);
        prop_assert!(news.alerts.len() <= incident.alerts.len().saturating_sub(alerts));
        let ids: std::collections::HashSet<_> = incident.alerts.iter().map(|alert| alert.id.to_lowercase()).collect();
        if ids.len() == incident.alerts.len() && !ids.contains("") {
            prop_assert_eq!(news.alerts.len(), incident.alerts.len().saturating_sub(alerts));
        }
        prop_assert!(news.entities.len() <= incident.entities.len().saturating_sub(entities));
        prop_assert!(incident.as_known(&known).news(&known).is_empty());
        match runbook::update(&incident, &known, None) {
            None => prop_assert!(news.is_empty()),
            Some(triage) => {
                prop_assert!(!news.is_empty() && !triage.news.is_empty());
                is_safe_and_fits(&incident, &triage, Purpose::Update1)?;
            }
        }
    }

    #[test]
    fn the_same_incident_gives_the_same_triage(json in incident()) {
        let bytes = json.to_string();
        let triage = || runbook::triage(&Incident::from_bytes(bytes.as_bytes()).unwrap());
        prop_assert_eq!(triage(), triage());
    }

    #[test]
    fn every_technique_is_covered_and_no_other(ids in prop::collection::vec(0..honeytriage::attack::techniques().len(), 0..30)) {
        let techniques: Vec<_> = ids.iter().map(|index| &honeytriage::attack::techniques()[*index]).collect();
        let named: Vec<&str> = techniques.iter().map(|technique| technique.id.as_str()).collect();
        let json = json!({"title": "x", "additionalData": {"techniques": named}});
        let triage = runbook::triage(&Incident::from_bytes(json.to_string().as_bytes()).unwrap());
        let sorted = |mut ids: Vec<String>| { ids.sort(); ids.dedup(); ids };
        let told = sorted(triage.steps.iter().flat_map(|step| step.techniques.clone()).collect());
        prop_assert_eq!(told, sorted(named.iter().map(ToString::to_string).collect()));
        let realised = sorted(triage.steps.iter().flat_map(|step| step.mitigations.clone()).collect());
        prop_assert_eq!(realised, sorted(techniques.iter().flat_map(|t| t.mitigations()).map(ToString::to_string).collect()));
        prop_assert!(triage.steps.iter().all(|step| step.techniques.len() <= 6 && step.mitigations.len() <= 6));
        prop_assert!(triage.steps.is_sorted_by_key(|step| step.phase));
    }

    #[test]
    fn text_is_one_clean_line(raw in hostile(), limit in 1usize..400) {
        let text = Text::new(&raw, limit);
        prop_assert!(!text.chars().any(|c| is_invisible(c) || c == '\n'));
        prop_assert!(text.chars().count() <= limit + 40);
        prop_assert!(!text.contains("hunter2secret"));
    }

    #[test]
    fn nothing_clickable_is_left(raw in hostile()) {
        let safe = defanged(&Text::new(&raw, 4000)).to_lowercase();
        for link in ["http://", "https://", "www.", "evil.example", "203.0.113.66", "javascript:a"] {
            prop_assert!(!safe.contains(link), "{}", safe);
        }
    }

    #[test]
    fn ids_hold_nothing_but_their_grammar(text in r"(/[-a-zA-Z0-9_.()@%?]{0,40}){0,14}") {
        if let Ok(id) = text.parse::<IncidentId>() {
            prop_assert_eq!(id.canonical(), text.to_lowercase());
        }
    }
}
