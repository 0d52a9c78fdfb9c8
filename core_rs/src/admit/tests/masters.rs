//! Master keys come and go; sessions of those that stay notice nothing.

use super::house::{House, MASTER, request_by, request_for, request_key, versions};

const NEXT: [u8; 32] = [10; 32];

#[test]
fn a_rotation_drops_no_session() {
    let house = House::new();
    house.offer(&house.request(1, b"{}")).unwrap();
    house.gate.replace_masters(versions(&[(1, MASTER), (2, NEXT)]));
    assert_eq!(1, house.gate.remembered());
    assert_eq!("admitted", house.code(&house.request(2, b"{}")));
    let new = house.open(2, 4);
    assert_eq!(Ok(1), house.offer(&request_for(&NEXT, new, 1)));
    assert_eq!(2, house.gate.remembered());
}

#[test]
fn a_dropped_version_ends_its_sessions_at_once() {
    let house = House::new();
    house.gate.replace_masters(versions(&[(1, MASTER), (2, NEXT)]));
    let new = house.open(2, 4);
    house.offer(&house.request(1, b"{}")).unwrap();
    house.offer(&request_for(&NEXT, new, 1)).unwrap();
    house.gate.replace_masters(versions(&[(2, NEXT)]));
    assert_eq!("not_proven", house.code(&house.request(2, b"{}")));
    assert_eq!("admitted", house.code(&request_for(&NEXT, new, 2)));
}

#[test]
fn a_version_with_another_key_is_another_version() {
    let house = House::new();
    house.offer(&house.request(1, b"{}")).unwrap();
    house.gate.replace_masters(versions(&[(1, NEXT)]));
    assert_eq!("not_proven", house.code(&house.request(2, b"{}")));
    assert_eq!(
        Ok(2),
        house.offer(&request_by(
            &request_key(&NEXT, house.key_id()),
            "POST",
            super::NOW,
            house.key_id(),
            2,
            b"{}"
        ))
    );
}

#[test]
fn a_record_that_comes_after_its_version_was_dropped_is_not_remembered() {
    let house = House::new();
    let waiting = house.waiting(&house.request(1, b"{}"));
    house.gate.replace_masters(versions(&[(2, NEXT)]));
    house.gate.put_record(&waiting, house.record(false));
    assert_eq!(0, house.gate.remembered());
    assert_eq!("not_proven", house.code(&house.request(1, b"{}")));
}

#[test]
fn after_a_rotation_records_are_loaded_and_remembered_as_before() {
    let house = House::new();
    house.offer(&house.request(1, b"{}")).unwrap();
    house.gate.replace_masters(versions(&[(1, MASTER), (2, NEXT)]));
    house.table.revoke();
    assert_eq!(Ok(2), house.offer(&house.request(2, b"{}")));
    assert_eq!("admitted", house.code(&house.request(3, b"{}")));
}

#[test]
fn without_master_keys_nobody_comes_in() {
    let house = House::new();
    house.gate.replace_masters(versions(&[]));
    assert_eq!("not_proven", house.code(&house.request(1, b"{}")));
}
