//! The honeypot's installer, on a folder that stands for the machine: `tests/install/run.sh` has the cases.

use std::process::Command;

use honeytriage_tests::project;

fn run(argument: &str) -> String {
    let script = project().join("tests/install/run.sh");
    let output = Command::new("bash").arg(script).arg(argument).output().unwrap();
    assert!(output.status.success(), "{argument}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "needs bash, openssl and Debian's base system"]
fn every_way_an_installation_can_go() {
    let cases = run("--list");
    let told: Vec<String> = cases.lines().map(|case| format!("== {case}\n{}", run(case))).collect();
    assert!(told.len() > 20);
    insta::assert_snapshot!(told.join("\n"));
}
