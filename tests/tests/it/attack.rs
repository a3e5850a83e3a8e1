//! From attack to comment: a real cowrie is attacked, its log goes the lab's way to incidents, and the chain of the Azure host triages them.

use std::path::{Path, PathBuf};
use std::process::Command;

use honeytriage_tests::project;
use honeytriage_tests::sentinel::Sentinel;
use serde_json::{Value, json};

use crate::chain::Host;

/// The report of `tests/attack/run.py`, all of whose checks must hold.
fn run(arguments: &[&str]) -> Value {
    for name in ["COWRIE_DIR", "DUCKDB_KQL_DIR"] {
        assert!(std::env::var_os(name).is_some(), "{name}: see tests/services/up.sh");
    }
    let script = project().join("tests/attack/run.py");
    let output = Command::new("python3").arg(script).args(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn json_of(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Incidents of a real attack, in a Sentinel whose workspace answers the handler's own query, run on the same tables.
fn attacked(out: &Path) -> (Sentinel, Vec<(String, String)>) {
    let sentinel = Sentinel::start();
    let named = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, sentinel.add_trigger(&json_of(&path)))
    };
    let incidents: Vec<(String, String)> = files(&out.join("incidents")).into_iter().map(named).collect();
    let mut rows: Vec<Value> = Vec::new();
    for row in files(&out.join("sightings")).iter().flat_map(|path| json_of(path).as_array().unwrap().clone()) {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    sentinel.add_sightings(&json!(rows));
    (sentinel, incidents)
}

#[test]
#[ignore = "needs cowrie in COWRIE_DIR, duckdb-kql in DUCKDB_KQL_DIR, python3 and functions_host.py in HONEYTRIAGE_SHARED"]
fn an_attack_on_a_real_honeypot_ends_in_comments_that_know_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let report = run(&[out.to_str().unwrap()]);
    let (sentinel, incidents) = attacked(&out);
    let settings = ["HONEYTRIAGE_SIGHTINGS=true", "HONEYTRIAGE_HONEYPOTS=tpot-01"];
    let settings = settings.iter().flat_map(|setting| ["--env".to_owned(), (*setting).to_owned()]);
    let host =
        Host::start(&sentinel, &std::iter::once("--memory-queues".to_owned()).chain(settings).collect::<Vec<_>>());
    for (_, id) in &incidents {
        host.put("incidents", &json!({"v": 1, "incidentArmId": id}).to_string());
    }
    host.drain(0);
    let comment = |rule: &str| {
        let (_, id) = incidents.iter().find(|(name, _)| name.ends_with(rule)).unwrap();
        let comments = sentinel.comments_on(id);
        assert_eq!(comments.len(), 1, "{rule}");
        comments[0].plain()
    };
    assert_eq!(incidents.len() as u64, report["incidents"].as_u64().unwrap());
    let login = comment("cowrie-login");
    let pairs = "tried about 117 pairs of name and password, ran commands for download, persistence, discovery, hiding traces, other.";
    assert!(login.contains("203[.]0[.]113[.]7") && login.contains(pairs), "{login}");
    assert!(login.contains("<code>tpot-01</code> is a honeypot"), "{login}");
    // An attacker on real systems is no matter of the honeypot.
    let estate = comment("seen-on-estate");
    assert!(!estate.contains("is a honeypot") && !estate.contains("Attack on a honeypot"), "{estate}");
    assert!(estate.contains("The honeypot knows") && estate.contains("anna.berg"), "{estate}");
    let malware = comment("malware-download");
    assert!(malware.contains(report["sha256"].as_str().unwrap()), "{malware}");
    for (name, id) in &incidents {
        let html = &sentinel.comments_on(id)[0].texts[0];
        assert!(!html.contains("href=\"http://") && !html.contains("203.0.113.7</code>"), "{name}: {html}");
    }
}

#[test]
#[ignore = "needs cowrie in COWRIE_DIR and duckdb-kql in DUCKDB_KQL_DIR"]
fn a_storm_of_a_hundred_thousand_lines_is_a_bounded_number_of_incidents() {
    let report = run(&["--storm", "100000"]);
    let storm = &report["storm"];
    let count = |name: &str| storm[name].as_u64().unwrap_or_else(|| panic!("{name}: {storm}"));
    assert!(count("incidents") < 400 && count("incidents") <= count("bound"), "{storm}");
}
