//! What a token says about its bearer. It is not verified: Azure does that; we only need to know who writes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    oid: Option<String>,
}

/// The `oid` claim of a JSON web token (RFC 7519), if it is a GUID.
pub(super) fn object_id(token: &str) -> Option<String> {
    let payload = token.split('.').nth(1)?;
    let json = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&json).ok()?;
    claims.oid.and_then(|oid| oid.parse::<uuid::Uuid>().ok()).map(|oid| oid.to_string())
}

#[cfg(test)]
mod tests {
    use super::object_id;

    #[test]
    fn anything_else_has_no_object_id() {
        for token in ["", "x", "a.b.c", "a.e30.c", "a.eyJvaWQiOiJ4In0.c", "a.!!!.c"] {
            assert_eq!(object_id(token), None, "{token}");
        }
    }
}
