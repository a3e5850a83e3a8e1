//! Whether a package is whole, and its handler starts where it is deployed.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::elf;

/// What a package is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Azure Functions.
    Azure,
    /// AWS Lambda.
    Lambda,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Target::Azure => "Azure Functions",
            Target::Lambda => "AWS Lambda",
        })
    }
}

/// What is wrong with a package.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct InvalidPackage {
    target: Target,
    why: Why,
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error("it is no zip, or a broken one")]
    Broken,
    #[error("it has neither host.json (Azure) nor bootstrap (Lambda) at its top")]
    Strange,
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} may not be executed: its mode lacks 0755")]
    Mode(&'static str),
    #[error("its handler {0}")]
    Unfit(#[from] elf::Unfit),
}

impl InvalidPackage {
    /// The command that makes a whole one.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        match self.target {
            Target::Azure => "honeytriage package --target azure --handler FILE --output functions.zip",
            Target::Lambda => "honeytriage package --target lambda --handler FILE --output lambda.zip",
        }
    }
}

/// Entries of a package for Azure besides the handler.
const AZURE: &[&str] = &["incident-trigger/function.json", "gpt-complete/function.json", "add-comment/function.json"];
/// The largest handler that is unpacked, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024;

/// What a package is for, if it is whole.
///
/// # Errors
/// [`InvalidPackage`].
pub fn examine(zip: &[u8]) -> Result<Target, InvalidPackage> {
    let broken = |_| InvalidPackage { target: Target::Azure, why: Why::Broken };
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(broken)?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    let target = match (has("host.json"), has("bootstrap")) {
        (true, _) => Target::Azure,
        (false, true) => Target::Lambda,
        _ => return Err(InvalidPackage { target: Target::Azure, why: Why::Strange }),
    };
    whole(&mut archive, target).map_err(|why| InvalidPackage { target, why })?;
    Ok(target)
}

fn whole(archive: &mut ZipArchive<Cursor<&[u8]>>, target: Target) -> Result<(), Why> {
    let (handler, platform, others) = match target {
        Target::Azure => ("azure-handler", elf::AZURE, AZURE),
        Target::Lambda => ("bootstrap", elf::LAMBDA, &[][..]),
    };
    if let Some(name) = others.iter().find(|name| archive.index_for_name(name).is_none()) {
        return Err(Why::Missing(name));
    }
    let file = archive.by_name(handler).map_err(|_| Why::Missing(handler))?;
    if file.unix_mode().is_none_or(|mode| mode & 0o111 == 0) {
        return Err(Why::Mode(handler));
    }
    let mut program = Vec::new();
    file.take(LARGEST).read_to_end(&mut program).map_err(|_| Why::Broken)?;
    Ok(elf::check(&program, platform)?)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn zipped(entries: &[(&str, u32)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, mode) in entries {
            writer.start_file(*name, SimpleFileOptions::default().unix_permissions(*mode)).unwrap();
            writer.write_all(b"no program").unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn what_is_wrong_is_told_with_the_command_for_its_cloud() {
        let whole = [("host.json", 0o644), (AZURE[0], 0o644), (AZURE[1], 0o644), (AZURE[2], 0o644)];
        let with = |mode| [&whole[..], &[("azure-handler", mode)]].concat();
        for (zip, told, cloud) in [
            (b"PK".to_vec(), "no zip", "azure"),
            (zipped(&[("x", 0o644)]), "neither host.json", "azure"),
            (zipped(&whole[..3]), "add-comment/function.json is missing", "azure"),
            (zipped(&whole), "azure-handler is missing", "azure"),
            (zipped(&with(0o644)), "azure-handler may not be executed", "azure"),
            (zipped(&with(0o755)), "no 64-bit Linux program", "azure"),
            (zipped(&[("bootstrap", 0o644)]), "bootstrap may not be executed", "lambda"),
            (zipped(&[("bootstrap", 0o755)]), "no 64-bit Linux program", "lambda"),
        ] {
            let problem = examine(&zip).unwrap_err();
            assert!(problem.to_string().contains(told) && problem.mend().contains(cloud), "{problem}");
        }
    }
}
