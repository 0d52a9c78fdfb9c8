//! One entry of the limits in one word: `active 1 | fingerprint 20 | paid at 43`.
//!
//! "Paid at" is the theoretical arrival time of GCRA: when the debt of the key will be paid, in ticks of
//! 2^-16 s since the table was made. Once that time has passed the entry holds nothing and is free, whoever
//! it was of.
//!
//! An entry is put in *waiting* and made *active* in a second step (see `entries`). A waiting one is free
//! `WAITING_TICKS` after it was put in, and so is one that was struck out.

use super::ticks::TICKS_PER_SECOND;

/// An entry, taken apart by methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell(pub u64);

const PAID_BITS: u32 = 43;
const FINGERPRINT_BITS: u32 = 20;
const ACTIVE: u64 = 1 << 63;

/// 4.2 years. A time beyond it cannot be written down, and what needs it is refused.
pub(super) const LAST_TICK: u64 = (1 << PAID_BITS) - 1;
/// A waiting entry is left alone for so long.
const WAITING_TICKS: u64 = TICKS_PER_SECOND;

impl Cell {
    #[inline]
    pub fn active(fingerprint: u64, paid_at: u64) -> Self {
        Self(ACTIVE | fingerprint << PAID_BITS | paid_at.min(LAST_TICK))
    }

    /// Put in at `now`.
    #[inline]
    pub fn waiting(fingerprint: u64, now: u64) -> Self {
        Self(fingerprint << PAID_BITS | (now + WAITING_TICKS).min(LAST_TICK))
    }

    /// When a waiting entry was put in.
    #[inline]
    pub fn put_in_at(self) -> u64 {
        self.paid_at().saturating_sub(WAITING_TICKS)
    }

    /// The same, of nobody.
    #[inline]
    pub fn struck_out(self) -> Self {
        Self(self.paid_at())
    }

    /// 19 bits of a hash and whether the key is proven; never 0: that is nobody's.
    #[inline]
    pub fn fingerprint(hash: u64, proven: bool) -> u64 {
        let bits = hash << 1 & ((1 << FINGERPRINT_BITS) - 1);
        if proven { bits | 1 } else { bits.max(2) }
    }

    #[inline]
    pub fn is_of(self, fingerprint: u64) -> bool {
        self.0 >> PAID_BITS & ((1 << FINGERPRINT_BITS) - 1) == fingerprint
    }

    #[inline]
    pub fn is_active(self) -> bool {
        self.0 & ACTIVE != 0
    }

    /// Never in the tick in which it is paid: then no waiting entry ever looks like an earlier one of its
    /// cell, and a compare-and-swap from it means this very entry.
    #[inline]
    pub fn is_free(self, now: u64) -> bool {
        self.paid_at() < now
    }

    #[inline]
    pub fn paid_at(self) -> u64 {
        self.0 & LAST_TICK
    }

    #[inline]
    pub fn with_paid_at(self, paid_at: u64) -> Self {
        Self(self.0 & !LAST_TICK | paid_at.min(LAST_TICK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parts_do_not_touch(hash: u64, proven: bool, now in 0..=LAST_TICK - WAITING_TICKS, later in 0..=LAST_TICK) {
            let fingerprint = Cell::fingerprint(hash, proven);
            for (cell, active) in [(Cell::active(fingerprint, now), true), (Cell::waiting(fingerprint, now), false)] {
                prop_assert_eq!((active, true), (cell.is_active(), cell.is_of(fingerprint)));
                let moved = cell.with_paid_at(later);
                prop_assert_eq!((later, active, true), (moved.paid_at(), moved.is_active(), moved.is_of(fingerprint)));
                prop_assert_eq!(cell.paid_at() < later, cell.is_free(later));
                let struck = cell.struck_out();
                prop_assert_eq!((cell.paid_at(), false, false), (struck.paid_at(), struck.is_active(), struck.is_of(fingerprint)));
            }
            prop_assert_eq!(now, Cell::active(fingerprint, now).paid_at());
            prop_assert_eq!(now, Cell::waiting(fingerprint, now).put_in_at());
        }
    }

    #[test]
    fn no_fingerprint_is_nobodys_and_none_is_both_proven_and_not() {
        for hash in [0, 1, 1 << (FINGERPRINT_BITS - 1), u64::MAX] {
            let (proven, not) = (Cell::fingerprint(hash, true), Cell::fingerprint(hash, false));
            assert!([proven, not].iter().all(|fingerprint| (1..1 << FINGERPRINT_BITS).contains(fingerprint)));
            assert!(proven % 2 == 1 && not % 2 == 0 && !Cell(5).is_of(proven) && !Cell(5).is_of(not));
        }
    }
}
