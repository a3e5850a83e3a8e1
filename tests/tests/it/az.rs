//! The scripts of a generated folder, run against a scripted `az`; and every az command that we run or tell people to run, by az's own parser.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use honeytriage_tests::{Run, project, shared};

/// A program of the real azure-cli.
fn azure_cli(program: &str) -> PathBuf {
    let folder = std::env::var_os("AZURE_CLI_DIR").expect("AZURE_CLI_DIR: see tests/services/up.sh");
    PathBuf::from(folder).join("bin").join(program)
}

/// A Python script's output, which must have ended well.
fn python(python: &Path, script: &Path, arguments: &[&OsStr]) -> String {
    let output = Command::new(python).env("PYTHONDONTWRITEBYTECODE", "1").arg(script).args(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", script.display());
    String::from_utf8(output.stdout).unwrap()
}

fn scripted(name: &str) -> PathBuf {
    project().join("tests/az").join(name)
}

#[test]
#[ignore = "needs bash, python3, azure-cli in AZURE_CLI_DIR and the argument checker in HONEYTRIAGE_SHARED"]
fn every_way_a_deployment_a_try_and_a_removal_can_go() {
    let folder = tempfile::tempdir().unwrap();
    let calls = folder.path().as_os_str();
    let report = python(Path::new("python3"), &scripted("run.py"), &["--all".as_ref(), "--calls".as_ref(), calls]);
    assert!(report.lines().count() > 50 && report.lines().all(|line| line.starts_with("ok")), "{report}");
    let queries = python(&azure_cli("python"), &scripted("queries.py"), &[calls]);
    assert!(queries.trim_end().ends_with(" 0 do not"), "{queries}");
    for name in ["all.jsonl", "told.jsonl"] {
        let checked = parsed_by_az(&folder.path().join(name));
        assert!(checked > 5, "{name}: {checked}");
    }
}

/// How many commands az's own parser took. The checker does not load the arguments that every command has.
fn parsed_by_az(commands: &Path) -> usize {
    let checker = shared().join("tools/az_args.py");
    let without_global = |line: &str| {
        let mut command: Vec<String> = serde_json::from_str(line).unwrap();
        if let Some(at) = command.iter().position(|argument| argument == "--subscription")
            && command[0] != "account"
        {
            command.drain(at..at + 2);
        }
        serde_json::to_string(&command).unwrap()
    };
    let text = std::fs::read_to_string(commands).unwrap();
    std::fs::write(commands, text.lines().map(without_global).collect::<Vec<_>>().join("\n")).unwrap();
    python(&azure_cli("python"), &checker, &[commands.as_os_str()])
        .lines()
        .filter(|line| line.starts_with("ok"))
        .count()
}

#[test]
#[ignore = "needs python3, azure-cli in AZURE_CLI_DIR and the argument checker in HONEYTRIAGE_SHARED"]
fn az_takes_every_command_that_documents_and_messages_show() {
    let texts = [
        "README.md",
        "templates/bundle/README.md.hbs",
        "functions/src/secrets/keyvault.rs",
        "functions/src/identity/credential.rs",
        "functions/src/identity/mod.rs",
        "infra-gen/src/lab/names.rs",
    ];
    let paths = texts.map(|path| project().join(path));
    let arguments: Vec<&OsStr> = paths.iter().map(|path| path.as_os_str()).collect();
    let commands = python(Path::new("python3"), &scripted("lines.py"), &arguments);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &commands).unwrap();
    assert!(commands.lines().count() > 20, "{commands}");
    assert_eq!(parsed_by_az(file.path()), commands.lines().count());
}

#[test]
#[ignore = "needs python3, azure-cli in AZURE_CLI_DIR and the argument checker in HONEYTRIAGE_SHARED"]
fn az_takes_every_command_of_the_doctor() {
    let told = tempfile::NamedTempFile::new().unwrap();
    let mending = super::doctor::every_command();
    std::fs::write(told.path(), mending.join("\n")).unwrap();
    let commands = python(Path::new("python3"), &scripted("lines.py"), &[told.path().as_os_str()]);
    std::fs::write(told.path(), &commands).unwrap();
    assert!(commands.lines().count() >= mending.len(), "{commands}");
    assert_eq!(parsed_by_az(told.path()), commands.lines().count());
}

/// What az says of a deployment, without a login.
fn deployment(folder: &Path, template: &str, parameters: &[&str]) -> Output {
    let mut command = Command::new(azure_cli("az"));
    command.args(["deployment", "group", "create", "--resource-group", "rg", "--name", "lab", "--template-file"]);
    command.arg(template).arg("--parameters").args(parameters).current_dir(folder);
    command.env("AZURE_CONFIG_DIR", folder.join("azure")).env("AZURE_CORE_COLLECT_TELEMETRY", "0").output().unwrap()
}

#[test]
#[ignore = "needs azure-cli in AZURE_CLI_DIR"]
fn az_knows_the_parameters_of_every_template() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("lab");
    let made = Run::infra_gen(["generate", "examples/labs/full.toml", "-o", out.to_str().unwrap()]).output();
    assert!(made.status.success());
    let rule = ["workspaceName=w", "playbookId=p", "labName=pot", "incidentSeverities=[\"High\"]"];
    let soc = ["@soc.parameters.json", "sentinelAutomationPrincipalId=x", "deployAutomationRule=false"];
    for (template, parameters) in
        [("soc.json", &soc[..]), ("honeypot.json", &["@honeypot.parameters.json"]), ("soc/automation-rule.json", &rule)]
    {
        let output = deployment(&out, template, parameters);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("az login"), "{template}: {told}");
        let told = deployment(&out, template, &[parameters, &["noSuchParameter=1"]].concat()).stderr;
        assert!(String::from_utf8_lossy(&told).contains("noSuchParameter"), "{template}");
    }
}
