//! Whether the secrets that the settings refer to are there. They are fetched, and shown nowhere.

use secrecy::ExposeSecret as _;

use crate::identity::Source;
use crate::models::KeyReference;
use crate::secrets::{Reference, Secret};
use crate::settings::{Answerer, Settings};

use super::{Check, Whose};

pub(super) async fn checks(settings: &Settings, whose: &Whose) -> Vec<Check> {
    let model_key = settings.model_key.as_ref().filter(|_| settings.completer == Answerer::Model);
    let model_key = model_key.and_then(|key| match key {
        KeyReference::Secret(reference) => Some(reference),
        KeyReference::Entra(_) => None,
    });
    let client_secret = match &settings.identity {
        Source::Registration(registration) => Some(&registration.secret),
        _ => None,
    };
    let mut checks = Vec::new();
    for (name, reference) in [
        ("HONEYTRIAGE_MODEL_KEY", model_key),
        ("HONEYTRIAGE_AZURE_CLIENT_SECRET", client_secret),
        ("HONEYTRIAGE_URL_KEY", settings.url_key.as_ref()),
    ] {
        if whose.has_unread(name) {
            checks.push(Check::unknown(
                "secret",
                name,
                "a reference of App Service to Key Vault: only the app can read it",
            ));
        } else if let Some(reference) = reference {
            checks.push(check(name, reference, &settings.identity).await);
        }
    }
    checks
}

async fn check(name: &'static str, reference: &Reference, identity: &Source) -> Check {
    match Secret::new(reference.clone(), identity.clone()).get().await {
        Ok(secret) if secret.expose_secret().is_empty() => Check::wrong("secret", name, "it is empty", None),
        Ok(_) => Check::ok("secret", name, "it is there"),
        Err(failure) => Check::failed("secret", name, &failure),
    }
}
