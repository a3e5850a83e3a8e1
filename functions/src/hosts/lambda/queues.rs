//! The queues that messages go on to. A destination of Lambda is for asynchronous calls only, so SQS is sent to.

use std::time::Duration;

use aws_sdk_sqs::Client;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::aws;
use crate::error::Failure;
use crate::handlers::PoisonMessage;
use crate::settings::Settings;

/// The longest that a message may take, the client's own tries included.
const PATIENCE: Duration = Duration::from_secs(15);

/// The queues, by their URLs.
pub(super) struct Queues {
    incidents: Option<String>,
    comments: Option<String>,
    dead_letters: Option<String>,
    client: OnceCell<Client>,
}

impl Queues {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            incidents: settings.incidents_queue.clone(),
            comments: settings.comments_queue.clone(),
            dead_letters: settings.dead_letters.clone(),
            client: OnceCell::new(),
        }
    }

    /// An incident that lacks a comment goes to `incident-trigger`.
    pub(super) async fn queue(&self, message: &Value) -> Result<(), Failure> {
        self.send(self.incidents.as_deref(), "HONEYTRIAGE_INCIDENTS_QUEUE", message).await
    }

    /// An answer whose write failed goes to `add-comment`.
    pub(super) async fn hand_over(&self, message: &Value) -> Result<(), Failure> {
        self.send(self.comments.as_deref(), "HONEYTRIAGE_COMMENTS_QUEUE", message).await
    }

    /// What will never work goes to the dead letters at once, with the reason.
    pub(super) async fn put_aside(&self, message: &PoisonMessage) -> Result<(), Failure> {
        self.send(self.dead_letters.as_deref(), "HONEYTRIAGE_DEAD_LETTERS", &json!(message)).await
    }

    async fn send(&self, queue: Option<&str>, setting: &str, message: &Value) -> Result<(), Failure> {
        let url =
            queue.ok_or_else(|| Failure::config("queue", format!("{setting}: the URL of an SQS queue is missing")))?;
        let client = self.client.get_or_try_init(|| async { Ok(Client::new(&aws::config().await?)) }).await?;
        let sent = client.send_message().queue_url(url).message_body(message.to_string()).send();
        match tokio::time::timeout(PATIENCE, sent).await {
            Ok(Ok(_)) => Ok(()),
            // The error's own text may hold an upstream body, so it is not shown.
            Ok(Err(error)) => Err(aws::failure(&error, "queue", "SQS", "sqs:SendMessage on this queue")),
            Err(_) => Err(Failure::retryable("queue", "SQS did not answer in time")),
        }
    }
}
