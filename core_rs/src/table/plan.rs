//! What stands where in a table's memory, from three numbers alone, so that every process finds the same.

use super::header::HEADER_WORDS;
use super::probes::{bucket_count, is_prime};
use super::{Sizes, TableError};
use crate::limits::entries::{self, Entries};
use crate::replay::TableShape;
use crate::replay::slots::{Shape, Slots};
use crate::spent::set::{self, SpentSet};

/// 1.3 GB of windows.
pub const SESSIONS_MOST: u32 = 1 << 22;
/// 256 MB of spent ids.
pub const SPENT_MOST: u32 = 1 << 24;
/// 256 MB of limits.
pub const LIMITS_MOST: u32 = 1 << 24;

/// What a session may take of a table of many, the free slots included that keep look-ups short: 320 bytes.
/// A slot itself takes 296, so that 7 % of the slots are free when all sessions are there.
const WORDS_PER_SESSION: usize = 320 / 8;
/// Half of the cells of the two other sets stay free when they hold what they were made for.
const CELLS_PER_ENTRY: usize = 2;

/// The sections of a table and its length in words.
#[derive(Debug)]
pub(crate) struct Plan {
    pub slots: Slots<TableShape>,
    pub spent: SpentSet,
    pub limits: Entries,
    pub words: usize,
}

impl Plan {
    pub fn new(sizes: Sizes) -> Result<Self, TableError> {
        let sessions = within("sessions", sizes.sessions, SESSIONS_MOST)?;
        let spent = within("spent ids", sizes.spent, SPENT_MOST)?;
        let limits = within("limits", sizes.limits, LIMITS_MOST)?;

        let slot_buckets = slot_buckets(sessions);
        let spent_buckets = bucket_count((spent * CELLS_PER_ENTRY).div_ceil(set::WAYS), set::PROBES);
        let limit_groups = (limits * CELLS_PER_ENTRY).div_ceil(entries::WAYS);

        let mut end = HEADER_WORDS;
        let mut section = |words: usize| {
            let start = end;
            end += words;
            start
        };
        let slots_at = section(slot_buckets * Slots::<TableShape>::BUCKET);
        let spent_at = section(spent_buckets * set::WAYS);
        let limits_at = section(limit_groups * entries::WAYS);
        Ok(Self {
            slots: Slots::new(slots_at, slot_buckets),
            spent: SpentSet::new(spent_at, spent_buckets),
            limits: Entries::new(limits_at, limit_groups),
            words: end,
        })
    }
}

/// As many buckets as `WORDS_PER_SESSION` allows, and at least a slot for each session.
fn slot_buckets(sessions: usize) -> usize {
    let (least, walked_whole) = (sessions.div_ceil(TableShape::WAYS), Slots::<TableShape>::PROBES);
    if least <= walked_whole {
        return least;
    }
    let most = sessions * WORDS_PER_SESSION / Slots::<TableShape>::BUCKET;
    let fits = (least..=most).rev().find(|buckets| is_prime(*buckets));
    fits.unwrap_or_else(|| bucket_count(least, walked_whole))
}

fn within(what: &'static str, asked: u32, most: u32) -> Result<usize, TableError> {
    if (1..=most).contains(&asked) { Ok(asked as usize) } else { Err(TableError::Size { what, asked, most }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(sessions: u32) -> usize {
        Plan::new(Sizes { sessions, spent: 1, limits: 1 }).unwrap().words
            - Plan::new(Sizes { sessions: 1, spent: 1, limits: 1 }).unwrap().words
            + Slots::<TableShape>::BUCKET
    }

    #[test]
    fn a_session_takes_at_most_320_bytes_of_a_table_of_many() {
        for sessions in (1_000..20_000).step_by(97).chain([100_000, 1_000_000, SESSIONS_MOST]) {
            let bytes = words(sessions) * 8;
            assert!(bytes <= 320 * sessions as usize, "{sessions} sessions take {bytes} bytes");
        }
    }

    #[test]
    fn there_is_a_slot_for_every_session() {
        for sessions in (1..3_000).chain([1_000_000]) {
            let slots = words(sessions) / Slots::<TableShape>::BUCKET * 8;
            assert!(slots >= sessions as usize, "{slots} slots for {sessions} sessions");
        }
    }

    #[test]
    fn sections_begin_at_a_cache_line() {
        let plan = Plan::new(Sizes { sessions: 777, spent: 777, limits: 777 }).unwrap();
        assert_eq!(0, plan.words % 8);
        assert_eq!(0, HEADER_WORDS % 8);
        assert_eq!(0, Slots::<TableShape>::BUCKET % 8);
    }

    #[test]
    fn none_and_too_many_are_refused() {
        for sizes in [
            Sizes { sessions: 0, ..Sizes::default() },
            Sizes { sessions: SESSIONS_MOST + 1, ..Sizes::default() },
            Sizes { spent: SPENT_MOST + 1, ..Sizes::default() },
            Sizes { limits: LIMITS_MOST + 1, ..Sizes::default() },
        ] {
            assert!(matches!(Plan::new(sizes), Err(TableError::Size { .. })), "{sizes:?}");
        }
    }
}
