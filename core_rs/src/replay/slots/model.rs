//! The life of slots under every order of steps, with processes killed at every step.
//!
//! The shapes are as small as they can be, the code is that of the tables.

use std::time::Duration;

use super::*;
use crate::model::{Player, Process, World, alone, explore, mortal, nothing, process, time};
use crate::replay::window::Stamped;
use crate::table::machine::{Cells, Peer};

/// One slot a bucket, a ring of two words.
struct One;

impl Shape for One {
    type Ring = Stamped<2, 4, 3, 20>;
    const WAYS: usize = 1;
}

struct Two;

impl Shape for Two {
    type Ring = Stamped<2, 4, 3, 20>;
    const WAYS: usize = 2;
}

const OLD: [u8; 16] = [1; 16];
const NEW: [u8; 16] = [2; 16];
/// The first session's end, and the time from which its slot may be taken.
const ENDS: u64 = 62;
const REUSABLE: u64 = ENDS + REUSE_AFTER_SECONDS;

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// The words of a table after `run` alone.
fn after<S: Shape>(buckets: usize, run: impl Fn(&Player, &Slots<S>)) -> Vec<u64> {
    let slots = Slots::<S>::new(0, buckets);
    let ran = alone(&nothing(buckets * Slots::<S>::BUCKET), Duration::ZERO, |player| {
        run(player, &slots);
        0
    });
    ran.1.words
}

const FRESH: u64 = 1;
const GONE: u64 = 2;
const REPLAYED: u64 = 3;
const TOO_OLD: u64 = 4;
const ABSENT: u64 = 5;

fn number_of(verdict: Verdict) -> u64 {
    match verdict {
        Verdict::Fresh => FRESH,
        Verdict::Gone => GONE,
        Verdict::Replayed { .. } => REPLAYED,
        Verdict::TooOld { .. } => TOO_OLD,
        Verdict::TooFar | Verdict::Ended => 6,
    }
}

/// A worker that looks the sid up and offers a number.
fn worker<S: Shape>(slots: &Slots<S>, sid: [u8; 16], number: u32) -> impl Fn(&Player) -> u64 + '_ {
    move |player| match slots.lookup(player, &sid) {
        Some(found) => number_of(slots.accept(player, found.slot, number)),
        None => ABSENT,
    }
}

const OPENED: u64 = 100;

/// A worker that opens a session; its number tells the slot.
fn opener<S: Shape>(slots: &Slots<S>, sid: [u8; 16]) -> impl Fn(&Player) -> u64 + '_ {
    move |player| match slots.open(player, &sid, 900, 5) {
        Ok(slot) => OPENED + u64::from(slot.index),
        Err(OpenRefused::Full) => 1,
        Err(OpenRefused::Duplicate) => 2,
        Err(OpenRefused::Life) => 3,
    }
}

/// A machine that is wrong about the time and about the dead, so that its opener takes slots that are in use. What is
/// proven with it is proven by the generations alone.
struct Wrong<'a>(&'a Player);

impl Cells for Wrong<'_> {
    fn load(&self, at: usize) -> u64 {
        self.0.load(at)
    }
    fn store(&self, at: usize, value: u64) {
        self.0.store(at, value);
    }
    fn swap_if(&self, at: usize, seen: u64, new: u64) -> bool {
        self.0.swap_if(at, seen, new)
    }
    fn prefetch(&self, _: usize) {}
}

impl Machine for Wrong<'_> {
    fn now(&self) -> Duration {
        self.0.now() + seconds(REUSABLE)
    }
    fn me(&self) -> Peer {
        self.0.me()
    }
    fn is_dead(&self, _: Peer) -> bool {
        true
    }
}

fn robber<S: Shape>(slots: &Slots<S>, sid: [u8; 16]) -> impl Fn(&Player) -> u64 + '_ {
    move |player| slots.open(&Wrong(player), &sid, 900, 5).map_or(1, |slot| OPENED + u64::from(slot.index))
}

/// Whether every number is still to be had in the window of `sid`, in a world at rest.
fn all_fresh<S: Shape>(world: &World, slots: &Slots<S>, sid: [u8; 16]) -> bool {
    let (fresh, _) = alone(world, Duration::ZERO, |player| {
        let Some(found) = slots.lookup(player, &sid) else { return 0 };
        u64::from((1..=12).all(|number| slots.accept(player, found.slot, number) == Verdict::Fresh))
    });
    fresh == 1
}

