//! Many threads at one gate.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::house::{Bursts, House, MASTER, request_for, versions};
use crate::admit::Refusal;

const THREADS: usize = 4;
const NUMBERS: u32 = 300;

#[test]
fn of_many_copies_one_comes_in_whatever_happens_beside_it() {
    let plenty =
        Bursts { address: 100_000, session: 100_000, account: 100_000, tenant: 100_000, class: 100_000 };
    let house: House = House::of(plenty, 2);
    let others = [4, 5].map(|random| house.open(1, random));
    let admitted = AtomicU32::new(0);
    let start = Barrier::new(THREADS + 1);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (house, admitted, start) = (&house, &admitted, &start);
            scope.spawn(move || {
                start.wait();
                for number in 1..=NUMBERS {
                    let request = house.request(number, b"{}");
                    admitted.fetch_add(u32::from(until_judged(house, &request)), Relaxed);
                    // Others come and go, so that the session is evicted again and again.
                    until_judged(house, &request_for(&MASTER, others[thread % 2], number));
                }
            });
        }
        start.wait();
        for _ in 0..50 {
            house.table.revoke();
            house.gate.replace_masters(versions(&[(1, MASTER)]));
        }
    });
    assert_eq!(NUMBERS, admitted.load(Relaxed));
}

/// Whether it was let in. A revocation may come between every two steps, so records are loaded until one holds.
fn until_judged(house: &House, request: &super::Request) -> bool {
    let mut answer = house.gate.admit(&house.ask(request), &request.body);
    loop {
        match answer {
            Ok(_) => return true,
            Err(Refusal::NeedRecord(waiting)) => {
                let proven = house.gate.put_record(&waiting, house.record(false));
                answer = house.gate.admit_body(&proven, &request.body);
            }
            Err(Refusal::Replayed { .. }) => return false,
            Err(other) => panic!("{other:?}"),
        }
    }
}
