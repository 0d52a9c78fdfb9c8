//! Who shows no right MAC gets one answer, at one price, and changes nothing.

use super::house::{Bursts, House, MASTER, NOBODY, NOW, Request, request_by, request_for, request_key};
use crate::keys::names::{KeyId, Sid};
use crate::mac::MacKey;

/// Every way to be refused as a stranger; the session of `house` is remembered.
fn strangers(house: &House) -> [(&'static str, Request); 5] {
    house.offer(&house.request(1, b"{}")).unwrap();
    let guess = MacKey::new(b"guess");
    let by = |key: &MacKey, key_id| request_by(key, "POST", NOW, key_id, 2, b"{}");
    let (unknown, version) =
        (house.key_id_of(Sid::new(1, 0, [4; 16])), house.key_id_of(Sid::new(2, 0, [3; 16])));
    [
        ("a wrong key", by(&guess, house.key_id())),
        ("an unknown session", by(&guess, unknown)),
        ("an unknown version", by(&guess, version)),
        // Not even the key that stands in for versions that do not exist opens anything.
        ("the stand-in's own key", by(&request_key(&NOBODY, version), version)),
        ("another epoch", by(&guess, KeyId { epoch: house.other_epoch(), ..house.key_id() })),
    ]
}

#[test]
fn a_stranger_gets_one_answer() {
    let house = House::new();
    for (which, request) in strangers(&house) {
        assert_eq!("not_proven", house.code(&request), "{which}");
    }
}

#[test]
fn the_refusal_of_a_stranger_costs_the_same_whatever_is_known() {
    let house = House::new();
    let work = strangers(&house).map(|(which, request)| {
        let before = crate::mac::work();
        house.code(&request);
        (which, crate::mac::work() - before)
    });
    // A derivation from the master key, one from the session's key, a MAC.
    assert_eq!([3; 5], work.map(|(_, done)| done), "{work:?}");
}

#[test]
fn a_stranger_fills_no_cache_and_keeps_nothing_in_it() {
    let house: House = House::of(Bursts::default(), 2);
    let sessions = [201, 202, 203].map(|random| house.open(1, random));
    house.offer(&request_for(&MASTER, sessions[0], 1)).unwrap();
    house.offer(&request_for(&MASTER, sessions[1], 1)).unwrap();
    let guess = MacKey::new(b"guess");
    for random in 0..100 {
        let unknown = house.key_id_of(Sid::new(1, 0, [random; 16]));
        for key_id in [unknown, sessions[0]] {
            assert_eq!("not_proven", house.code(&request_by(&guess, "POST", NOW, key_id, 1, b"{}")));
        }
    }
    assert_eq!(2, house.gate.remembered());
    // The third takes the place of the first, which was put in first and of no use since.
    house.offer(&request_for(&MASTER, sessions[2], 1)).unwrap();
    assert_eq!("admitted", house.code(&request_for(&MASTER, sessions[1], 2)));
    assert_eq!("need_record", house.code(&request_for(&MASTER, sessions[0], 2)));
}
