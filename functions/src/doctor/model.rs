//! Whether the model answers: a question of two words, and an answer as short as it can be.

use std::time::Instant;

use crate::completion::Usage;
use crate::models::{Chat, Key, KeyReference, Message, Model, ModelUrl, NoAnswer};
use crate::secrets::Reference;
use crate::settings::{Answerer, Settings};

use super::{Check, Whose};

const CHECK: &str = "model";

/// Scopes of Entra ID that are for models and nothing else.
const SCOPES: &[&str] = &["https://cognitiveservices.azure.com/.default", "https://ai.azure.com/.default"];

/// True if what the rights of whoever asks can bring may go to this server: a key that stands in the settings may go anywhere;
/// one from a vault, and a token, only to where nobody but the services' owners can read it.
fn is_safe(url: &ModelUrl, key: Option<&KeyReference>) -> bool {
    // Written so that it holds in builds that know no vault.
    let is_here = matches!(key, None | Some(KeyReference::Secret(Reference::Given(_) | Reference::Unset)));
    match key {
        Some(KeyReference::Entra(scope)) => url.is_azure() && SCOPES.contains(&scope.as_str()),
        _ => is_here || url.is_strict(),
    }
}

pub(super) async fn check(settings: &Settings, whose: &Whose) -> Option<Check> {
    let (Answerer::Model, Some(url), Some(name)) = (settings.completer, &settings.model_url, &settings.model) else {
        return None;
    };
    if let Err(error) = settings.clone().whole() {
        return Some(Check::unknown(CHECK, name, format!("not asked: {error}")));
    }
    if whose.has_unread("HONEYTRIAGE_MODEL_KEY") || whose.is_apps() && !is_safe(url, settings.model_key.as_ref()) {
        let told =
            "not asked: its key is the app's, and these settings decide where it goes; run this where the app runs";
        return Some(Check::unknown(CHECK, name, told));
    }
    let key = Key::of(settings.model_key.clone(), &settings.identity, settings.arm_url.authority());
    let model = Model::new(url.clone(), name.clone(), key, settings.model_timeout);
    let chat = Chat { messages: vec![Message::user("Say ok.".to_owned())], most_tokens: 1, schemas: None };
    let begin = Instant::now();
    let answered = model.text(&chat, begin + model.timeout, &mut Usage::default()).await;
    let millis = begin.elapsed().as_millis();
    Some(match answered {
        // A thinking model spends its one token on thoughts, and a filter is part of a model that answers.
        Ok(_) | Err(NoAnswer::Filtered) => Check::ok(CHECK, name, format!("it answers, in {millis} ms")),
        Err(NoAnswer::TooLong) => Check::wrong(CHECK, name, "it takes not even two words", None),
        Err(NoAnswer::Failed(failure)) => Check::failed(CHECK, name, &failure),
    })
}
