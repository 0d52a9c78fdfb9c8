//! The bound of the limits, over processes and threads, for every pair of times.

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use _core::limits::{Dimension, Limits, Policy, PolicyId};
use _core::table::{Sizes, Table};
use rustix::time::{ClockId, clock_gettime};

use crate::children::{self, Random, Running};

const KEYS: u64 = 12;
const BURST: u32 = 7;
const PER_SECOND: u32 = 400;

fn limits(table: Table) -> Limits {
    let fast = Policy::new("fast", PER_SECOND, 1, BURST).unwrap();
    let slow = Policy::new("slow", 60, 1, 30).unwrap();
    Limits::new(Arc::new(table), vec![fast, slow]).unwrap()
}

/// So few entries that keys push each other out and share, or room for all.
const SIZES: [u32; 2] = [1, 4_096];

fn nanos() -> u64 {
    let time = clock_gettime(ClockId::Boottime);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// One admission: which key, and the times just before and after.
#[derive(Clone, Copy)]
struct Admitted {
    key: u64,
    from: u64,
    to: u64,
}

/// Ask for random keys for so many milliseconds, some of them together with one that often refuses.
fn ask(limits: &Limits, seed: u64, millis: u64) -> Vec<Admitted> {
    let mut random = Random(seed);
    let mut admitted = Vec::new();
    let end = Instant::now() + Duration::from_millis(millis);
    while Instant::now() < end {
        let key = random.below(KEYS);
        let own = (limits.key(Dimension::Address, &key.to_le_bytes()), PolicyId(0));
        let tenant = (limits.key(Dimension::Tenant, &[key as u8 % 2]), PolicyId(1));
        // The second kind is refunded most of the time, in both orders.
        let debits = match random.below(4) {
            0 => vec![own, tenant],
            1 => vec![tenant, own],
            _ => vec![own],
        };
        let from = nanos();
        if limits.check(&debits).admitted {
            admitted.push(Admitted { key, from, to: nanos() });
        }
        if random.below(64) == 0 {
            std::thread::sleep(Duration::from_micros(random.below(3_000)));
        }
    }
    admitted
}

pub fn child(table: Table, argument: &str) {
    println!("ready");
    children::wait_for(&table, 1);
    let (seed, millis) = argument.split_once(' ').unwrap();
    for one in ask(&limits(table), seed.parse().unwrap(), millis.parse().unwrap()) {
        println!("A {} {} {}", one.key, one.from, one.to);
    }
}

/// For every two admissions: what was asked and answered between them is within the burst and the rate.
fn assert_bound(mut admitted: Vec<Admitted>) {
    admitted.sort_by_key(|one| one.to);
    for key in 0..KEYS {
        let of_key: Vec<Admitted> = admitted.iter().copied().filter(|one| one.key == key).collect();
        assert!(of_key.len() > BURST as usize, "key {key} was hardly asked for");
        for first in &of_key {
            let inside = of_key.iter().filter(|one| one.from >= first.from);
            for (count, last) in inside.enumerate() {
                let allowed = f64::from(BURST) + f64::from(PER_SECOND) * (last.to - first.from) as f64 / 1e9;
                assert!(
                    count as f64 + 1.0 <= allowed,
                    "key {key}: {} in {} ns",
                    count + 1,
                    last.to - first.from
                );
            }
        }
    }
}

fn over_processes(processes: u64, millis: u64, entries: u32) {
    let table = Table::create_shared(Sizes { limits: entries, ..Sizes::default() }).unwrap();
    let mut children: Vec<Running> =
        (0..processes).map(|seed| children::start("limited", &table, &format!("{seed} {millis}"))).collect();
    for child in &mut children {
        child.until("ready");
    }
    table.revoke();
    let mut admitted = Vec::new();
    for mut child in children {
        let mut said = String::new();
        child.output.read_to_string(&mut said).unwrap();
        for line in said.lines() {
            if let ["A", key, from, to] = line.split(' ').collect::<Vec<_>>()[..] {
                let number = |text: &str| text.parse().unwrap();
                admitted.push(Admitted { key: number(key), from: number(from), to: number(to) });
            }
        }
    }
    assert_bound(admitted);
}

#[test]
fn no_pair_of_times_sees_more_than_the_burst_and_the_rate_over_processes() {
    for entries in SIZES {
        over_processes(3, 400, entries);
    }
}

#[test]
#[ignore = "minutes; `make proof` runs it"]
fn full_no_pair_of_times_sees_more_than_the_burst_and_the_rate_over_processes() {
    for round in 0..10 {
        over_processes(2 + round % 4, 3_000, SIZES[round as usize % 2]);
    }
}

#[test]
fn no_pair_of_times_sees_more_than_the_burst_and_the_rate_over_threads() {
    for entries in SIZES {
        let limits = limits(Table::in_process(Sizes { limits: entries, ..Sizes::default() }).unwrap());
        let admitted = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|seed| {
                    scope.spawn({
                        let limits = &limits;
                        move || ask(limits, seed, 300)
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_bound(admitted);
    }
}

/// A key that is asked for without a pause gets its burst and its rate, neither more nor less.
#[test]
fn what_is_allowed_is_given() {
    let limits = limits(Table::in_process(Sizes::default()).unwrap());
    for number in 0_u64.. {
        let key = [(limits.key(Dimension::Address, &number.to_le_bytes()), PolicyId(1))];
        let (start, mut admitted) = (Instant::now(), 0_u32);
        let (mut asked, mut longest_pause) = (Duration::ZERO, Duration::ZERO);
        while asked < Duration::from_millis(500) {
            let now = start.elapsed();
            longest_pause = longest_pause.max(now.saturating_sub(asked));
            asked = now;
            admitted += u32::from(limits.check(&key).admitted);
        }
        let allowed = |time: Duration| 30.0 + 60.0 * time.as_secs_f64();
        assert!(f64::from(admitted) <= allowed(start.elapsed()), "{admitted}");
        // In a pause as long as that the burst is whole again, and what is not asked for is not given.
        if longest_pause < Duration::from_millis(300) {
            // Two requests are allowed for the ends, one for a clock of 15 microseconds.
            assert!(f64::from(admitted) >= allowed(asked) - 3.0, "{admitted}");
            return;
        }
    }
}
