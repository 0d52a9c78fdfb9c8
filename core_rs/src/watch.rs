//! How far a long operation has come, and the wish that it stop; shared between threads.
#![allow(
    missing_docs,
    reason = "names and messages speak for themselves; what they leave open has a comment"
)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// The operation was stopped because somebody asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped as asked; nothing was left half done")]
pub struct Cancelled;

/// What is done of what is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// At most the total; neither ever becomes less.
    pub done_bytes: u64,
    /// 0 as long as it is not known.
    pub total_bytes: u64,
    pub done_files: u64,
}

/// Counters that the workers raise and anybody may read, and a flag the other way round.
#[derive(Debug, Default)]
pub struct Watch {
    cancelled: AtomicBool,
    done_bytes: AtomicU64,
    total_bytes: AtomicU64,
    done_files: AtomicU64,
}

impl Watch {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ask the operation to stop; it does so within one piece of work of each thread.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled.load(Relaxed) { Err(Cancelled) } else { Ok(()) }
    }

    #[must_use]
    pub fn progress(&self) -> Progress {
        let total_bytes = self.total_bytes.load(Relaxed);
        Progress {
            // A file may have grown since it was counted.
            done_bytes: self.done_bytes.load(Relaxed).min(total_bytes),
            total_bytes,
            done_files: self.done_files.load(Relaxed),
        }
    }

    pub(crate) fn expect_bytes(&self, bytes: u64) {
        self.total_bytes.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn did_bytes(&self, bytes: u64) {
        self.done_bytes.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn did_files(&self, files: u64) {
        self.done_files.fetch_add(files, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_to_stop_is_seen_by_the_next_check() {
        let watch = Watch::new();
        assert_eq!(Ok(()), watch.check());
        watch.cancel();
        assert_eq!(Err(Cancelled), watch.check());
    }

    #[test]
    fn counters_add_up() {
        let watch = Watch::new();
        watch.expect_bytes(10);
        watch.did_bytes(4);
        watch.did_files(1);
        assert_eq!(Progress { done_bytes: 4, total_bytes: 10, done_files: 1 }, watch.progress());
    }

    #[test]
    fn never_more_is_done_than_there_is() {
        let watch = Watch::new();
        watch.did_bytes(4);
        assert_eq!(0, watch.progress().done_bytes);
        watch.expect_bytes(3);
        assert_eq!(3, watch.progress().done_bytes);
    }
}
