//! A value that is fetched on first use, and kept as long as it is good.

use std::future::Future;
use std::time::Instant;

use tokio::sync::Mutex;

use crate::error::Failure;

/// One value, fetched once however many ask for it at a time.
pub(crate) struct Kept<T>(Mutex<State<T>>);

struct State<T> {
    value: Option<T>,
    failed: Option<(Failure, Instant)>,
}

impl<T: Clone> Kept<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State { value: None, failed: None }))
    }

    /// The value if it is there and good, else a fetched one. Who asked before a fetch failed shares its failure: waiting in
    /// line for one time-out each would last longer than a message may.
    pub(crate) async fn get(
        &self,
        is_good: impl Fn(&T) -> bool,
        fetch: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let asked = Instant::now();
        let mut state = self.0.lock().await;
        if let Some(value) = state.value.as_ref().filter(|value| is_good(value)) {
            return Ok(value.clone());
        }
        if let Some((failure, _)) = state.failed.as_ref().filter(|(_, at)| *at >= asked) {
            return Err(failure.clone());
        }
        let fetched = fetch.await;
        match &fetched {
            Ok(value) => state.value = Some(value.clone()),
            Err(failure) => state.failed = Some((failure.clone(), Instant::now())),
        }
        fetched
    }

    /// Drops the value if it is the one that was refused.
    pub(crate) async fn forget(&self, is_refused: impl Fn(&T) -> bool) {
        self.0.lock().await.value.take_if(|value| is_refused(value));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn who_waits_shares_a_failure_and_who_comes_later_tries_again() {
        let kept: Kept<u8> = Kept::new();
        let fetches = AtomicUsize::new(0);
        let failing = || async {
            fetches.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err(Failure::retryable("vault", "late"))
        };
        let get = || kept.get(|_| true, failing());
        let (a, b, c) = tokio::join!(get(), get(), get());
        assert!(a.is_err() && b.is_err() && c.is_err());
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
        assert_eq!(kept.get(|_| true, async { Ok(7) }).await, Ok(7));
        kept.forget(|value| *value == 8).await;
        assert_eq!(kept.get(|_| true, failing()).await, Ok(7));
        kept.forget(|value| *value == 7).await;
        assert!(kept.get(|_| true, failing()).await.is_err());
    }
}
