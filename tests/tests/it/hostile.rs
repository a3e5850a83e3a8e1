//! An attacker chose every name in this incident. Nothing of it may act on a reader, a terminal or a portal.

use honeytriage::comment::markup;
use honeytriage_tests::{Run, project, triage};
use serde_json::Value;

fn hostile(format: &str) -> String {
    triage(&project().join("examples/incidents/hostile.json"), format)
}

/// Characters that hide or move text.
fn is_invisible(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}' | '\u{fe00}'..='\u{fe0f}')
}

#[test]
fn no_invisible_character_survives_in_any_format() {
    for format in ["text", "html", "markdown", "json"] {
        let out = hostile(format);
        assert!(!out.chars().any(is_invisible), "{format}");
        for reference in ["&#x202e", "&#8238", "&#8203", "&#x200b", "&shy;", "&#27;", "&#x1b"] {
            assert!(!out.to_lowercase().contains(reference), "{format}: {reference}");
        }
    }
    let json: Value = serde_json::from_str(&hostile("json")).unwrap();
    each_string(&json, &mut |text| assert!(!text.chars().any(is_invisible), "{text:?}"));
}

fn each_string(value: &Value, check: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => check(text),
        Value::Array(items) => items.iter().for_each(|item| each_string(item, check)),
        Value::Object(members) => members.values().for_each(|item| each_string(item, check)),
        _ => {}
    }
}

#[test]
fn the_prompt_is_clean_too() {
    let out = Run::new(["prompt", "examples/incidents/hostile.json"]).stdout();
    assert!(!out.chars().any(is_invisible));
}

#[test]
fn colours_are_ours_alone() {
    let out = Run::new(["triage", "examples/incidents/hostile.json", "--color", "always"]).stdout();
    let ours = ["\u{1b}[1m", "\u{1b}[36m", "\u{1b}[0m"];
    let bare = ours.iter().fold(out.clone(), |text, code| text.replace(code, ""));
    assert!(out.contains(ours[0]) && !bare.contains('\u{1b}'));
}

#[test]
fn credentials_are_masked_everywhere() {
    let raw = std::fs::read_to_string(project().join("examples/incidents/hostile.json")).unwrap();
    let planted = ["Secret123!", "EXAMPLEEXAMPLE"];
    assert!(planted.iter().all(|secret| raw.contains(secret)), "the example plants them");
    let prompt = Run::new(["prompt", "examples/incidents/hostile.json", "--tokens", "100000"]).stdout();
    let outputs = ["text", "html", "markdown", "json"].map(hostile);
    for out in outputs.iter().chain([&prompt]) {
        for secret in planted {
            let at = out.find(secret);
            assert!(at.is_none(), "{secret}: {:?}", at.map(|at| &out[at.saturating_sub(80)..(at + 60).min(out.len())]));
        }
    }
}

#[test]
fn the_comment_has_only_our_markup() {
    let html = hostile("html");
    markup::check(html.trim()).unwrap();
    let outside_pre: String =
        html.split("<pre>").map(|part| part.split_once("</pre>").map_or(part, |(_, rest)| rest)).collect();
    for word in ["<script", "<img", "<table", "<!--", "http://", "javascript:", "evil.example", "203.0.113.66"] {
        assert!(!outside_pre.to_lowercase().contains(word), "{word}");
    }
    let links = outside_pre.matches("https://").count();
    assert_eq!(links, outside_pre.matches("<a href=\"https://attack.mitre.org/techniques/").count());
}

#[test]
fn nothing_is_clickable_in_markdown_and_text() {
    for format in ["markdown", "text"] {
        let out = hostile(format);
        let prose: String = out.split("```").step_by(2).collect();
        let prose = prose
            .lines()
            .filter(|line| !line.starts_with("  |") && !line.contains("| where"))
            .collect::<Vec<_>>()
            .join("\n");
        let bare = prose.replace("https://attack.mitre.org/", "");
        for word in ["http://", "https://", "evil.example/", "](http"] {
            assert!(!bare.replace("](techniques", "").contains(word), "{format}: {word}");
        }
    }
}

#[test]
fn orders_to_the_reader_are_not_repeated() {
    let json: Value = serde_json::from_str(&hostile("json")).unwrap();
    let triage = &json["triage"];
    // Names of entities are evidence and stand in steps as names; everything else is free of orders.
    let said = [&triage["summary"], &triage["assessment"], &triage["missing"]]
        .map(ToString::to_string)
        .concat()
        .to_lowercase();
    for order in ["close the incident", "false positive", "ignore previous", "add 203.0.113.66"] {
        assert!(!said.contains(order), "{order}: {said}");
    }
    assert!(
        json["triage"]["assessment"]["verdict"] != "BenignPositive"
            && json["triage"]["assessment"]["verdict"] != "FalsePositive"
    );
}

#[test]
fn no_command_takes_a_hostile_value() {
    let json: Value = serde_json::from_str(&hostile("json")).unwrap();
    for step in json["triage"]["steps"].as_array().unwrap() {
        let action = step["action"].as_str().unwrap();
        for code in action.split('`').skip(1).step_by(2) {
            let is_command = code.contains(" -") || code.starts_with("az ") || code.contains("Get-");
            assert!(!is_command || !["$(", "evil", "<", ";"].iter().any(|bad| code.contains(bad)), "{code}");
        }
    }
}
