//! The set under every order of steps, with the clock going on and processes killed at every step.

use std::time::Duration;

use super::*;
use crate::model::{Ends, Player, World, alone, explore, mortal, nothing, process, time};

fn set() -> SpentSet {
    SpentSet::new(0, 1)
}

/// Two ids that share the bucket, as all do here, and have other fingerprints.
const ID: u128 = 0x1234_5678_9abc_def0_1234_5678_9abc_def0;
const OTHER: u128 = ID ^ (1 << 40);

const ACCEPTED: u64 = 1;
const SPENT: u64 = 2;
const EXPIRED: u64 = 3;
const FULL: u64 = 5;

fn spend(id: u128, ends: u64) -> impl Fn(&Player) -> u64 {
    move |player| match set().spend(player, id, ends) {
        Spending::Accepted => ACCEPTED,
        Spending::Spent => SPENT,
        Spending::Expired => EXPIRED,
        Spending::TooLong => 4,
        Spending::Full => FULL,
    }
}

fn accepted(ends: &[Option<u64>]) -> usize {
    ends.iter().filter(|end| **end == Some(ACCEPTED)).count()
}

/// A bucket whose first cells are in use until long after, so that little room is left to choose from.
fn crowded(free: usize, freed_at: &[u64]) -> Vec<u64> {
    let mut words = nothing(WAYS).words;
    for (at, word) in words.iter_mut().enumerate().take(WAYS - free) {
        *word = Cell::new(0x99_0000 + at as u64, 300).0;
    }
    for (word, freed) in words.iter_mut().zip(freed_at) {
        *word = Cell::new(*word >> END_BITS, freed / STEP_SECONDS - 1).0;
    }
    words
}

#[test]
fn an_id_used_twice_at_once_is_accepted_once() {
    for free in [1, 2, WAYS] {
        let mut neither = 0;
        explore(
            crowded(free, &[]),
            Duration::from_secs(1),
            &[process(spend(ID, 60)), process(spend(ID, 60))],
            |ends, _| {
                assert!(accepted(ends) <= 1, "{ends:?}");
                neither += usize::from(accepted(ends) == 0);
            },
        );
        assert_eq!(0, neither, "one of two always wins while no cell becomes free");
    }
}

#[test]
fn three_at_once_of_whom_one_is_another_are_judged_apart() {
    let all = [process(spend(ID, 60)), process(spend(ID, 60)), process(spend(OTHER, 60))];
    explore(crowded(3, &[]), Duration::from_secs(1), &all, |ends: &Ends, _| {
        assert_eq!((1, Some(ACCEPTED)), (accepted(&ends[..2]), ends[2]), "{ends:?}");
    });
}

/// Cells become free at different moments, so that the two choose different ones.
#[test]
fn an_id_used_twice_while_cells_become_free_is_accepted_at_most_once() {
    let strides = [Duration::from_secs(7), Duration::from_secs(8), Duration::from_secs(8)];
    let mut both_refused = 0;
    let all = [process(spend(ID, 200)), process(spend(ID, 200)), time(&strides)];
    explore(crowded(1, &[24, 32]), Duration::from_secs(17), &all, |ends: &Ends, _| {
        assert!(accepted(&ends[..2]) <= 1, "{ends:?}");
        both_refused += usize::from(accepted(&ends[..2]) == 0);
    });
    assert!(both_refused > 0, "the price of two different cells was paid at least once");
}

/// The clock passes the end of the id, and another takes its cell: a slow second use still cannot pass.
#[test]
fn an_id_is_accepted_at_most_once_across_its_end() {
    // The first was used before; the second comes now, while another takes the first's cell after its end. Room is left
    // for the second, so nothing but the clock stands in its way.
    let (first, world) =
        alone(&World { words: crowded(2, &[]), ..nothing(0) }, Duration::from_secs(10), spend(ID, 16));
    assert_eq!(ACCEPTED, first);
    let strides = [Duration::from_secs(6), Duration::from_secs(16)];
    let all = [process(spend(ID, 16)), process(spend(OTHER, 100)), time(&strides)];
    let (mut expired, mut taken) = (0, 0);
    explore(world.words, Duration::from_secs(10), &all, |ends: &Ends, _| {
        assert_ne!(Some(ACCEPTED), ends[0]);
        expired += usize::from(ends[0] == Some(EXPIRED));
        taken += usize::from(ends[1] == Some(ACCEPTED));
    });
    assert!(expired > 0 && taken > 0);
}

#[test]
#[ignore = "minutes; `make proof` runs it"]
fn full_two_uses_and_a_taker_across_the_end() {
    let strides = [Duration::from_secs(8), Duration::from_secs(16), Duration::from_secs(8)];
    let all = [process(spend(ID, 16)), process(spend(ID, 16)), process(spend(OTHER, 100)), time(&strides)];
    let states = explore(crowded(1, &[]), Duration::from_secs(10), &all, |ends: &Ends, _| {
        assert!(accepted(&ends[..2]) <= 1, "{ends:?}");
    });
    println!("{states} states");
}

#[test]
fn a_use_killed_at_any_step_costs_at_most_its_own_id() {
    let all = [mortal(spend(ID, 60)), process(spend(ID, 60))];
    explore(crowded(2, &[]), Duration::from_secs(1), &all, |ends: &Ends, world: &World| {
        assert!(accepted(ends) <= 1, "{ends:?}");
        let (other, _) = alone(world, Duration::ZERO, spend(OTHER, 60));
        assert_eq!(ACCEPTED, other);
        let (again, _) = alone(world, Duration::ZERO, spend(ID, 60));
        assert_eq!(SPENT, again);
    });
}

#[test]
fn without_room_a_use_is_refused() {
    explore(crowded(0, &[]), Duration::from_secs(1), &[process(spend(ID, 60))], |ends: &Ends, _| {
        assert_eq!(Some(FULL), ends[0]);
    });
}
