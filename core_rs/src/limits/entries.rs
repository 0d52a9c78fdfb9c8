//! A bounded set of entries in debt, exact across processes.
//!
//! The cells stand in groups; a hash names one group, and a key's entry is anywhere in it, in the first cell
//! that was free. The bound "never more than burst + rate x time" needs two things of this set.
//!
//! *A key has at most one active entry.* A new entry is put in *waiting*, where nobody charges it. To make it
//! active a process (its maker, or another that met it and helps) looks at all other cells of the group: an
//! active one of the key means that the waiting one is struck out, and so is the higher of two waiting ones.
//! Suppose two became active. Take the one that was put in later: who made it active looked after both were
//! in. It found the other active, and struck out; or waiting and lower, and struck out; or waiting and higher,
//! and struck that one out, which then never became active. (A waiting entry never looks like an earlier one
//! of its cell: its time is later than that of whatever stood there. So each compare-and-swap hits the entry
//! that was looked at.)
//!
//! *No debt is lost.* An entry is taken over only when its debt is paid, and then nothing is lost. A key that
//! finds all cells in debt is charged to the shared entry of its policy instead. So an entry becomes active
//! with the shared entry's debt, which is read after it was put in; and who charged the shared entry looks
//! for the key again afterwards, and if it is there makes the charge once more to its own entry. Of the two
//! at least one sees the other. (What was charged twice stays charged: that only refuses.)
//!
//! Every process that begins again does so because another one got further. Of waiting entries the lowest
//! wins, and a cell that was struck out is not used for a second, so this ends after at most a group's cells.
//! A killed process leaves at most a waiting entry, which the next one makes active.
//!
//! *Strangers fill only half.* Keys that anybody can make up (addresses, names typed at a sign-in) stand in the
//! first half of a group and in no other cell. However many a stranger makes up, a session that showed its MAC
//! finds room, and none of a stranger's debt. A bit of the fingerprint tells the two kinds apart, so that a key
//! of one never takes an entry of the other for its own.
//!
//! An identity is 20 bits and the group. A new key meets another of its identity, and shares its allowance,
//! once in 2^19 / 8 = 65,000 times in a group with eight entries of its kind, and once in 16,000 in a full one.
//! The hash is keyed by a secret of the table, so nobody can choose whom to meet. (Where two such keys are of
//! different policies, a debt that one has in its shared entry does not pass to the entry that the other made.
//! That is the one case in which the bound can be missed, by one burst, and it takes a full group besides.)

use std::ops::Range;

use super::cell::{Cell, LAST_TICK};
use super::policy::Policy;
use super::ticks;
use crate::table::machine::Machine;
use crate::table::probes::scale;

/// Cells of a group: four cache lines, of which the first is nearly always enough.
pub(crate) const WAYS: usize = 32;
/// A charge that was overtaken so often in a row is refused. It takes a thousand others in its own group
/// that got through meanwhile.
const ATTEMPTS: u32 = 1_000;

/// Where the entries are.
#[derive(Debug)]
pub(crate) struct Entries<const GROUP: usize = WAYS> {
    at: usize,
    groups: usize,
}

/// Whose entry it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub hash: u128,
    /// Known to be somebody's, and not made up by a stranger.
    pub proven: bool,
}

/// What a debit wrote, so that it can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Debit {
    at: usize,
    before: Cell,
    after: Cell,
}

/// What became of a debit. Times are ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Charged; the debt is paid `debt` from now.
    Charged { debit: Debit, debt: u64 },
    /// It would have been too much; the debt is paid `debt` from now.
    Over { debt: u64 },
}

/// One key under one policy.
struct Spot<'a> {
    /// Where its entry may stand.
    cells: Range<usize>,
    fingerprint: u64,
    policy: &'a Policy,
    /// The cell of the policy's shared entry.
    shared: usize,
}

/// What the group holds of a key.
enum Held {
    Active(usize, Cell),
    Waiting(usize, Cell),
    Nothing,
}

impl<const GROUP: usize> Entries<GROUP> {
    pub fn new(at: usize, groups: usize) -> Self {
        Self { at, groups }
    }

    /// Where the entry of `whose` may stand.
    #[inline]
    fn cells(&self, whose: Identity) -> Range<usize> {
        let high = (whose.hash >> 64) as u64;
        let first = self.at + scale(high, self.groups) * GROUP;
        first..first + if whose.proven { GROUP } else { GROUP / 2 }
    }

    /// Ask for the line where the entry of `whose` most likely is.
    #[inline]
    pub fn warm<M: Machine>(&self, machine: &M, whose: Identity) {
        machine.prefetch(self.cells(whose).start);
    }

