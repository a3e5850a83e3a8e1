//! The deployment package: the handler with the files that tell the host of it, the same bytes for the same handler.

mod elf;
mod examine;
mod schedule;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

pub use examine::{InvalidPackage, Target, examine};
pub use schedule::{InvalidSchedule, Schedule};

/// A file of a package.
struct Entry<'a> {
    path: &'static str,
    bytes: Cow<'a, [u8]>,
    mode: u32,
}

/// A package and what is in it.
#[derive(Debug)]
pub struct Package {
    /// The zip.
    pub zip: Vec<u8>,
    /// Path and size of each file, a line each.
    pub contents: String,
}

/// Why there is no package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The handler cannot be read.
    #[error("{path}: {source}; build it first, or name it with --handler")]
    Unreadable {
        /// The handler.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The handler would not start there.
    #[error(
        "the handler {why}; build one that runs there: cargo zigbuild --package honeytriage --profile bundle --no-default-features \
         --features {feature} --bin {program} --target x86_64-unknown-linux-gnu.2.28 (or --force)"
    )]
    Unfit {
        /// Why.
        why: elf::Unfit,
        /// The feature of its cloud.
        feature: &'static str,
        /// Its name.
        program: &'static str,
    },
    /// The zip cannot be written.
    #[error("zip: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// The zip cannot be written.
    #[error("zip: {0}")]
    Write(#[from] std::io::Error),
}

const HOST: &[u8] = include_bytes!("../../../templates/functionapp/host.json");
const INCIDENT_TRIGGER: &[u8] = include_bytes!("../../../templates/functionapp/incident-trigger/function.json");
const GPT_COMPLETE: &[u8] = include_bytes!("../../../templates/functionapp/gpt-complete/function.json");
const ADD_COMMENT: &[u8] = include_bytes!("../../../templates/functionapp/add-comment/function.json");

const INCIDENT_SWEEP: &str = include_str!("../../../templates/functionapp/incident-sweep/function.json");

/// The bills of materials, CycloneDX, made by functions/sbom/make.sh.
const SBOM_AZURE: &[u8] = include_bytes!("../../sbom/azure-handler.cdx.json");
const SBOM_LAMBDA: &[u8] = include_bytes!("../../sbom/lambda-handler.cdx.json");
const SBOM_PATH: &str = "sbom.cdx.json";

const FILE: u32 = 0o644;
const PROGRAM: u32 = 0o755;

/// The package for Azure Functions. With `force` any handler is taken; with a schedule the function `incident-sweep` is in it:
/// a function whose name has a hyphen cannot be switched off by a setting.
///
/// # Errors
/// [`PackageError`]; [`PackageError::Unfit`] for a handler of another machine or one that needs a newer C library.
pub fn azure(handler: &[u8], force: bool, sweep: Option<&Schedule>) -> Result<Package, PackageError> {
    fits(handler, force, elf::AZURE, ("azure", "azure-handler"))?;
    let file = |path, bytes| Entry { path, bytes: Cow::Borrowed(bytes), mode: FILE };
    let mut entries = vec![
        file("host.json", HOST),
        file("incident-trigger/function.json", INCIDENT_TRIGGER),
        file("gpt-complete/function.json", GPT_COMPLETE),
        file("add-comment/function.json", ADD_COMMENT),
        file(SBOM_PATH, SBOM_AZURE),
    ];
    entries.extend(sweep.map(|schedule| Entry {
        path: "incident-sweep/function.json",
        bytes: Cow::Owned(INCIDENT_SWEEP.replace(Schedule::DEFAULT, schedule.as_str()).into_bytes()),
        mode: FILE,
    }));
    entries.push(Entry { path: "azure-handler", bytes: Cow::Borrowed(handler), mode: PROGRAM });
    zipped(&entries)
}

/// The package for AWS Lambda on `provided.al2023`: the handler as `bootstrap`. With `force` any handler is taken.
///
/// # Errors
/// As [`azure`].
pub fn lambda(handler: &[u8], force: bool) -> Result<Package, PackageError> {
    fits(handler, force, elf::LAMBDA, ("aws", "lambda-handler"))?;
    zipped(&[
        Entry { path: SBOM_PATH, bytes: Cow::Borrowed(SBOM_LAMBDA), mode: FILE },
        Entry { path: "bootstrap", bytes: Cow::Borrowed(handler), mode: PROGRAM },
    ])
}

fn fits(
    handler: &[u8],
    force: bool,
    platform: elf::Glibc,
    (feature, program): (&'static str, &'static str),
) -> Result<(), PackageError> {
    if force {
        return Ok(());
    }
    elf::check(handler, platform).map_err(|why| PackageError::Unfit { why, feature, program })
}

fn zipped(entries: &[Entry]) -> Result<Package, PackageError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut contents = String::new();
    for entry in entries {
        // A fixed time: the package is its contents.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(entry.mode);
        writer.start_file(entry.path, options)?;
        writer.write_all(&entry.bytes)?;
        // Writing to a String cannot fail.
        let _ = writeln!(contents, "{:>9}  {:o}  {}", entry.bytes.len(), entry.mode, entry.path);
    }
    Ok(Package { zip: writer.finish()?.into_inner(), contents })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_handler_gives_the_same_bytes() {
        let first = azure(b"handler", true, None).unwrap();
        assert_eq!(first.zip, azure(b"handler", true, None).unwrap().zip);
        assert!(first.contents.contains("755  azure-handler"), "{}", first.contents);
        assert!(lambda(b"handler", true).unwrap().contents.trim().ends_with("755  bootstrap"));
    }

    #[test]
    fn a_sweep_is_in_it_only_if_asked_for() {
        assert!(!azure(b"handler", true, None).unwrap().contents.contains("incident-sweep"));
        let hourly: Schedule = "0 0 * * * *".parse().unwrap();
        let package = azure(b"handler", true, Some(&hourly)).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(package.zip)).unwrap();
        let function = std::io::read_to_string(archive.by_name("incident-sweep/function.json").unwrap()).unwrap();
        assert!(function.contains("\"0 0 * * * *\"") && !function.contains(Schedule::DEFAULT), "{function}");
    }

    #[test]
    fn the_bill_of_materials_is_that_of_the_lock_file() {
        let lock = include_str!("../../../Cargo.lock").replace("\r\n", "\n");
        for (sbom, own, other) in
            [(SBOM_AZURE, "azure_core", "aws-sdk-sqs"), (SBOM_LAMBDA, "aws-sdk-sqs", "azure_core")]
        {
            let bom: serde_json::Value = serde_json::from_slice(sbom).unwrap();
            let components = bom["components"].as_array().unwrap();
            assert!(components.len() > 100);
            for component in components {
                let text = |key: &str| component[key].as_str().unwrap();
                let (name, version) = (text("name"), text("version"));
                let hash = component["hashes"][0]["content"].as_str().unwrap();
                let locked = lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"\n"));
                assert!(locked && lock.contains(hash), "{name} {version}: run functions/sbom/make.sh");
            }
            let has = |name: &str| components.iter().any(|component| component["name"] == name);
            assert!(has(own) && !has(other), "{own}");
        }
    }

    #[test]
    fn a_handler_that_would_not_start_is_refused() {
        let error = azure(b"MZ this is for Windows", false, None).unwrap_err().to_string();
        assert!(error.contains("zigbuild") && error.contains("--force"), "{error}");
        let error = lambda(b"MZ this is for Windows", false).unwrap_err().to_string();
        assert!(error.contains("--features aws --bin lambda-handler"), "{error}");
    }
}
