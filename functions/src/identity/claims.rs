//! What a token says about its bearer. It is not verified: Azure does that; we only need to know who writes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// The claims that matter here.
#[derive(Deserialize)]
pub(super) struct Claims {
    oid: Option<String>,
    /// What the bearer may do in a person's name (Entra ID's access tokens): tokens of applications have none.
    scp: Option<String>,
}

impl Claims {
    /// The claims of a JSON web token (RFC 7519).
    pub(super) fn of(token: &str) -> Option<Self> {
        let payload = token.split('.').nth(1)?;
        let json = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        serde_json::from_slice(&json).ok()
    }

    /// The `oid` claim, if it is a GUID.
    pub(super) fn object_id(&self) -> Option<String> {
        self.oid.as_ref().and_then(|oid| oid.parse::<uuid::Uuid>().ok()).map(|oid| oid.to_string())
    }

    /// True if a person is behind it.
    pub(super) fn is_person(&self) -> bool {
        self.scp.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_scopes_and_applications_have_none() {
        let token = |json: &str| format!("x.{}.x", URL_SAFE_NO_PAD.encode(json));
        assert!(Claims::of(&token(r#"{"scp": "user_impersonation"}"#)).unwrap().is_person());
        assert!(!Claims::of(&token(r#"{"idtyp": "app"}"#)).unwrap().is_person());
    }

    #[test]
    fn anything_else_has_no_object_id() {
        for token in ["", "x", "a.b.c", "a.e30.c", "a.eyJvaWQiOiJ4In0.c", "a.!!!.c"] {
            assert_eq!(Claims::of(token).and_then(|claims| claims.object_id()), None, "{token}");
        }
    }
}
