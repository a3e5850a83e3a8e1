//! The incidents of a workspace that changed lately.

use jiff::Timestamp;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::Value;

use crate::error::Failure;
use crate::incident::{Incident, WorkspaceId};

use super::send::Request;
use super::{API_VERSION, Patience, Sentinel, answer};

/// Incidents of a page. The interface gives at most 1,000.
const PAGE: usize = 200;
/// Pages that are read. A list is read anew at each run, so an endless one must end.
const MOST_PAGES: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    value: Vec<Value>,
    next_link: Option<String>,
}

impl Sentinel {
    /// The incidents of a workspace that were made or changed since then, the latest change first, at most `most`. They come
    /// without alerts and entities.
    ///
    /// # Errors
    /// [`Failure`] by class. What is no incident in the list is left out.
    pub async fn changed(
        &self,
        workspace: &WorkspaceId,
        since: Timestamp,
        most: usize,
        patience: Patience,
    ) -> Result<Vec<Incident>, Failure> {
        let since = Timestamp::from_second(since.as_second()).unwrap_or(since);
        let first = format!(
            "{}{workspace}/providers/Microsoft.SecurityInsights/incidents?api-version={API_VERSION}&$top={PAGE}\
             &$orderby=properties/lastModifiedTimeUtc%20desc&$filter=properties/lastModifiedTimeUtc%20ge%20{since}",
            self.cloud.base()
        );
        let mut found = Vec::new();
        let mut url = first.clone();
        for _ in 0..MOST_PAGES {
            let request = Request { method: Method::GET, url, body: None, workspace, role: answer::RESPONDER };
            let bytes = self.retried(&request, patience).await?;
            let page: Page = serde_json::from_slice(&bytes).map_err(|_| {
                Failure::permanent("incidents", "Sentinel's list of incidents is not of the agreed form")
            })?;
            found.extend(page.value.iter().filter_map(|item| Incident::from_bytes(item.to_string().as_bytes()).ok()));
            let next = page.next_link.as_deref().and_then(token);
            match next {
                Some(next) if found.len() < most => url = format!("{first}&$skipToken={next}"),
                _ => break,
            }
        }
        found.truncate(most);
        Ok(found)
    }
}

/// The token of the next page. The link itself is not followed: it might lead elsewhere.
fn token(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let (_, token) = url.query_pairs().find(|(name, _)| name.eq_ignore_ascii_case("$skipToken"))?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    Some(token.bytes().map(|b| if is_plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_of_a_link_is_taken() {
        let link = "https://evil.example/x?api-version=1&%24skipToken=a%2Bb%26c%3D&x=1";
        assert_eq!(token(link).as_deref(), Some("a%2Bb%26c%3D"));
        for link in ["", "/incidents?$skipToken=x", "https://management.azure.com/x?$top=1"] {
            assert_eq!(token(link), None, "{link}");
        }
    }
}
