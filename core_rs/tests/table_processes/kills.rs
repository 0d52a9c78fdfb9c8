//! Processes killed at random moments, and what they leave.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use _core::limits::{Dimension, Limits, Policy, PolicyId};
use _core::replay::{OpenRefused, Verdict};
use _core::spent::Spending;
use _core::table::{Sizes, Table};

use crate::children::{self, Random};

/// Of everybody; its numbers are offered by all children.
const COMMON: [u8; 16] = [9; 16];
const ENDS: u64 = 3_000;
const LIFE_SECONDS: u32 = 3_600;

fn policy() -> Policy {
    Policy::new("p", 1, 3_600, 5).unwrap()
}

fn sid(child: u64, number: u64) -> [u8; 16] {
    let hash = blake3::hash(&[child.to_le_bytes(), number.to_le_bytes()].concat());
    *hash.as_bytes().first_chunk().unwrap()
}

/// Start children in pairs, so that one is always at work beside the dying, kill each within the first
/// milliseconds of its work, and hand over what it said.
fn kill(role: &str, table: &Table, children: u64, mut said: impl FnMut(String)) {
    let mut random = Random(1);
    for first in (0..children).step_by(2) {
        let mut pair = [first, first + 1].map(|child| children::start(role, table, &child.to_string()));
        for running in &mut pair {
            running.until("ready");
        }
        for mut running in pair {
            std::thread::sleep(Duration::from_micros(random.below(1_500)));
            running.process.kill().unwrap();
            said(String::from_utf8(running.rest()).unwrap());
        }
    }
}

/// Spend numbers, ids and limits, and say after each what was achieved, until killed. A line is one write, so that
/// none is torn.
pub fn child_spending(table: &Table, argument: &str) {
    let child: u64 = argument.parse().unwrap();
    let limits = Limits::new(Arc::new(reopened(table)), vec![policy()]).unwrap();
    let mut out = std::io::stdout().lock();
    let mut say = |text: String| {
        out.write_all(text.as_bytes()).unwrap();
        out.flush().unwrap();
    };
    let common = table.lookup(&COMMON).unwrap().slot;
    let mut random = Random(child);
    say("\nready\n".into());
    loop {
        let offered = child * 50 + random.below(200) + 1;
        if table.accept(common, offered as u32) == Verdict::Fresh {
            say(format!("did accept {offered}\n"));
        }
        let id = child * 10 + random.below(20);
        if table.spend(&id.to_le_bytes(), ENDS) == Spending::Accepted {
            say(format!("did spend {id}\n"));
        }
        let key = random.below(400);
        if limits.check(&[(limits.key(Dimension::Address, &key.to_le_bytes()), PolicyId(0))]).admitted {
            say(format!("did pass {key}\n"));
        }
    }
}

fn reopened(table: &Table) -> Table {
    use std::os::fd::AsRawFd;
    Table::open_shared(table.descriptor().unwrap().as_raw_fd(), table.epoch()).unwrap()
}

fn kill_spending(children: u64) {
    let sizes = Sizes { sessions: 64, spent: 400_000, limits: 64 };
    let table = Arc::new(Table::create_shared(sizes).unwrap());
    let common = table.open_window(&COMMON, LIFE_SECONDS, 0).unwrap();
    let limits = Limits::new(Arc::clone(&table), vec![policy()]).unwrap();
    let mut did: HashMap<String, HashMap<u64, u32>> = HashMap::new();
    kill("spending", &table, children, |said| {
        for line in said.lines() {
            if let ["did", what, number] = line.split(' ').collect::<Vec<_>>()[..] {
                let times = did.entry(what.to_owned()).or_default();
                *times.entry(number.parse().unwrap()).or_default() += 1;
            }
        }
    });
    let did = |what: &str| did.get(what).cloned().unwrap_or_default();

    // Nothing was accepted twice, by whatever two processes; what was accepted is known to be.
    for what in ["accept", "spend"] {
        assert!(did(what).values().all(|times| *times == 1), "{what} twice");
        assert!(!did(what).is_empty(), "{what} never");
    }
    for number in did("accept").keys() {
        assert_ne!(Verdict::Fresh, table.accept(common, *number as u32), "{number}");
    }
    for id in did("spend").keys() {
        assert_eq!(Spending::Spent, table.spend(&id.to_le_bytes(), ENDS), "{id}");
    }
    // A limit of five an hour passed five in this hour at most, those included that are asked for now.
    let mut passed = did("pass");
    for number in 0..400_u64 {
        let key = limits.key(Dimension::Address, &number.to_le_bytes());
        for _ in 0..5 {
            *passed.entry(number).or_default() += u32::from(limits.check(&[(key, PolicyId(0))]).admitted);
        }
    }
    assert!(passed.values().all(|times| *times <= 5), "{passed:?}");
    let count = |what: &str| did(what).values().sum::<u32>();
    eprintln!(
        "{children} kills: {} numbers, {} ids, {} requests within their limits",
        count("accept"),
        count("spend"),
        count("pass")
    );
}

