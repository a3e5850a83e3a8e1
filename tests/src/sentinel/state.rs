//! What the stand-in holds.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::Request;

use super::Fault;

#[derive(Default)]
pub(super) struct State {
    pub(super) incidents: BTreeMap<String, Value>,
    pub(super) alerts: BTreeMap<String, Value>,
    pub(super) entities: BTreeMap<String, Value>,
    pub(super) comments: BTreeMap<String, Comment>,
    /// What the workspace answers to a query; none if it has no such tables.
    pub(super) rows: Option<Value>,
    /// What the identity may do, if it is not everything.
    pub(super) actions: Option<Vec<String>>,
    /// How many comments are taken in a window, and the writes of this window.
    pub(super) throttle: Option<Throttle>,
    /// Seconds that this side's clock is ahead.
    pub(super) clock: i64,
    /// When comments are written and incidents changed, if that is told.
    pub(super) now: Option<String>,
    /// The queues of a storage account, and how many messages each has.
    pub(super) queues: BTreeMap<String, u32>,
    pub(super) faults: Vec<Fault>,
    pub(super) requests: Vec<Request>,
}

impl State {
    /// The incident was changed just now.
    pub(super) fn changed(&mut self, id: &str) {
        if let (Some(now), Some(incident)) = (&self.now, self.incidents.get_mut(id)) {
            incident["properties"]["lastModifiedTimeUtc"] = json!(now);
        }
    }

    /// A page of the incidents that changed since a time, the latest change first. The link to the next leads elsewhere: only
    /// its token is good.
    pub(super) fn page(&self, query: &str) -> Value {
        const LONGEST: usize = 3;
        let parameter = |name: &str| {
            let found = query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            found.unwrap_or_default().to_owned()
        };
        let since = parameter("$filter").rsplit("%20").next().unwrap_or_default().to_owned();
        let changed =
            |incident: &Value| incident["properties"]["lastModifiedTimeUtc"].as_str().unwrap_or("").to_owned();
        let mut all: Vec<(String, Value)> =
            self.incidents.iter().map(|(id, value)| (id.clone(), value.clone())).collect();
        all.retain(|(_, incident)| changed(incident) >= since);
        all.sort_by_key(|(id, incident)| std::cmp::Reverse((changed(incident), id.clone())));
        for (id, incident) in &mut all {
            let count = self.comments.keys().filter(|comment| comment.starts_with(&*id)).count();
            incident["properties"]["additionalData"]["commentsCount"] = json!(count);
        }
        let skipped: usize = parameter("$skipToken").parse().unwrap_or(0);
        let left = all.iter().skip(skipped);
        let value: Vec<&Value> = left.map(|(_, incident)| incident).take(LONGEST).collect();
        let next = skipped + value.len();
        if next < all.len() {
            json!({"value": value, "nextLink": format!("https://elsewhere.example/x?$skipToken={next}")})
        } else {
            json!({"value": value})
        }
    }
}

pub(super) struct Throttle {
    pub(super) most: u32,
    pub(super) window: Duration,
    pub(super) began: Instant,
    pub(super) writes: u32,
    pub(super) refused: u64,
}

impl Throttle {
    /// True if one more write is too many.
    pub(super) fn refuses(&mut self) -> bool {
        if self.began.elapsed() >= self.window {
            (self.began, self.writes) = (Instant::now(), 0);
        }
        self.writes += 1;
        let is_refused = self.writes > self.most;
        self.refused += u64::from(is_refused);
        is_refused
    }
}

/// A comment that was written.
#[derive(Debug, Clone, Default)]
pub struct Comment {
    /// Each text that was put, in order.
    pub texts: Vec<String>,
    /// Object id of the author.
    pub author: String,
    /// When the first text was put.
    pub created: String,
}

impl Comment {
    /// The first text, with the signs that it escapes for Markdown.
    ///
    /// # Panics
    /// If none was put.
    #[must_use]
    pub fn plain(&self) -> String {
        let signs = [("&#91;", "["), ("&#93;", "]"), ("&#40;", "("), ("&#41;", ")"), ("&#95;", "_")];
        signs.iter().fold(self.texts[0].clone(), |html, (escape, sign)| html.replace(escape, sign))
    }
}
