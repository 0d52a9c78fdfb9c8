//! Every way in, and every way that must be closed. Real keys, a real table; only time is moved.

mod house;
mod limits;
mod many;
mod masters;
mod order;
mod prover;
mod strangers;
mod time;

use std::sync::Arc;

use super::*;
use crate::keys::names::{Epoch, KeyId, Sid};
use crate::keys::{Key, SessionUse};
use crate::mac::MacKey;
use house::{
    Bursts, EDIT, House, MASTER, NOW, PUBLISH, Request, caller, digest_of, request_for, request_key,
};

#[test]
fn a_signed_request_comes_in_once() {
    let house = House::new();
    let request = house.request(1, b"{}");
    assert_eq!(Ok(1), house.offer(&request));
    assert_eq!(Err("replayed"), house.offer(&request));
    assert_eq!(Ok(2), house.offer(&house.request(2, b"{}")));
    assert_eq!(Ok(3), house.offer(&house.request_of("GET", 3, b"")));
    assert_eq!(Ok(4), house.offer(&house.request_of("DELETE", 4, b"")));
}

#[test]
fn a_replay_is_told_the_next_number_and_whose_it_was() {
    let house = House::new();
    house.offer(&house.request(7, b"{}")).unwrap();
    let again = house.request(7, b"{}");
    let refusal = house.gate.admit(&house.ask(&again), &again.body).unwrap_err();
    assert_eq!("device", caller(&refusal).unwrap().record().principal);
    assert!(matches!(refusal, Refusal::Replayed { next: 8, .. }), "{refusal:?}");
}

#[test]
fn every_signed_part_is_bound() {
    let house = House::new();
    let good = house.request(1, b"{}");
    let changed: [(&str, Request); 6] = [
        ("method", Request { method: "PUT", ..good.clone() }),
        ("authority", Request { authority: "localhost:8460".into(), ..good.clone() }),
        ("path", Request { target: "/v1/edit?project=3".into(), ..good.clone() }),
        ("query", Request { target: "/v1/edits?project=4".into(), ..good.clone() }),
        ("digest", Request { digest: digest_of(b"{1}"), body: b"{1}".to_vec(), ..good.clone() }),
        ("key", Request { key: "0123456789abcdee".into(), ..good.clone() }),
    ];
    for (part, request) in changed {
        assert_eq!("not_proven", house.code(&request), "{part}");
    }
    let other = house.open(1, 4);
    let keyids = (format!("{}", house.key_id()), format!("{other}"));
    for (from, to) in [
        ("nonce=\"1\"", "nonce=\"2\""),
        ("created=1700000000", "created=1700000001"),
        (keyids.0.as_str(), keyids.1.as_str()),
    ] {
        let request = Request { input: good.input.replace(from, to), ..good.clone() };
        assert_ne!(good.input, request.input);
        assert_eq!("not_proven", house.code(&request), "{from}");
    }
    assert_eq!(Ok(1), house.offer(&good));
}

#[test]
fn a_host_in_upper_case_is_signed_in_lower_case() {
    let house = House::new();
    let mut request = house.request(1, b"{}");
    request.authority = "LOCALHOST:8460".into();
    request.sign(&house.key, NOW, house.key_id(), 1);
    assert_eq!(Ok(1), house.offer(&request));
}

#[test]
fn another_body_spends_nothing() {
    let house = House::new();
    let request = house.request(1, b"{}");
    let swapped = Request { body: b"[]".to_vec(), ..request.clone() };
    assert_eq!(Err("wrong_digest"), house.offer(&swapped));
    assert_eq!(Ok(1), house.offer(&request));
}

#[test]
fn a_known_sessions_request_derives_nothing() {
    let house = House::new();
    house.offer(&house.request(1, b"{}")).unwrap();
    let request = house.request(2, b"{}");
    let before = crate::mac::work();
    house.offer(&request).unwrap();
    assert_eq!(1, crate::mac::work() - before);
}

