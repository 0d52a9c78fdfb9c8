//! A worker that is stopped while its session ends and the slot becomes another's.
//!
//! Three minutes must pass until a slot is used again. The tests make them pass by moving the table's beginning
//! into the past, in the header, before anybody opens it.

use std::os::fd::AsRawFd;

use _core::replay::Verdict;
use _core::table::header::Header;
use _core::table::{Sizes, Table};
use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, waitpid};

use crate::children::{self, Random, Running};

const OLD: [u8; 16] = [1; 16];
/// The most numbers that a child offers.
const NUMBERS: u32 = 1_000_000;

fn write_words(table: &Table, words: &[u64]) {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    assert_eq!(bytes.len(), rustix::io::pwrite(table.descriptor().unwrap(), &bytes, 0).unwrap());
}

/// The same table, made `seconds` earlier.
fn aged(made: &Table, seconds: u64) -> Table {
    let mut header: Header = made.header().clone();
    header.start = header.start.checked_sub(std::time::Duration::from_secs(seconds)).unwrap();
    write_words(made, &header.write(made.bytes() / 8));
    Table::open_shared(made.descriptor().unwrap().as_raw_fd(), made.epoch()).unwrap()
}

/// A table of eight slots that is ten seconds old, and the old session in all of them.
fn young() -> (Table, Table) {
    let made = Table::create_shared(Sizes { sessions: 8, spent: 8, limits: 8 }).unwrap();
    let young = aged(&made, 10);
    young.open_window(&OLD, 1, 0).unwrap();
    for other in 2..9 {
        young.open_window(&[other; 16], 1, 0).unwrap();
    }
    (made, young)
}

/// Eight new sessions, once the old ones may be forgotten. Their numbers are all there.
fn all_slots_again(made: &Table) -> Table {
    let old = aged(made, 300);
    for new in 100..108 {
        old.open_window(&[new; 16], 900, 0).unwrap();
    }
    old
}

fn assert_none_lost(table: &Table, before: &str) {
    for new in 100..108 {
        let slot = table.lookup(&[new; 16]).unwrap().slot;
        for number in 1..=3_000 {
            assert_eq!(Verdict::Fresh, table.accept(slot, number), "{before}: session {new}");
        }
    }
}

fn wait_until_stopped(running: &Running) {
    let pid = Pid::from_child(&running.process);
    let (_, status) = waitpid(Some(pid), WaitOptions::UNTRACED).unwrap().unwrap();
    assert!(status.stopped());
}

/// Look the session up, stop, go on when woken, and say what was accepted then.
pub fn child_stopped(table: &Table, argument: &str) {
    let first: u32 = argument.parse().unwrap();
    let slot = table.lookup(&OLD).unwrap().slot;
    kill_process(getpid(), Signal::STOP).unwrap();
    // The signal is the process's, and this thread may run on for a moment.
    children::wait_for(table, 1);
    let accepted =
        (first..first + 1_000).filter(|number| table.accept(slot, *number) == Verdict::Fresh).count();
    println!("accepted {accepted}.");
}

#[test]
fn a_worker_stopped_between_look_up_and_accept_while_the_slot_is_reused_accepts_nothing() {
    for first in [1, 500, 1_000_000] {
        let (made, young) = young();
        let running = children::start("stopped", &young, &first.to_string());
        wait_until_stopped(&running);
        let old = all_slots_again(&made);
        old.revoke();
        kill_process(Pid::from_child(&running.process), Signal::CONT).unwrap();
        let said = String::from_utf8(running.rest()).unwrap();
        assert!(said.contains("accepted 0."), "{said}");
        assert_none_lost(&old, "after");
    }
}

/// The same without the reuse: the worker accepts, so the test can fail.
#[test]
fn a_worker_stopped_and_woken_in_time_accepts() {
    let (_made, young) = young();
    let running = children::start("stopped", &young, "1");
    wait_until_stopped(&running);
    young.revoke();
    kill_process(Pid::from_child(&running.process), Signal::CONT).unwrap();
    let said = String::from_utf8(running.rest()).unwrap();
    assert!(said.contains("accepted 1000."), "{said}");
}

/// Offer numbers without a pause, until one is refused; then some more. Tells how many were accepted after
/// the first refusal.
pub fn child_running(table: &Table) {
    let slot = table.lookup(&OLD).unwrap().slot;
    println!("ready");
    let mut numbers = 1..NUMBERS;
    let before = numbers.by_ref().take_while(|number| table.accept(slot, *number) == Verdict::Fresh).count();
    let after = numbers.take(2_000).filter(|number| table.accept(slot, *number) == Verdict::Fresh).count();
    println!("before {before}. after {after}.");
}

fn stop_anywhere(rounds: u64) {
    let mut random = Random(5);
    let mut stopped_inside = 0;
    for _ in 0..rounds {
        let (made, young) = young();
        let mut running = children::start("running", &young, "");
        running.until("ready");
        std::thread::sleep(std::time::Duration::from_micros(random.below(800)));
        let pid = Pid::from_child(&running.process);
        kill_process(pid, Signal::STOP).unwrap();
        wait_until_stopped(&running);
        let old = all_slots_again(&made);
        kill_process(pid, Signal::CONT).unwrap();
        let said = String::from_utf8(running.rest()).unwrap();
        assert!(said.contains(" after 0."), "{said}");
        stopped_inside += u64::from(!said.contains(&format!("before {}.", NUMBERS - 1)));
        assert_none_lost(&old, &said);
    }
    assert!(stopped_inside > 0, "none of {rounds} was stopped while at it");
}

#[test]
fn a_worker_stopped_anywhere_while_the_slot_is_reused_takes_nothing_from_the_new_session() {
    stop_anywhere(20);
}

#[test]
#[ignore = "minutes; `make proof` runs it"]
fn full_a_thousand_workers_stopped_anywhere_take_nothing_from_the_new_session() {
    stop_anywhere(1_000);
}
