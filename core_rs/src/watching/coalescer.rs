//! Many changes as few: pure, and told the time.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Fault;

/// Nothing for so long ends a burst.
pub const QUIET: Duration = Duration::from_millis(3);
/// A burst ends after so long, whatever else comes.
pub const LONGEST: Duration = Duration::from_millis(50);
/// A file that is empty gets so long to be filled: some editors cut a file before they write it.
pub const EMPTY_WAITS: Duration = Duration::from_millis(50);
/// More folders than these are not told one by one; looking at all costs no more.
pub const MOST_FOLDERS: usize = 100_000;

/// Folders, and the names in them that changed.
pub type Changed = BTreeMap<PathBuf, BTreeSet<OsString>>;

/// What ended together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    #[allow(missing_docs, reason = "the type says it")]
    pub changed: Changed,
    /// Of these it was waited for files to be filled; they do not wait again.
    pub waited: BTreeSet<PathBuf>,
    /// Folders that may be new, so that they have to be watched.
    pub appeared: BTreeSet<PathBuf>,
    /// Changes were lost.
    pub needs_rescan: bool,
    #[allow(missing_docs, reason = "the type says it")]
    pub faults: BTreeSet<Fault>,
}

/// What has changed and was not taken yet. Times are since any one moment.
#[derive(Debug, Default)]
pub struct Coalescer {
    fresh: Batch,
    /// When the first and the last of what is fresh came.
    span: Option<(Duration, Duration)>,
    /// Folders with empty files, and when they are waited for no longer.
    held: BTreeMap<PathBuf, (Duration, BTreeSet<OsString>)>,
}

impl Coalescer {
    /// A file or folder was made, written, renamed or removed.
    pub fn changed(&mut self, now: Duration, path: &Path) {
        let (folder, name) = (path.parent().unwrap_or(path), path.file_name().unwrap_or_default());
        if !self.fresh.needs_rescan {
            match self.fresh.changed.get_mut(folder) {
                Some(names) => drop(names.insert(name.to_owned())),
                None => drop(self.fresh.changed.insert(folder.to_owned(), [name.to_owned()].into())),
            }
            if self.fresh.changed.len() > MOST_FOLDERS {
                self.needs_rescan(now);
            }
        }
        self.came(now);
    }

    /// A folder may be new.
    pub fn appeared(&mut self, now: Duration, folder: &Path) {
        // A rescan watches all there are.
        if !self.fresh.needs_rescan {
            self.fresh.appeared.insert(folder.to_owned());
        }
        self.came(now);
    }

    /// Changes were lost.
    pub fn needs_rescan(&mut self, now: Duration) {
        self.fresh.needs_rescan = true;
        self.fresh.changed.clear();
        self.fresh.appeared.clear();
        self.held.clear();
        self.came(now);
    }

    /// Changes may get lost from now on.
    pub fn fault(&mut self, now: Duration, fault: Fault) {
        self.fresh.faults.insert(fault);
        self.came(now);
    }

    /// Give back what has empty files in it, to wait for them.
    pub fn hold(&mut self, now: Duration, folders: Changed) {
        if self.fresh.needs_rescan {
            return;
        }
        for (folder, names) in folders {
            let held = self.held.entry(folder).or_insert_with(|| (now + EMPTY_WAITS, BTreeSet::new()));
            held.1.extend(names);
        }
    }

    /// When there will be something to take if nothing else comes.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        let fresh = self.span.map(|(first, last)| (last + QUIET).min(first + LONGEST));
        let held = self.held.values().map(|(until, _)| *until).min();
        fresh.into_iter().chain(held).min()
    }

    /// What has ended.
    pub fn take(&mut self, now: Duration) -> Option<Batch> {
        if self.due().is_none_or(|due| due > now) {
            return None;
        }
        let mut batch = Batch::default();
        if self.span.is_some_and(|(first, last)| (last + QUIET).min(first + LONGEST) <= now) {
            batch = std::mem::take(&mut self.fresh);
            self.span = None;
        }
        let over = |until: Duration| until <= now;
        let mut waiting = BTreeMap::new();
        for (folder, (until, names)) in std::mem::take(&mut self.held) {
            // What changed again is looked at again, and keeps the time that it has left.
            if over(until) || batch.changed.contains_key(&folder) {
                batch.changed.entry(folder.clone()).or_default().extend(names);
                if over(until) {
                    batch.waited.insert(folder);
                } else {
                    waiting.insert(folder, (until, BTreeSet::new()));
                }
            } else {
                waiting.insert(folder, (until, names));
            }
        }
        self.held = waiting;
        Some(batch)
    }

    /// Those are told, so nothing waits for them.
    pub fn release<'a>(&mut self, folders: impl Iterator<Item = &'a PathBuf>) {
        for folder in folders {
            self.held.remove(folder);
        }
    }

    fn came(&mut self, now: Duration) {
        let first = self.span.map_or(now, |(first, _)| first);
        self.span = Some((first, now));
    }
}