/// A worker of the old session stopped anywhere while its slot becomes another session's: it accepts only
/// before the slot is taken, nothing is accepted twice, and the new session loses none of its numbers.
#[test]
fn a_worker_stopped_anywhere_while_the_slot_is_reused_takes_nothing_from_the_new_session() {
    let slots = Slots::<One>::new(0, 1);
    let start = after::<One>(1, |player, slots| {
        slots.open(player, &OLD, 1, 0).unwrap();
    });
    let strides = [seconds(REUSABLE - (ENDS - 1))];
    let mut reused_under_it = 0;
    let states = explore(
        start,
        seconds(ENDS - 1),
        &[process(worker(&slots, OLD, 3)), process(opener(&slots, NEW)), time(&strides)],
        |ends, world| {
            if ends[1] == Some(OPENED) {
                assert!(all_fresh(world, &slots, NEW), "{ends:?}");
                reused_under_it += usize::from(ends[0] == Some(GONE));
            } else {
                assert_eq!(Some(1), ends[1], "full, because the time had not come");
            }
        },
    );
    assert!(reused_under_it > 0 && states > 500, "{reused_under_it} of {states}");
}

/// The same with the worker's verdict tied to the moment: once the claim stands, no accept.
#[test]
fn no_number_of_the_old_session_is_accepted_after_its_slot_was_claimed() {
    let slots = Slots::<One>::new(0, 1);
    let start = after::<One>(1, |player, slots| {
        slots.open(player, &OLD, 1, 0).unwrap();
    });
    let stale = SlotRef { index: 0, generation: 1 };
    // The worker reads the control word just before it offers: if the slot was claimed by then, it must fail.
    let late = process(|player| {
        let claimed = Control::read(player.load(0)).generation != stale.generation;
        let verdict = number_of(slots.accept(player, stale, 3));
        u64::from(claimed) * 10 + verdict
    });
    let mut verdicts = std::collections::HashSet::new();
    explore(start, seconds(1), &[late, process(robber(&slots, NEW))], |ends, _| {
        verdicts.insert(ends[0].unwrap());
    });
    assert_eq!(std::collections::HashSet::from([FRESH, GONE, 10 + GONE]), verdicts);
}

/// Two workers with the same number while the slot is being reused: at most one accept.
#[test]
fn a_number_is_accepted_once_even_while_its_slot_is_reused() {
    let slots = Slots::<One>::new(0, 1);
    let start = after::<One>(1, |player, slots| {
        slots.open(player, &OLD, 1, 0).unwrap();
    });
    let stale = SlotRef { index: 0, generation: 1 };
    let late = || process(|player| number_of(slots.accept(player, stale, 3)));
    let mut fresh = 0;
    explore(start, seconds(1), &[late(), late(), process(robber(&slots, NEW))], |ends, world| {
        let once = ends[..2].iter().filter(|end| **end == Some(FRESH)).count();
        assert!(once <= 1, "{ends:?}");
        assert!(all_fresh(world, &slots, NEW));
        fresh += once;
    });
    assert!(fresh > 0);
}

/// Killed at any step, an opener leaves a slot that the next one takes, at once or when its session has ended.
#[test]
fn an_opener_killed_at_any_step_leaves_the_slot_to_the_next() {
    let slots = Slots::<One>::new(0, 1);
    let both = [mortal(opener(&slots, OLD)), mortal(opener(&slots, NEW))];
    let third = [3; 16];
    explore(vec![0; Slots::<One>::BUCKET], Duration::ZERO, &both, |_, world| {
        let (opened, world) = alone(world, seconds(2_000), opener(&slots, third));
        assert_eq!(OPENED, opened);
        assert!(all_fresh(&world, &slots, third));
    });
}

/// A claim whose owner was killed is taken back by another while it still runs.
#[test]
fn the_claim_of_a_killed_process_is_taken_back_at_once() {
    let slots = Slots::<One>::new(0, 1);
    let mut taken_back = false;
    let both = [mortal(opener(&slots, OLD)), process(opener(&slots, NEW))];
    explore(vec![0; Slots::<One>::BUCKET], Duration::ZERO, &both, |ends, world| {
        if ends[1] == Some(OPENED) {
            taken_back |= Control::read(world.words[0]).generation == 2;
            assert!(all_fresh(world, &slots, NEW));
            assert_ne!(Some(OPENED), ends[0], "one slot for two: {ends:?}");
        }
    });
    assert!(taken_back);
}

