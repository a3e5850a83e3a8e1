//! The README tells what is: its commands run, and its output is theirs.

use std::process::Command;

use honeytriage_tests::{Run, binary, project};

fn readme() -> String {
    std::fs::read_to_string(project().join("README.md")).unwrap()
}

/// The fenced blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let readme = readme();
    let fence = format!("```{language}\n");
    let blocks = readme.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    blocks.collect()
}

#[test]
fn the_main_command_prints_what_the_readme_shows() {
    let main = &blocks("sh")[0];
    let args = main.trim().strip_prefix("cargo run --release --bin honeytriage -- ").unwrap();
    let output = Run::new(args.split(' ')).stdout();
    let shown = &blocks("text")[0];
    assert!(output.starts_with(shown.as_str()), "{output}");
}

#[test]
fn the_other_commands_work() {
    for line in blocks("sh").concat().lines().filter(|line| line.starts_with("honeytriage ")) {
        let command = line.split('#').next().unwrap().trim().replace("FILE", "examples/incidents/web-shell.json");
        // These need Azure or a handler: the tests of the Functions app run them against stand-ins.
        if ["--incident", "package", " sweep", " doctor"].iter().any(|word| command.contains(word)) {
            continue;
        }
        assert!(!Run::new(command.split(' ').skip(1)).stdout().is_empty(), "{line}");
    }
}

#[test]
fn the_lab_of_the_readme_becomes_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let command = blocks("sh").into_iter().find(|block| block.contains("--bin infra-gen")).unwrap();
    let args = command.trim().strip_prefix("cargo run --release --bin infra-gen -- ").unwrap();
    let args = args.split(' ').map(|arg| if arg == "out" { out.to_str().unwrap() } else { arg });
    assert!(Run::infra_gen(args).output().status.success());
    assert!(out.join("main.json").exists());
    let picture = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap();
    assert_eq!(picture(out.join("topology.svg")), picture(project().join("examples/topology.svg")));
    let lab = folder.path().join("lab.toml");
    let key = project().join("examples/labs/example.pub");
    std::fs::write(&lab, blocks("toml")[0].replace("~/.ssh/id_ed25519.pub", key.to_str().unwrap())).unwrap();
    assert!(Run::infra_gen(["explain", lab.to_str().unwrap()]).stdout().contains("rg-pot-honeypot"));
}