    /// Charge one request of `policy` to the key of `whose`; `shared` is the cell of the shared entry of the policy
    /// for keys of that kind.
    pub fn charge<M: Machine>(
        &self,
        machine: &M,
        whose: Identity,
        policy: &Policy,
        shared: usize,
    ) -> Outcome {
        #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
        let fingerprint = Cell::fingerprint(whose.hash as u64, whose.proven);
        let spot = Spot { cells: self.cells(whose), fingerprint, policy, shared };
        for _ in 0..ATTEMPTS {
            let outcome = match Self::held(machine, &spot) {
                Held::Active(at, cell) => charge_cell(machine, at, cell, policy),
                Held::Waiting(at, cell) => {
                    Self::settle(machine, &spot, at, cell);
                    None
                }
                Held::Nothing => Self::enter(machine, &spot),
            };
            if let Some(outcome) = outcome {
                return outcome;
            }
        }
        Outcome::Over { debt: policy.tolerance() }
    }

    /// What the group holds of the key. An active entry goes before a waiting one, the lowest before others.
    #[inline]
    fn held<M: Machine>(machine: &M, spot: &Spot<'_>) -> Held {
        let mut held = Held::Nothing;
        for at in spot.cells.clone() {
            let cell = Cell(machine.load(at));
            if cell.is_of(spot.fingerprint) {
                if cell.is_active() {
                    return Held::Active(at, cell);
                }
                if let Held::Nothing = held {
                    held = Held::Waiting(at, cell);
                }
            }
            // Cells are taken in this order and are never 0 again: behind a 0 there is nothing.
            if cell.0 == 0 {
                break;
            }
        }
        held
    }

    /// Put an entry for the key into the first free cell, or charge the shared entry.
    fn enter<M: Machine>(machine: &M, spot: &Spot<'_>) -> Option<Outcome> {
        let now = ticks::of(machine.now());
        let free = spot.cells.clone().find_map(|at| {
            let cell = Cell(machine.load(at));
            cell.is_free(now).then_some((at, cell))
        });
        let Some((at, free)) = free else { return Self::charge_shared(machine, spot) };
        let waiting = Cell::waiting(spot.fingerprint, now);
        if machine.swap_if(at, free.0, waiting.0) {
            Self::settle(machine, spot, at, waiting);
        }
        None
    }

    /// Make the waiting entry at `at` active, or strike it out for another of the key.
    fn settle<M: Machine>(machine: &M, spot: &Spot<'_>, at: usize, waiting: Cell) {
        for other in spot.cells.clone().filter(|other| *other != at) {
            let mut cell = Cell(machine.load(other));
            while cell.is_of(spot.fingerprint) {
                if cell.is_active() || other < at {
                    machine.swap_if(at, waiting.0, waiting.struck_out().0);
                    return;
                }
                if machine.swap_if(other, cell.0, cell.struck_out().0) {
                    break;
                }
                cell = Cell(machine.load(other));
            }
            if cell.0 == 0 {
                break;
            }
        }
        let shared = Cell(machine.load(spot.shared)).paid_at();
        let paid_at = ticks::of(machine.now()).max(shared).max(waiting.put_in_at());
        machine.swap_if(at, waiting.0, Cell::active(spot.fingerprint, paid_at).0);
    }

    /// Charge the shared entry, for a key that finds no room. Nothing where it has an entry after all.
    fn charge_shared<M: Machine>(machine: &M, spot: &Spot<'_>) -> Option<Outcome> {
        let cell = Cell(machine.load(spot.shared));
        let outcome = charge_cell(machine, spot.shared, cell, spot.policy)?;
        match Self::held(machine, spot) {
            Held::Nothing => Some(outcome),
            Held::Active(..) => None,
            Held::Waiting(at, waiting) => {
                Self::settle(machine, spot, at, waiting);
                None
            }
        }
    }
}

/// Take a debit back, if nothing was charged to its entry since.
///
/// From exactly the value that the debit wrote: an entry that moved on has counted the debit in, and taking
/// it out of that would let one more through than the policy allows.
pub(crate) fn refund<M: Machine>(machine: &M, debit: Debit) -> bool {
    machine.swap_if(debit.at, debit.after.0, debit.before.0)
}

/// Charge an entry that is there. Nothing where it moved in between.
///
/// The clock is read after the cell: a time from before could be older than the debt that another process
/// just made, and an honest request would look as if it came too early.
#[inline]
fn charge_cell<M: Machine>(machine: &M, at: usize, before: Cell, policy: &Policy) -> Option<Outcome> {
    let now = ticks::of(machine.now());
    let paid_at = before.paid_at().max(now);
    let due = paid_at + policy.cost();
    if due > now + policy.tolerance() || due > LAST_TICK {
        return Some(Outcome::Over { debt: paid_at - now });
    }
    let after = before.with_paid_at(due);
    let charged = machine.swap_if(at, before.0, after.0);
    charged.then_some(Outcome::Charged { debit: Debit { at, before, after }, debt: due - now })
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
