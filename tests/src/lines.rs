//! What a running program writes, a line at a time.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The lines so far, of all its streams.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// Reads a stream until it ends, on a thread of its own.
    pub fn collect(&self, stream: Option<impl Read + Send + 'static>) {
        let (Some(stream), lines) = (stream, self.clone()) else { return };
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                lines.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
    }

    /// All so far.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// True if a line with all these parts comes within some seconds: lines come later than answers.
    #[must_use]
    pub fn says(&self, parts: &[&str]) -> bool {
        let start = Instant::now();
        loop {
            if self.all().iter().any(|line| parts.iter().all(|part| line.contains(part))) {
                return true;
            }
            if start.elapsed() > Duration::from_secs(5) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