#[test]
fn the_way_to_a_lab_of_ones_own_works() {
    let folder = tempfile::tempdir().unwrap();
    let key = project().join("examples/labs/example.pub");
    let path = format!("{}:{}", binary("infra-gen").parent().unwrap().display(), std::env::var("PATH").unwrap());
    let run = |script: &str| {
        let mut command = Command::new("sh");
        let output = command.args(["-c", script]).current_dir(folder.path()).env("PATH", &path).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let block = |wanted: &str| blocks("text").into_iter().find(|block| block.contains(wanted)).unwrap();
    let own = block("infra-gen init");
    for line in own.lines().filter(|line| line.starts_with("infra-gen ")) {
        let (code, told) = run(line);
        // The address and the key are those of the examples, which `check` minds.
        assert_eq!(code, Some(i32::from(line.contains(" check "))), "{line}: {told}");
        let lab = blocks("toml")[0].replace("~/.ssh/id_ed25519.pub", key.to_str().unwrap());
        std::fs::write(folder.path().join("lab.toml"), lab).unwrap();
    }
    // A key is made by a program that not every machine has.
    let copied = format!("cp '{}' \"keys/s$n.pub\"", key.display());
    let class = block("class.toml").replace("ssh-keygen -q -t ed25519 -N \"\" -f \"keys/s$n\"", &copied);
    assert!(class.contains(&copied));
    std::fs::copy(project().join("examples/labs/honeypot.toml"), folder.path().join("class.toml")).unwrap();
    let (code, told) = run(&class);
    assert_eq!(code, Some(0), "{told}");
    assert!(["out", "labs/s01", "labs/s03"].iter().all(|path| folder.path().join(path).join("deploy.sh").exists()));
}

#[test]
fn the_webhook_of_the_readme_is_a_lab() {
    let folder = tempfile::tempdir().unwrap();
    let soc = blocks("toml").into_iter().find(|block| block.contains("playbook = \"webhook\"")).unwrap();
    let lab = folder.path().join("lab.toml");
    std::fs::write(&lab, format!("[lab]\nname = \"pot\"\nlocation = \"westeurope\"\n{soc}")).unwrap();
    let told = Run::infra_gen(["explain", lab.to_str().unwrap()]).stdout();
    assert!(told.contains("the webhook's key") && !told.contains("function app"), "{told}");
    // The template is given the ids that such a lab has.
    assert!(told.contains("rg-pot-soc") && told.contains("law-pot") && readme().contains("workspaces/law-NAME"));
}

#[test]
fn the_cost_table_has_what_explain_says() {
    let folder = tempfile::tempdir().unwrap();
    let lab = folder.path().join("lab.toml");
    for (playbook, a_thousand) in [
        ("playbook = \"functions\"", "0.165"),
        ("playbook = \"sweep\"", "0.015"),
        ("playbook = \"webhook\"\nwebhook = \"https://x.example/\"", "0.228"),
    ] {
        let text = format!("[lab]\nname = \"pot\"\nlocation = \"eastus\"\n[soc]\n{playbook}\n");
        std::fs::write(&lab, text).unwrap();
        let told = Run::infra_gen(["explain", lab.to_str().unwrap()]).stdout();
        assert!(told.contains(&format!("{a_thousand} for 1,000 incidents")), "{told}");
        assert!(readme().contains(&format!("| {a_thousand} |")), "{a_thousand}");
    }
}

#[test]
fn every_command_and_option_of_infra_gen_is_in_the_readme() {
    for command in ["init", "generate", "check", "explain", "schema", "completions"] {
        assert!(readme().contains(&format!("| `{command}")), "{command}");
        let help = Run::infra_gen([command, "--help"]).stdout();
        let options = help.split_whitespace().filter(|word| word.starts_with("--") && *word != "--help");
        for option in options.map(|word| word.trim_end_matches(']')) {
            assert!(readme().contains(option) || option == "--output", "{command}: {option}");
        }
    }
}

#[test]
fn ci_runs_the_test_command_of_the_readme() {
    let command = "cargo test --workspace";
    assert!(blocks("sh").iter().any(|block| block.trim() == command));
    assert!(std::fs::read_to_string(project().join(".ci/run")).unwrap().contains(command));
}

#[test]
fn every_option_and_variable_is_in_the_table() {
    for command in ["triage", "prompt", "package", "doctor", "sweep"] {
        let help = Run::new([command, "--help"]).stdout();
        let options =
            help.split_whitespace().filter(|word| word.starts_with("--")).map(|word| word.trim_end_matches(']'));
        for option in options.filter(|option| !["--help", "--classic"].contains(option)) {
            assert!(readme().contains(option), "{option}");
        }
    }
    let read = |name: &str| std::fs::read_to_string(project().join("functions/src/settings").join(name)).unwrap();
    let settings = read("mod.rs") + &read("environment.rs");
    for name in settings.split('"').filter(|word| word.starts_with("HONEYTRIAGE_") && !word.contains(' ')).chain([
        "SOURCE_DATE_EPOCH",
        "NO_COLOR",
        "COLUMNS",
        "AZURE_CLIENT_ID",
    ]) {
        assert!(readme().contains(name), "{name}");
    }
}

#[test]
fn the_count_of_scenarios_is_right() {
    let folder = project().join("templates/runbook");
    let texts = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let scenarios: usize = texts.map(|text| text.matches("[[scenario]]").count()).sum();
    // The fall-back is no scenario of its own.
    assert!(readme().contains(&format!("among {} scenarios", scenarios - 1)), "{}", scenarios - 1);
}
