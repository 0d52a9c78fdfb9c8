//! Slots for the windows of sessions, found by sid: look-up, opening, reuse.
//!
//! There is no index beside the slots that could disagree with them. Slots stand in buckets; a sid names a
//! sequence of buckets, and its slot is in one of them.
//!
//! ```text
//! bucket: 8 control words | 8 x (sid 2, tag, top) | 32 x (one ring word of each slot)   = 37 cache lines
//! ```
//! What a request will read is known from its sid and its number before anything is read: the line of the
//! control words, the four of the facts, and the line of the number's ring words. They are asked for early
//! (`warm`) and come while the signature is checked, so that it costs a request little that its session is
//! one of a million.
//!
//! Buckets fill in the order of the sequence, and a control word once used is never 0 again: a bucket with
//! a 0 in it ends every look-up, and `PROBES` ends it in any case.

use std::marker::PhantomData;

use super::control::{Control, FINGERPRINT_BITS, LAST_GENERATION, Lease, State};
use super::window::{self, Layout, Place, Verdict};
use super::{Found, LIFE_SECONDS_MOST, OVERLAP_SECONDS, OpenRefused, REUSE_AFTER_SECONDS, SlotRef};
use crate::table::machine::Machine;
use crate::table::probes::Probes;

/// The sizes of a bucket, so that a model of few words runs the same code.
pub(crate) trait Shape {
    type Ring: Layout;
    /// Slots in a bucket.
    const WAYS: usize;
}

/// The slots of a table: where they are, nothing else.
#[derive(Debug)]
pub(crate) struct Slots<S> {
    at: usize,
    buckets: usize,
    shape: PhantomData<S>,
}

/// Words of a slot beside its control word and its ring: the sid in two, the tag, the top.
const FACTS: usize = 4;
const TAG: usize = 2;
const TOP: usize = 3;

/// Words of a cache line.
const LINE_WORDS: usize = 8;

/// A sid as the slots know it.
struct Name {
    words: [u64; 2],
    fingerprint: u16,
}

impl Name {
    #[inline]
    fn of(sid: &[u8; 16]) -> Self {
        let whole = u128::from_le_bytes(*sid);
        #[expect(clippy::cast_possible_truncation, reason = "the two halves and some bits of one")]
        let (low, high) = (whole as u64, (whole >> 64) as u64);
        let fingerprint = (low & ((1 << FINGERPRINT_BITS) - 1)) as u16;
        Self { words: [low, high], fingerprint }
    }
}

impl<S: Shape> Slots<S> {
    /// Words of a bucket.
    pub const BUCKET: usize = S::WAYS * (1 + FACTS + S::Ring::WORDS);
    /// A sid is in one of so many buckets. With 93 % of the slots taken a look-up reads 1.3 of them in the
    /// mean, two thirds of the buckets are full, and one sid in 10^11 finds none that is not.
    pub const PROBES: usize = 64;

    pub fn new(at: usize, buckets: usize) -> Self {
        Self { at, buckets, shape: PhantomData }
    }

    #[inline]
    fn control(&self, index: usize) -> usize {
        self.at + index / S::WAYS * Self::BUCKET + index % S::WAYS
    }

    #[inline]
    fn facts(&self, index: usize) -> usize {
        self.at + index / S::WAYS * Self::BUCKET + S::WAYS + index % S::WAYS * FACTS
    }

    #[inline]
    fn place(&self, index: usize) -> Place {
        let bucket = self.at + index / S::WAYS * Self::BUCKET;
        Place {
            top: self.facts(index) + TOP,
            ring: bucket + S::WAYS * (1 + FACTS) + index % S::WAYS,
            stride: S::WAYS,
        }
    }

    #[inline]
    fn probes(&self, name: &Name) -> Probes {
        Probes::new(name.words, self.buckets, Self::PROBES)
    }

