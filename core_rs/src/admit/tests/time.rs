//! The two clocks: the wall's for `created`, the table's for the end of a session.

use std::time::Duration;

use super::house::{House, LIFE_SECONDS, MASTER, NOW, request_by, request_for};
use crate::admit::Ask;
use crate::mac::MacKey;
use crate::replay::{OVERLAP_SECONDS, SlotRef};
use crate::table::clock::skip;

#[test]
fn the_clients_clock_is_held_on_both_sides_and_only_after_the_mac() {
    let house = House::new();
    for (number, created, expected) in [
        (1, NOW - 61, Err("stale")),
        (1, NOW + 61, Err("stale")),
        (1, NOW - 60, Ok(1)),
        (2, NOW + 60, Ok(2)),
        (3, NOW - 61, Err("stale")),
        (3, NOW + 61, Err("stale")),
    ] {
        assert_eq!(expected, house.offer(&house.request_at(created, number)), "{created}");
        let wrong = request_by(&MacKey::new(b"guess"), "POST", created, house.key_id(), number, b"{}");
        assert_eq!("not_proven", house.code(&wrong));
    }
}

#[test]
fn no_wall_clock_breaks_the_comparison() {
    let house = House::new();
    let request = house.request(1, b"{}");
    for now in [i64::MIN, i64::MAX, 0, -1] {
        let ask = Ask { now, ..house.ask(&request) };
        assert_eq!("stale", house.gate.admit(&ask, &request.body).unwrap_err().code());
    }
}

#[test]
fn a_remembered_session_ends_with_its_overlap_and_not_when_it_is_forgotten() {
    let house = House::new();
    house.offer(&house.request(1, b"{}")).unwrap();
    skip(Duration::from_secs(u64::from(LIFE_SECONDS + OVERLAP_SECONDS) - 1));
    assert_eq!("admitted", house.code(&house.request(2, b"{}")));
    skip(Duration::from_secs(3));
    assert_eq!(1, house.gate.remembered());
    assert_eq!("epoch", house.code(&house.request(3, b"{}")));
    assert_eq!(0, house.gate.remembered());
    assert_eq!("epoch", house.code(&house.request(3, b"{}")));
}

#[test]
fn a_session_that_ends_between_head_and_body_takes_no_body() {
    let house = House::new();
    let request = house.request(1, b"{}");
    let proven = house.head(&request);
    skip(Duration::from_secs(u64::from(LIFE_SECONDS + OVERLAP_SECONDS) + 2));
    assert_eq!("epoch", house.gate.admit_body(&proven, &request.body).unwrap_err().code());
}

#[test]
fn a_session_that_ends_before_its_record_came_is_not_let_in() {
    let house = House::new();
    let request = house.request(1, b"{}");
    let waiting = house.waiting(&request);
    skip(Duration::from_secs(u64::from(LIFE_SECONDS + OVERLAP_SECONDS) + 2));
    let proven = house.gate.put_record(&waiting, house.record(false));
    assert_eq!("epoch", house.gate.admit_body(&proven, &request.body).unwrap_err().code());
}

#[test]
fn a_slot_that_went_to_another_session_lets_nobody_in() {
    let house = House::new();
    let first = house.request(1, b"{}");
    let proven = house.head(&first);
    // Long after the end the windows of others take every slot, the one of this session too.
    skip(Duration::from_secs(u64::from(LIFE_SECONDS + OVERLAP_SECONDS) + 200));
    let mut opened = 0_u64;
    while house
        .table
        .open_window(blake3::hash(&opened.to_le_bytes()).as_bytes().first_chunk().unwrap(), 60, 0)
        .is_ok()
    {
        opened += 1;
    }
    assert!(opened > 1_000);
    assert_eq!("epoch", house.gate.admit_body(&proven, &first.body).unwrap_err().code());
    assert_eq!("epoch", house.code(&request_for(&MASTER, house.key_id(), 2)));
}

/// A slot may go to another session between the check of its end and the number, in a worker that is stopped there.
#[test]
fn a_slot_that_was_lost_on_the_way_lets_nobody_in_and_is_forgotten() {
    let house = House::new();
    let request = house.request(1, b"{}");
    let mut waiting = house.waiting(&request);
    let place = &mut waiting.session.place;
    place.slot = SlotRef::from_bits(place.slot.to_bits() + 1);
    let proven = house.gate.put_record(&waiting, house.record(false));
    assert_eq!(1, house.gate.remembered());
    assert_eq!("epoch", house.gate.admit_body(&proven, &request.body).unwrap_err().code());
    assert_eq!(0, house.gate.remembered());
    // Looked up anew it has its window still.
    assert_eq!(Ok(1), house.offer(&request));
}
