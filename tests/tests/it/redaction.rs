//! What leaves for a model: no personal value of any example, and what comes back has no placeholder in it.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

use honeytriage::incident::is_public;
use honeytriage_tests::model::{ModelServer, Reply, message};
use honeytriage_tests::{Run, examples};
use serde_json::{Value, json};

/// Members that hold names of people, machines and their domains.
const PERSONAL: &[&str] = &[
    "accountname",
    "upnsuffix",
    "displayname",
    "friendlyname",
    "hostname",
    "netbiosname",
    "dnsdomain",
    "ntdomain",
    "fqdn",
    "userprincipalname",
    "mailboxprimaryaddress",
    "recipient",
    "compromisedentity",
    "resourceid",
];
/// Names that come with a system.
const BUILT_IN: &[&str] = &["root", "system", "www-data", "nobody", "daemon"];

/// The personal values of an incident, found in its JSON without any of the product's code.
fn planted(value: &Value, key: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let kind = members.get("kind").or(members.get("Type")).and_then(Value::as_str).unwrap_or_default();
            for (name, member) in members {
                let is_account = kind.eq_ignore_ascii_case("account") && name == "Name";
                planted(member, if is_account { "accountname" } else { name }, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| planted(item, key, into)),
        Value::String(text) => {
            let key = key.to_lowercase();
            // What products call a thing may also be a file or an address.
            if PERSONAL.contains(&key.as_str()) && key != "friendlyname" || key == "friendlyname" && text.contains('@')
            {
                into.insert(text.to_lowercase());
            }
            for word in text.split(|c: char| c.is_whitespace() || "\"'(),;<>[]{}=".contains(c)) {
                let word = word.trim_matches(['.', ':', '/', '\\']);
                let is_own = word.parse::<IpAddr>().is_ok_and(|address| !is_public(address));
                let is_guid = word.len() == 36 && word.matches('-').count() == 4;
                let is_mail =
                    word.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
                        && !word.contains('/');
                if is_own || is_guid || is_mail {
                    into.insert(word.to_lowercase());
                }
            }
        }
        _ => {}
    }
}

fn values_of(path: &Path) -> BTreeSet<String> {
    // Half characters are no JSON for this reader.
    let text = std::fs::read_to_string(path).unwrap().replace("\\ud", "\\u0").replace("\\uD", "\\u0");
    let json: Value = serde_json::from_str(&text).unwrap();
    let mut values = BTreeSet::new();
    planted(&json, "", &mut values);
    values.retain(|value| {
        value.chars().count() > 2
            && !BUILT_IN.contains(&value.as_str())
            && value.parse::<IpAddr>().is_ok_and(|a| !is_public(a)) | value.parse::<IpAddr>().is_err()
    });
    values
}

/// True if `value` stands in `text` as a word of its own.
fn stands_in(text: &str, value: &str) -> bool {
    text.match_indices(value).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let after = text[at + value.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        before && after
    })
}

fn triage(path: &Path, server: &ModelServer, level: &str) -> Value {
    let run = Run::new(["triage".as_ref(), path.as_os_str(), "--format".as_ref(), "json".as_ref()])
        .env("HONEYTRIAGE_REDACT", level);
    let run = server.settings().into_iter().fold(run, |run, (name, value)| run.env(name, value));
    serde_json::from_str(&run.stdout()).unwrap()
}

/// Says back every name that the prompt has, as a model that writes of them would.
fn naming(body: &Value) -> Value {
    let data = message(body, "user");
    let words: BTreeSet<&str> = data
        .split([' ', '\n', ',', ';'])
        .map(|word| word.trim_matches(['.', ':', '"', '(', ')']))
        .filter(|word| word.contains('-'))
        .collect();
    let sentence = |word: &&str| format!("The name {word} is one of those that the incident has.");
    let all: Vec<String> = words.iter().take(12).map(sentence).collect();
    json!({"summary": all.join(" "), "verdict": "Undetermined", "actions": [{"id": "isolate-host", "reason": all.join(" ")}],
        "questions": words.iter().map(|word| format!("Is {word} known to the owner?")).collect::<Vec<_>>(),
        "own_steps": words.iter().map(|word| format!("Check the history of {word} in the logs.")).collect::<Vec<_>>()})
}

