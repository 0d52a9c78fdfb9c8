//! A bounded set of ids that forgets each only after its end.
//!
//! A cell is one word, `fingerprint 40 | end in steps of 8 seconds 24`; 0 is a cell never used. An id may be
//! in any of `PROBES` buckets of one cache line each. A cell whose end has passed is free: its value stays
//! expired for ever, so a compare-and-swap from it is right however late it comes, and nothing needs claiming.
//!
//! Why no id is accepted twice. Each use writes its cell first and then looks at all the cells where the id
//! could be. Of two uses the one that writes second looks after both are written; it finds the other and
//! refuses, unless the other's cell was taken over by then. That happens only after the id's end, and a use
//! reads the clock last and refuses after the end. (A use that finds a twin cannot know who of them looked
//! first, so both may refuse. As both take the first free cell in the same order, two uses at once nearly
//! always meet at the same cell, where the compare-and-swap picks one.)
//!
//! Why hardly any new id is refused: with 64 cells looked at, another id there has the same fingerprint once
//! in 2^40 / 64 = 1.7 * 10^10 uses of a full set. The hash is keyed by a secret of the table, so nobody can
//! look for such an id.

use super::{ENDS_WITHIN_SECONDS, Spending};
use crate::table::machine::Machine;
use crate::table::probes::Probes;

/// Cells of a bucket: a cache line.
pub(crate) const WAYS: usize = 8;
/// Buckets that an id may be in.
pub(crate) const PROBES: usize = 8;

const END_BITS: u32 = 24;
const STEP_SECONDS: u64 = 8;
/// The last end that fits: 4.2 years after the table was made.
const LAST_STEP: u64 = (1 << END_BITS) - 1;

/// Where the set is.
#[derive(Debug)]
pub(crate) struct SpentSet {
    at: usize,
    buckets: usize,
}

#[derive(Clone, Copy)]
struct Cell(u64);

impl Cell {
    fn new(fingerprint: u64, step: u64) -> Self {
        Self(fingerprint << END_BITS | step)
    }

    fn is_of(self, fingerprint: u64) -> bool {
        self.0 >> END_BITS == fingerprint
    }

    /// The end is rounded up, and one step more is waited.
    fn is_free(self, now: u64) -> bool {
        self.0 == 0 || now >= ((self.0 & LAST_STEP) + 1) * STEP_SECONDS
    }
}

impl SpentSet {
    pub fn new(at: usize, buckets: usize) -> Self {
        Self { at, buckets }
    }

    /// Use the id of `hash`.
    pub fn spend<M: Machine>(&self, machine: &M, hash: u128, ends: u64) -> Spending {
        let now = machine.seconds();
        let step = ends.div_ceil(STEP_SECONDS);
        if now >= ends {
            return Spending::Expired;
        }
        if ends > now + ENDS_WITHIN_SECONDS || step > LAST_STEP {
            return Spending::TooLong;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the halves and 40 bits of one of them")]
        let (words, fingerprint) = ([hash as u64, (hash >> 64) as u64], (hash as u64) >> END_BITS);
        let probes = Probes::new(words, self.buckets, PROBES);
        let own = loop {
            let search = self.search(machine, probes.clone(), fingerprint, now, None);
            if search.twin {
                return Spending::Spent;
            }
            let Some((at, seen)) = search.room else { return Spending::Full };
            if machine.swap_if(at, seen, Cell::new(fingerprint, step).0) {
                break at;
            }
        };
        if self.search(machine, probes, fingerprint, now, Some(own)).twin {
            return Spending::Spent;
        }
        if machine.seconds() >= ends { Spending::Expired } else { Spending::Accepted }
    }

    /// Look for the fingerprint in cells other than `own`, and for the first free cell.
    ///
    /// `now` may be a little old: cells then seem to be in use for longer, which only refuses.
    fn search<M: Machine>(
        &self,
        machine: &M,
        probes: Probes,
        fingerprint: u64,
        now: u64,
        own: Option<usize>,
    ) -> Search {
        let mut found = Search { twin: false, room: None };
        for bucket in probes {
            let mut never_used = false;
            for at in (self.at + bucket * WAYS..).take(WAYS) {
                let seen = machine.load(at);
                let cell = Cell(seen);
                never_used |= seen == 0;
                if cell.is_free(now) {
                    found.room = found.room.or(Some((at, seen)));
                } else {
                    found.twin |= cell.is_of(fingerprint) && own != Some(at);
                }
            }
            // Cells are taken in this order and are never 0 again: behind a 0 there is nothing.
            if never_used || found.twin {
                break;
            }
        }
        found
    }
}

struct Search {
    twin: bool,
    room: Option<(usize, u64)>,
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
