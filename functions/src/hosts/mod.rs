//! What calls the handlers from outside. Hosts translate and nothing else.

#[cfg(feature = "azure")]
pub mod azure;
pub mod cli;
mod output;
