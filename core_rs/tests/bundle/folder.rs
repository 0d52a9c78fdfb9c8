//! Folders for the tests, and what is in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use _core::bundle::{Bundle, BundleError, PackOptions, Packed, UnpackOptions, Unpacked};
use _core::watch::Watch;

/// Path -> content, executable; a folder with nothing in it has no content.
pub type Content = BTreeMap<String, Option<(Vec<u8>, bool)>>;

pub const NO_CAP: u64 = u64::MAX;

pub fn write(root: &Path, content: &Content) {
    fs::create_dir_all(root).unwrap();
    for (path, content) in content {
        let path = root.join(path);
        let Some((bytes, executable)) = content else {
            fs::create_dir_all(path).unwrap();
            continue;
        };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        set_executable(&path, *executable);
    }
}

pub fn read(root: &Path) -> Content {
    let mut content = Content::new();
    read_into(root, "", &mut content);
    content
}

fn read_into(folder: &Path, prefix: &str, content: &mut Content) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        assert!(!entry.file_type().unwrap().is_symlink());
        if entry.file_type().unwrap().is_dir() {
            let before = content.len();
            read_into(&entry.path(), &format!("{path}/"), content);
            if content.len() == before {
                content.insert(path, None);
            }
        } else {
            content.insert(path, Some((fs::read(entry.path()).unwrap(), is_executable(&entry.path()))));
        }
    }
}

#[cfg(unix)]
fn set_executable(path: &Path, executable: bool) {
    use std::os::unix::fs::PermissionsExt;
    let mode = if executable { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn set_executable(_: &Path, _: bool) {}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    false
}

/// Bytes without repetition, equal on every machine.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

#[expect(clippy::unnecessary_wraps, reason = "it makes a value of `Content`")]
pub fn file(bytes: impl Into<Vec<u8>>) -> Option<(Vec<u8>, bool)> {
    Some((bytes.into(), false))
}

/// A bit of everything: small, large, equal, empty, executable, deep, several packs.
pub fn sample() -> Content {
    let mut content = Content::new();
    for number in 0..40_u64 {
        let text = format!("local lesson = {number}\n").repeat(20 + usize::try_from(number).unwrap() * 7);
        content.insert(format!("scripts/unit{}/lesson{number}.luau", number % 5), file(text));
    }
    content.insert("media/large.bin".into(), file(noise(1, 6_000_000)));
    content.insert("media/copy of large.bin".into(), file(noise(1, 6_000_000)));
    content.insert("media/zeros".into(), file(vec![0; 1_000_000]));
    content.insert("empty file".into(), file(""));
    content.insert("empty/folder".into(), None);
    content.insert("tools/build".into(), Some((b"#!/bin/sh\n".to_vec(), cfg!(unix))));
    content.insert("deep/er/and/deep/er/ä.txt".into(), file("ö"));
    content
}

/// What is wrong, whichever bundle it is about.
pub fn cause(error: BundleError) -> BundleError {
    match error {
        BundleError::In { error, .. } => *error,
        other => other,
    }
}

pub fn one_file(bundle: &Bundle, bases: &[&Bundle], path: &str) -> Result<Vec<u8>, BundleError> {
    _core::bundle::read_file(bundle, bases, path, NO_CAP, &Watch::new())
}

/// A temporary place with names in it.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Write `content` to a folder of this place and pack that.
    pub fn pack(&self, content: &Content, bundle: &str, options: PackOptions<'_>) -> Packed {
        let folder = self.at(&format!("{bundle}.folder"));
        write(&folder, content);
        _core::bundle::pack_folder(&folder, &self.at(bundle), options, &Watch::new()).unwrap()
    }

    pub fn open(&self, bundle: &str) -> Bundle {
        Bundle::open(&self.at(bundle), NO_CAP).unwrap()
    }

    pub fn unpack(&self, bundle: &Bundle, bases: &[&Bundle], target: &str) -> Result<Unpacked, BundleError> {
        let options = UnpackOptions { bases, ..UnpackOptions::default() };
        _core::bundle::unpack(bundle, &self.at(target), &options, &Watch::new())
    }
}