/// A child opens no more than this.
const OPENED_MOST: u64 = 500;

/// Open one session after the other, saying nothing, until killed.
pub fn child_opening(table: &Table, argument: &str) {
    let child: u64 = argument.parse().unwrap();
    println!("ready");
    for number in 0..OPENED_MOST {
        table.open_window(&sid(child, number), LIFE_SECONDS, child).unwrap();
    }
    loop {
        std::thread::park();
    }
}

/// How many sessions a killed child opened: all of them whole, and none after the first that is not there.
fn whole_sessions(table: &Table, child: u64) -> u64 {
    let found: Vec<_> = (0..OPENED_MOST).map(|number| table.lookup(&sid(child, number))).collect();
    let opened = found.iter().take_while(|found| found.is_some()).count();
    assert!(found[opened..].iter().all(Option::is_none), "child {child} opened {opened} and then more");
    for found in found.into_iter().flatten() {
        assert_eq!(child, found.tag);
        // One number of each word of the ring.
        for number in (1..=1_024).step_by(32) {
            assert_eq!(Verdict::Fresh, table.accept(found.slot, number));
        }
    }
    opened as u64
}

/// How many were in the midst of opening when they were killed.
fn kill_opening(children: u64, sessions: u32) -> usize {
    let table = Table::create_shared(Sizes { sessions, ..Sizes::default() }).unwrap();
    kill("opening", &table, children, |_| ());
    let mut opened: u64 = (0..children).map(|child| whole_sessions(&table, child)).sum();
    let left = table.census();
    assert_eq!(opened, left.used as u64);
    eprintln!("{children} kills: {opened} sessions opened, of slots {left:?}");

    // Every other slot is still to be had, those of the dead included.
    let (mut refused, mut number) = (0, 0);
    while refused < 5_000 {
        number += 1;
        match table.open_window(&sid(u64::MAX, number), LIFE_SECONDS, 0) {
            Ok(slot) => {
                opened += 1;
                refused = 0;
                assert_eq!(Verdict::Fresh, table.accept(slot, 1));
            }
            Err(OpenRefused::Full) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    let end = table.census();
    assert_eq!((0, 0, left.announced), (end.free, end.claiming, end.announced));
    assert_eq!((opened as usize, end.slots), (end.used, end.used + end.announced));
    left.claiming + left.announced
}

#[test]
fn workers_killed_while_they_spend_leave_what_was_spent() {
    kill_spending(20);
}

#[test]
fn workers_killed_while_they_open_sessions_leave_whole_ones_and_every_other_slot() {
    kill_opening(20, 12_000);
}

#[test]
#[ignore = "minutes; `make proof` runs it"]
fn full_a_thousand_workers_killed_while_they_spend_leave_what_was_spent() {
    kill_spending(1_000);
}

#[test]
#[ignore = "minutes; `make proof` runs it"]
fn full_a_thousand_workers_killed_while_they_open_sessions_leave_whole_ones_and_every_other_slot() {
    let midway = kill_opening(1_000, 200_000);
    assert!(midway > 0, "nobody was killed in the midst of opening");
}
