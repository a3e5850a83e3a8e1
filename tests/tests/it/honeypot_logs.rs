//! What the templates for the honeypots' logs promise: an order, Sentinel's limits, a time picker.

use honeytriage_tests::project;
use serde_json::Value;

fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(project().join("templates/azure").join(path)).unwrap()).unwrap()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(project().join("templates/azure").join(path)).unwrap()
}

/// What the resource whose name holds a text waits for.
fn waits_for(template: &Value, name: &str) -> String {
    let resources = template["resources"].as_array().unwrap();
    let found = resources.iter().find(|resource| resource["name"].as_str().unwrap().contains(name));
    found.unwrap_or_else(|| panic!("{name}"))["dependsOn"].to_string()
}

/// The template of a module.
fn module<'t>(template: &'t Value, name: &str) -> &'t Value {
    let resources = template["resources"].as_array().unwrap();
    let found = resources.iter().find(|resource| resource["name"].as_str().unwrap().contains(name));
    &found.unwrap_or_else(|| panic!("{name}"))["properties"]["template"]
}

#[test]
fn tables_come_before_rules_and_the_rule_before_association_and_agent() {
    let (soc, honeypot, main) = (json("compiled/soc.json"), json("compiled/honeypot.json"), json("compiled/main.json"));
    for late in ["honeypot-rules", "honeypot-hunting"] {
        assert!(waits_for(&soc, late).contains("honeypot-tables"), "{late}");
    }
    let logs = module(&honeypot, "-logs");
    let of_kind = |kind: &str| {
        let resources = logs["resources"].as_array().unwrap();
        resources.iter().find(|resource| resource["type"] == kind).unwrap()["dependsOn"].to_string()
    };
    assert!(of_kind("Microsoft.Insights/dataCollectionRuleAssociations").contains("dataCollectionRules'"));
    assert!(of_kind("Microsoft.Compute/virtualMachines/extensions").contains("dataCollectionRuleAssociations"));
    assert!(waits_for(&main, "-honeypot").contains("-soc"));
}

#[test]
fn rules_stay_within_sentinels_limits_and_group_by_address() {
    /// In characters; with it the other limits of scheduled rules (Microsoft Learn, sentinel/scheduled-rules-overview).
    const LONGEST_QUERY: usize = 10_000;
    let rules = json("soc/rules/rules.json");
    let rules = rules["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 7);
    let minutes = |text: &Value| match text.as_str().unwrap() {
        "PT1H" => 60,
        "PT2H" => 120,
        "P1D" => 24 * 60,
        "P14D" => 14 * 24 * 60,
        other => panic!("{other}"),
    };
    for rule in rules {
        let key = rule["key"].as_str().unwrap();
        let query = text(&format!("soc/rules/{key}.kql"));
        assert!(query.len() < LONGEST_QUERY && minutes(&rule["frequency"]) <= minutes(&rule["period"]), "{key}");
        let mappings = rule["entityMappings"].as_array().unwrap();
        assert!(mappings.len() <= 5 && mappings.iter().any(|mapping| mapping["entityType"] == "IP"), "{key}");
        assert!(mappings.iter().all(|mapping| mapping["fieldMappings"].as_array().unwrap().len() <= 3), "{key}");
        let details = rule["customDetails"].as_object().unwrap();
        let is_key = |key: &String| (1..=20).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric());
        assert!((1..=20).contains(&details.len()) && details.keys().all(is_key), "{key}");
        assert!(!details.values().any(|column| column == "Password"), "{key}: no passwords in alerts");
        assert_eq!(rule["groupByEntities"], serde_json::json!(["IP"]), "{key}");
        assert!(!rule["tactics"].as_array().unwrap().is_empty() && !rule["techniques"].as_array().unwrap().is_empty());
    }
}

#[test]
fn the_workbook_has_a_time_picker_that_every_panel_follows() {
    let workbook = json("soc/workbook/workbook.json");
    assert!(workbook["head"].to_string().contains("\"name\":\"TimeRange\""), "{}", workbook["head"]);
    assert!(text("soc/honeypot-workbook.bicep").contains("timeContextFromParameter: 'TimeRange'"));
    let panels = workbook["panels"].as_array().unwrap();
    assert!(panels.iter().any(|panel| panel["visualization"] == "map") && panels.len() == 10);
    for panel in panels {
        let query = text(&format!("soc/workbook/{}.kql", panel["key"].as_str().unwrap()));
        assert!(!query.contains("ago("), "the picker says since when");
    }
}
