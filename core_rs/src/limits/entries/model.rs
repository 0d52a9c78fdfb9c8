//! The entries under every order of steps: a key never gets more than its policy allows.

use std::time::Duration;

use super::*;
use crate::model::{Ends, Player, World, alone, explore, mortal, nothing, process, time};

/// One group of three, and behind it the shared entries of the proven and of strangers.
const GROUP: usize = 3;
const SHARED: usize = GROUP;
const NOW: Duration = Duration::from_secs(100);
/// Its upper half names the group (there is one), its low bits are the fingerprint.
const KEY: Identity = Identity { hash: 5, proven: true };
const OTHER: Identity = Identity { hash: 6, proven: true };

/// One request in 1,000 s, one at once: in these runs a key may be admitted once.
fn policy() -> Policy {
    Policy::new("p", 1, 1_000, 1).unwrap()
}

fn shared(key: Identity) -> usize {
    SHARED + usize::from(!key.proven)
}

fn charge(key: Identity) -> impl Fn(&Player) -> u64 {
    move |player| {
        let outcome = Entries::<GROUP>::new(0, 1).charge(player, key, &policy(), shared(key));
        u64::from(matches!(outcome, Outcome::Charged { .. }))
    }
}

fn charge_and_take_back(key: Identity) -> impl Fn(&Player) -> u64 {
    move |player| {
        if let Outcome::Charged { debit, .. } =
            Entries::<GROUP>::new(0, 1).charge(player, key, &policy(), shared(key))
        {
            refund(player, debit);
        }
        0
    }
}

/// A group with `free` cells left; each of the first is paid at a given second.
fn crowded(free: usize, paid_at: &[u64]) -> Vec<u64> {
    let mut words = nothing(GROUP + 2).words;
    for (at, word) in words.iter_mut().enumerate().take(GROUP - free) {
        *word = Cell::active(1_000 + at as u64, LAST_TICK).0;
    }
    for (word, paid) in words.iter_mut().zip(paid_at) {
        *word = Cell(*word).with_paid_at(paid * ticks::TICKS_PER_SECOND).0;
    }
    words
}

fn admitted(ends: &[Option<u64>]) -> u64 {
    ends.iter().flatten().sum()
}

/// The fingerprint of the key.
fn own() -> u64 {
    Cell::fingerprint(5, true)
}

/// Active entries of the key, whatever the order.
fn actives(world: &World) -> usize {
    world.words[..GROUP]
        .iter()
        .map(|word| Cell(*word))
        .filter(|cell| cell.is_active() && cell.is_of(own()))
        .count()
}

#[test]
fn a_new_key_charged_twice_at_once_is_admitted_once() {
    for free in [2, GROUP] {
        explore(crowded(free, &[]), NOW, &[process(charge(KEY)), process(charge(KEY))], |ends, world| {
            assert_eq!((1, 1), (admitted(ends), actives(world)), "{ends:?}");
        });
    }
    // With one cell left the second may turn to the shared entry while the first takes the cell.
    explore(crowded(1, &[]), NOW, &[process(charge(KEY)), process(charge(KEY))], |ends, world| {
        assert!(admitted(ends) <= 1 && actives(world) <= 1, "{ends:?}");
    });
}

/// Cells become free between the looks of the two, so that they choose different ones.
#[test]
fn a_new_key_charged_twice_while_cells_become_free_is_admitted_at_most_once() {
    let strides = [Duration::from_secs(2), Duration::from_secs(2)];
    for free in [0, 1] {
        let all = [process(charge(KEY)), process(charge(KEY)), time(&strides)];
        let states = explore(crowded(free, &[101, 103]), NOW, &all, |ends, world| {
            assert!(admitted(&ends[..2]) <= 1, "{ends:?}");
            assert!(actives(world) <= 1);
        });
        assert!(states > 500, "{states}");
    }
}

