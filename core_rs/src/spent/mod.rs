//! Things that may be used once and are not numbered: challenges and tickets, each known by an id until it
//! expires.
//!
//! The promise is that of the windows: at most one use over all processes, and a set without room refuses.
//! Time is the table's. An id's end must be fixed where the id is made and be covered by its signature, in
//! seconds of the table: an end worked out anew from the wall clock would move with every jump of it.

pub(crate) mod set;

use crate::table::Table;

/// No id is remembered longer, so none may be valid longer.
pub const ENDS_WITHIN_SECONDS: u64 = 60 * 60;

/// What became of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    /// Used for the first time.
    Accepted,
    /// Used before, or being used elsewhere at this moment.
    Spent,
    /// Past its end.
    Expired,
    /// Valid for longer than ids are remembered.
    TooLong,
    /// There is no room to remember it.
    Full,
}

impl Table {
    /// Use `id`, which is valid until `ends` in seconds of the table.
    #[must_use]
    pub fn spend(&self, id: &[u8], ends: u64) -> Spending {
        let digest = blake3::Hasher::new_keyed(&self.header().secret).update(b"spent").update(id).finalize();
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest.as_bytes()[..16]);
        self.plan().spent.spend(&self.view(), u128::from_le_bytes(hash), ends)
    }
}
