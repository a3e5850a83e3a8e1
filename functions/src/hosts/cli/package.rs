//! `honeytriage package`: the zip that is deployed.

use std::path::{Path, PathBuf};

use crate::package::{PackageError, azure, lambda};

use super::CliError;
use super::args::{PackageArgs, Target};

/// Makes the package and tells what is in it.
pub(super) fn package(args: &PackageArgs) -> Result<String, CliError> {
    let path = args.handler.clone().unwrap_or_else(|| built(args.target));
    eprintln!("honeytriage: the handler is {}", path.display());
    let handler = std::fs::read(&path).map_err(|source| PackageError::Unreadable { path, source })?;
    let package = match args.target {
        Target::Azure => azure(&handler, args.force, args.sweep.as_ref())?,
        Target::Lambda => lambda(&handler, args.force)?,
    };
    std::fs::write(&args.output, &package.zip).map_err(CliError::Output)?;
    Ok(format!("{}{:>9}  {}\n", package.contents, package.zip.len(), args.output.display()))
}

/// The handler that was built here for the cloud, or else the one that was built together with this program.
fn built(target: Target) -> PathBuf {
    const FOR_THE_CLOUD: &str = "target/x86_64-unknown-linux-gnu/bundle";
    let name = match target {
        Target::Azure => "azure-handler",
        Target::Lambda => "lambda-handler",
    };
    let for_the_cloud = Path::new(FOR_THE_CLOUD).join(name);
    if for_the_cloud.exists() {
        return for_the_cloud;
    }
    std::env::current_exe().unwrap_or_default().with_file_name(name)
}
