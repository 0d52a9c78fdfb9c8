//! What the lock-free algorithms stand on: atomic words, a clock, and knowing who is still alive.
//!
//! The algorithms of `replay`, `spent` and `limits` are written against these traits, so that the very code
//! that runs on a table also runs under the exhaustive scheduler of the tests (`crate::model`).
//!
//! Every access is sequentially consistent. Several proofs are of the form "each of two writes its own word
//! and then reads the other's, so at least one sees the other", which weaker orders do not give; and with one
//! order for all, a scheduler that tries every interleaving tries every behaviour there is. On x86-64 it costs
//! nothing here: loads are plain, and no hot path has a store that is not a compare-and-swap.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use super::raw::prefetch::prefetch;

/// Atomic words by number.
pub(crate) trait Cells {
    fn load(&self, at: usize) -> u64;
    fn store(&self, at: usize, value: u64);
    /// Put `new` where `seen` still stands; whether it did.
    fn swap_if(&self, at: usize, seen: u64, new: u64) -> bool;
    /// A word that will be read soon. Changes nothing but how long that takes.
    fn prefetch(&self, at: usize);
}

/// Words, a clock and the other processes.
pub(crate) trait Machine: Cells {
    /// The time since the table was made, on a clock that never jumps and is the same in all processes.
    fn now(&self) -> Duration;
    /// The calling process.
    fn me(&self) -> Peer;
    /// Whether `peer` has certainly ended. In doubt it lives.
    fn is_dead(&self, peer: Peer) -> bool;

    fn seconds(&self) -> u64 {
        self.now().as_secs()
    }
}

/// A process by its id and the time of its start, so that an id given out again is another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// At most `PID_BITS` bits.
    pub pid: u32,
    /// The low `START_BITS` bits of the start time in clock ticks.
    pub started: u32,
}

impl Peer {
    /// Linux gives out no id above 2^22.
    pub const PID_BITS: u32 = 22;
    /// 46 hours of ticks: an id given out again meets the same value once in 16 million times, and
    /// then a dead claimer's slot stays taken until that process ends.
    pub const START_BITS: u32 = 24;
}

impl Cells for [AtomicU64] {
    #[inline]
    fn load(&self, at: usize) -> u64 {
        self[at].load(SeqCst)
    }

    #[inline]
    fn store(&self, at: usize, value: u64) {
        self[at].store(value, SeqCst);
    }

    #[inline]
    fn swap_if(&self, at: usize, seen: u64, new: u64) -> bool {
        self[at].compare_exchange(seen, new, SeqCst, SeqCst).is_ok()
    }

    #[inline]
    fn prefetch(&self, at: usize) {
        if let Some(word) = self.get(at) {
            prefetch(word);
        }
    }
}
