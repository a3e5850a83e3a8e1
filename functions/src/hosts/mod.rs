//! What calls the stages from outside. Hosts translate and nothing else.

pub mod cli;
