//! Single use: the window of each session, in the memory of a table.
//!
//! A number is accepted at most once by all workers together, whatever they are doing and wherever one of
//! them is stopped or killed; a window exists only because [`Table::open_window`] made it; a table without
//! room refuses, it never forgets.

mod control;
pub(crate) mod slots;
pub mod window;

pub use slots::census::Census;
pub use window::Verdict;

use crate::table::Table;
use slots::Shape;
use window::Stamped;

/// How far behind the highest number one is still judged.
pub const WINDOW: u64 = 960;
/// The highest number of a session: 2^20 requests, and a window of them for those under way at the end.
pub const LAST_NUMBER: u32 = (1 << 20) + 960;
/// A session is accepted for so long after its life, while its successor is being opened.
pub const OVERLAP_SECONDS: u32 = 60;
/// A slot is not another session's before so long after the overlap.
pub const REUSE_AFTER_SECONDS: u64 = 120;
/// No session lives longer.
pub const LIFE_SECONDS_MOST: u32 = 24 * 60 * 60;

/// 32 words of 32 numbers.
pub type TableLayout = Stamped<32, 32, WINDOW, { LAST_NUMBER as u64 }>;

/// The shape of the slots in every table.
#[derive(Debug)]
pub(crate) struct TableShape;

impl Shape for TableShape {
    type Ring = TableLayout;
    const WAYS: usize = 8;
}

/// One life of one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotRef {
    index: u32,
    generation: u16,
}

impl SlotRef {
    /// The slot and its generation in one number, for a caller that cannot hold a `SlotRef`.
    #[must_use]
    pub fn to_bits(self) -> u64 {
        u64::from(self.index) << 16 | u64::from(self.generation)
    }

    /// The reverse of `to_bits`. Whatever the number, [`Table::accept`] judges it.
    #[expect(clippy::cast_possible_truncation, reason = "taken apart")]
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self { index: (bits >> 16) as u32, generation: bits as u16 }
    }
}

/// The window of a session that is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub slot: SlotRef,
    /// What [`Table::open_window`] was given.
    pub tag: u64,
    /// The end of its overlap, in seconds of the table.
    pub ends: u64,
}

/// Why no window was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefused {
    /// No room.
    #[error("the table of sessions is full; sessions that end make room after three minutes")]
    Full,
    /// The sid is known.
    #[error("there is a session of this id already; an id must be drawn at random for each session")]
    Duplicate,
    /// The life.
    #[error("a session must live between 1 and {LIFE_SECONDS_MOST} seconds")]
    Life,
}

impl Table {
    /// Make the window of a new session; `sid` is the random part of its id, `tag` is the caller's.
    pub fn open_window(&self, sid: &[u8; 16], life_seconds: u32, tag: u64) -> Result<SlotRef, OpenRefused> {
        self.slots().open(&self.view(), sid, life_seconds, tag)
    }

    /// Ask for the memory that [`Table::lookup`] and [`Table::accept`] will read, and go on at once. Worth it
    /// before work that takes half a microsecond, such as the check of a signature. It reads and tells nothing.
    #[inline]
    pub fn warm(&self, sid: &[u8; 16], number: u32) {
        self.slots().warm(&self.view(), sid, number);
    }

    /// The window of a live session.
    #[inline]
    #[must_use]
    pub fn lookup(&self, sid: &[u8; 16]) -> Option<Found> {
        self.slots().lookup(&self.view(), sid)
    }

    /// Take no number of a session any more, in any process; false where it has no window.
    #[must_use]
    pub fn end_window(&self, sid: &[u8; 16]) -> bool {
        self.slots().end(&self.view(), sid)
    }

    /// How many slots for windows are in which state. It reads all of them.
    #[must_use]
    pub fn census(&self) -> Census {
        self.slots().census(&self.view())
    }

    /// Spend `number` in the window of `slot`.
    #[inline]
    #[must_use]
    pub fn accept(&self, slot: SlotRef, number: u32) -> Verdict {
        self.slots().accept(&self.view(), slot, number)
    }
}
