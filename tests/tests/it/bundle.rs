//! What other people's tools say of a generated folder, and how its scripts and installer behave.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use honeytriage_tests::{Run, project};
use serde_json::Value;

/// A folder generated from an example.
fn generated(example: &str, folder: &Path) -> PathBuf {
    let out = folder.join(example);
    let lab = format!("examples/labs/{example}.toml");
    let output = Run::infra_gen(["generate", &lab, "-o", out.to_str().unwrap()]).output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out
}

/// A tool that `tests/services/up.sh` installed.
fn tool(variable: &str, program: &str) -> PathBuf {
    let folder = std::env::var_os(variable).unwrap_or_else(|| panic!("{variable}: see tests/services/up.sh"));
    PathBuf::from(folder).join("bin").join(program)
}

#[test]
#[ignore = "needs checkov in CHECKOV_DIR"]
fn checkov_finds_what_the_list_of_exceptions_says_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let out = generated("full", folder.path());
    let mut command = Command::new(tool("CHECKOV_DIR", "checkov"));
    command.args([
        "--framework",
        "arm",
        "bicep",
        "--skip-download",
        "--compact",
        "--quiet",
        "--output",
        "json",
        "--directory",
    ]);
    let output = command.arg(out).output().unwrap();
    let reports: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut failed = BTreeSet::new();
    for report in reports.as_array().unwrap() {
        assert_eq!(report["summary"]["parsing_errors"], 0);
        assert!(report["summary"]["resource_count"].as_u64() > Some(100), "{}", report["summary"]);
        let checks = report["results"]["failed_checks"].as_array().unwrap();
        failed.extend(checks.iter().map(|check| check["check_id"].as_str().unwrap().to_owned()));
    }
    let list = std::fs::read_to_string(project().join("templates/azure/exceptions.md")).unwrap();
    let listed = list
        .lines()
        .filter_map(|line| line.strip_prefix("| CKV"))
        .map(|rest| format!("CKV{}", rest.split(' ').next().unwrap()));
    assert_eq!(failed, listed.collect::<BTreeSet<_>>());
}

#[test]
#[ignore = "needs cloud-init (Debian's package)"]
fn cloud_init_takes_the_machines_first_start() {
    let folder = tempfile::tempdir().unwrap();
    for example in ["full", "honeypot"] {
        let file = generated(example, folder.path()).join("cloud-init.yaml");
        let output = Command::new("cloud-init").args(["schema", "--config-file"]).arg(file).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && told.contains("Valid"), "{told}");
    }
}

#[test]
#[ignore = "needs shellcheck in SHELLCHECK_DIR"]
fn shellcheck_finds_nothing_in_the_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let out = generated("full", folder.path());
    let mut files: Vec<PathBuf> = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sh"));
    let own = [
        "templates/cloud-init/install.sh",
        "tests/install/run.sh",
        "tests/install/stand-ins.sh",
        "tests/services/up.sh",
    ];
    files.extend(own.map(|path| project().join(path)));
    assert!(files.len() > 8, "{files:?}");
    let output =
        Command::new(tool("SHELLCHECK_DIR", "shellcheck")).arg("--external-sources").args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
