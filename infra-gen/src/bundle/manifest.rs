//! What a folder's manifest knows: the files that were written there, and how they looked.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::File;

/// What was written here the last time (the file's name), and how it looked.
pub(super) const MANIFEST: &str = ".infra-gen.json";

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Digests by path: one, or two while files change.
    files: BTreeMap<String, Vec<String>>,
}

impl Manifest {
    /// What the folder's manifest says; nothing without one that can be read. Its paths lead nowhere else, whoever wrote it.
    pub(super) fn of(folder: &Path) -> Self {
        let bytes = fs::read(folder.join(MANIFEST)).ok();
        let mut manifest: Self = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let is_inside = |path: &String| Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        manifest.files.retain(|path, _| is_inside(path));
        manifest
    }

    /// True if a file looks as it was written here.
    pub(super) fn has(&self, path: &str, bytes: &[u8]) -> bool {
        self.files.get(path).is_some_and(|digests| digests.contains(&digest_of(bytes)))
    }

    /// The files that were written.
    pub(super) fn paths(&self) -> impl Iterator<Item = &String> {
        self.files.keys()
    }

    /// The manifest's text with these files, beside those that it knows.
    pub(super) fn with(&self, files: &[File]) -> String {
        let mut all = self.files.clone();
        for file in files {
            let digests = all.entry(file.path.clone()).or_default();
            let digest = digest_of(file.text.as_bytes());
            if !digests.contains(&digest) {
                digests.push(digest);
            }
        }
        // Texts in lists in a map always serialize.
        serde_json::to_string_pretty(&Self { files: all }).unwrap_or_default()
    }
}

pub(super) fn digest_of(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
