//! From files in memory to a folder: a new one appears whole or not at all, and nothing that was not written here is written over.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::File;

/// What was written here the last time, and how it looked.
const MANIFEST: &str = ".infra-gen.json";

/// What a folder got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or changed.
    pub changed: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder has files that were not written here, or were changed since.
    #[error("`{folder}` has files of your own: {}. Use another folder, or --force to replace them", listed(files))]
    NotOurs {
        /// The folder.
        folder: PathBuf,
        /// The files.
        files: Vec<String>,
    },
    /// The system refused.
    #[error("`{path}`: {cause}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    /// Digest by path.
    files: BTreeMap<String, String>,
}

fn listed(files: &[String]) -> String {
    const MOST: usize = 5;
    let more = files.len().saturating_sub(MOST);
    let shown = files.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// Writes a bundle.
///
/// # Errors
/// [`WriteError`]. Before the first file is in place, nothing was changed; afterwards each file is either the old one or the new one,
/// and another run mends it.
pub fn write(files: &[File], folder: &Path, force: bool) -> Result<Written, WriteError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |cause| WriteError::Io { path, cause }
    };
    let is_new = match fs::read_dir(folder) {
        // `.` and `..` cannot be put in place as a whole.
        Ok(mut entries) => entries.next().is_none() && folder.file_name().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(at(folder)(error)),
    };
    let known = if is_new { Manifest::default() } else { manifest(folder) };
    let foreign = if is_new { Vec::new() } else { not_ours(files, folder, &known)? };
    if !foreign.is_empty() && !force {
        return Err(WriteError::NotOurs { folder: folder.to_owned(), files: foreign });
    }
    let staged = stage(files, folder)?;
    if is_new {
        // An empty folder gives way; a full one does not.
        let _ = fs::remove_dir(folder);
        let staged = staged.keep();
        return match fs::rename(&staged, folder) {
            Ok(()) => Ok(Written { changed: files.len(), unchanged: 0 }),
            Err(error) => {
                let _ = fs::remove_dir_all(&staged);
                Err(at(folder)(error))
            }
        };
    }
    let mut written = Written { changed: 0, unchanged: 0 };
    for file in files {
        let target = folder.join(&file.path);
        if fs::read(&target).is_ok_and(|bytes| bytes == file.text.as_bytes()) {
            written.unchanged += 1;
            continue;
        }
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(at(parent))?;
        }
        fs::rename(staged.path().join(&file.path), &target).map_err(at(&target))?;
        written.changed += 1;
    }
    // What this lab had before and has no more.
    for (path, digest) in known.files.iter().filter(|(path, _)| !files.iter().any(|file| file.path == **path)) {
        let stale = folder.join(path);
        if fs::read(&stale).is_ok_and(|bytes| digest_of(&bytes) == *digest) {
            fs::remove_file(&stale).map_err(at(&stale))?;
        }
    }
    let target = folder.join(MANIFEST);
    fs::rename(staged.path().join(MANIFEST), &target).map_err(at(&target))?;
    Ok(written)
}

/// The files in a folder beside the one that is meant, so that moving them there is one step each.
fn stage(files: &[File], folder: &Path) -> Result<TempDir, WriteError> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let staging = || {
        fs::create_dir_all(parent)?;
        let staged = tempfile::Builder::new().prefix(".infra-gen-").tempdir_in(parent)?;
        for file in files {
            put(&staged.path().join(&file.path), file.text.as_bytes(), file.is_executable)?;
        }
        let digests = files.iter().map(|file| (file.path.clone(), digest_of(file.text.as_bytes())));
        let manifest = serde_json::to_vec_pretty(&Manifest { files: digests.collect() })?;
        put(&staged.path().join(MANIFEST), &manifest, false)?;
        open_to_all(staged.path())?;
        Ok(staged)
    };
    staging().map_err(|cause: io::Error| WriteError::Io { path: folder.to_owned(), cause })
}

fn put(path: &Path, bytes: &[u8], is_executable: bool) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = fs::File::create_new(path)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    if is_executable {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(fs::Permissions::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = is_executable;
    Ok(())
}

/// A folder for temporary files is its owner's alone; a bundle has no secrets and is like any other folder.
fn open_to_all(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// What the folder's manifest says; nothing without one that can be read.
fn manifest(folder: &Path) -> Manifest {
    fs::read(folder.join(MANIFEST)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Files that would be written over and are not as they were written.
fn not_ours(files: &[File], folder: &Path, known: &Manifest) -> Result<Vec<String>, WriteError> {
    let mut foreign = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        match fs::read(&path) {
            Ok(bytes) => {
                let is_ours = known.files.get(&file.path).is_some_and(|digest| *digest == digest_of(&bytes));
                if !is_ours && bytes != file.text.as_bytes() {
                    foreign.push(file.path.clone());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(WriteError::Io { path, cause }),
        }
    }
    Ok(foreign)
}

fn digest_of(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned(), is_executable: text.starts_with("#!") }
    }

    fn read(folder: &Path, path: &str) -> String {
        fs::read_to_string(folder.join(path)).unwrap_or_default()
    }

    #[test]
    fn a_new_folder_is_whole_and_scripts_run() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/out");
        let written = write(&[file("x/y.json", "{}"), file("run.sh", "#!/bin/sh\n")], &folder, false).unwrap();
        assert_eq!((written.changed, read(&folder, "x/y.json").as_str()), (2, "{}"));
        assert!(fs::read_dir(parent.path().join("a")).unwrap().count() == 1, "nothing is left beside it");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &str| fs::metadata(folder.join(path)).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode("run.sh"), mode(".")), (0o755, 0o755));
        }
    }

    #[test]
    fn what_was_written_here_is_replaced_and_what_is_left_over_goes() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("out");
        write(&[file("a", "1"), file("b", "1"), file("c", "1")], &folder, false).unwrap();
        fs::write(folder.join("functions.zip"), "mine").unwrap();
        let written = write(&[file("a", "1"), file("b", "2")], &folder, false).unwrap();
        assert_eq!(written, Written { changed: 1, unchanged: 1 });
        assert_eq!((read(&folder, "b").as_str(), read(&folder, "functions.zip").as_str()), ("2", "mine"));
        assert!(!folder.join("c").exists());
    }

    #[test]
    fn what_is_not_ours_stays_unless_forced() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("out");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a"), "mine").unwrap();
        let error = write(&[file("a", "1"), file("b", "1")], &folder, false).unwrap_err();
        assert!(error.to_string().contains("has files of your own: a."), "{error}");
        assert!(!folder.join("b").exists(), "nothing was written");
        write(&[file("a", "1")], &folder, true).unwrap();
        fs::write(folder.join("a"), "changed").unwrap();
        assert!(write(&[file("a", "2")], &folder, false).is_err());
        assert_eq!(read(&folder, "a"), "changed");
    }

    #[test]
    fn a_file_is_no_folder() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("out");
        fs::write(&path, "mine").unwrap();
        assert!(matches!(write(&[file("a", "1")], &path, true), Err(WriteError::Io { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }
}