    /// The control word of a slot, and whether the slot is of `name` under that very word.
    ///
    /// The word is read again after the sid, so that the answer is about one state of the slot; where it
    /// moved in between, the new one is looked at.
    #[inline]
    fn read<M: Machine>(&self, machine: &M, name: &Name, index: usize) -> (u64, Control, bool) {
        let (at, facts) = (self.control(index), self.facts(index));
        loop {
            let seen = machine.load(at);
            let control = Control::read(seen);
            let same = control.lease().is_some_and(|lease| lease.fingerprint == name.fingerprint)
                && machine.load(facts) == name.words[0]
                && machine.load(facts + 1) == name.words[1];
            if !same || machine.load(at) == seen {
                return (seen, control, same);
            }
        }
    }

    /// Ask for the lines that a look-up of `sid` and an accept of `number` will most likely read.
    #[inline]
    pub fn warm<M: Machine>(&self, machine: &M, sid: &[u8; 16], number: u32) {
        let Some(bucket) = self.probes(&Name::of(sid)).next() else { return };
        let first = bucket * S::WAYS;
        for line in (self.control(first)..self.place(first).ring).step_by(LINE_WORDS) {
            machine.prefetch(line);
        }
        machine.prefetch(window::ring_word::<S::Ring>(self.place(first), u64::from(number) / S::Ring::BITS));
    }

    /// The live slot of `sid`.
    #[inline]
    pub fn lookup<M: Machine>(&self, machine: &M, sid: &[u8; 16]) -> Option<Found> {
        let name = Name::of(sid);
        for bucket in self.probes(&name) {
            let mut never_used = false;
            for index in bucket * S::WAYS..(bucket + 1) * S::WAYS {
                let (seen, control, same) = self.read(machine, &name, index);
                never_used |= seen == 0;
                if let (true, State::Live(lease)) = (same, control.state) {
                    // The tag is this session's, or the slot has been taken since; then its end has passed.
                    let tag = machine.load(self.facts(index) + TAG);
                    let ends = u64::from(lease.ends);
                    let slot = SlotRef { index: short(index), generation: control.generation };
                    return (machine.seconds() < ends).then_some(Found { slot, tag, ends });
                }
            }
            if never_used {
                break;
            }
        }
        None
    }

    /// Offer `number` to the window of `slot`.
    ///
    /// The control word is read after the compare-and-swap: a worker that was stopped since its look-up may have
    /// met its old words in a slot that is just being claimed, and must not accept there. The clock is read last,
    /// so that a slot that was looked up once and kept is of no use after its session's end.
    #[inline]
    pub fn accept<M: Machine>(&self, machine: &M, slot: SlotRef, number: u32) -> Verdict {
        let index = slot.index as usize;
        if index >= self.buckets * S::WAYS {
            return Verdict::Gone;
        }
        match window::offer::<S::Ring, _>(machine, self.place(index), slot.generation, number.into()) {
            Verdict::Fresh => {}
            Verdict::Replayed { next } => return Verdict::Replayed { next: short_number(next) },
            Verdict::TooOld { next } => return Verdict::TooOld { next: short_number(next) },
            Verdict::TooFar => return Verdict::TooFar,
            Verdict::Gone => return Verdict::Gone,
            Verdict::Ended => return Verdict::Ended,
        }
        let control = Control::read(machine.load(self.control(index)));
        match control.state {
            State::Live(lease)
                if control.generation == slot.generation && machine.seconds() < lease.ends.into() =>
            {
                Verdict::Fresh
            }
            _ => Verdict::Gone,
        }
    }

    /// Take no number of a live session any more; false where `sid` has no live slot.
    pub fn end<M: Machine>(&self, machine: &M, sid: &[u8; 16]) -> bool {
        self.lookup(machine, sid).is_some_and(|Found { slot, .. }| {
            window::end::<S::Ring, _>(machine, self.place(slot.index as usize), slot.generation)
        })
    }

