//! Every query through the real KQL checker: those of the triage, and those of the lab with the tables that it declares.

use std::path::{Path, PathBuf};
use std::process::Command;

use honeytriage_tests::{examples, project, shared, triage};
use serde_json::{Map, Value, json};

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
    checked(&shared().join("data/sentinel-tables.json"), &files);
}

#[test]
#[ignore = "needs node, @kusto/language-service-next in KUSTO_NODE_DIR and the checker in HONEYTRIAGE_SHARED"]
fn rules_workbook_hunting_and_sightings_pass_with_the_tables_that_the_lab_declares() {
    let folder = tempfile::tempdir().unwrap();
    let mut schema: Value =
        serde_json::from_slice(&std::fs::read(shared().join("data/sentinel-tables.json")).unwrap()).unwrap();
    for table in logs() {
        schema["tables"][table["table"].as_str().unwrap()] = types(&table["columns"]);
    }
    let file = folder.path().join("schema.json");
    std::fs::write(&file, schema.to_string()).unwrap();
    let mut queries: Vec<PathBuf> = ["rules", "workbook", "hunting"]
        .iter()
        .flat_map(|part| std::fs::read_dir(project().join("templates/azure/soc").join(part)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "kql"))
        .collect();
    assert_eq!(queries.len(), 26);
    let sightings = std::fs::read_to_string(project().join("templates/sightings/sightings.kql")).unwrap();
    let asked = folder.path().join("sightings.kql");
    std::fs::write(&asked, sightings.replace("[INDICATORS]", r#"["203.0.113.7"]"#)).unwrap();
    queries.push(asked);
    checked(&file, &queries);
}

#[test]
#[ignore = "needs node, @kusto/language-service-next in KUSTO_NODE_DIR and the checker in HONEYTRIAGE_SHARED"]
fn transforms_give_the_columns_of_their_tables() {
    for table in logs() {
        let folder = tempfile::tempdir().unwrap();
        let (schema, transform) = (folder.path().join("schema.json"), folder.path().join("transform.kql"));
        let source = json!({"database": "ws", "tables": {"source": types(&table["fields"])}});
        std::fs::write(&schema, source.to_string()).unwrap();
        std::fs::write(&transform, table["transform"].as_str().unwrap()).unwrap();
        let report = checked(&schema, &[transform]);
        let told = report.split_once(": ok ->").unwrap().1;
        let columns = table["columns"].as_array().unwrap();
        for column in columns {
            let (name, kind) = (column["name"].as_str().unwrap(), column["type"].as_str().unwrap().to_lowercase());
            assert!(told.contains(&format!("{name}:{kind}")), "{}: {name} {kind}: {told}", table["table"]);
        }
        assert_eq!(told.matches(':').count(), columns.len(), "{told}");
    }
}

/// The tables of the honeypots' logs, as the templates declare them.
fn logs() -> Vec<Value> {
    let logs = std::fs::read(project().join("templates/azure/honeypot/logs.json")).unwrap();
    let logs: Value = serde_json::from_slice(&logs).unwrap();
    logs["tables"].as_array().unwrap().clone()
}

/// Columns as the checker wants them: type by name.
fn types(columns: &Value) -> Value {
    let pair = |column: &Value| {
        (column["name"].as_str().unwrap().to_owned(), json!(column["type"].as_str().unwrap().to_lowercase()))
    };
    Value::Object(columns.as_array().unwrap().iter().map(pair).collect::<Map<_, _>>())
}

/// The checker's report, a line for each file, which all must pass.
fn checked(schema: &Path, files: &[PathBuf]) -> String {
    let mut command = Command::new("node");
    command.arg(shared().join("tools/kqlcheck.mjs")).arg(schema).args(files);
    let output = command.output().unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    let bad: Vec<&str> = report.lines().filter(|line| !line.contains(": ok ->")).collect();
    assert!(output.status.success() && bad.is_empty(), "{bad:#?} {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(report.lines().count(), files.len());
    report
}
