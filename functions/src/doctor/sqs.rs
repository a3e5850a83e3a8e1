//! Whether the queues on AWS are there, and whether anything was put aside.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;

use crate::aws;
use crate::error::Failure;
use crate::settings::Settings;

use super::Check;

const CHECK: &str = "queue";

pub(super) async fn checks(settings: &Settings) -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, url) in [
        ("HONEYTRIAGE_INCIDENTS_QUEUE", &settings.incidents_queue),
        ("HONEYTRIAGE_COMMENTS_QUEUE", &settings.comments_queue),
    ] {
        if let Some(url) = url {
            checks.push(match messages(url).await {
                Ok(count) => Check::ok(CHECK, name, format!("it is there, with {count} waiting")),
                Err(failure) => Check::failed(CHECK, name, &failure),
            });
        }
    }
    if let Some(url) = &settings.dead_letters {
        let subject = "HONEYTRIAGE_DEAD_LETTERS";
        checks.push(match messages(url).await {
            Ok(0) => Check::ok(CHECK, subject, "nothing was put aside"),
            Ok(count) => {
                let command = format!("aws sqs receive-message --queue-url '{url}' --max-number-of-messages 10");
                Check::wrong(CHECK, subject, format!("{count} put aside; each message says why"), Some(command))
            }
            Err(failure) => Check::failed(CHECK, subject, &failure),
        });
    }
    checks
}

/// How many messages a queue has, about.
async fn messages(url: &str) -> Result<u64, Failure> {
    // It also stands in a command.
    if !url.bytes().all(|b| b.is_ascii_alphanumeric() || b":/._-".contains(&b)) {
        return Err(Failure::config("queue", "it is no URL of a queue"));
    }
    let client = Client::new(&aws::config().await?);
    let asked = client.get_queue_attributes().queue_url(url);
    let asked = asked.attribute_names(QueueAttributeName::ApproximateNumberOfMessages).send().await;
    let told = asked.map_err(|error| aws::failure(&error, "queue", "SQS", "sqs:GetQueueAttributes on this queue"))?;
    let counts = told.attributes.unwrap_or_default();
    let count = counts.get(&QueueAttributeName::ApproximateNumberOfMessages).and_then(|count| count.parse().ok());
    Ok(count.unwrap_or(0))
}
