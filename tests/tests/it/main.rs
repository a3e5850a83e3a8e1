//! Black-box tests of `honeytriage`, a module a feature.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod attack;
mod az;
mod azure;
mod bicep;
mod bundle;
mod chain;
mod contract;
mod doctor;
mod examples;
mod honeypot_logs;
mod hostile;
mod identity;
mod input;
mod install;
mod kql;
mod labs;
mod lambda;
mod lambda_services;
mod model;
mod obedient;
mod prompt;
mod readme;
mod real_model;
mod redaction;
mod secrets;
mod sightings;
mod storm;
mod sweep;
mod templates;
mod update;
