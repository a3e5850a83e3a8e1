//! Moto, which stands for AWS: Secrets Manager and SQS.

use std::process::Command;

use serde_json::{Value, json};

use crate::handler::borrowed;
use crate::http::post;
use crate::service::Service;

/// A running moto.
pub struct Moto(Service);

impl Moto {
    /// Starts the one that is installed in `MOTO_DIR`.
    ///
    /// # Panics
    /// If there is none, or it does not start.
    #[must_use]
    pub fn start() -> Self {
        let folder = std::env::var("MOTO_DIR").unwrap_or_else(|_| panic!("MOTO_DIR: see tests/services/up.sh"));
        Self(Service::start(|port| {
            let mut command = Command::new(format!("{folder}/bin/moto_server"));
            command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
            command
        }))
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.0.port)
    }

    /// Keeps a secret, or a new value of it.
    pub fn secret(&self, action: &str, body: &Value) {
        self.call("secretsmanager", action, body);
    }

    /// Makes a queue, and gives its URL.
    #[must_use]
    pub fn queue(&self, name: &str) -> String {
        let made = self.call("AmazonSQS", "CreateQueue", &json!({"QueueName": name}));
        made["QueueUrl"].as_str().unwrap_or_default().to_owned()
    }

    /// Takes the messages of a queue, at most ten, and deletes them.
    #[must_use]
    pub fn take(&self, queue: &str) -> Vec<String> {
        let told = self.call("AmazonSQS", "ReceiveMessage", &json!({"QueueUrl": queue, "MaxNumberOfMessages": 10}));
        let messages = told["Messages"].as_array().cloned().unwrap_or_default();
        for message in &messages {
            let handle = &message["ReceiptHandle"];
            self.call("AmazonSQS", "DeleteMessage", &json!({"QueueUrl": queue, "ReceiptHandle": handle}));
        }
        messages.iter().filter_map(|message| message["Body"].as_str().map(str::to_owned)).collect()
    }

    /// One call of a service's JSON interface.
    fn call(&self, service: &str, action: &str, body: &Value) -> Value {
        let scope = service.trim_start_matches("Amazon").to_lowercase();
        let headers = [
            ("X-Amz-Target", format!("{service}.{action}")),
            ("Content-Type", "application/x-amz-json-1.1".to_owned()),
            (
                "Authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential=test/20261124/eu-central-1/{scope}/aws4_request, SignedHeaders=host, Signature=x"
                ),
            ),
        ];
        let (status, answer) = post(self.0.port, "/", &borrowed(&headers), &body.to_string());
        assert_eq!(status, 200, "{action}: {answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }
}
