//! Every query of every example, through the real KQL checker.

use std::path::Path;
use std::process::Command;

use honeytriage_tests::{examples, shared, triage};
use serde_json::Value;

#[test]
#[ignore = "needs node, @kusto/language-service-next in KUSTO_NODE_DIR and the checker in HONEYTRIAGE_SHARED"]
fn every_query_of_every_example_passes_the_kql_checker() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for path in examples() {
        let json: Value = serde_json::from_str(&triage(&path, "json")).unwrap();
        for query in json["triage"]["queries"].as_array().unwrap() {
            let name = format!("{}-{}.kql", path.file_stem().unwrap().to_string_lossy(), query["id"].as_str().unwrap());
            let file = folder.path().join(name);
            std::fs::write(&file, query["kql"].as_str().unwrap()).unwrap();
            files.push(file);
        }
    }
    assert!(files.len() > 40, "{} queries", files.len());
    let output = checker(&shared()).args(&files).output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    let bad: Vec<&str> = report.lines().filter(|line| !line.contains(": ok ->")).collect();
    assert!(output.status.success() && bad.is_empty(), "{bad:#?} {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(report.lines().count(), files.len());
}

fn checker(shared: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(shared.join("tools/kqlcheck.mjs")).arg(shared.join("data/sentinel-tables.json"));
    command
}