    /// Make a window for `sid`.
    pub fn open<M: Machine>(
        &self,
        machine: &M,
        sid: &[u8; 16],
        life: u32,
        tag: u64,
    ) -> Result<SlotRef, OpenRefused> {
        if !(1..=LIFE_SECONDS_MOST).contains(&life) {
            return Err(OpenRefused::Life);
        }
        let name = Name::of(sid);
        let (index, claim) = loop {
            let (index, seen) = self.room(machine, &name)?;
            let claim = Control {
                generation: Control::read(seen).generation + 1,
                state: State::Claiming(machine.me()),
            };
            if machine.swap_if(self.control(index), seen, claim.word()) {
                break (index, claim);
            }
        };
        let facts = self.facts(index);
        machine.store(facts, name.words[0]);
        machine.store(facts + 1, name.words[1]);
        machine.store(facts + TAG, tag);
        window::clear::<S::Ring, _>(machine, self.place(index), claim.generation);

        // One second more, because the present one is partly gone.
        let ends = machine.seconds() + u64::from(life + OVERLAP_SECONDS) + 1;
        let lease = Lease { ends: u32::try_from(ends).unwrap_or(u32::MAX), fingerprint: name.fingerprint };
        let announced = Control { state: State::Announced(lease), ..claim };
        let in_use = Control { state: State::Live(lease), ..claim };
        let control = self.control(index);
        // Nobody takes a claim from a process that lives, nor an announced slot before its end. A process that
        // was stopped until after that end finds the slot taken, and must not touch it.
        if !machine.swap_if(control, claim.word(), announced.word()) {
            return Err(OpenRefused::Full);
        }
        // Two processes that open the same sid at once both announce before they look: at least one sees the other.
        if self.search(machine, &name, Some(index)).twin {
            let given_up = Control { state: State::Announced(Lease { ends: 0, ..lease }), ..claim };
            machine.swap_if(control, announced.word(), given_up.word());
            return Err(OpenRefused::Duplicate);
        }
        if !machine.swap_if(control, announced.word(), in_use.word()) {
            return Err(OpenRefused::Full);
        }
        Ok(SlotRef { index: short(index), generation: claim.generation })
    }

    fn room<M: Machine>(&self, machine: &M, name: &Name) -> Result<(usize, u64), OpenRefused> {
        let search = self.search(machine, name, None);
        if search.twin {
            return Err(OpenRefused::Duplicate);
        }
        search.room.ok_or(OpenRefused::Full)
    }

    /// Look for the sid in slots other than `own`, and for the first slot that may be taken.
    ///
    /// A session that has ended still counts as long as its slot remembers it: its signed requests may be
    /// fresh for another minute, and a new window would take them all again.
    fn search<M: Machine>(&self, machine: &M, name: &Name, own: Option<usize>) -> Search {
        let mut found = Search { twin: false, room: None };
        let now = machine.seconds();
        for bucket in self.probes(name) {
            let mut never_used = false;
            for index in bucket * S::WAYS..(bucket + 1) * S::WAYS {
                let (seen, control, same) = self.read(machine, name, index);
                never_used |= seen == 0;
                found.twin |= same && own != Some(index);
                if own.is_none() && found.room.is_none() && may_be_taken(machine, control, now) {
                    found.room = Some((index, seen));
                }
            }
            if never_used || found.twin {
                break;
            }
        }
        found
    }
}

#[expect(clippy::cast_possible_truncation, reason = "one above the last number at most")]
fn short_number(number: u64) -> u32 {
    number as u32
}

struct Search {
    twin: bool,
    room: Option<(usize, u64)>,
}

fn may_be_taken<M: Machine>(machine: &M, control: Control, now: u64) -> bool {
    control.generation < LAST_GENERATION
        && match control.state {
            State::Free => true,
            State::Claiming(peer) => machine.is_dead(peer),
            State::Announced(lease) | State::Live(lease) => {
                now >= u64::from(lease.ends) + REUSE_AFTER_SECONDS
            }
        }
}

#[expect(clippy::cast_possible_truncation, reason = "the plan of a table caps the slots far below")]
fn short(index: usize) -> u32 {
    index as u32
}

pub(super) mod census;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
