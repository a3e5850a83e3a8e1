//! Harmless questions, each asked once: whether a workspace is there, can be read, and what its permissions are.

use reqwest::Method;
use serde::Deserialize;

use crate::error::{Class, Failure};
use crate::incident::WorkspaceId;

use super::permission::Permission;
use super::send::Request;
use super::{API_VERSION, Sentinel, answer};

/// `Microsoft.OperationalInsights/workspaces` (2025-02-01 is the oldest that Microsoft Learn still lists as stable).
const WORKSPACE_VERSION: &str = "2025-02-01";
/// `Microsoft.Authorization/permissions`.
const PERMISSIONS_VERSION: &str = "2022-04-01";

#[derive(Deserialize)]
struct Permissions {
    value: Vec<Permission>,
}

impl Sentinel {
    /// Reads one incident of a workspace, whichever.
    ///
    /// # Errors
    /// [`Failure`] by class.
    pub(crate) async fn lists_incidents(&self, workspace: &WorkspaceId) -> Result<(), Failure> {
        let part = format!("/providers/Microsoft.SecurityInsights/incidents?api-version={API_VERSION}&$top=1");
        self.asked(workspace, &part).await.map(drop)
    }

    /// True if there is a workspace of this id.
    ///
    /// # Errors
    /// [`Failure`] if that cannot be told.
    pub(crate) async fn is_there(&self, workspace: &WorkspaceId) -> Result<bool, Failure> {
        match self.asked(workspace, &format!("?api-version={WORKSPACE_VERSION}")).await {
            Ok(_) => Ok(true),
            Err(failure) if failure.class == Class::Permanent => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// What the identity may do on a workspace.
    ///
    /// # Errors
    /// [`Failure`] by class.
    pub(crate) async fn permissions(&self, workspace: &WorkspaceId) -> Result<Vec<Permission>, Failure> {
        let part = format!("/providers/Microsoft.Authorization/permissions?api-version={PERMISSIONS_VERSION}");
        let bytes = self.asked(workspace, &part).await?;
        let permissions: Result<Permissions, _> = serde_json::from_slice(&bytes);
        permissions
            .map(|permissions| permissions.value)
            .map_err(|_| Failure::permanent("permissions", "Resource Manager's answer is not of the agreed form"))
    }

    async fn asked(&self, workspace: &WorkspaceId, part: &str) -> Result<Vec<u8>, Failure> {
        let url = format!("{}{workspace}{part}", self.cloud.base());
        let request = Request { method: Method::GET, url, body: None, workspace, role: answer::RESPONDER };
        self.once(&request, &self.tokens.get().await?).await
    }
}
