use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::spent::Spending;
use crate::table::{Sizes, Table};

fn table(spent: u32) -> Table {
    Table::in_process(Sizes { sessions: 1, spent, limits: 1 }).unwrap()
}

#[test]
fn an_id_is_used_once() {
    let table = table(100);
    assert_eq!(Spending::Accepted, table.spend(b"ticket 1", 30));
    assert_eq!(Spending::Spent, table.spend(b"ticket 1", 30));
    assert_eq!(Spending::Accepted, table.spend(b"ticket 2", 30));
}

#[test]
fn an_end_that_has_passed_or_lies_far_ahead_is_refused() {
    let table = table(100);
    assert_eq!(Spending::Expired, table.spend(b"a", 0));
    assert_eq!(Spending::TooLong, table.spend(b"a", ENDS_WITHIN_SECONDS + 60));
    assert_eq!(Spending::TooLong, table.spend(b"a", u64::MAX));
    assert_eq!(Spending::Accepted, table.spend(b"a", ENDS_WITHIN_SECONDS));
}

#[test]
fn a_full_set_refuses_and_forgets_nothing() {
    let table = table(64);
    let spent: Vec<u64> =
        (0..10_000_u64).filter(|id| table.spend(&id.to_le_bytes(), 3_000) == Spending::Accepted).collect();
    // Made for 64, it has 128 cells, all of which can be reached in a set this small only by luck.
    assert!((64..=136).contains(&spent.len()), "{}", spent.len());
    assert_eq!(Spending::Full, table.spend(b"one more", 3_000));
    for id in spent {
        assert_eq!(Spending::Spent, table.spend(&id.to_le_bytes(), 3_000));
    }
}

#[test]
fn a_set_takes_what_it_was_made_for() {
    for size in [1, 50, 1_000, 50_000] {
        let table = table(size);
        let refused =
            (0..size).filter(|id| table.spend(&id.to_le_bytes(), 3_000) != Spending::Accepted).count();
        assert_eq!(0, refused, "of {size}");
    }
}

#[test]
fn a_cell_is_free_only_after_its_end() {
    for ends in [1, 7, 8, 9, 1_000] {
        let cell = Cell::new(5, u64::div_ceil(ends, STEP_SECONDS));
        assert!(!cell.is_free(ends) && cell.is_free(ends + 2 * STEP_SECONDS));
    }
}

proptest! {
    #[test]
    fn it_is_the_set_that_it_stands_for(uses in prop::collection::vec((0_u8..40, 1_u64..3_000), 1..200)) {
        let table = table(200);
        let mut seen = HashSet::new();
        for (id, ends) in uses {
            let expected = if seen.insert(id) { Spending::Accepted } else { Spending::Spent };
            prop_assert_eq!(expected, table.spend(&[id], 10 + ends));
        }
    }
}
