//! Which limits a request is charged to, and what it is told.

use super::house::{Bursts, House, MASTER, caller, request_for};
use crate::admit::{Ask, Refusal};
use crate::limits::Decision;

/// The decision of the first refusal, after how many were let in.
fn limited(house: &House) -> (u32, Decision) {
    for number in 1.. {
        let request = house.request(number, b"{}");
        if number == 1 {
            house.offer(&request).unwrap();
            continue;
        }
        match house.gate.admit(&house.ask(&request), &request.body) {
            Ok(_) => {}
            Err(Refusal::Limited(caller, decision)) => {
                assert_eq!(house.key_id(), caller.key_id());
                return (number - 1, decision);
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    unreachable!("some limit ends it")
}

#[test]
fn each_limit_ends_it_and_is_named() {
    let all = Bursts::default();
    for (name, bursts) in [
        ("session", Bursts { session: 4, ..all }),
        ("account", Bursts { account: 4, ..all }),
        ("tenant", Bursts { tenant: 4, ..all }),
        ("edit", Bursts { class: 4, ..all }),
    ] {
        let house = House::with(bursts);
        let (admitted, decision) = limited(&house);
        assert_eq!((4, house.gate.limits().policy(name)), (admitted, Some(decision.policy)), "{name}");
        assert_eq!((false, 4, 0), (decision.admitted, decision.limit, decision.remaining));
        assert!((3_500_000..=3_600_001).contains(&decision.retry_after_millis), "{decision:?}");
    }
}

#[test]
fn an_address_in_shadow_is_let_in_and_counted() {
    let house = House::<&'static str>::tried_out(Bursts { address: 2, ..Bursts::default() }, 64, true);
    for number in 1..=5 {
        house.offer(&house.request(number, b"{}")).unwrap();
    }
    assert_eq!(3, house.gate.limits().shadowed_addresses());
}

#[test]
fn what_is_let_in_is_told_of_the_tightest_limit() {
    let house = House::with(Bursts { session: 5, ..Bursts::default() });
    house.offer(&house.request(1, b"{}")).unwrap();
    let request = house.request(2, b"{}");
    let admitted = house.gate.admit(&house.ask(&request), &request.body).unwrap();
    assert_eq!("device", admitted.caller.record().principal);
    assert_eq!(
        (2, true, 5, 3),
        (admitted.number, admitted.limit.admitted, admitted.limit.limit, admitted.limit.remaining)
    );
}

#[test]
fn sessions_of_one_account_share_its_limit_and_not_the_sessions() {
    let house = House::with(Bursts { session: 2, account: 3, ..Bursts::default() });
    let other = house.open(1, 4);
    assert_eq!([Ok(1), Ok(2)], [1, 2].map(|number| house.offer(&house.request(number, b"{}"))));
    assert_eq!(Ok(1), house.offer(&request_for(&MASTER, other, 1)));
    let request = request_for(&MASTER, other, 2);
    let refusal = house.gate.admit(&house.ask(&request), &request.body).unwrap_err();
    assert_eq!(other, caller(&refusal).unwrap().key_id());
    let Refusal::Limited(_, decision) = refusal else { panic!("{refusal:?}") };
    assert_eq!(house.gate.limits().policy("account"), Some(decision.policy));
}

#[test]
fn the_limit_of_a_route_is_each_sessions_own() {
    let house = House::with(Bursts { class: 1, ..Bursts::default() });
    let other = house.open(1, 4);
    assert_eq!([Ok(1), Err("limited")], [1, 2].map(|number| house.offer(&house.request(number, b"{}"))));
    assert_eq!(Ok(1), house.offer(&request_for(&MASTER, other, 1)));
}

#[test]
fn an_address_is_charged_once_for_a_request_whose_record_was_loaded() {
    let house = House::with(Bursts { address: 3, ..Bursts::default() });
    let number_of = |number| house.offer(&house.request(number, b"{}"));
    // Each of them needs its record.
    assert_eq!(Ok(1), number_of(1));
    house.table.revoke();
    assert_eq!(Ok(2), number_of(2));
    house.table.revoke();
    assert_eq!(Ok(3), number_of(3));
    assert_eq!(Err("address_limited"), number_of(4));
}

#[test]
fn a_network_of_ipv6_shares_the_limit_of_an_address() {
    let house = House::with(Bursts { address: 2, ..Bursts::default() });
    let code = |address, number| {
        let request = house.request(number, b"{}");
        let answer = house.gate.admit(&Ask { address, ..house.ask(&request) }, &request.body);
        answer.map_or_else(|refusal| refusal.code(), |_| "admitted")
    };
    assert_eq!(["need_record"; 2], ["2001:db8::1", "2001:db8::ffff"].map(|address| code(address, 1)));
    assert_eq!("address_limited", code("2001:db8::2", 1));
    assert_eq!("need_record", code("2001:db8:0:1::1", 1));
    assert_eq!("need_record", code("192.0.2.1", 1));
}
