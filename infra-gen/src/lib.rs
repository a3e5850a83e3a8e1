//! infra-gen: from a lab file to a folder that az deploys.
//!
//! The way of the data: [`lab`] reads and checks `lab.toml`; [`check`] and [`cost`] look at the lab; [`bundle`] renders the folder in
//! memory and writes it.

pub mod bundle;
pub mod check;
pub mod cli;
pub mod cost;
mod explain;
mod init;
pub mod lab;
