//! The window of RFC 6479: which numbers of a session were seen, in a ring of words.
//!
//! A number belongs to block `number / BITS`, a block to word `block % WORDS`. Blocks behind the window are
//! not shifted away: the word is taken over by the block that comes round to it. One algorithm serves both
//! word layouts; they differ in how a word is taken over.

use std::sync::atomic::AtomicU64;

use crate::table::machine::Cells;

/// What became of a number; `N` holds every number of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<N = u32> {
    /// Never seen, and now spent.
    Fresh,
    /// Seen before.
    Replayed {
        /// One above the highest number offered so far.
        next: N,
    },
    /// So far behind that nobody knows whether it was seen.
    TooOld {
        /// One above the highest number offered so far.
        next: N,
    },
    /// Outside the numbers of a session.
    TooFar,
    /// The window belongs to another session by now, or its session has ended.
    Gone,
    /// The session was ended before its time: no number is taken any more.
    Ended,
}

/// What a number finds in its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is not in the word; this is the word with it.
    Fresh(u64),
    /// It is in the word.
    Seen,
    /// The word has been taken over by a higher block.
    Passed,
    /// The word is of another session.
    Foreign,
}

/// How a window lies in 64-bit words.
pub trait Layout {
    /// Words of the ring.
    const WORDS: usize;
    /// Numbers in a word.
    const BITS: u64;
    /// How far behind the highest number one is still judged. At most `(WORDS - 1) * BITS`.
    const WINDOW: u64;
    /// The lowest number.
    const FIRST: u64;
    /// The highest number.
    const LAST: u64;
    /// Told as the top of a window whose session was ended; no number is as high.
    const ENDED: u64;
    /// Whether the passed words are emptied when the top moves. Not safe for concurrent use.
    const CLEARS: bool;

    /// The highest number that `word` tells, or nothing where it is of another session.
    fn top(word: u64, stamp: u16) -> Option<u64>;
    /// The word that tells `top`.
    fn top_word(stamp: u16, top: u64) -> u64;
    /// A word of the ring with nothing in it.
    fn empty(stamp: u16) -> u64;
    /// Look for `bit` of `block` in `word`.
    fn mark(word: u64, stamp: u16, block: u64, bit: u32) -> Mark;
}

/// The layout of RFC 6479 itself: 64 numbers a word and nothing else in it, so that moving the top has to
/// empty the words it passes. Only for one user at a time; it is what the published cases are run on.
#[derive(Debug)]
pub struct Reference<const WORDS: usize>;

impl<const WORDS: usize> Layout for Reference<WORDS> {
    const WORDS: usize = WORDS;
    const BITS: u64 = 64;
    const WINDOW: u64 = (WORDS as u64 - 1) * Self::BITS;
    const FIRST: u64 = 0;
    const LAST: u64 = u64::MAX - (1 << 13) - 1;
    const ENDED: u64 = u64::MAX;
    const CLEARS: bool = true;

    fn top(word: u64, _: u16) -> Option<u64> {
        Some(word)
    }

    fn top_word(_: u16, top: u64) -> u64 {
        top
    }

    fn empty(_: u16) -> u64 {
        0
    }

    fn mark(word: u64, _: u16, _: u64, bit: u32) -> Mark {
        if word >> bit & 1 == 1 { Mark::Seen } else { Mark::Fresh(word | 1 << bit) }
    }
}

/// The layout of the tables: `generation 16 | block 16 | bitmap 32`.
///
/// A word says itself which block it holds and for whom, so a request is one compare-and-swap of its one
/// word: no number is accepted twice whatever `top` says, nothing is left to repair by a process that ends
/// between two instructions, and a compare-and-swap that comes late, when the words are another session's,
/// fails by itself. `top` carries the generation for the same reason: a late one must not move it.
#[derive(Debug)]
pub struct Stamped<const WORDS: usize, const BITS: u64, const WINDOW: u64, const LAST: u64>;

impl<const WORDS: usize, const BITS: u64, const WINDOW: u64, const LAST: u64> Layout
    for Stamped<WORDS, BITS, WINDOW, LAST>
{
    const WORDS: usize = WORDS;
    const BITS: u64 = BITS;
    const WINDOW: u64 = WINDOW;
    const FIRST: u64 = 1;
    const LAST: u64 = LAST;
    const ENDED: u64 = 0xffff_ffff;
    const CLEARS: bool = false;

    #[inline]
    fn top(word: u64, stamp: u16) -> Option<u64> {
        (word >> 48 == u64::from(stamp)).then_some(word & 0xffff_ffff)
    }

    #[inline]
    fn top_word(stamp: u16, top: u64) -> u64 {
        u64::from(stamp) << 48 | top
    }

    #[inline]
    fn empty(stamp: u16) -> u64 {
        u64::from(stamp) << 48
    }

    #[inline]
    fn mark(word: u64, stamp: u16, block: u64, bit: u32) -> Mark {
        let stands = word >> 32 & 0xffff;
        if word >> 48 != u64::from(stamp) {
            Mark::Foreign
        } else if stands > block {
            Mark::Passed
        } else if stands < block {
            Mark::Fresh(u64::from(stamp) << 48 | block << 32 | 1 << bit)
        } else if word >> bit & 1 == 1 {
            Mark::Seen
        } else {
            Mark::Fresh(word | 1 << bit)
        }
    }
}

