use super::*;

/// A key of the right form, which opens nothing.
pub(crate) const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH me@desk";

fn no_file(_: &Path) -> std::io::Result<String> {
    Err(std::io::Error::from(std::io::ErrorKind::NotFound))
}

fn problems(text: &str) -> Vec<String> {
    match Lab::read(text, None, &no_file) {
        Ok(lab) => panic!("{lab:?}"),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn ten_lines_are_enough() {
    let text = format!(
        "[lab]\nname = \"pot\"\nlocation = \"westeurope\"\n\n[soc]\n\n[honeypot]\nssh_key = \"{KEY}\"\nadmin_cidrs = [\"203.0.113.7\"]\n"
    );
    let lab = Lab::read(&text, None, &no_file).unwrap();
    let (soc, honeypot) = (lab.soc.unwrap(), lab.honeypot.unwrap());
    assert_eq!((soc.group.as_str(), soc.workspace.to_string().as_str()), ("rg-pot-soc", "law-pot"));
    assert_eq!((soc.flavour, soc.retention.get(), soc.model), (Flavour::Functions, 90, None));
    assert_eq!((honeypot.group.as_str(), honeypot.size.as_str()), ("rg-pot-honeypot", "Standard_D4s_v5"));
    assert_eq!((honeypot.disk_gb.get(), honeypot.ports[0].to_string().as_str()), (256, "1-64000"));
    assert!(!honeypot.is_community && honeypot.shutdown.is_none());
    let named = Lab::read(&text, LabName::try_from("s01".to_owned()).ok(), &no_file).unwrap();
    assert_eq!((named.name.as_str(), named.soc.unwrap().group.as_str()), ("s01", "rg-s01-soc"));
}

#[test]
fn a_key_file_is_read_from_where_it_is_said_to_be() {
    let text = "[lab]\nname=\"pot\"\nlocation=\"westeurope\"\n[honeypot]\nssh_key_file=\"keys/id.pub\"\nadmin_cidrs=[\"203.0.113.7\"]\n";
    let read = |path: &Path| {
        assert_eq!(path, Path::new("keys/id.pub"));
        Ok(format!("{KEY}\n"))
    };
    assert_eq!(Lab::read(text, None, &read).unwrap().honeypot.unwrap().ssh_key.to_string(), KEY);
    assert!(problems(text)[0].starts_with("5:14: honeypot.ssh_key_file: `keys/id.pub`: entity not found: make a key"));
}

#[test]
fn every_problem_is_told_at_once_with_its_place() {
    let text = r#"[lab]
name = "My Lab"
location = "westeurope"
colour = "red"
[soc]
playbok = "functions"
retention_days = 7
daily_cap_gb = "much"
severities = ["High", "Hgih"]
automation_principal = "x"
[soc.model]
redact = "some"
[honeypot]
edition = "hiv"
size = "D4s_v5"
admin_user = "root"
ssh_key = "-----BEGIN OPENSSH PRIVATE KEY-----"
admin_cidrs = ["203.0.113.7/24"]
ports = ["64000-1"]
time_zone = "Europe/Berln"
shutdown = "24:00"
budget = 10
[extra]
x = 1
"#;
    insta::assert_snapshot!(problems(text).join("\n"));
}

#[test]
fn what_is_missing_is_told_with_an_example() {
    insta::assert_snapshot!(problems("[soc]\n[honeypot]\nbudget = 100\n").join("\n"));
    assert_eq!(problems("[lab]\nname='pot'\nlocation='westeurope'\n").len(), 1);
}

#[test]
fn what_does_not_fit_together_is_told() {
    let lab = "[lab]\nname='pot'\nlocation='westeurope'\n[soc]\n";
    let id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-soc";
    for (text, told) in [
        (format!("workspace='{id}'\nretention_days=90\n"), "soc.retention_days: a workspace that is there"),
        (
            "playbook='classic'\n[soc.model]\nserver='https://x.example/v1'\nname='m'\n".to_owned(),
            "soc.model.server: the playbook `classic` asks OpenAI by its connector",
        ),
        (
            "playbook='keyless'\n[soc.model]\nserver='https://x.example/v1'\nname='m'\n".to_owned(),
            "soc.model.server: the playbook `keyless` asks Azure OpenAI",
        ),
        ("[soc.model]\nkey=true\n".to_owned(), "soc.model.key: Azure OpenAI needs no key"),
        ("[soc.model]\nserver='https://x.example/v1'\n".to_owned(), "soc.model.name: missing"),
        ("playbook='webhook'\n".to_owned(), "soc.webhook: missing: the address"),
    ] {
        let found = problems(&format!("{lab}{text}"));
        assert!(found.iter().any(|problem| problem.contains(told)), "{text}: {found:?}");
    }
    let both = format!("{lab}group='rg'\n[honeypot]\ngroup='RG'\nssh_key='{KEY}'\nadmin_cidrs=['203.0.113.7']\n");
    assert!(problems(&both)[0].contains("must differ from `soc.group`"));
}

#[test]
fn what_is_no_toml_is_told_by_itself() {
    let found = problems("[lab\nname = \n");
    assert!(found[0].starts_with("1:5: "), "{found:?}");
}

#[test]
fn the_schema_knows_every_table() {
    let schema = schema().to_string();
    for key in ["admin_cidrs", "daily_cap_gb", "StandardSSD_LRS", "a-z", "Required. From where SSH"] {
        assert!(schema.contains(key), "{key}");
    }
}

#[test]
fn one_problem_is_told_once_and_brings_no_others() {
    let honeypot = "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\n";
    let found =
        problems(&format!("{honeypot}admin_cidrs=['x', '20.1.2.3', 'y']\nssh_key_file=5\nports=['a', 'b', '22']\n"));
    let keys: Vec<&str> = found.iter().filter_map(|problem| problem.split(": ").nth(1)).collect();
    assert_eq!(
        keys,
        ["honeypot.admin_cidrs", "honeypot.admin_cidrs", "honeypot.ssh_key_file", "honeypot.ports", "honeypot.ports"],
        "{found:#?}"
    );
    let soc = "[lab]\nname='pot'\nlocation='westeurope'\n";
    for (text, told) in [
        ("soc=3\n".to_owned() + soc, "1:5: soc: integer `3`, expected a table"),
        (
            format!("{soc}[soc]\n[soc.model]\nserver='x'\nkey=true\n"),
            "6:8: soc.model.server: `x`: expected `azure-openai`",
        ),
        (format!("{soc}[soc]\n\"a\\u001b\\n\"=1\n"), "5:1: soc.a\\u{1b}\\n: "),
    ] {
        let found = problems(&text);
        assert!(found.len() == 1 && found[0].starts_with(told), "{found:#?}");
    }
}

#[test]
fn what_would_have_no_effect_is_told() {
    let soc = "[lab]\nname='pot'\nlocation='westeurope'\n[soc]\n";
    for (text, key) in [
        ("playbook='keyless'\nshadow=true\n", "soc.shadow"),
        ("playbook='classic'\nmail=['a@b.example']\n", "soc.mail"),
        ("webhook='https://x.example/'\n", "soc.webhook"),
        ("playbook='sweep'\nseverities=['High']\n", "soc.severities"),
        ("playbook='sweep'\nautomation_principal='00000000-0000-0000-0000-00000000000a'\n", "soc.automation_principal"),
        ("webhook_principal='00000000-0000-0000-0000-00000000000b'\n", "soc.webhook_principal"),
        ("playbook='webhook'\nwebhook='https://x.example/'\nshadow=true\n", "soc.shadow"),
        ("playbook='webhook'\nwebhook='https://x.example/'\n[soc.model]\ncapacity=5\n", "soc.model"),
        ("playbook='keyless'\n[soc.model]\nredact='strict'\n", "soc.model.redact"),
        ("playbook='classic'\n[soc.model]\ncapacity=5\n", "soc.model.capacity"),
        ("[soc.model]\nserver='https://x.example/v1'\nname='m'\nversion='1'\n", "soc.model.version"),
    ] {
        let found = problems(&format!("{soc}{text}"));
        assert!(found.len() == 1 && found[0].contains(key), "{text}: {found:?}");
    }
}

#[test]
fn a_group_that_is_deleted_holds_nothing_else() {
    let workspace = "workspace='/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/RG-Prod/providers/Microsoft.OperationalInsights/workspaces/law-soc'";
    let lab = "[lab]\nname='pot'\nlocation='westeurope'\n";
    let honeypot = format!("[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key='{KEY}'\n");
    for (text, key) in [
        (format!("{lab}[soc]\n{workspace}\ngroup='rg-prod'\n"), "soc.group"),
        (format!("{lab}[soc]\n{workspace}\n{honeypot}group='rg-prod'\n"), "honeypot.group"),
    ] {
        let found = problems(&text);
        assert!(found.len() == 1 && found[0].contains(key), "{found:?}");
    }
}

#[test]
fn labs_of_one_file_share_nothing() {
    let text = format!(
        "[lab]\nname='pot'\nlocation='westeurope'\n[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key='{KEY}'\ngroup='rg-course'\ndns_label='course'\n"
    );
    assert!(Lab::read(&text, None, &no_file).is_ok());
    let found = Lab::read(&text, LabName::try_from("s01".to_owned()).ok(), &no_file).unwrap_err();
    let keys: Vec<&str> = found.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["honeypot.group", "honeypot.dns_label"]);
}

#[test]
fn a_model_of_another_name_has_no_version_of_ours() {
    let text = "[lab]\nname='pot'\nlocation='westeurope'\n[soc]\n[soc.model]\n";
    let version =
        |more: &str| Lab::read(&format!("{text}{more}"), None, &no_file).unwrap().soc.unwrap().model.unwrap().version;
    assert_eq!(version("").map(|version| version.to_string()), Some("2025-04-14".to_owned()));
    assert_eq!(version("name='gpt-5-mini'\n"), None);
}
