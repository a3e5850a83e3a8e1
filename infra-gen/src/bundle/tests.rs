use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::lab::tests::KEY;

fn lab(text: &str) -> Lab {
    let key = |_: &Path| Ok(KEY.to_owned());
    Lab::read(text, None, &key).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

const HEAD: &str = "[lab]\nname='pot'\nlocation='westeurope'\n";
const HONEYPOT: &str = "[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='x'\n";
const EXISTING: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-soc";

/// Labs of every shape.
fn labs() -> Vec<Lab> {
    let soc = [
        "[soc]\n".to_owned(),
        "[soc]\nplaybook='keyless'\n".to_owned(),
        "[soc]\nplaybook='classic'\nseverities=['High']\n".to_owned(),
        "[soc]\nplaybook='sweep'\nmail=['a@b.example']\n[soc.model]\n".to_owned(),
        "[soc]\nplaybook='webhook'\nwebhook='https://x.example/'\n".to_owned(),
        format!("[soc]\nworkspace='{EXISTING}'\nshadow=true\n"),
        "[soc]\ndaily_cap_gb=0.5\nmail=['a@b.example']\n[soc.model]\n".to_owned(),
        "[soc]\n[soc.model]\nserver='https://x.example/v1'\nname='m'\nredact='strict'\n".to_owned(),
    ];
    let honeypot = ["", "edition='sensor'\n", "edition='llm'\nbudget=10\nmail=['a@b.example']\nshutdown='19:00'\n"];
    let mut labs: Vec<Lab> = soc.iter().map(|soc| lab(&format!("{HEAD}{soc}"))).collect();
    labs.extend(honeypot.map(|more| lab(&format!("{HEAD}{HONEYPOT}{more}"))));
    labs.extend(soc.iter().map(|soc| lab(&format!("{HEAD}{soc}{HONEYPOT}"))));
    labs
}

fn json(files: &[File], path: &str) -> Value {
    let file = files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}"));
    serde_json::from_str(&file.text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn has_ending(file: &File, ending: &str) -> bool {
    file.path.rsplit('.').next() == Some(ending)
}

/// What a template's type takes.
fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "int" => value.is_i64(),
        "bool" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[test]
fn parameter_files_give_exactly_what_the_templates_take() {
    for lab in labs() {
        let files = render(&lab).unwrap();
        for name in ["main", "soc", "honeypot"] {
            let path = format!("{name}.parameters.json");
            if !files.iter().any(|file| file.path == path) {
                continue;
            }
            let template = json(&files, &format!("{name}.json"));
            let given = json(&files, &path)["parameters"].as_object().unwrap().clone();
            let taken: BTreeMap<&String, &Value> = template["parameters"]
                .as_object()
                .unwrap()
                .iter()
                .filter(|(_, of)| of["type"] != "securestring")
                .collect();
            let names: Vec<&String> = given.keys().collect();
            assert_eq!(names, taken.keys().copied().collect::<Vec<_>>(), "{path}");
            for (name, value) in &given {
                let of = taken[name];
                assert!(is_of(of["type"].as_str().unwrap(), &value["value"]), "{path}: {name}: {value}");
                let allowed = of["allowedValues"].as_array();
                assert!(allowed.is_none_or(|allowed| allowed.contains(&value["value"])), "{path}: {name}: {value}");
            }
        }
    }
}

#[test]
fn stacks_bring_their_own_files_only() {
    let paths = |text: String| render(&lab(&text)).unwrap().into_iter().map(|file| file.path).collect::<Vec<_>>();
    let soc = paths(format!("{HEAD}[soc]\n"));
    assert!(
        soc.contains(&"soc.json".to_owned())
            && !soc.iter().any(|path| path.starts_with("honeypot.") || path.starts_with("main"))
    );
    assert!(!soc.contains(&"cloud-init.yaml".to_owned()));
    let honeypot = paths(format!("{HEAD}{HONEYPOT}"));
    assert!(
        honeypot.contains(&"cloud-init.yaml".to_owned())
            && !honeypot.iter().any(|path| path.starts_with("soc") || path.starts_with("roles"))
    );
    let both = paths(format!("{HEAD}[soc]\n{HONEYPOT}"));
    for path in
        ["main.bicep", "main.json", "main.parameters.json", "soc.bicep", "honeypot.bicep", "soc/automation-rule.json"]
    {
        assert!(both.contains(&path.to_owned()), "{path}");
    }
    let mut sorted = both.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted, both);
}

#[test]
fn the_same_lab_gives_the_same_bytes_with_unix_lines() {
    for lab in labs() {
        let files = render(&lab).unwrap();
        assert_eq!(files, render(&lab).unwrap());
        for file in files {
            assert!(
                !file.text.contains('\r') && file.text.ends_with('\n') || has_ending(&file, "json"),
                "{}",
                file.path
            );
        }
    }
}

#[test]
fn every_module_and_loaded_file_of_a_bundle_is_in_it() {
    for lab in labs() {
        let files = render(&lab).unwrap();
        for file in files.iter().filter(|file| has_ending(file, "bicep")) {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let of_modules =
                file.text.lines().filter(|line| line.starts_with("module ")).filter_map(|line| line.split('\'').nth(1));
            let loaded = file.text.split("loadJsonContent('").skip(1).filter_map(|rest| rest.split('\'').next());
            for named in of_modules.chain(loaded) {
                let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
                for part in named.split('/') {
                    if part == ".." {
                        parts.pop();
                    } else {
                        parts.push(part);
                    }
                }
                let path = parts.join("/");
                assert!(files.iter().any(|file| file.path == path), "{}: {path}", file.path);
            }
        }
    }
}

#[test]
fn custom_data_is_cloud_init_and_fits() {
    let files = render(&lab(&format!("{HEAD}{HONEYPOT}"))).unwrap();
    let text = &files.iter().find(|file| file.path == "cloud-init.yaml").unwrap().text;
    assert!(text.starts_with("#cloud-config\n"));
    // Microsoft.Compute/virtualMachines: osProfile.customData
    assert!(text.len() < 65_535 / 2, "{}", text.len());
    assert_eq!(json(&files, "honeypot.parameters.json")["parameters"]["customData"]["value"], **text);
}

/// Runs a shell with a text on its input.
fn shell(script: &str) -> String {
    let mut child = Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

/// Keys with a text for a value, each with a template of its TOML.
const TEXTS: &[(&str, &str)] = &[
    ("tags", "[lab]\nname='pot'\nlocation='westeurope'\ntags={x=VALUE}\n[soc]\n"),
    ("tag", "[lab]\nname='pot'\nlocation='westeurope'\ntags={VALUE='x'}\n[soc]\n"),
    ("name", "[lab]\nname=VALUE\nlocation='westeurope'\n[soc]\n"),
    ("location", "[lab]\nname='pot'\nlocation=VALUE\n[soc]\n"),
    ("group", "[lab]\nname='pot'\nlocation='westeurope'\n[soc]\ngroup=VALUE\n"),
    ("workspace", "[lab]\nname='pot'\nlocation='westeurope'\n[soc]\nworkspace=VALUE\n"),
    ("mail", "[lab]\nname='pot'\nlocation='westeurope'\n[soc]\nmail=[VALUE]\n"),
    ("server", "[lab]\nname='pot'\nlocation='westeurope'\n[soc]\n[soc.model]\nserver=VALUE\nname='m'\n"),
    ("model", "[lab]\nname='pot'\nlocation='westeurope'\n[soc]\n[soc.model]\nname=VALUE\n"),
    ("version", "[lab]\nname='pot'\nlocation='westeurope'\n[soc]\n[soc.model]\nversion=VALUE\n"),
    (
        "size",
        "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='x'\nsize=VALUE\n",
    ),
    (
        "user",
        "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='x'\nadmin_user=VALUE\n",
    ),
    ("key", "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key=VALUE\n"),
    (
        "dns",
        "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='x'\ndns_label=VALUE\n",
    ),
    (
        "commit",
        "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='x'\ntpot_commit=VALUE\n",
    ),
    (
        "zone",
        "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='x'\ntime_zone=VALUE\n",
    ),
    (
        "honeypot group",
        "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='x'\ngroup=VALUE\n",
    ),
    ("cidr", "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=[VALUE]\nssh_key_file='x'\n"),
    (
        "ports",
        "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='x'\nports=[VALUE]\n",
    ),
    (
        "honeypot mail",
        "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='x'\nmail=[VALUE]\n",
    ),
    (
        "shutdown",
        "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='x'\nshutdown=VALUE\n",
    ),
    ("principal", "[lab]\nname='pot'\nlocation='westeurope'\n[soc]\nautomation_principal=VALUE\n"),
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z0-9._-]{0,8}",
        Just("$(touch /tmp/hacked)".to_owned()),
        Just("`id`".to_owned()),
        Just("'; id; '".to_owned()),
        Just("\"}, \"x\": {\"".to_owned()),
        Just("\n- run: id\n".to_owned()),
        Just("[parameters('x')]".to_owned()),
        Just("{{name}}".to_owned()),
        Just("${HOME}\\".to_owned()),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_hostile_value_is_refused_or_stays_data(which in 0..TEXTS.len(), value in hostile()) {
        let (name, template) = TEXTS[which];
        let text = if name == "key" { format!("{KEY} {value}") } else { value };
        // A JSON string without characters that TOML writes otherwise is one of TOML too.
        prop_assume!(!text.contains('\u{7f}'));
        let quoted = serde_json::to_string(&text).unwrap();
        let key = |_: &Path| Ok(KEY.to_owned());
        let Ok(lab) = Lab::read(&template.replace("VALUE", &quoted), None, &key) else { return Ok(()) };
        let files = render(&lab).unwrap();
        let held = |value: &Value| value.to_string().contains(&serde_json::to_string(if name == "key" { text.trim() } else { &text }).unwrap());
        let parameters = files.iter().filter(|file| file.path.ends_with(".parameters.json"));
        for file in parameters {
            let json: Value = serde_json::from_str(&file.text).unwrap();
            if ["tags", "tag", "key"].contains(&name) {
                prop_assert!(held(&json), "{}", file.text);
            }
        }
        let sh = &files.iter().find(|file| file.path == "lab.sh").unwrap().text;
        let said = shell(&format!("{sh}\nprintf '%s|' \"$LAB_NAME\" \"$SOC_GROUP\" \"$WORKSPACE_NAME\" \"$VM_SIZE\" \"$ADMIN_USER\"\n"));
        let soc = lab.soc.as_ref().map(|soc| (soc.group.to_string(), soc.workspace.to_string())).unwrap_or_default();
        let machine = lab.honeypot.as_ref().map(|one| (one.size.to_string(), one.admin_user.to_string())).unwrap_or_default();
        prop_assert_eq!(said, format!("{}|{}|{}|{}|{}|", lab.name, soc.0, soc.1, machine.0, machine.1));
        // No value of a lab file can end a cell, a tag or a line of what people read.
        for file in files.iter().filter(|file| ["README.md", "topology.svg"].contains(&file.path.as_str())) {
            prop_assert!(!file.text.contains("$(") && !file.text.contains("<script") && !file.text.contains("`id`"), "{}", file.text);
        }
        for file in files.iter().filter(|file| file.path == "cloud-init.yaml") {
            for scalar in file.text.lines().filter_map(|line| line.trim_start().strip_prefix("content: ")) {
                prop_assert!(serde_json::from_str::<String>(scalar).is_ok(), "{}", scalar);
            }
        }
    }
}

#[test]
fn rendered_files_of_the_examples() {
    for name in ["full", "soc", "honeypot"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/labs");
        let text = std::fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
        let key = |path: &Path| std::fs::read_to_string(folder.join(path));
        let lab = Lab::read(&text, None, &key).unwrap();
        let files = render(&lab).unwrap();
        let list: Vec<String> =
            files.iter().map(|file| format!("{}{}", file.path, if file.is_executable { " *" } else { "" })).collect();
        insta::assert_snapshot!(format!("{name}-files"), list.join("\n"));
        // The install script has a file and tests of its own.
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let script = quoted(catalog::INSTALL);
        let custom_data = files.iter().find(|file| file.path == "cloud-init.yaml").map(|file| quoted(&file.text));
        let is_fixed = |file: &&File| catalog::fixed(&lab).any(|fixed| fixed.path == file.path);
        for file in files.iter().filter(|file| !is_fixed(file)) {
            let text =
                custom_data.iter().fold(file.text.clone(), |text, data| text.replace(data, "\"cloud-init.yaml\""));
            insta::assert_snapshot!(format!("{name}-{}", file.path), text.replace(&script, "\"install.sh\""));
        }
    }
}