#[test]
fn no_personal_value_of_any_example_leaves_and_no_placeholder_comes_back() {
    let mut count = 0;
    for path in examples() {
        let values = values_of(&path);
        count += values.len();
        let server = ModelServer::start(|body, _| Reply::json(&naming(body)));
        let json = triage(&path, &server, "on");
        let request = server.requests()[0].body.to_lowercase();
        // As the server reads it.
        let body = &server.bodies()[0];
        let read = format!("{}\n{}", message(body, "system"), message(body, "user")).to_lowercase();
        for value in &values {
            assert!(!stands_in(&read, value) && !stands_in(&request, value), "{}: {value}\n{read}", path.display());
        }
        let nonce = nonce(&read);
        assert!(!nonce.is_empty() || values.is_empty(), "{}: something was redacted", path.display());
        assert!(nonce.is_empty() || !json.to_string().contains(&nonce), "{}", path.display());
    }
    assert!(count > 100, "{count} values");
}

/// The end of the first placeholder in a text; empty if there is none.
fn nonce(text: &str) -> String {
    let is_nonce = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let placeholder = |word: &str| {
        let mut parts = word.split('-');
        let kind = parts.next()?;
        let number = parts.next()?.parse::<u32>().ok()?;
        let nonce = parts.next().filter(|nonce| is_nonce(nonce))?;
        (["account", "host", "domain", "address", "id", "phone", "resource"].contains(&kind) && number > 0)
            .then(|| nonce.to_owned())
    };
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find_map(placeholder).unwrap_or_default()
}

#[test]
fn names_come_back_in_the_models_words() {
    let server = ModelServer::start(|body, _| {
        let data = message(body, "user");
        let account = data.split([' ', '\n']).find(|word| word.starts_with("account-1-")).unwrap().trim_matches('.');
        Reply::json(
            &json!({"summary": format!("The login of {account} was guessed after many failures."), "verdict": "Undetermined"}),
        )
    });
    let json = triage(Path::new("examples/incidents/ssh-brute-force.json"), &server, "on");
    assert_eq!(json["triage"]["model"]["summary"], "The login of deploy was guessed after many failures.");
}

#[test]
fn strict_sends_title_tactics_techniques_counts_kinds_and_public_addresses() {
    for path in examples() {
        let server = ModelServer::saying(json!({"summary": "The host was used.", "verdict": "Undetermined"}));
        let _ = triage(&path, &server, "strict");
        let bodies = server.bodies();
        let data = message(&bodies[0], "user");
        let data = data.split("----- data").nth(1).unwrap().split("----- end").next().unwrap();
        for line in data.lines().skip(1) {
            let is_kind = |text: &str| {
                let (kind, address) = text.split_once(": ").unwrap_or((text, ""));
                kind.chars().all(char::is_alphabetic)
                    && (address.is_empty() || kind == "Ip" && address.parse::<IpAddr>().is_ok_and(is_public))
            };
            let entity = line.strip_prefix('e').and_then(|line| line.split_once(' ')).map(|(_, text)| text);
            let is_known = ["Title: ", "Tactics: ", "Techniques: ", "a1 alerts in all: "]
                .iter()
                .any(|start| line.starts_with(start))
                || ["Entities:", "Alerts:"].contains(&line);
            assert!(is_known || entity.is_some_and(is_kind), "{}: {line}", path.display());
        }
        for value in values_of(&path) {
            assert!(!stands_in(&data.to_lowercase(), &value), "{}: {value}", path.display());
        }
    }
}

#[test]
fn the_prompt_command_shows_exactly_what_leaves() {
    for path in examples() {
        for level in ["off", "on", "strict"] {
            let server = ModelServer::saying(json!({"summary": "x", "verdict": "Undetermined"}));
            let _ = triage(&path, &server, level);
            let args = ["--redact", level, "--format", "json", "--model", "stand-in"];
            let shown =
                Run::new(["prompt".as_ref(), path.as_os_str()].into_iter().chain(args.iter().map(AsRef::as_ref)))
                    .stdout();
            let shown: Value = serde_json::from_str(&shown).unwrap();
            let sent = &server.bodies()[0];
            assert_eq!(without_random(&shown), without_random(sent), "{} {level}", path.display());
        }
    }
}

/// A body with its fence and nonce made the same.
fn without_random(body: &Value) -> String {
    let text = message(body, "user");
    let fence = text.split_once("----- data ").unwrap().1.split(' ').next().unwrap();
    let text = body.to_string();
    let nonce = nonce(&text.replace("\\n", " "));
    let text = text.replace(fence, "FENCE");
    if nonce.is_empty() { text } else { text.replace(&nonce, "NONCE") }
}
