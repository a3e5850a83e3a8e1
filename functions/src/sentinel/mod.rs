//! Microsoft Sentinel over Azure Resource Manager: what the functions read and the one thing they write.

mod answer;
mod cloud;
mod examine;
mod list;
mod permission;
mod send;

use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Class, Failure};
use crate::identity::Tokens;
use crate::incident::{Incident, IncidentId, WorkspaceId, parse_time};

pub(crate) use answer::{CONFLICT, RESPONDER, grant};
pub use cloud::{Cloud, UnknownCloud};
pub(crate) use permission::allows;
use send::Request;

/// The version of the `Microsoft.SecurityInsights` interface (newest stable one, Microsoft Learn).
pub const API_VERSION: &str = "2025-09-01";

/// The version of Resource Manager's door to the Log Analytics query interface. Microsoft Learn ("Request format for the
/// Azure Monitor Logs query API") names the door, and the portal uses this version; not yet tried live.
pub const QUERY_VERSION: &str = "2017-10-01";

/// How long to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The longest pause before a second try, also when the other side asks for more.
    pub longest_wait: Duration,
}

/// A client of one cloud. It connects on first use.
pub struct Sentinel {
    cloud: Cloud,
    tokens: Tokens,
    timeout: Duration,
    http: OnceLock<reqwest::Client>,
}

/// A comment that is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Existing {
    /// Object id of its author; empty if not told.
    pub author: String,
    /// Its text, as Sentinel gives it back.
    pub html: String,
    /// When it was written.
    pub written: Option<Timestamp>,
}

#[derive(Serialize)]
struct CommentBody<'a> {
    properties: CommentProperties<'a>,
}

#[derive(Serialize)]
struct CommentProperties<'a> {
    message: &'a str,
}

#[derive(Serialize)]
struct QueryBody<'a> {
    query: &'a str,
    timespan: &'a str,
}

#[derive(Deserialize)]
struct CommentAnswer {
    properties: CommentAnswerProperties,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommentAnswerProperties {
    author: Option<Author>,
    message: Option<String>,
    created_time_utc: Option<String>,
}

#[derive(Deserialize)]
struct CommentList {
    value: Vec<ListedComment>,
}

#[derive(Deserialize)]
struct ListedComment {
    properties: ListedProperties,
}

#[derive(Deserialize)]
struct ListedProperties {
    message: Option<String>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(rename = "objectId")]
    object_id: Option<String>,
}

impl Sentinel {
    /// A client that waits `timeout` for each answer.
    #[must_use]
    pub fn new(cloud: Cloud, tokens: Tokens, timeout: Duration) -> Self {
        Self { cloud, tokens, timeout, http: OnceLock::new() }
    }

    /// The object id of whoever writes; empty if the token does not tell.
    ///
    /// # Errors
    /// [`Failure`] if there is no token.
    pub async fn writer(&self) -> Result<String, Failure> {
        Ok(self.tokens.get().await?.writer)
    }

    /// The incident with its alerts and entities.
    ///
    /// # Errors
    /// [`Failure`] by class. Alerts or entities that the service says are not there are none.
    pub async fn incident(&self, id: &IncidentId, patience: Patience) -> Result<Incident, Failure> {
        let incident = self.send(id, Method::GET, "", None, patience).await?;
        let alerts = self.or_none(id, "/alerts", patience).await?;
        let entities = self.or_none(id, "/entities", patience).await?;
        Incident::from_parts(&incident, alerts.as_deref(), entities.as_deref())
            .map_err(|error| Failure::permanent("incident", format!("Sentinel's answer: {error}")))
    }

    async fn or_none(&self, id: &IncidentId, part: &str, patience: Patience) -> Result<Option<Vec<u8>>, Failure> {
        match self.send(id, Method::POST, part, None, patience).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(failure) if failure.class == Class::Permanent => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The comment with this id, if it is there.
    ///
    /// # Errors
    /// [`Failure`] by class.
    pub async fn comment(
        &self,
        id: &IncidentId,
        comment: Uuid,
        patience: Patience,
    ) -> Result<Option<Existing>, Failure> {
        match self.send(id, Method::GET, &format!("/comments/{comment}"), None, patience).await {
            Ok(bytes) => {
                let answer: Result<CommentAnswer, _> = serde_json::from_slice(&bytes);
                let told = answer.map(|answer| answer.properties).unwrap_or_default();
                Ok(Some(Existing {
                    author: told.author.and_then(|author| author.object_id).unwrap_or_default(),
                    html: told.message.unwrap_or_default(),
                    written: told.created_time_utc.and_then(|time| parse_time(&time)),
                }))
            }
            Err(failure) if failure.code == answer::NOT_FOUND => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The texts of an incident's comments, at most a hundred, which is all that an incident can have.
    ///
    /// # Errors
    /// [`Failure`] by class.
    pub async fn comments(&self, id: &IncidentId, patience: Patience) -> Result<Vec<String>, Failure> {
        let url = format!("{}{id}/comments?api-version={API_VERSION}&$top=100", self.cloud.base());
        let request =
            Request { method: Method::GET, url, body: None, workspace: id.workspace(), role: answer::RESPONDER };
        let bytes = self.retried(&request, patience).await?;
        let list: CommentList = serde_json::from_slice(&bytes)
            .map_err(|_| Failure::permanent("comments", "Sentinel's list of comments is not of the agreed form"))?;
        Ok(list.value.into_iter().filter_map(|comment| comment.properties.message).collect())
    }

    /// Writes the comment, or the same comment again.
    ///
    /// # Errors
    /// [`Failure`] by class.
    pub async fn put_comment(
        &self,
        id: &IncidentId,
        comment: Uuid,
        html: &str,
        patience: Patience,
    ) -> Result<(), Failure> {
        // Strings always serialize.
        let body =
            serde_json::to_vec(&CommentBody { properties: CommentProperties { message: html } }).unwrap_or_default();
        self.send(id, Method::PUT, &format!("/comments/{comment}"), Some(body), patience).await.map(drop)
    }

    /// Runs a query over the workspace's tables, once, and gives the answer as it came. Resource Manager hands it on to Log
    /// Analytics, so that the same token and host serve in every cloud.
    ///
    /// # Errors
    /// [`Failure`] by class.
    pub async fn query(&self, workspace: &WorkspaceId, query: &str, timespan: &str) -> Result<Vec<u8>, Failure> {
        let url = format!("{}{workspace}/query?api-version={QUERY_VERSION}", self.cloud.base());
        // Strings always serialize.
        let body = serde_json::to_vec(&QueryBody { query, timespan }).unwrap_or_default();
        let request = Request { method: Method::POST, url, body: Some(body), workspace, role: answer::READER };
        self.once(&request, &self.tokens.get().await?).await
    }
}