/// Where a window lies among the cells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub top: usize,
    /// The first word of the ring.
    pub ring: usize,
    /// From one word of the ring to the next.
    pub stride: usize,
}

/// Offer `number` to the window at `place`.
///
/// The top moves before the number is marked. A process that ends in between leaves a top above a number
/// that can still be spent, which costs nothing; the other order would leave a top below a spent number, and
/// an answer of `replayed` would name that number as the next one for ever.
#[inline]
pub(crate) fn offer<L: Layout, C: Cells + ?Sized>(
    cells: &C,
    place: Place,
    stamp: u16,
    number: u64,
) -> Verdict<u64> {
    if !(L::FIRST..=L::LAST).contains(&number) {
        return Verdict::TooFar;
    }
    let block = number / L::BITS;
    let top = loop {
        let seen = cells.load(place.top);
        let Some(top) = L::top(seen, stamp) else { return Verdict::Gone };
        if top == L::ENDED {
            return Verdict::Ended;
        }
        if number <= top {
            break top;
        }
        if L::CLEARS {
            let passed = top / L::BITS + 1..=block;
            for passed in passed.take(L::WORDS) {
                cells.store(ring_word::<L>(place, passed), L::empty(stamp));
            }
        }
        if cells.swap_if(place.top, seen, L::top_word(stamp, number)) {
            break number;
        }
    };
    let next = top + 1;
    if top - number > L::WINDOW {
        return Verdict::TooOld { next };
    }
    #[expect(clippy::cast_possible_truncation, reason = "a remainder below 64")]
    let bit = (number % L::BITS) as u32;
    let at = ring_word::<L>(place, block);
    loop {
        let seen = cells.load(at);
        match L::mark(seen, stamp, block, bit) {
            Mark::Fresh(new) if cells.swap_if(at, seen, new) => return Verdict::Fresh,
            Mark::Fresh(_) => {}
            Mark::Seen => return Verdict::Replayed { next },
            Mark::Passed => return Verdict::TooOld { next },
            Mark::Foreign => return Verdict::Gone,
        }
    }
}

/// The word of the ring where `block` stands.
#[expect(clippy::cast_possible_truncation, reason = "a remainder below WORDS")]
#[inline]
pub(super) fn ring_word<L: Layout>(place: Place, block: u64) -> usize {
    place.ring + (block % L::WORDS as u64) as usize * place.stride
}

/// Make the window at `place` an empty one of `stamp`.
pub(crate) fn clear<L: Layout, C: Cells + ?Sized>(cells: &C, place: Place, stamp: u16) {
    cells.store(place.top, L::top_word(stamp, 0));
    for block in 0..L::WORDS as u64 {
        cells.store(ring_word::<L>(place, block), L::empty(stamp));
    }
}

/// Take no number of the window at `place` any more; false where it is not of `stamp`.
///
/// Whoever read the top before goes on with it: a request that was under way at the end came before it.
pub(crate) fn end<L: Layout, C: Cells + ?Sized>(cells: &C, place: Place, stamp: u16) -> bool {
    loop {
        let seen = cells.load(place.top);
        let Some(top) = L::top(seen, stamp) else { return false };
        if top == L::ENDED || cells.swap_if(place.top, seen, L::top_word(stamp, L::ENDED)) {
            return true;
        }
    }
}

/// One window by itself, in memory of its own.
#[derive(Debug)]
pub struct Window<L: Layout> {
    cells: Box<[AtomicU64]>,
    layout: std::marker::PhantomData<L>,
}

impl<L: Layout> Default for Window<L> {
    fn default() -> Self {
        let cells = (0..=L::WORDS).map(|_| AtomicU64::new(0)).collect();
        Self { cells, layout: std::marker::PhantomData }
    }
}

impl<L: Layout> Window<L> {
    /// Offer `number`.
    pub fn offer(&mut self, number: u64) -> Verdict<u64> {
        offer::<L, _>(&*self.cells, Place { top: 0, ring: 1, stride: 1 }, 0, number)
    }
}

#[cfg(test)]
mod tests;
