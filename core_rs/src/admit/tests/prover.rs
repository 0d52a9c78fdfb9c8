//! The prover asks of a request what the gate asks, but for what only a store knows.

use std::sync::Arc;

use super::house::{
    BRIDGE, EDIT, MASTER, NOBODY, NOW, PUBLISH, Request, request_by, request_for, request_key, versions,
};
use crate::admit::{
    Ask, Demand, Elsewhere, Masters, ONE_CALL_BYTES, Proven, Prover, Record, Refusal, Waiting,
};
use crate::keys::SessionUse;
use crate::keys::names::{Epoch, KeyId, Sid};
use crate::limits::{Limits, Policy, PolicyId};
use crate::mac::MacKey;
use crate::table::{Sizes, Table};

type Refused = Refusal<&'static str, Elsewhere>;

struct House {
    prover: Prover<&'static str>,
    key_id: KeyId,
}

impl House {
    fn new() -> Self {
        Self::for_address(500)
    }

    fn for_address(burst: u32) -> Self {
        let table = Arc::new(Table::in_process(Sizes::default()).unwrap());
        let policies = ["address", "edit"].map(|name| Policy::new(name, 1, 1_000, burst).unwrap());
        let limits = Arc::new(Limits::new(table, policies.to_vec()).unwrap());
        let masters = Masters::new(BRIDGE, versions(&[(1, MASTER)]), NOBODY);
        let prover = Prover::new(limits, PolicyId(0), masters, 64);
        Self { prover, key_id: KeyId { sid: Sid::new(1, 0, [3; 16]), epoch: Epoch(5) } }
    }

    fn ask<'a>(&self, request: &'a Request) -> Ask<'a> {
        let class = self.prover.limits().policy("edit").unwrap();
        Ask {
            wire: Ok(request.wire()),
            address: "192.0.2.1",
            demand: Demand { class, scopes: EDIT },
            now: NOW,
        }
    }

    fn request(&self, number: u32) -> Request {
        request_for(&MASTER, self.key_id, number)
    }

    fn code(&self, request: &Request) -> &'static str {
        let answer = self.prover.prove(&self.ask(request), &request.body);
        answer.map_or_else(|refusal| refusal.code(), |_| "proven")
    }

    fn waiting(&self) -> Waiting<Elsewhere> {
        let request = self.request(1);
        let Err(Refusal::NeedRecord(waiting)) = self.prover.prove_head(&self.ask(&request)) else { panic!() };
        waiting
    }

    fn put(
        &self,
        waiting: &Waiting<Elsewhere>,
        scopes: u64,
        revoked: bool,
    ) -> Proven<&'static str, Elsewhere> {
        self.prover
            .put_record(waiting, Record { principal: "device", scopes, revoked, account: (), tenant: () })
    }

    fn known() -> Self {
        let house = Self::new();
        house.put(&house.waiting().at(7), EDIT, false);
        house
    }
}

fn device(refusal: &Refused) -> &'static str {
    match refusal {
        Refusal::Revoked(caller) | Refusal::OutOfScope(caller) | Refusal::WrongDigest(caller) => {
            caller.record().principal
        }
        _ => "nobody",
    }
}

#[test]
fn a_session_is_proven_once_its_record_was_put_and_says_when_that_was_loaded() {
    let house = House::new();
    let proven = house.put(&house.waiting().at(7), EDIT, false);
    assert_eq!((1, 7, house.key_id), (proven.number(), proven.generation(), proven.caller().key_id()));
    assert_eq!(EDIT, proven.demand().scopes);
    assert_eq!("proven", house.code(&house.request(2)));
    assert_eq!(8, proven.outdated(8).at(9).generation - 1);
}

#[test]
fn a_strangers_request_is_not_proven_whatever_is_known_and_costs_the_same() {
    let house = House::known();
    let guess = MacKey::new(b"guess");
    let unknown = KeyId { sid: Sid::new(1, 0, [4; 16]), ..house.key_id };
    let version = KeyId { sid: Sid::new(2, 0, [3; 16]), ..house.key_id };
    let namesake = KeyId { epoch: Epoch(6), ..house.key_id };
    let by = |key: &MacKey, key_id| request_by(key, "POST", NOW, key_id, 2, b"{}");
    let strangers = [
        by(&guess, house.key_id),
        by(&guess, unknown),
        by(&guess, version),
        by(&request_key(&NOBODY, version), version),
        // The key of a session is worth nothing in another life of the store.
        by(&request_key(&MASTER, house.key_id), namesake),
    ];
    let work = strangers.map(|request| {
        let before = crate::mac::work();
        assert_eq!("not_proven", house.code(&request));
        crate::mac::work() - before
    });
    assert_eq!([3; 5], work);
    assert_eq!(1, house.prover.remembered());
}

