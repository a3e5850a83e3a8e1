//! infra-gen as its users run it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use honeytriage_tests::{Run, project};

const EXAMPLE: &str = "examples/labs/full.toml";

/// Every file of a folder with its text.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn told(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn from_init_to_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (lab, out) = (folder.path().join("lab.toml"), folder.path().join("out"));
    let (lab, out) = (lab.to_str().unwrap(), out.to_str().unwrap());
    assert!(told(&Run::infra_gen(["init", "-o", lab]).output()).contains("fill in what is empty"));
    let again = Run::infra_gen(["init", "-o", lab]).output();
    assert!(again.status.code() == Some(2) && told(&again).contains("is there already"), "{}", told(&again));
    let unfilled = Run::infra_gen(["generate", lab, "-o", out]).output();
    assert_eq!(unfilled.status.code(), Some(2));
    assert!(told(&unfilled).contains("honeypot.admin_cidrs: missing: from where you reach SSH"), "{}", told(&unfilled));
    assert!(!Path::new(out).exists());
    let key = project().join("examples/labs/example.pub");
    let text = std::fs::read_to_string(lab).unwrap().replace("admin_cidrs = []", "admin_cidrs = [\"20.1.2.3\"]");
    std::fs::write(lab, text.replace("~/.ssh/id_ed25519.pub", key.to_str().unwrap())).unwrap();
    let made = Run::infra_gen(["generate", lab, "-o", out]).output();
    assert!(made.status.success() && told(&made).contains("files written"), "{}", told(&made));
    assert!(files(Path::new(out)).contains_key(Path::new("soc/automation-rule.json")));
}

#[test]
fn the_same_lab_gives_the_same_bytes_wherever_it_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, variables: &[(&str, &str)]| {
        let out = folder.path().join(name);
        let run = Run::infra_gen(["generate", EXAMPLE, "-o", out.to_str().unwrap()]);
        let output = variables.iter().fold(run, |run, (name, value)| run.env(name, value)).output();
        assert!(output.status.success(), "{}", told(&output));
        files(&out)
    };
    let here = make("a", &[]);
    assert_eq!(here, make("b", &[("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Pacific/Kiritimati"), ("SOURCE_DATE_EPOCH", "1")]));
    let again = Run::infra_gen(["generate", EXAMPLE, "-o", folder.path().join("a").to_str().unwrap()]).output();
    assert!(told(&again).contains(&format!("0 files written, {} as they were", here.len() - 1)), "{}", told(&again));
}

#[test]
fn one_file_makes_the_labs_of_a_course() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("s01");
    let args = ["generate", "examples/labs/honeypot.toml", "--name", "s01", "-o", out.to_str().unwrap()];
    assert!(Run::infra_gen(args).output().status.success());
    assert!(files(&out)[Path::new("lab.sh")].contains("HONEYPOT_GROUP='rg-s01-honeypot'"));
    let bad = Run::infra_gen(["generate", EXAMPLE, "--name", "S 01", "-o", "x"]).output();
    assert!(bad.status.code() == Some(2) && told(&bad).contains("expected 2 to 20"), "{}", told(&bad));
}

#[test]
fn what_is_not_ours_is_not_written_over() {
    let out = tempfile::tempdir().unwrap();
    std::fs::write(out.path().join("README.md"), "mine").unwrap();
    let path = out.path().to_str().unwrap();
    let refused = Run::infra_gen(["generate", EXAMPLE, "-o", path]).output();
    assert!(
        refused.status.code() == Some(2) && told(&refused).contains("has files of your own: README.md"),
        "{}",
        told(&refused)
    );
    assert_eq!(files(out.path()).len(), 1);
    assert!(Run::infra_gen(["generate", EXAMPLE, "-o", path, "--force"]).output().status.success());
    assert!(files(out.path()).len() > 30);
}

#[test]
fn check_tells_and_exits_by_what_it_finds() {
    let found = Run::infra_gen(["check", EXAMPLE]).output();
    let text = String::from_utf8_lossy(&found.stdout).into_owned();
    assert_eq!(found.status.code(), Some(1));
    assert!(text.starts_with("error [example-key]: "), "{text}");
    let json = Run::infra_gen(["check", EXAMPLE, "--format", "json"]).output();
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["findings"][0]["id"], "example-key");
    let quiet = Run::infra_gen(["check", "examples/labs/soc.toml"]).output();
    assert_eq!(quiet.status.code(), Some(0), "{}", String::from_utf8_lossy(&quiet.stdout));
    let missing = Run::infra_gen(["check", "no-such.toml"]).output();
    assert!(missing.status.code() == Some(2) && told(&missing).starts_with("`no-such.toml`: "), "{}", told(&missing));
}

#[test]
fn explain_shows_resources_ports_and_cost() {
    let text = Run::infra_gen(["explain", EXAMPLE]).stdout();
    insta::assert_snapshot!(text);
}

#[test]
fn editors_and_shells_get_what_they_complete_by() {
    let schema: serde_json::Value = serde_json::from_str(&Run::infra_gen(["schema"]).stdout()).unwrap();
    assert!(schema["properties"]["honeypot"].is_object());
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(Run::infra_gen(["completions", shell]).stdout().contains("generate"), "{shell}");
    }
    assert!(Run::infra_gen(["generate", "--help"]).stdout().contains("--name"));
    assert_eq!(Run::infra_gen(["genrate"]).output().status.code(), Some(2));
}
