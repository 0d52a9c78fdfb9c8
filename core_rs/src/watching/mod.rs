//! Which folders changed, told in bursts.
//!
//! An event names a folder to look at again and nothing else: what is in it is what a listing says. So an event too many
//! costs a look, and what came before a folder was watched is found by looking after it is. Where events may have been
//! lost, that is told, and everything has to be looked at again.

mod coalescer;
mod event;
mod folders;
mod links;
#[cfg(test)]
mod tests;
mod watcher;

pub use coalescer::{Batch, Changed, Coalescer, EMPTY_WAITS, LONGEST, MOST_FOLDERS, QUIET};
pub use watcher::Watching;

use std::collections::BTreeSet;
use std::path::PathBuf;

/// What changed together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Burst {
    /// To be listed again, and what is new in them read whole.
    pub folders: BTreeSet<PathBuf>,
    /// Changes were lost, so every folder has to be looked at again.
    pub needs_rescan: bool,
    /// What keeps later changes from being seen.
    pub faults: BTreeSet<Fault>,
}

/// What keeps changes from being seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Fault {
    /// Whether it was removed, moved or only unmounted cannot be told.
    #[error("{} is gone; once it is there again it has to be watched anew", .0.display())]
    RootGone(PathBuf),
    /// The system gives out no more watches.
    #[error(
        "the system has too few watches for {} and other folders: raise fs.inotify.max_user_watches; \
        what changes in them is seen only when everything is looked at again",
        .0.display()
    )]
    TooFewWatches(PathBuf),
    /// It exists and cannot be watched or listed.
    #[error("{} cannot be watched: {}", .0.display(), .1)]
    Unwatched(PathBuf, String),
    /// The system's own words.
    #[error("watching failed: {0}")]
    Failed(String),
}

impl Burst {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty() && !self.needs_rescan && self.faults.is_empty()
    }

    /// Take in a later burst. Past a number of folders it is cheaper to look at all of them.
    fn join(&mut self, later: Self) {
        self.needs_rescan |= later.needs_rescan;
        self.faults.extend(later.faults);
        self.folders.extend(later.folders);
        if self.needs_rescan || self.folders.len() > MOST_FOLDERS {
            self.needs_rescan = true;
            self.folders.clear();
        }
    }
}
