//! The incidents of a workspace that changed lately.

use jiff::Timestamp;
use reqwest::Method;
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

/// A list of incidents.
#[derive(Debug)]
pub struct Listed {
    /// The incidents, without alerts and entities.
    pub incidents: Vec<Incident>,
    /// True if there are more.
    pub is_cut: bool,
}

impl Sentinel {
    /// The incidents of a workspace that were made or changed since then, the latest change first, at most `most`.
    ///
    /// # Errors
    /// [`Failure`] by class. What is no incident in the list is left out.
    pub async fn changed(
        &self,
        workspace: &WorkspaceId,
        since: Timestamp,
        most: usize,
        patience: Patience,
    ) -> Result<Listed, Failure> {
        let since = Timestamp::from_second(since.as_second()).unwrap_or(since);
        let first = format!(
            "{}{workspace}/providers/Microsoft.SecurityInsights/incidents?api-version={API_VERSION}&$top={PAGE}\
             &$orderby=properties/lastModifiedTimeUtc%20desc&$filter=properties/lastModifiedTimeUtc%20ge%20{since}",
            self.cloud.base()
        );
        let mut incidents = Vec::new();
        let mut url = first.clone();
        for _ in 0..MOST_PAGES {
            let request = Request { method: Method::GET, url, body: None, workspace, role: answer::RESPONDER };
            let bytes = self.retried(&request, patience).await?;
            let page: Page = serde_json::from_slice(&bytes).map_err(|_| {
                Failure::permanent("incidents", "Sentinel's list of incidents is not of the agreed form")
            })?;
            incidents
                .extend(page.value.iter().filter_map(|item| Incident::from_bytes(item.to_string().as_bytes()).ok()));
            let Some(link) = page.next_link else {
                let is_cut = incidents.len() > most;
                incidents.truncate(most);
                return Ok(Listed { incidents, is_cut });
            };
            match token(&link) {
                Some(token) if incidents.len() < most => url = format!("{first}&$skipToken={token}"),
                _ => break,
            }
        }
        incidents.truncate(most);
        Ok(Listed { incidents, is_cut: true })
    }
}

/// The token of the next page, as it stands in the link: encoded, where a raw plus is one. The link itself is not followed: it
/// might lead elsewhere.
fn token(link: &str) -> Option<String> {
    let parameters = link.split_once('?')?.1.split('&');
    let (_, token) = parameters.filter_map(|parameter| parameter.split_once('=')).find(|(name, _)| {
        name.strip_prefix('$')
            .or_else(|| name.strip_prefix("%24"))
            .is_some_and(|name| name.eq_ignore_ascii_case("skipToken"))
    })?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~%=+/".contains(&b);
    (!token.is_empty() && token.bytes().all(is_plain)).then(|| token.replace('+', "%2B"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_of_a_link_is_taken() {
        for (link, expected) in [
            ("https://evil.example/x?api-version=1&%24skipToken=a%2Bb%26c%3D&x=1", "a%2Bb%26c%3D"),
            ("https://management.azure.com/x?$SkipToken=a+b==", "a%2Bb=="),
            ("/incidents?$skipToken=3", "3"),
        ] {
            assert_eq!(token(link).as_deref(), Some(expected));
        }
        for link in
            ["", "https://management.azure.com/x?$top=1", "/x?$skipToken=", "/x?$skipToken=a b", "/x?$skipToken=a#b"]
        {
            assert_eq!(token(link), None, "{link}");
        }
    }
}
