//! Whether the model answers: a question of two words, and an answer as short as it can be.

use std::time::Instant;

use crate::completion::Usage;
use crate::models::{Chat, Key, Message, Model, NoAnswer};
use crate::settings::{Answerer, Settings};

use super::Check;

const CHECK: &str = "model";

pub(super) async fn check(settings: &Settings) -> Option<Check> {
    let (Answerer::Model, Some(url), Some(name)) = (settings.completer, &settings.model_url, &settings.model) else {
        return None;
    };
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
