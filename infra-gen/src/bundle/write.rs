//! From files in memory to a folder: a new one appears whole or not at all, and nothing that was not written here is written over.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::File;
use super::manifest::{MANIFEST, Manifest};

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
    match fs::metadata(folder) {
        Ok(_) => write_into(files, folder, force),
        // A link that leads nowhere is no new folder.
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(folder).is_err() => {
            write_whole(files, folder)
        }
        Err(error) => Err(at(folder)(error)),
    }
}

/// An error of the system, with its place.
fn at(path: &Path) -> impl Fn(io::Error) -> WriteError {
    let path = path.to_owned();
    move |cause| WriteError::Io { path: path.clone(), cause }
}

/// A folder that is not there yet: made beside and renamed.
fn write_whole(files: &[File], folder: &Path) -> Result<Written, WriteError> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(at(parent))?;
    let staged = stage(files, parent).map_err(at(folder))?;
    fs::write(staged.path().join(MANIFEST), Manifest::default().with(files)).map_err(at(folder))?;
    fs::rename(staged.path(), folder).map_err(at(folder))?;
    // It is no temporary folder any more.
    let _ = staged.keep();
    Ok(Written { changed: files.len(), unchanged: 0 })
}

/// A folder that is there: file by file, each by one step.
fn write_into(files: &[File], folder: &Path, force: bool) -> Result<Written, WriteError> {
    let known = Manifest::of(folder);
    let foreign = not_ours(files, folder, &known)?;
    if !foreign.is_empty() && !force {
        return Err(WriteError::NotOurs { folder: folder.to_owned(), files: foreign });
    }
    let staged = stage(files, folder).map_err(at(folder))?;
    // While files change, old and new ones are ours.
    replace(&staged.path().join(MANIFEST), folder, &known.with(files))?;
    let mut written = Written { changed: 0, unchanged: 0 };
    for file in files {
        let target = folder.join(&file.path);
        if fs::read(&target).is_ok_and(|bytes| bytes == file.text.as_bytes()) && is_as_executable(&target, file) {
            written.unchanged += 1;
            continue;
        }
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(at(parent))?;
        }
        fs::rename(staged.path().join(&file.path), &target).map_err(at(&target))?;
        written.changed += 1;
    }
    remove_stale(files, folder, &known)?;
    replace(&staged.path().join(MANIFEST), folder, &Manifest::default().with(files))?;
    Ok(written)
}

/// Puts the manifest in place, by way of a file of the staging folder.
fn replace(staged: &Path, folder: &Path, manifest: &str) -> Result<(), WriteError> {
    let target = folder.join(MANIFEST);
    fs::write(staged, manifest).and_then(|()| fs::rename(staged, &target)).map_err(at(&target))
}

/// Removes what this lab had before and has no more, and folders that are empty then.
fn remove_stale(files: &[File], folder: &Path, known: &Manifest) -> Result<(), WriteError> {
    for path in known.paths().filter(|path| !files.iter().any(|file| file.path == **path)) {
        let stale = folder.join(path);
        if fs::read(&stale).is_ok_and(|bytes| known.has(path, &bytes)) {
            fs::remove_file(&stale).map_err(at(&stale))?;
            // A folder that is not empty stays.
            let _ = stale.parent().filter(|parent| *parent != folder).map(fs::remove_dir);
        }
    }
    Ok(())
}

/// The files in a temporary folder of a folder, so that moving them to their places is one step each.
fn stage(files: &[File], folder: &Path) -> io::Result<TempDir> {
    let staged = tempfile::Builder::new().prefix(".infra-gen-").tempdir_in(folder)?;
    for file in files {
        put(&staged.path().join(&file.path), file.text.as_bytes(), file.is_executable)?;
    }
    open_to_all(staged.path())?;
    Ok(staged)
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

/// True if a file may be run as its new form may.
fn is_as_executable(path: &Path, file: &File) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        !file.is_executable || fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o100 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = (path, file);
        true
    }
}

/// Files that would be written over and are not as they were written.
fn not_ours(files: &[File], folder: &Path, known: &Manifest) -> Result<Vec<String>, WriteError> {
    let mut foreign = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        match fs::read(&path) {
            Ok(bytes) if !known.has(&file.path, &bytes) && bytes != file.text.as_bytes() => {
                foreign.push(file.path.clone());
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(&path)(error)),
        }
    }
    Ok(foreign)
}

#[cfg(test)]
mod tests {
    use super::super::manifest::digest_of;
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
    fn a_manifest_leads_nowhere_else() {
        let parent = tempfile::tempdir().unwrap();
        let (folder, victim) = (parent.path().join("out"), parent.path().join("victim"));
        write(&[file("a", "1")], &folder, false).unwrap();
        fs::write(&victim, "mine").unwrap();
        let digest = digest_of(b"mine");
        for path in ["../victim", victim.to_str().unwrap()] {
            let manifest = serde_json::json!({"files": {path: [digest]}}).to_string();
            fs::write(folder.join(MANIFEST), manifest).unwrap();
            write(&[file("a", "1")], &folder, false).unwrap();
            assert!(victim.exists(), "{path}");
        }
    }

    #[test]
    fn a_run_that_was_broken_off_is_mended_by_another() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("out");
        let (old, new) = ([file("a", "1"), file("b", "1")], [file("a", "2"), file("b", "2")]);
        write(&old, &folder, false).unwrap();
        // As it stands after the manifest and the first file.
        fs::write(folder.join(MANIFEST), Manifest::of(&folder).with(&new)).unwrap();
        fs::write(folder.join("a"), "2").unwrap();
        let third = [file("a", "3"), file("b", "3")];
        assert_eq!(write(&third, &folder, false).unwrap().changed, 2);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_there_stays_what_it_is() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let parent = tempfile::tempdir().unwrap();
        let (real, link) = (parent.path().join("real"), parent.path().join("link"));
        fs::create_dir(&real).unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o700)).unwrap();
        symlink(&real, &link).unwrap();
        write(&[file("run.sh", "#!/bin/sh\n"), file("x/y", "1")], &link, false).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink() && real.join("x/y").exists());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o700);
        fs::set_permissions(real.join("run.sh"), fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(write(&[file("run.sh", "#!/bin/sh\n")], &link, false).unwrap().changed, 1);
        assert!(!real.join("x").exists(), "an empty folder goes");
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
