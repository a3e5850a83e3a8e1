//! Triage comments for Microsoft Sentinel incidents.
//!
//! The way of the data: [`incident`] (read and typed) -> [`runbook`] (the embedded completer) -> [`prompt`] (what a model gets,
//! by way of [`redaction`]) -> [`completion`] (the triage; the gate) -> [`comment`] (what people read). [`text`] and [`attack`]
//! serve them all.

pub mod attack;
#[cfg(feature = "aws")]
mod aws;
pub mod comment;
pub mod completion;
pub mod doctor;
pub mod error;
pub mod handlers;
pub mod hosts;
pub mod identity;
pub mod incident;
mod kept;
pub mod log;
pub mod models;
pub mod package;
pub mod pool;
pub mod prompt;
pub mod redaction;
pub mod runbook;
pub mod secrets;
pub mod sentinel;
pub mod settings;
pub mod sightings;
pub mod templates;
pub mod text;
mod web;