/// A key goes to the shared entry in one process while the other finds a cell that became free.
#[test]
fn a_key_charged_to_its_own_and_to_the_shared_entry_at_once_is_admitted_at_most_once() {
    let strides = [Duration::from_secs(2)];
    let mut shared = 0;
    let all = [process(charge(KEY)), process(charge(KEY)), time(&strides)];
    explore(crowded(0, &[101]), NOW, &all, |ends, world| {
        assert!(admitted(&ends[..2]) <= 1, "{ends:?}");
        shared += usize::from(world.words[SHARED] != 0);
    });
    assert!(shared > 0);
}

#[test]
fn two_keys_at_once_in_one_group_are_both_admitted() {
    for free in [2, GROUP] {
        explore(crowded(free, &[]), NOW, &[process(charge(KEY)), process(charge(OTHER))], |ends, _| {
            assert_eq!(2, admitted(ends), "{ends:?}");
        });
    }
}

#[test]
fn a_stranger_and_a_session_at_once_in_one_group_are_both_admitted() {
    let stranger = Identity { proven: false, ..KEY };
    let all = [process(charge(stranger)), process(charge(KEY))];
    explore(crowded(GROUP, &[]), NOW, &all, |ends, world| {
        assert_eq!((2, 1), (admitted(ends), actives(world)), "{ends:?}");
    });
}

/// What was killed leaves at most a waiting entry, which the next strikes out.
#[test]
fn a_process_killed_at_any_step_costs_at_most_its_own_charge() {
    let all = [mortal(charge(KEY)), process(charge(KEY))];
    explore(crowded(2, &[]), NOW, &all, |ends: &Ends, world: &World| {
        assert!(admitted(ends) <= 1, "{ends:?}");
        assert_eq!(1, actives(world));
        let (other, _) = alone(world, Duration::ZERO, charge(OTHER));
        assert_eq!(1, other);
        // When the debt is paid the key is admitted again.
        let (again, _) = alone(world, NOW + Duration::from_secs(1_001), charge(KEY));
        assert_eq!(1, again);
    });
}

/// A refund at any moment never lets one more through.
#[test]
fn a_charge_that_is_taken_back_admits_nobody_twice() {
    let all = [process(charge_and_take_back(KEY)), process(charge(KEY))];
    explore(crowded(2, &[]), NOW, &all, |ends, _| {
        assert!(admitted(ends) <= 1, "{ends:?}");
    });
    let mut known = crowded(GROUP, &[]);
    known[0] = Cell::active(own(), 90 * ticks::TICKS_PER_SECOND).0;
    let all = [process(charge_and_take_back(KEY)), process(charge(KEY)), process(charge(KEY))];
    explore(known, NOW, &all, |ends, _| {
        assert!(admitted(ends) <= 1, "{ends:?}");
    });
}

#[test]
#[ignore = "minutes; `make proof` runs it"]
fn full_a_new_key_charged_and_taken_back_and_charged_twice() {
    let all = [process(charge_and_take_back(KEY)), process(charge(KEY)), process(charge(KEY))];
    explore(crowded(2, &[]), NOW, &all, |ends, world| {
        assert!(admitted(ends) <= 1 && actives(world) <= 1, "{ends:?}");
    });
}

/// Three at once on a key that has an entry already.
#[test]
fn a_known_key_charged_three_times_at_once_is_admitted_once() {
    let mut words = crowded(GROUP, &[]);
    words[0] = Cell::active(own(), 90 * ticks::TICKS_PER_SECOND).0;
    explore(words, NOW, &[process(charge(KEY)), process(charge(KEY)), process(charge(KEY))], |ends, _| {
        assert_eq!(1, admitted(ends), "{ends:?}");
    });
}

#[test]
#[ignore = "minutes; `make proof` runs it"]
fn full_three_new_at_once_while_cells_become_free() {
    let strides = [Duration::from_secs(2)];
    let all = [process(charge(KEY)), process(charge(KEY)), process(charge(KEY)), time(&strides)];
    let states = explore(crowded(0, &[101, 101]), NOW, &all, |ends, world| {
        assert!(admitted(&ends[..3]) <= 1 && actives(world) <= 1, "{ends:?}");
    });
    println!("{states} states");
}
