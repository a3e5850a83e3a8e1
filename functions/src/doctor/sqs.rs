//! Whether the queues on AWS are there, and whether anything was put aside.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use tokio::sync::OnceCell;

use crate::aws;
use crate::error::Failure;
use crate::settings::Settings;

use super::Check;

pub(super) async fn checks(settings: &Settings) -> Vec<Check> {
    let queues = [
        ("HONEYTRIAGE_INCIDENTS_QUEUE", &settings.incidents_queue, false),
        ("HONEYTRIAGE_COMMENTS_QUEUE", &settings.comments_queue, false),
        ("HONEYTRIAGE_DEAD_LETTERS", &settings.dead_letters, true),
    ];
    let client = OnceCell::new();
    let mut checks = Vec::new();
    for (name, url, is_dead) in queues {
        let Some(url) = url else { continue };
        let look = format!("aws sqs receive-message --queue-url '{url}' --max-number-of-messages 10");
        checks.push(match messages(&client, url).await {
            Ok(count) if is_dead => Check::put_aside(name, count, look),
            Ok(count) => Check::waiting(name, count),
            Err(failure) => Check::failed("queue", name, &failure),
        });
    }
    checks
}

/// How many messages a queue has, about.
async fn messages(client: &OnceCell<Client>, url: &str) -> Result<u64, Failure> {
    // It also stands in a command.
    if !url.bytes().all(|b| b.is_ascii_alphanumeric() || b":/._-".contains(&b)) {
        return Err(Failure::config("queue", "it is no URL of a queue"));
    }
    let client = client.get_or_try_init(|| async { Ok(Client::new(&aws::config().await?)) }).await?;
    let asked = client.get_queue_attributes().queue_url(url);
    let asked = asked.attribute_names(QueueAttributeName::ApproximateNumberOfMessages).send().await;
    let told = asked.map_err(|error| aws::failure(&error, "queue", "SQS", "sqs:GetQueueAttributes on this queue"))?;
    let counts = told.attributes.unwrap_or_default();
    let count = counts.get(&QueueAttributeName::ApproximateNumberOfMessages).and_then(|count| count.parse().ok());
    Ok(count.unwrap_or(0))
}