#[test]
fn a_right_mac_without_a_window_is_told_of_the_epoch() {
    let house = House::new();
    let other_epoch = KeyId { epoch: house.other_epoch(), ..house.key_id() };
    let never_opened = house.key_id_of(Sid::new(1, 0, [8; 16]));
    for key_id in [other_epoch, never_opened] {
        let request = request_for(&MASTER, key_id, 1);
        let refusal = house.gate.admit(&house.ask(&request), &request.body).unwrap_err();
        assert!(matches!(refusal, Refusal::Epoch(named) if named == key_id), "{refusal:?}");
    }
    assert_eq!(0, house.gate.remembered());
}

#[test]
fn a_session_remembered_here_says_nothing_about_its_namesake_of_another_epoch() {
    let house = House::new();
    house.offer(&house.request(1, b"{}")).unwrap();
    let namesake = KeyId { epoch: house.other_epoch(), ..house.key_id() };
    let mut request = house.request(2, b"{}");
    request.sign(&house.key, NOW, namesake, 2);
    assert_eq!("not_proven", house.code(&request));
}

#[test]
fn a_revocation_acts_at_the_next_request() {
    let house = House::new();
    assert_eq!(Ok(1), house.offer(&house.request(1, b"{}")));
    house.table.revoke();
    let request = house.request(2, b"{}");
    assert_eq!("need_record", house.code(&request));
    assert_eq!(Err("revoked"), house.offer_with(&request, true));
    assert_eq!("revoked", house.code(&house.request(3, b"{}")));
}

#[test]
fn a_record_loaded_before_a_revocation_is_not_believed_after_it() {
    let house = House::new();
    let request = house.request(1, b"{}");
    let waiting = house.waiting(&request);
    let loaded_before = house.record(false);
    house.table.revoke();
    let proven = house.gate.put_record(&waiting, loaded_before);
    assert_eq!("need_record", house.gate.admit_body(&proven, &request.body).unwrap_err().code());
    assert_eq!("need_record", house.code(&request));
}

#[test]
fn the_record_that_another_request_loaded_meanwhile_is_taken() {
    let house = House::new();
    let request = house.request(1, b"{}");
    let proven = house.head(&request);
    house.table.revoke();
    house.offer(&house.request(2, b"{}")).unwrap();
    assert_eq!(1, house.gate.admit_body(&proven, &request.body).unwrap().number);
}

#[test]
fn a_revocation_between_head_and_body_stops_the_body() {
    let house = House::new();
    let request = house.request(1, b"{}");
    let proven = house.head(&request);
    house.table.revoke();
    let Err(Refusal::NeedRecord(waiting)) = house.gate.admit_body(&proven, &request.body) else { panic!() };
    assert_eq!(house.key_id(), waiting.key_id());
    let proven = house.gate.put_record(&waiting, house.record(true));
    assert_eq!("revoked", house.gate.recheck(&proven).unwrap_err().code());
    assert_eq!("revoked", house.gate.admit_body(&proven, &request.body).unwrap_err().code());
}

#[test]
fn a_scope_that_was_not_granted_is_refused_before_anything_is_spent() {
    let house = House::new();
    house.offer(&house.request(1, b"{}")).unwrap();
    let request = house.request(2, b"{}");
    let ask = house.ask(&request);
    for scopes in [PUBLISH, EDIT | PUBLISH, 1 << 63] {
        let refused =
            house.gate.admit(&Ask { demand: Demand { scopes, ..ask.demand }, ..ask }, &request.body);
        assert_eq!("out_of_scope", refused.unwrap_err().code());
    }
    let none = Ask { demand: Demand { scopes: 0, ..ask.demand }, ..ask };
    assert_eq!(2, house.gate.admit(&none, &request.body).unwrap().number);
}

#[test]
fn scopes_are_checked_again_when_the_record_came_late() {
    let house = House::new();
    let request = house.request(1, b"{}");
    let waiting = house.waiting(&request);
    let proven = house.gate.put_record(&waiting, Record { scopes: PUBLISH, ..house.record(false) });
    assert_eq!("out_of_scope", house.gate.recheck(&proven).unwrap_err().code());
    assert_eq!("out_of_scope", house.gate.admit_body(&proven, &request.body).unwrap_err().code());
}

