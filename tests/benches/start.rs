//! What it costs to start: `honeytriage --version` against a program that does nothing, run in turns.
//!
//! `cargo bench -p honeytriage-tests`; set `RUNS` for another number of pairs.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use honeytriage_tests::binary;
use honeytriage_tests::measure::median;

const PAIRS: usize = 200;

fn main() {
    let pairs = std::env::var("RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(PAIRS);
    let empty = Path::new(env!("CARGO_BIN_EXE_empty"));
    let (mut ours, mut baseline) = (Vec::new(), Vec::new());
    for _ in 0..pairs {
        baseline.push(timed(Command::new(empty)));
        let mut version = Command::new(binary("honeytriage"));
        version.arg("--version");
        ours.push(timed(version));
    }
    let (ours, baseline) = (median(ours), median(baseline));
    println!(
        "start: --version {ours:?}, empty program {baseline:?}, ratio {:.2}",
        ours.as_secs_f64() / baseline.as_secs_f64()
    );
}

fn timed(mut command: Command) -> Duration {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success());
    start.elapsed()
}
