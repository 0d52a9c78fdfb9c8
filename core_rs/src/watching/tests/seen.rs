//! Somebody who looks at nothing but what is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::super::*;

/// How long a machine with much else to do may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A folder, and what somebody knows of it who looks at nothing but what is told.
pub(super) struct Seen {
    pub(super) watching: Watching,
    root: PathBuf,
    /// Of every folder what is in it, and how long each file is.
    pub(super) known: BTreeMap<PathBuf, BTreeMap<PathBuf, u64>>,
    pub(super) bursts: usize,
    pub(super) rescans: usize,
    pub(super) faults: BTreeSet<Fault>,
    pub(super) told: BTreeSet<PathBuf>,
}

impl Seen {
    pub(super) fn new(root: &Path) -> Self {
        let watching = Watching::start(&[root.to_owned()], |path| !path.ends_with("unwanted")).unwrap();
        let mut seen = Self {
            watching,
            root: root.to_owned(),
            known: BTreeMap::new(),
            bursts: 0,
            rescans: 0,
            faults: BTreeSet::new(),
            told: BTreeSet::new(),
        };
        seen.list(root);
        seen
    }

    /// Look at a folder and at what is new in it.
    fn list(&mut self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else {
            self.known.retain(|known, _| !known.starts_with(folder));
            return;
        };
        let mut inside = BTreeMap::new();
        for entry in entries.flatten() {
            let Ok(found) = entry.metadata() else { continue };
            if found.is_dir() && entry.file_name() != "unwanted" && !self.known.contains_key(&entry.path()) {
                self.list(&entry.path());
            }
            inside.insert(entry.path(), if found.is_dir() { 0 } else { found.len() });
        }
        let gone: Vec<_> = self.known.get(folder).into_iter().flat_map(BTreeMap::keys).cloned().collect();
        for path in gone.iter().filter(|path| !inside.contains_key(*path)) {
            self.known.retain(|known, _| !known.starts_with(path));
        }
        self.known.insert(folder.to_owned(), inside);
    }

    pub(super) fn take_one(&mut self, wait: Duration) -> bool {
        let Some(burst) = self.watching.next(wait) else { return false };
        self.bursts += 1;
        self.rescans += usize::from(burst.needs_rescan);
        self.faults.extend(burst.faults);
        if burst.needs_rescan {
            self.known.clear();
            self.list(&self.root.clone());
        }
        burst.folders.iter().for_each(|folder| self.list(folder));
        self.told.extend(burst.folders);
        true
    }

    /// Look until a condition holds.
    pub(super) fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{what} was not seen");
            self.take_one(left.min(Duration::from_millis(200)));
        }
    }

    /// Look until what is known is what is there.
    pub(super) fn until_right(&mut self) {
        self.until("all that is there", |seen| {
            let mut fresh = BTreeMap::new();
            listing(&seen.root, &mut fresh);
            fresh == seen.known
        });
    }
}

fn listing(folder: &Path, all: &mut BTreeMap<PathBuf, BTreeMap<PathBuf, u64>>) {
    let mut inside = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let found = entry.metadata().unwrap();
        if found.is_dir() && entry.file_name() != "unwanted" {
            listing(&entry.path(), all);
        }
        inside.insert(entry.path(), if found.is_dir() { 0 } else { found.len() });
    }
    all.insert(folder.to_owned(), inside);
}

pub(super) fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = fs::canonicalize(folder.path()).unwrap();
    (folder, path)
}
