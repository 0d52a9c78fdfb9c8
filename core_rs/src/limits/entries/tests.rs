use std::time::Duration;

use std::sync::atomic::AtomicU64;

use super::*;
use crate::model::{Player, World, alone, nothing};
use crate::table::machine::{Cells, Peer};

/// One group of eight, and behind it the shared entries of the proven and of strangers.
const GROUP: usize = 8;
const SHARED: usize = GROUP;
const WORDS: usize = GROUP + 2;

fn entries() -> Entries<GROUP> {
    Entries::<GROUP>::new(0, 1)
}

fn policy() -> Policy {
    Policy::new("p", 1, 10, 2).unwrap()
}

fn charge(world: &mut World, at: u64, key: u128) -> Option<Debit> {
    charge_to(world, at, Identity { hash: key, proven: true })
}

fn charge_to(world: &mut World, at: u64, whose: Identity) -> Option<Debit> {
    let outcome = std::cell::Cell::new(None);
    let (_, next) = alone(world, Duration::from_secs(at), |player: &Player| {
        let shared = SHARED + usize::from(!whose.proven);
        if let Outcome::Charged { debit, .. } = entries().charge(player, whose, &policy(), shared) {
            outcome.set(Some(debit));
        }
        0
    });
    *world = World { dead: Vec::new(), ..next };
    outcome.get()
}

#[test]
fn a_burst_is_admitted_and_then_the_rate() {
    let mut world = nothing(WORDS);
    let admitted: Vec<bool> = [100, 100, 100, 109, 111, 111, 122, 150, 150, 150]
        .map(|at| charge(&mut world, at, 1).is_some())
        .into();
    assert_eq!(vec![true, true, false, false, true, false, true, true, true, false], admitted);
}

#[test]
fn a_refund_restores_and_a_late_one_does_not() {
    let mut world = nothing(WORDS);
    let first = charge(&mut world, 100, 1).unwrap();
    let before = world.words.clone();
    let second = charge(&mut world, 100, 1).unwrap();
    let take_back = |world: &mut World, debit: Debit| {
        let (moved, next) = alone(world, Duration::ZERO, |player: &Player| u64::from(refund(player, debit)));
        *world = World { dead: Vec::new(), ..next };
        moved == 1
    };
    assert!(!take_back(&mut world, first), "the second charge stands on it");
    assert!(take_back(&mut world, second));
    assert_eq!(before, world.words);
    assert!(take_back(&mut world, first));
    assert!(charge(&mut world, 100, 1).is_some() && charge(&mut world, 100, 1).is_some());
    assert!(charge(&mut world, 100, 1).is_none());
}

#[test]
fn a_key_without_room_is_charged_to_the_shared_entry_and_takes_its_debt_along() {
    let mut world = nothing(WORDS);
    for key in 2..10 {
        assert!(charge(&mut world, 100, key).is_some());
    }
    assert_eq!([true, true, false], [(); 3].map(|()| charge(&mut world, 100, 1).is_some()));
    assert!(charge(&mut world, 100, 11).is_none(), "all without room share it");
    // At 111 the eight are paid; the shared entry's debt is not, and the key's own entry begins with it.
    assert_eq!([true, false], [(); 2].map(|()| charge(&mut world, 111, 1).is_some()));
}

#[test]
fn strangers_fill_half_of_a_group_and_the_rest_is_for_the_proven() {
    let mut world = nothing(WORDS);
    let stranger = |hash| Identity { hash, proven: false };
    // Four have an entry, two more are let in through the shared one, all others are not.
    let let_in = (1..1_000).filter(|hash| charge_to(&mut world, 100, stranger(*hash)).is_some()).count();
    assert_eq!(4 + 2, let_in);
    let proven = (1..1_000).filter(|key| charge(&mut world, 100, *key).is_some()).count();
    assert_eq!(4 + 2, proven);
    assert!(charge_to(&mut world, 100, stranger(1)).is_some(), "who was there before keeps what is his");
}

#[test]
fn a_stranger_of_the_same_hash_is_another() {
    let mut world = nothing(WORDS);
    assert!(charge(&mut world, 100, 1).is_some() && charge(&mut world, 100, 1).is_some());
    assert!(charge(&mut world, 100, 1).is_none());
    assert!(charge_to(&mut world, 100, Identity { hash: 1, proven: false }).is_some());
}

#[test]
fn a_paid_entry_is_taken_over() {
    let mut world = nothing(WORDS);
    for round in 0..50 {
        for key in 0..8 {
            assert!(charge(&mut world, 100 + round * 11, u128::from(round) * 8 + key + 1).is_some());
        }
    }
}

#[test]
fn after_the_last_tick_everything_is_refused() {
    let mut world = nothing(WORDS);
    assert!(charge(&mut world, 1 << 27, 1).is_none());
}

/// A machine whose clock is set by the test, also back.
struct Clock {
    cells: [AtomicU64; WORDS],
    seconds: std::cell::Cell<u64>,
}

impl Cells for Clock {
    fn load(&self, at: usize) -> u64 {
        self.cells.load(at)
    }
    fn store(&self, at: usize, value: u64) {
        self.cells.store(at, value);
    }
    fn swap_if(&self, at: usize, seen: u64, new: u64) -> bool {
        self.cells.swap_if(at, seen, new)
    }
    fn prefetch(&self, at: usize) {
        self.cells.prefetch(at);
    }
}

impl Machine for Clock {
    fn now(&self) -> Duration {
        Duration::from_secs(self.seconds.get())
    }
    fn me(&self) -> Peer {
        unreachable!("limits need no names")
    }
    fn is_dead(&self, _: Peer) -> bool {
        unreachable!("limits ask nobody whether he lives")
    }
}

/// The clock of the tables cannot do that; if it did, it would let nobody in more often.
#[test]
fn a_clock_that_goes_back_admits_nobody_more() {
    let machine = Clock { cells: [const { AtomicU64::new(0) }; WORDS], seconds: 100.into() };
    let whose = Identity { hash: 1, proven: true };
    let admitted = [100, 100, 50, 1, 99, 100, 111, 100].map(|at| {
        machine.seconds.set(at);
        matches!(entries().charge(&machine, whose, &policy(), SHARED), Outcome::Charged { .. })
    });
    assert_eq!([true, true, false, false, false, false, true, false], admitted);
}

/// A machine on which others are always faster.
struct Overtaken;

impl Cells for Overtaken {
    fn load(&self, _: usize) -> u64 {
        0
    }
    fn store(&self, _: usize, _: u64) {}
    fn swap_if(&self, _: usize, _: u64, _: u64) -> bool {
        false
    }
    fn prefetch(&self, _: usize) {}
}

impl Machine for Overtaken {
    fn now(&self) -> Duration {
        Duration::from_secs(100)
    }
    fn me(&self) -> Peer {
        unreachable!("limits need no names")
    }
    fn is_dead(&self, _: Peer) -> bool {
        unreachable!("limits ask nobody whether he lives")
    }
}

#[test]
fn a_charge_that_cannot_be_made_ends_and_is_refused() {
    let whose = Identity { hash: 1, proven: true };
    let outcome = entries().charge(&Overtaken, whose, &policy(), SHARED);
    assert_eq!(Outcome::Over { debt: policy().tolerance() }, outcome);
}