#[test]
fn a_namesake_of_another_life_with_its_own_key_is_another_session() {
    let house = House::known();
    let namesake = KeyId { epoch: Epoch(6), ..house.key_id };
    assert_eq!("need_record", house.code(&request_for(&MASTER, namesake, 1)));
}

#[test]
fn freshness_is_asked_after_the_mac_and_before_the_record() {
    let house = House::new();
    let key = request_key(&MASTER, house.key_id);
    for (created, expected) in [(NOW - 61, "stale"), (NOW + 61, "stale"), (NOW - 60, "need_record")] {
        assert_eq!(expected, house.code(&request_by(&key, "POST", created, house.key_id, 1, b"{}")));
        let guess = request_by(&MacKey::new(b"guess"), "POST", created, house.key_id, 1, b"{}");
        assert_eq!("not_proven", house.code(&guess));
    }
}

#[test]
fn an_address_is_limited_before_anything_is_proven() {
    let house = House::for_address(1);
    let request = house.request(1);
    assert_eq!("need_record", house.code(&request));
    let before = crate::mac::work();
    assert_eq!("address_limited", house.code(&request));
    assert_eq!(before, crate::mac::work());
}

#[test]
fn a_record_that_does_not_let_in_is_told_before_the_body_with_whose_it_is() {
    let house = House::new();
    let request = house.request(1);
    for (scopes, revoked, expected) in [(EDIT, true, "revoked"), (PUBLISH, false, "out_of_scope")] {
        let proven = house.put(&house.waiting().at(1), scopes, revoked);
        let refusals = [
            house.prover.prove(&house.ask(&request), b"another").unwrap_err(),
            house.prover.recheck(&proven).unwrap_err(),
            house.prover.prove_body(&proven, &request.body).unwrap_err(),
        ];
        assert_eq!([(expected, "device"); 3], refusals.map(|refusal| (refusal.code(), device(&refusal))));
        house.prover.forget(house.key_id);
    }
}

#[test]
fn another_body_is_not_the_one_that_was_signed() {
    let house = House::known();
    let request = house.request(2);
    let refusal = house.prover.prove(&house.ask(&request), b"[]").unwrap_err();
    assert_eq!(("wrong_digest", "device"), (refusal.code(), device(&refusal)));
    let proven = house.prover.prove_head(&house.ask(&request)).unwrap();
    assert_eq!("wrong_digest", house.prover.prove_body(&proven, b"[]").unwrap_err().code());
    assert_eq!(2, house.prover.prove_body(&proven, b"{}").unwrap().number());
    let long = vec![0; ONE_CALL_BYTES + 1];
    assert_eq!("too_large", house.prover.prove(&house.ask(&request), &long).unwrap_err().code());
}

#[test]
fn a_record_that_another_request_brought_up_to_date_is_taken_and_an_older_one_is_not() {
    let house = House::new();
    let waiting = house.waiting();
    let old = house.put(&waiting.at(7), EDIT, false);
    house.put(&waiting.at(8), EDIT, false);
    assert_eq!(8, house.prover.recheck(&old).unwrap().generation());
    let newest = house.put(&waiting.at(9), EDIT, false);
    house.put(&waiting.at(8), EDIT, false);
    assert_eq!(9, house.prover.recheck(&newest).unwrap().generation());
}

#[test]
fn a_session_that_the_store_does_not_know_is_forgotten() {
    let house = House::known();
    house.prover.forget(house.key_id);
    assert_eq!(0, house.prover.remembered());
    assert_eq!("need_record", house.code(&house.request(2)));
}

#[test]
fn a_dropped_master_ends_its_sessions_and_their_keys() {
    let house = House::known();
    assert!(house.prover.session_mac(house.key_id, SessionUse::Answer).is_some());
    house.prover.replace_masters(versions(&[(2, MASTER)]));
    assert_eq!("not_proven", house.code(&house.request(2)));
    assert!(house.prover.session_mac(house.key_id, SessionUse::Answer).is_none());
}
