use super::*;
use crate::replay::{SlotRef, Verdict};

#[test]
fn a_table_in_process_memory_keeps_all_three() {
    let table = Table::in_process(Sizes::default()).unwrap();
    let slot = table.open_window(&[7; 16], 900, 3).unwrap();
    assert_eq!(3, table.lookup(&[7; 16]).unwrap().tag);
    assert_eq!(Verdict::Fresh, table.accept(slot, 1));
    assert_eq!(crate::spent::Spending::Accepted, table.spend(b"x", table.seconds() + 30));
    assert!(table.bytes() >= 1_024 * 296);
}

#[test]
fn two_tables_are_two_lives() {
    let (one, other) =
        (Table::in_process(Sizes::default()).unwrap(), Table::in_process(Sizes::default()).unwrap());
    assert_ne!(one.epoch(), other.epoch());
    assert_ne!(one.header().secret, other.header().secret);
}

#[test]
fn revocations_are_counted() {
    let table = Table::in_process(Sizes::default()).unwrap();
    assert_eq!(0, table.revocations());
    assert_eq!([1, 2], [table.revoke(), table.revoke()]);
    assert_eq!(2, table.revocations());
}

#[test]
fn asking_for_memory_early_changes_nothing() {
    let table = Table::in_process(Sizes::default()).unwrap();
    let words = || (0..table.bytes() / 8).map(|at| table.view().load(at)).collect::<Vec<_>>();
    let before = words();
    for number in [0, 1, 1_000, u32::MAX] {
        table.warm(&[7; 16], number);
    }
    table.view().prefetch(usize::MAX);
    assert_eq!(before, words());
}

#[test]
fn a_slot_goes_through_a_number_and_back() {
    let table = Table::in_process(Sizes::default()).unwrap();
    let slot = table.open_window(&[7; 16], 900, 3).unwrap();
    assert_eq!(slot, SlotRef::from_bits(slot.to_bits()));
    assert_eq!(Verdict::Gone, table.accept(SlotRef::from_bits(u64::MAX), 1));
}

#[test]
fn a_table_of_nothing_is_refused() {
    let error = Table::in_process(Sizes { sessions: 0, ..Sizes::default() }).unwrap_err();
    assert_eq!("the table can hold between 1 and 4194304 sessions, not 0", error.to_string());
}

#[cfg(target_os = "linux")]
mod shared;
