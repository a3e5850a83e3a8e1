//! Whether a workspace's incidents can be read, and comments written: by reading one, and by asking what is allowed.

use crate::error::{Class, Failure};
use crate::identity::Token;
use crate::incident::WorkspaceId;
use crate::sentinel::{self, RESPONDER, Sentinel, allows};
use crate::settings::Settings;

use super::{Check, Whose};

const CHECK: &str = "workspace";
/// What the write of a comment needs.
const WRITE: &str = "Microsoft.SecurityInsights/incidents/comments/write";

pub(super) async fn checks(
    sentinel: &Sentinel,
    workspace: &WorkspaceId,
    (settings, whose): (&Settings, &Whose),
    token: &Token,
) -> Vec<Check> {
    let mut checks = vec![access(sentinel, workspace, whose, token).await];
    if settings.asks_sightings {
        checks.push(match sentinel.query(workspace, "print 1", "PT1H").await {
            Ok(_) if whose.is_apps() => others("sightings", workspace),
            Ok(_) => Check::ok("sightings", workspace.name(), "its tables can be asked"),
            Err(failure) if whose.is_apps() && failure.class == Class::Config => others("sightings", workspace),
            Err(failure) => Check::failed("sightings", workspace.name(), &failure),
        });
    }
    checks
}

async fn access(sentinel: &Sentinel, workspace: &WorkspaceId, whose: &Whose, token: &Token) -> Check {
    let name = workspace.name();
    if let Err(failure) = sentinel.lists_incidents(workspace).await {
        return match failure.class {
            Class::Permanent => missing(sentinel, workspace, &failure).await,
            Class::Config if whose.is_apps() => others(CHECK, workspace),
            _ => Check::failed(CHECK, name, &failure),
        };
    }
    if whose.is_apps() {
        return others(CHECK, workspace);
    }
    match sentinel.permissions(workspace).await {
        Ok(permissions) if allows(&permissions, WRITE) => {
            Check::ok(CHECK, name, "incidents can be read, and comments written")
        }
        Ok(_) => {
            let told =
                format!("incidents can be read, but comments not written: the identity needs the role {RESPONDER}");
            Check::wrong(CHECK, name, told, Some(sentinel::grant(workspace, RESPONDER, token)))
        }
        Err(_) => {
            Check::unknown(CHECK, name, "incidents can be read; Azure does not tell whether comments can be written")
        }
    }
}

/// What the rights of whoever asks do not tell of the app's.
fn others(check: &'static str, workspace: &WorkspaceId) -> Check {
    let told = "your rights do not tell what the app may do; this lists its roles there";
    let command = format!(
        "az role assignment list --scope \"{workspace}\" --include-inherited --assignee \"$(az functionapp identity show \
         --resource-group GROUP --name APP --query principalId --output tsv)\" --output table"
    );
    Check { mend: Some(command), ..Check::unknown(check, workspace.name(), told) }
}

/// No workspace, or one without Sentinel.
async fn missing(sentinel: &Sentinel, workspace: &WorkspaceId, failure: &Failure) -> Check {
    match sentinel.is_there(workspace).await {
        Ok(true) => {
            let url = format!(
                "{workspace}/providers/Microsoft.SecurityInsights/onboardingStates/default?api-version={}",
                sentinel::API_VERSION
            );
            let command = format!("az rest --method put --url \"{url}\" --body '{{\"properties\": {{}}}}'");
            Check::wrong(CHECK, workspace.name(), "the workspace is there, and has no Sentinel", Some(command))
        }
        Ok(false) => {
            let command = "az monitor log-analytics workspace list --output tsv --query '[].id'".to_owned();
            let told = "there is no such workspace, or this identity may not see it; HONEYTRIAGE_WORKSPACES wants one of these";
            Check::wrong(CHECK, workspace.name(), told, Some(command))
        }
        Err(_) => Check::failed(CHECK, workspace.name(), failure),
    }
}