/// Two openers of one sid at once never both succeed, and what they leave has at most one live window.
#[test]
fn a_sid_opened_twice_at_once_gets_at_most_one_window() {
    for buckets in [1, 2] {
        let slots = Slots::<Two>::new(0, buckets);
        let mut won = 0;
        let both = [process(opener(&slots, OLD)), process(opener(&slots, OLD))];
        explore(vec![0; buckets * Slots::<Two>::BUCKET], Duration::ZERO, &both, |ends, world| {
            let opened = ends.iter().flatten().filter(|end| **end >= OPENED).count();
            let live = (0..buckets * 2).filter(|index| {
                matches!(Control::read(world.words[slots.control(*index)]).state, State::Live(_))
            });
            assert_eq!(opened, live.count());
            assert!(opened <= 1, "{ends:?}");
            won += opened;
        });
        assert!(won > 0);
    }
}

/// The same where one of them chooses its slot just when another slot becomes free.
#[test]
fn a_sid_opened_twice_while_slots_become_free_gets_at_most_one_window() {
    let slots = Slots::<Two>::new(0, 1);
    let start = after::<Two>(1, |player, slots| {
        slots.open(player, &[8; 16], 1, 0).unwrap();
    });
    let strides = [seconds(1)];
    explore(
        start,
        seconds(REUSABLE - 1),
        &[process(opener(&slots, OLD)), process(opener(&slots, OLD)), time(&strides)],
        |ends, _| {
            let opened = ends[..2].iter().flatten().filter(|end| **end >= OPENED).count();
            assert!(opened <= 1, "{ends:?}");
        },
    );
}

/// An opener stopped for so long that its announced slot is another's by then gives up and touches nothing.
#[test]
fn an_opener_that_slept_through_its_own_session_is_refused() {
    let slots = Slots::<One>::new(0, 1);
    let sleeper = || process(|player: &Player| slots.open(player, &OLD, 1, 0).map_or(1, |_| OPENED));
    let strides = [seconds(REUSABLE + 2)];
    let (mut slept, mut both) = (0, 0);
    explore(
        vec![0; Slots::<One>::BUCKET],
        Duration::ZERO,
        &[sleeper(), process(opener(&slots, NEW)), time(&strides)],
        |ends, world| {
            if ends[1] == Some(OPENED) {
                assert!(all_fresh(world, &slots, NEW), "{ends:?}");
                slept += usize::from(ends[0] == Some(1));
                both += usize::from(ends[0] == Some(OPENED));
            }
        },
    );
    assert!(slept > 0 && both > 0, "{slept} {both}");
}

/// If the question who is dead were ever answered wrongly, the robbed opener notices and gives up; what it still wrote
/// makes the robber's window useless at worst, and lets no number in twice.
#[test]
fn an_opener_robbed_of_its_claim_is_refused_and_lets_no_number_in_twice() {
    let slots = Slots::<One>::new(0, 1);
    let slots = &slots;
    let second = process(move |player: &Player| {
        let Ok(slot) = slots.open(&Wrong(player), &NEW, 900, 5) else { return 100 };
        let fresh = |number| u64::from(slots.accept(player, slot, number) == Verdict::Fresh);
        fresh(3) + fresh(3)
    });
    let mut seen = std::collections::HashSet::new();
    let both = [process(opener(slots, OLD)), second];
    explore(vec![0; Slots::<One>::BUCKET], Duration::ZERO, &both, |ends, world| {
        let generation = Control::read(world.words[0]).generation;
        seen.insert((ends[0].unwrap(), ends[1].unwrap(), generation));
    });
    let robbed: Vec<_> = seen.iter().filter(|(_, _, generation)| *generation == 2).collect();
    assert!(robbed.iter().all(|(opened, fresh, _)| *opened == 1 && *fresh <= 1), "{seen:?}");
    assert!(robbed.iter().any(|(_, fresh, _)| *fresh == 0) && robbed.iter().any(|(_, fresh, _)| *fresh == 1));
}

/// Three at once on one number of a live session, one of them killed anywhere.
#[test]
fn a_worker_killed_at_any_step_loses_at_most_its_own_request() {
    let slots = Slots::<One>::new(0, 1);
    let start = after::<One>(1, |player, slots| {
        slots.open(player, &OLD, 900, 0).unwrap();
    });
    let slots = &slots;
    let slot = SlotRef { index: 0, generation: 1 };
    let offer = |number| move |player: &Player| number_of(slots.accept(player, slot, number));
    let all: [Process<'_>; 3] = [mortal(offer(5)), process(offer(5)), process(offer(6))];
    explore(start, seconds(1), &all, |ends, _| {
        assert!(ends[..2].iter().filter(|end| **end == Some(FRESH)).count() <= 1, "{ends:?}");
        assert_eq!(Some(FRESH), ends[2]);
        // Nobody else's request is lost to the killed one: either it was spent by it, or the other spends it.
        assert!(matches!(ends[1], Some(FRESH | REPLAYED)), "{ends:?}");
    });
}
