//! What an answer of Azure Resource Manager means. The one place that maps statuses to classes.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::error::Failure;
use crate::identity::Token;
use crate::incident::WorkspaceId;
use crate::web;

/// The code of a 404.
pub(super) const NOT_FOUND: &str = "not-found";
/// The code of a write that met another one.
pub(crate) const CONFLICT: &str = "conflict";

/// The role that reads and comments on incidents.
pub(crate) const RESPONDER: &str = "Microsoft Sentinel Responder";
/// The role that reads the workspace's tables.
pub(super) const READER: &str = "Log Analytics Reader";

/// The failure that a status means; none for success.
pub(super) fn failure(
    status: StatusCode,
    headers: &HeaderMap,
    workspace: &WorkspaceId,
    role: &str,
    holder: &Token,
) -> Option<Failure> {
    let told = format!("Sentinel answered {}", status.as_u16());
    Some(match status.as_u16() {
        200..=299 => return None,
        401 => Failure::config(
            "unauthorized",
            format!("{told}: the token was not taken; check the identity and the cloud"),
        ),
        403 => Failure::config(
            "forbidden",
            format!("{told}: the identity needs the role {role} on the workspace; grant it, and wait some minutes"),
        )
        .mended_by(grant(workspace, role, holder)),
        404 | 410 => Failure::permanent(NOT_FOUND, format!("{told}: it is not there, or no longer")),
        409 | 412 => Failure::retryable(CONFLICT, format!("{told}: somebody else wrote at the same time")),
        408 | 429 | 500..=599 => {
            Failure::retryable("busy", told).after(headers.get(RETRY_AFTER).and_then(web::retry_after))
        }
        300..=399 => Failure::permanent("redirect", format!("{told}: redirects are not followed")),
        _ => Failure::permanent("refused", format!("{told}: it does not take the request")),
    })
}

/// The command that grants a role to whoever holds the token.
pub(crate) fn grant(workspace: &WorkspaceId, role: &str, holder: &Token) -> String {
    format!("az role assignment create {} --role \"{role}\" --scope '{workspace}'", holder.assignee())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Class;

    fn class(status: u16) -> Option<Class> {
        let workspace = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-soc".parse().unwrap();
        failure(
            StatusCode::from_u16(status).unwrap(),
            &HeaderMap::new(),
            &workspace,
            RESPONDER,
            &Token::new("x".into(), std::time::SystemTime::now()),
        )
        .map(|f| f.class)
    }

    #[test]
    fn every_status_has_a_class() {
        for (statuses, expected) in [
            (&[200, 201, 204][..], None),
            (&[400, 404, 405, 410, 413, 301, 302, 307], Some(Class::Permanent)),
            (&[408, 409, 412, 429, 500, 502, 503, 504], Some(Class::Retryable)),
            (&[401, 403], Some(Class::Config)),
        ] {
            assert!(statuses.iter().all(|status| class(*status) == expected), "{statuses:?}");
        }
    }
}
