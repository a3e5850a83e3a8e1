//! A real service that a test starts.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::handler::free_port;

/// A program that serves on a port of this machine. It is killed when dropped.
pub struct Service {
    process: Child,
    /// Where it listens.
    pub port: u16,
}

impl Service {
    /// Starts what `command` gives for a free port, and waits until it listens there.
    ///
    /// # Panics
    /// If it does not start, or does not listen within a minute.
    #[must_use]
    pub fn start(command: impl FnOnce(u16) -> Command) -> Self {
        let port = free_port();
        let mut command = command(port);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let service = Self { process: process.unwrap_or_else(|error| panic!("{command:?}: {error}")), port };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_mins(1), "{command:?} does not listen");
            std::thread::sleep(Duration::from_millis(100));
        }
        service
    }

    /// Kills it.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}
