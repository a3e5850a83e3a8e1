//! Triage comments for Microsoft Sentinel incidents.
//!
//! The way of the data: [`incident`] (read and typed) -> [`runbook`] (the embedded completer) and [`prompt`] (what a model
//! would get) -> [`completion`] (the triage) -> [`comment`] (what people read). [`text`] and [`attack`] serve them all.

pub mod attack;
pub mod comment;
pub mod completion;
pub mod error;
pub mod handlers;
pub mod hosts;
pub mod identity;
pub mod incident;
pub mod log;
pub mod package;
pub mod pool;
pub mod prompt;
pub mod runbook;
pub mod sentinel;
pub mod settings;
pub mod templates;
pub mod text;
mod web;