#[test]
fn two_calls_are_as_good_as_one() {
    let house = House::new();
    let large = vec![b'x'; ONE_CALL_BYTES + 1];
    let request = house.request(2, &large);
    assert_eq!("too_large", house.code(&request));
    let proven = house.head(&request);
    assert_eq!((2, "device"), (proven.number(), proven.caller().record().principal));
    assert_eq!("wrong_digest", house.gate.admit_body(&proven, b"other").unwrap_err().code());
    assert_eq!(2, house.gate.admit_body(&proven, &large).unwrap().number);
    assert_eq!("replayed", house.gate.admit_body(&proven, &large).unwrap_err().code());
}

#[test]
fn neither_keys_nor_principals_are_written_into_a_log() {
    let house = House::new();
    let request = house.request(1, b"{}");
    let waiting = house.waiting(&request);
    assert_eq!(format!("Waiting({})", house.key_id()), format!("{waiting:?}"));
    let proven = house.gate.put_record(&waiting, house.record(false));
    let admitted = house.gate.admit_body(&proven, &request.body).unwrap();
    let written = format!("{proven:?} {admitted:?}");
    assert!(!written.contains("device"), "{written}");
}

#[test]
fn a_principal_may_ask_the_gate_while_it_is_dropped() {
    struct Nosy(std::sync::Weak<House<Nosy>>);
    impl Drop for Nosy {
        fn drop(&mut self) {
            if let Some(house) = self.0.upgrade() {
                assert!(house.gate.remembered() <= 1);
                house.gate.replace_masters(house::versions(&[(1, MASTER)]));
            }
        }
    }
    let (told, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let house: Arc<House<Nosy>> = Arc::new(House::of(Bursts::default(), 1));
        let put = |number| {
            let waiting = house.waiting(&house.request(number, b"{}"));
            drop(house.gate.put_record(&waiting, house.record_of(Nosy(Arc::downgrade(&house)), false)));
        };
        put(1);
        // Replaced by a newer record, then by another session, then dropped with its master key.
        house.table.revoke();
        put(2);
        let other = house.open(1, 9);
        let waiting = house.waiting(&request_for(&MASTER, other, 1));
        drop(house.gate.put_record(&waiting, house.record_of(Nosy(Arc::downgrade(&house)), false)));
        house.gate.replace_masters(house::versions(&[]));
        told.send(house.gate.remembered()).unwrap();
    });
    assert_eq!(Ok(0), ended.recv_timeout(std::time::Duration::from_secs(60)));
}

#[test]
fn a_session_whose_window_was_ended_is_revoked_though_it_is_remembered() {
    let house = House::new();
    house.offer(&house.request(1, b"{}")).unwrap();
    assert!(house.table.end_window(&house.sid.random()));
    assert_eq!("revoked", house.code(&house.request(2, b"{}")));
}

#[test]
fn keys_for_answers_and_streams_come_from_the_masters_in_use() {
    let house = House::new();
    let session = keys_of(&MASTER, house.key_id());
    for used_for in [SessionUse::Answer, SessionUse::Stream] {
        let expected = MacKey::new(&*crate::keys::session_use(&session, used_for)).mac(&[b"frame"]);
        let key = house.gate.session_mac(house.key_id(), used_for).unwrap();
        assert_eq!(expected, key.mac(&[b"frame"]));
    }
    let elsewhere = KeyId { epoch: Epoch(1), sid: Sid::new(9, 0, [3; 16]) };
    assert!(house.gate.session_mac(elsewhere, SessionUse::Answer).is_none());
}

fn keys_of(master: &[u8; 32], key_id: KeyId) -> Key {
    crate::keys::session_key(master, &house::BRIDGE, &key_id.sid, key_id.epoch)
}
