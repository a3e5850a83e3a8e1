//! What it costs to generate a lab: `infra-gen generate` as a process, against a program that does nothing, and against one run of
//! the official Bicep compiler if it is at hand.
//!
//! `cargo bench -p honeytriage-tests`; set `RUNS` for another number of pairs.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use honeytriage_tests::measure::median;
use honeytriage_tests::{binary, project, shared};

const PAIRS: usize = 100;

fn main() {
    let pairs = std::env::var("RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(PAIRS);
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let lab = project().join("examples/labs/full.toml");
    let empty = Path::new(env!("CARGO_BIN_EXE_empty"));
    let (mut ours, mut baseline) = (Vec::new(), Vec::new());
    for pair in 0..pairs {
        baseline.push(timed(&mut Command::new(empty)));
        let mut generate = Command::new(binary("infra-gen"));
        generate.arg("generate").arg(&lab).arg("-o").arg(folder.path().join(pair.to_string()));
        ours.push(timed(&mut generate));
    }
    let (ours, baseline) = (median(ours), median(baseline));
    let ratio = ours.as_secs_f64() / baseline.as_secs_f64();
    println!("generate: the full lab {ours:?}, empty program {baseline:?}, ratio {ratio:.1}");
    let compiler = shared().join("tools/bicep");
    if compiler.exists() {
        let mut build = Command::new(compiler);
        build
            .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
            .arg("build")
            .args([project().join("templates/azure/main.bicep").as_os_str(), "--stdout".as_ref()]);
        let official = median((0..3).map(|_| timed(&mut build)).collect());
        println!(
            "generate: one official compile {official:?}, {:.0} times ours",
            official.as_secs_f64() / ours.as_secs_f64()
        );
    }
}

fn timed(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success());
    start.elapsed()
}
