//! Of two reasons against a request the one that is checked first is told.

use super::house::{Bursts, House, MASTER, NOW, Request, request_by};
use crate::admit::{Ask, Demand};
use crate::keys::names::{KeyId, Sid};
use crate::mac::MacKey;

fn guessed(created: i64, key_id: KeyId) -> Request {
    request_by(&MacKey::new(b"guess"), "POST", created, key_id, 1, b"{}")
}

#[test]
fn a_malformed_head_is_not_charged_to_its_address() {
    let house = House::with(Bursts { address: 1, ..Bursts::default() });
    let good = house.request(1, b"{}");
    let malformed = Request { digest: String::new(), ..good.clone() };
    for _ in 0..5 {
        assert_eq!("malformed", house.code(&malformed));
    }
    assert_eq!(Ok(1), house.offer(&good));
}

#[test]
fn an_address_over_its_limit_is_told_so_before_its_mac_is_checked() {
    let house = House::with(Bursts { address: 1, ..Bursts::default() });
    let wrong = guessed(NOW, house.key_id());
    assert_eq!("not_proven", house.code(&wrong));
    let before = crate::mac::work();
    assert_eq!("address_limited", house.code(&wrong));
    assert_eq!(before, crate::mac::work());
    assert_eq!("address_limited", house.code(&house.request(1, b"{}")));
}

#[test]
fn a_wrong_mac_is_told_before_the_clock_the_epoch_and_the_record() {
    let house = House::new();
    let elsewhere = KeyId { epoch: house.other_epoch(), ..house.key_id() };
    for (created, key_id) in [(NOW - 1_000, house.key_id()), (NOW, elsewhere), (NOW, house.key_id())] {
        assert_eq!("not_proven", house.code(&guessed(created, key_id)));
    }
}

#[test]
fn a_stale_request_is_told_so_before_its_epoch_and_its_record() {
    let house = House::new();
    let gone = house.key_id_of(Sid::new(1, 0, [8; 16]));
    let key = super::request_key(&MASTER, gone);
    let stale = request_by(&key, "POST", NOW - 61, gone, 1, b"{}");
    assert_eq!("stale", house.code(&stale));
    assert_eq!("stale", house.code(&house.request_at(NOW - 61, 1)));
    assert_eq!(0, house.gate.remembered());
}

#[test]
fn a_revoked_session_is_told_so_before_its_scopes_its_body_and_its_number() {
    let house = House::new();
    let request = house.request(1, b"{}");
    house.offer(&request).unwrap();
    house.table.revoke();
    house.offer_with(&request, true).unwrap_err();
    let ask = house.ask(&request);
    let out_of_scope = Ask { demand: Demand { scopes: 4, ..ask.demand }, ..ask };
    assert_eq!("revoked", house.gate.admit(&out_of_scope, b"another body").unwrap_err().code());
}

#[test]
fn a_scope_is_checked_before_the_body_and_the_body_before_the_number() {
    let house = House::new();
    let request = house.request(1, b"{}");
    house.offer(&request).unwrap();
    let ask = house.ask(&request);
    let out_of_scope = Ask { demand: Demand { scopes: 4, ..ask.demand }, ..ask };
    assert_eq!("out_of_scope", house.gate.admit(&out_of_scope, b"another body").unwrap_err().code());
    assert_eq!("wrong_digest", house.gate.admit(&ask, b"another body").unwrap_err().code());
    assert_eq!("replayed", house.gate.admit(&ask, b"{}").unwrap_err().code());
}

#[test]
fn a_replay_is_charged_to_no_limit_but_the_addresss() {
    let house = House::with(Bursts { session: 2, ..Bursts::default() });
    let request = house.request(1, b"{}");
    house.offer(&request).unwrap();
    for _ in 0..5 {
        assert_eq!("replayed", house.code(&request));
    }
    assert_eq!("admitted", house.code(&house.request(2, b"{}")));
    assert_eq!("limited", house.code(&house.request(3, b"{}")));
    assert_eq!("replayed", house.code(&house.request(3, b"{}")));
}

#[test]
fn a_body_that_is_too_long_is_told_so_before_anything_is_read() {
    let house = House::with(Bursts { address: 1, ..Bursts::default() });
    let long = vec![0; crate::admit::ONE_CALL_BYTES + 1];
    let request = Request { body: long, digest: String::new(), ..house.request(1, b"") };
    for _ in 0..3 {
        assert_eq!("too_large", house.code(&request));
    }
    let longest = vec![0; crate::admit::ONE_CALL_BYTES];
    assert_eq!(Ok(1), house.offer(&house.request(1, &longest)));
}
