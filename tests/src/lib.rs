//! What the black-box tests share: the built program, the examples, and the project's folder.

pub mod bicep;
pub mod handler;
pub mod http;
pub mod lambda;
pub mod lines;
pub mod measure;
pub mod model;
pub mod moto;
pub mod sentinel;
pub mod service;
pub mod vault;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The project's folder.
#[must_use]
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The folder of the tools and data that only the ignored tests need: `HONEYTRIAGE_SHARED`, or `shared` beside the project.
#[must_use]
pub fn shared() -> PathBuf {
    std::env::var_os("HONEYTRIAGE_SHARED").map_or_else(|| project().join("../shared"), PathBuf::from)
}

/// The example incidents, sorted by name.
///
/// # Panics
/// If the folder cannot be read.
#[must_use]
pub fn examples() -> Vec<PathBuf> {
    let folder = project().join("examples/incidents");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths
}

/// A built program. Cargo builds the programs of one package only for that package's own tests, so they are built here once a
/// run, with the profile and the target folder of the tests themselves.
///
/// # Panics
/// If they do not build.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        // target/release/deps/it-0123 -> target/release
        let here = std::env::current_exe().unwrap_or_else(|error| panic!("this test's path: {error}"));
        let folder = here.ancestors().nth(2).unwrap_or(Path::new(".")).to_owned();
        let mut build = Command::new(env!("CARGO"));
        // What cargo tells this test of itself would make some build scripts run again.
        let own = |name: &str| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|own| name.starts_with(own))
        };
        for (name, _) in std::env::vars_os().filter(|(name, _)| own(&name.to_string_lossy())) {
            build.env_remove(name);
        }
        build.current_dir(project()).args(["build", "--quiet", "--workspace", "--bins"]);
        if let Some(profile) = folder.file_name().filter(|profile| *profile != "debug") {
            build.arg("--profile").arg(profile);
        }
        let status = build.status().unwrap_or_else(|error| panic!("cargo build: {error}"));
        assert!(status.success(), "honeytriage does not build");
        folder
    });
    folder.join(name)
}

/// A run of `honeytriage` in the project's folder, at a fixed time and without the caller's settings.
#[must_use]
pub struct Run {
    command: Command,
    input: Vec<u8>,
}

impl Run {
    /// `honeytriage ARGS..`
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(args: I) -> Self {
        let mut command = Command::new(binary("honeytriage"));
        command.args(args);
        Self::of(command)
    }

    /// `infra-gen ARGS..`
    pub fn infra_gen<I: IntoIterator<Item = S>, S: AsRef<std::ffi::OsStr>>(args: I) -> Self {
        let mut command = Command::new(binary("infra-gen"));
        command.args(args);
        Self::of(command)
    }

    /// `honeytriage ARGS..` with at most `kilobytes` of address space.
    pub fn limited(kilobytes: u32, args: &[&str]) -> Self {
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("ulimit -v {kilobytes}; exec \"$@\""))
            .arg("sh")
            .arg(binary("honeytriage"))
            .args(args);
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        command.current_dir(project()).env("SOURCE_DATE_EPOCH", "1798761600").env("NO_COLOR", "1");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HONEYTRIAGE_")) {
            command.env_remove(name);
        }
        command.env_remove("COLUMNS");
        Self { command, input: Vec::new() }
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives it this on standard input.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// If it cannot be started.
    #[must_use]
    pub fn output(mut self) -> Output {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("honeytriage does not start: {error}"));
        let mut stdin = child.stdin.take();
        let input = self.input;
        // A program that refuses its input early closes the pipe: not this side's mistake.
        let feed = std::thread::spawn(move || stdin.as_mut().map(|stdin| stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap_or_else(|error| panic!("honeytriage does not end: {error}"));
        drop(feed.join());
        output
    }

    /// Runs it, and gives what it prints; it must succeed.
    ///
    /// # Panics
    /// If it fails.
    #[must_use]
    pub fn stdout(self) -> String {
        let output = self.output();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap_or_else(|error| panic!("output is not UTF-8: {error}"))
    }
}

/// The triage of a file in a format.
///
/// # Panics
/// If it fails.
#[must_use]
pub fn triage(file: &Path, format: &str) -> String {
    Run::new(["triage".as_ref(), file.as_os_str(), "--format".as_ref(), format.as_ref()]).stdout()
}
