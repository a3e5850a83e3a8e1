//! What `azure-handler` costs: from its start to its first answer, at rest, and under load, against a bare axum handler run in
//! turns.
//!
//! `cargo bench -p honeytriage-tests --bench handler`; set `RUNS` for another number of pairs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use honeytriage_tests::handler::free_port;
use honeytriage_tests::measure::{median, memory};
use honeytriage_tests::sentinel::WORKSPACE;
use honeytriage_tests::{binary, project};
use serde_json::json;

const PAIRS: usize = 60;
const REQUESTS: u32 = 2000;

fn main() {
    let pairs = std::env::var("RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(PAIRS);
    let (handler, bare) = (binary("azure-handler"), Path::new(env!("CARGO_BIN_EXE_bare-axum")));
    let plain: &[(&str, &str)] = &[("HONEYTRIAGE_WORKSPACES", WORKSPACE)];
    // Everything that can be set, with nothing behind it.
    let full: &[(&str, &str)] = &[
        ("HONEYTRIAGE_WORKSPACES", WORKSPACE),
        ("HONEYTRIAGE_ARM_URL", "https://management.usgovcloudapi.net"),
        ("HONEYTRIAGE_TEMPLATES", "templates"),
        ("HONEYTRIAGE_COMPLETER", "model"),
        ("HONEYTRIAGE_MODEL_URL", "https://api.openai.com/v1"),
        ("HONEYTRIAGE_MODEL", "m"),
        ("HONEYTRIAGE_MODEL_KEY", "keyvault://kv/model-key"),
        ("HONEYTRIAGE_SHADOW", "true"),
        ("IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token"),
        ("IDENTITY_HEADER", "x"),
        ("AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000000"),
    ];
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..pairs {
        times[0].push(first_answer(bare, &[]));
        times[1].push(first_answer(&handler, plain));
        times[2].push(first_answer(&handler, full));
    }
    let [bare_time, plain_time, full_time] = times.map(median);
    let ratio = |time: Duration| time.as_secs_f64() / bare_time.as_secs_f64();
    println!("process start to first answer (the platform's own cold start comes on top), median of {pairs}:");
    println!(
        "  bare axum {bare_time:?}; azure-handler {plain_time:?}, ratio {:.2}; with everything set {full_time:?}, ratio {:.2}",
        ratio(plain_time),
        ratio(full_time)
    );
    let (running, port) = start(&handler, plain);
    println!("memory at rest: {} KB", memory(running.0.id(), "VmRSS"));
    load(port);
    println!("memory after load: {} KB", memory(running.0.id(), "VmRSS"));
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(program: &Path, environment: &[(&str, &str)]) -> (Running, u16) {
    let port = free_port();
    let mut command = Command::new(program);
    command.env_clear().env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string()).envs(environment.iter().copied());
    let child = command.current_dir(project()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let running = Running(child.unwrap_or_else(|error| panic!("{}: {error}", program.display())));
    while !answers(port) {
        std::thread::sleep(Duration::from_micros(100));
    }
    (running, port)
}

fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut answer = [0; 12];
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").is_ok() && stream.read_exact(&mut answer).is_ok()
}

fn first_answer(program: &Path, environment: &[(&str, &str)]) -> Duration {
    let begin = Instant::now();
    let _running = start(program, environment);
    begin.elapsed()
}

/// `gpt-complete`, one request after another on one connection: the handler uses one core.
fn load(port: u16) {
    let incident = std::fs::read_to_string(project().join("functions/benches/incident-4kb.json")).unwrap_or_default();
    let envelope = json!({"Data": {"req": {"Query": {}, "Body": incident}}, "Metadata": {}}).to_string();
    let request =
        format!("POST /gpt-complete HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{envelope}", envelope.len());
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap_or_else(|error| panic!("{error}"));
    let begin = Instant::now();
    for _ in 0..REQUESTS {
        stream.write_all(request.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let mut answer = Vec::new();
        let mut chunk = vec![0; 65536];
        while !is_whole(&answer) {
            let length = stream.read(&mut chunk).unwrap_or_else(|error| panic!("{error}"));
            assert!(length > 0, "the handler hung up");
            answer.extend_from_slice(&chunk[..length]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"));
    }
    println!("gpt-complete: {:.0} requests a second on one core", f64::from(REQUESTS) / begin.elapsed().as_secs_f64());
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .to_ascii_lowercase()
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= head.len() + 4 + length)
}
