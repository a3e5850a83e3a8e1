//! Whether the function app's queues are there, and whether anything was put aside.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::StatusCode;

use crate::error::Failure;
use crate::identity::{Source, Tokens};
use crate::settings::{QueueService, Settings};
use crate::web;

use super::Check;

const CHECK: &str = "queue";
/// The queues of `host.json`'s functions, and where their failures go. The latter come into being with the first failure.
const QUEUES: &[(&str, bool)] =
    &[("incidents", false), ("comments", false), ("incidents-poison", true), ("comments-poison", true)];
/// The newest version of Azure Storage that all clouds have.
const VERSION: &str = "2021-12-02";

pub(super) async fn checks(settings: &Settings) -> Vec<Check> {
    let service = match &settings.queue_service {
        Ok(Some(service)) => service,
        Ok(None) => return Vec::new(),
        Err(error) => return vec![Check::unknown(CHECK, "", format!("not asked: {error}"))],
    };
    if matches!(settings.identity, Source::Given(_)) {
        let told = "not asked: HONEYTRIAGE_ARM_TOKEN is for Resource Manager and no other server";
        return vec![Check::unknown(CHECK, service.account(), told)];
    }
    let tokens = settings.tokens_for("https://storage.azure.com/.default".to_owned());
    let http = OnceLock::new();
    let asking = Asking { service, tokens, timeout: settings.arm_timeout, http };
    let mut checks = Vec::new();
    for (queue, is_poison) in QUEUES {
        checks.push(asking.check(queue, *is_poison).await);
    }
    checks
}

/// Whom is asked, and as whom.
struct Asking<'a> {
    service: &'a QueueService,
    tokens: Tokens,
    timeout: Duration,
    http: OnceLock<reqwest::Client>,
}

impl Asking<'_> {
    async fn check(&self, queue: &str, is_poison: bool) -> Check {
        let account = self.service.account();
        let look = format!(
            "az storage message peek --queue-name {queue} --account-name {account} --auth-mode login --num-messages 32"
        );
        match self.messages(queue).await {
            Ok(count) if is_poison => Check::put_aside(queue, count.unwrap_or(0), look),
            Ok(Some(count)) => Check::waiting(queue, count),
            Ok(None) => {
                let command =
                    format!("az storage queue create --name {queue} --account-name {account} --auth-mode login");
                Check::wrong(CHECK, queue, format!("there is no such queue in {account}"), Some(command))
            }
            Err(failure) => Check::failed(CHECK, queue, &failure),
        }
    }

    /// How many messages a queue has, about; none if there is no such queue.
    async fn messages(&self, queue: &str) -> Result<Option<u64>, Failure> {
        let token = self.tokens.get().await?;
        let url = format!("{}/{queue}?comp=metadata", self.service.url());
        let request =
            web::client(&self.http, self.timeout)?.get(url).header("x-ms-version", VERSION).bearer_auth(token.secret());
        let unreachable = |_| {
            Failure::retryable("queue", "the storage account could not be reached: check its name and network rules")
        };
        let response = request.send().await.map_err(unreachable)?;
        let count = response.headers().get("x-ms-approximate-messages-count");
        let count = count.and_then(|count| count.to_str().ok()?.parse().ok());
        match response.status() {
            StatusCode::OK => Ok(Some(count.unwrap_or(0))),
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Failure::config(
                "queue",
                "refused: the identity needs the role Storage Queue Data Reader on the account",
            )
            .mended_by(format!(
                "az role assignment create {} --role \"Storage Queue Data \
             Reader\" --scope \"$(az storage account show --name {} --query id --output tsv)\"",
                token.assignee(),
                self.service.account()
            ))),
            status => Err(Failure::retryable("queue", format!("the storage account answered {}", status.as_u16()))),
        }
    }
}
