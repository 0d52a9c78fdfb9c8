//! Every number of several sessions offered by every process, in scrambled order.

use std::io::Write;
use std::{fs, io};

use _core::replay::{LAST_NUMBER, Verdict};
use _core::table::{Sizes, Table};

use crate::children::{self, Random, Running};

/// Numbers are scrambled within blocks so small that the first offer of a number is never behind the window:
/// whoever is far enough ahead to make it too old has offered it itself.
const BLOCK: u32 = 256;

fn sid(session: u64) -> [u8; 16] {
    (u128::from(session) * 0x1_0000_0001_0000_0001_0000_0001 + 77).to_le_bytes()
}

struct Storm {
    sessions: u64,
    numbers: u32,
}

impl Storm {
    fn parse(text: &str) -> (Self, u64, String) {
        let parts: Vec<&str> = text.split(' ').collect();
        let storm = Self { sessions: parts[0].parse().unwrap(), numbers: parts[1].parse().unwrap() };
        (storm, parts[2].parse().unwrap(), parts[3].to_owned())
    }

    /// Offer everything; one bit for each number that was accepted.
    fn run(&self, table: &Table, seed: u64) -> Vec<u8> {
        let mut random = Random(seed);
        let mut accepted = vec![0; (self.sessions * u64::from(self.numbers)).div_ceil(8) as usize];
        for session in 0..self.sessions {
            let slot = table.lookup(&sid(session)).unwrap().slot;
            let mut block: Vec<u32> = Vec::new();
            for first in (1..=self.numbers).step_by(BLOCK as usize) {
                block.clear();
                block.extend(first..(first + BLOCK).min(self.numbers + 1));
                for at in (1..block.len()).rev() {
                    block.swap(at, random.below(at as u64 + 1) as usize);
                }
                for number in &block {
                    if table.accept(slot, *number) == Verdict::Fresh {
                        let bit = session * u64::from(self.numbers) + u64::from(number - 1);
                        accepted[bit as usize / 8] |= 1 << (bit % 8);
                    }
                }
            }
        }
        accepted
    }

    fn open(&self, table: &Table) {
        for session in 0..self.sessions {
            table.open_window(&sid(session), 3_600, 0).unwrap();
        }
    }
}

pub fn child(table: &Table, argument: &str) {
    let (storm, seed, file) = Storm::parse(argument);
    println!("ready");
    children::wait_for(table, 1);
    fs::write(file, storm.run(table, seed)).unwrap();
}

/// The same in a table of its own: what happens where nothing is shared.
pub fn child_alone(table: &Table, argument: &str) {
    let (storm, seed, file) = Storm::parse(argument);
    println!("ready");
    children::wait_for(table, 1);
    let own = Table::in_process(Sizes::default()).unwrap();
    storm.open(&own);
    fs::write(file, storm.run(&own, seed)).unwrap();
}

/// How many numbers were accepted by nobody, by exactly one and by several, and by each process.
fn storm(role: &str, processes: u64, sessions: u64, numbers: u32) -> (u64, u64, u64, Vec<u64>) {
    let table = Table::create_shared(Sizes::default()).unwrap();
    let storm = Storm { sessions, numbers };
    storm.open(&table);
    let folder = tempfile::tempdir().unwrap();
    let file = |seed: u64| folder.path().join(seed.to_string()).display().to_string();
    let mut children: Vec<Running> = (0..processes)
        .map(|seed| children::start(role, &table, &format!("{sessions} {numbers} {seed} {}", file(seed))))
        .collect();
    for child in &mut children {
        child.until("ready");
    }
    table.revoke();
    for child in children {
        child.rest();
    }
    let accepted: Vec<Vec<u8>> = (0..processes).map(|seed| fs::read(file(seed)).unwrap()).collect();
    let (mut nobody, mut one, mut several) = (0, 0, 0);
    for bit in 0..sessions * u64::from(numbers) {
        let by = accepted.iter().filter(|bits| bits[bit as usize / 8] >> (bit % 8) & 1 == 1).count();
        match by {
            0 => nobody += 1,
            1 => one += 1,
            _ => several += 1,
        }
    }
    let wins =
        accepted.iter().map(|bits| bits.iter().map(|byte| u64::from(byte.count_ones())).sum()).collect();
    let _ = writeln!(
        io::stderr(),
        "{role}: {processes} processes, {one} once, {several} twice, {nobody} never, {wins:?}"
    );
    (nobody, one, several, wins)
}

#[test]
fn two_and_four_processes_accept_every_number_exactly_once() {
    for processes in [2, 4] {
        let (nobody, one, several, _) = storm("storm", processes, 2, 100_000);
        assert_eq!((0, 200_000, 0), (nobody, one, several));
    }
}

#[test]
fn without_sharing_the_same_storm_accepts_numbers_twice() {
    let (nobody, one, several, _) = storm("storm-alone", 2, 1, 10_000);
    assert_eq!((0, 0, 10_000), (nobody, one, several));
}

#[test]
#[ignore = "minutes; `make proof` runs it"]
fn full_two_and_four_processes_accept_ten_million_numbers_exactly_once() {
    for processes in [2, 4] {
        let (nobody, one, several, wins) = storm("storm", processes, 10, 1_000_000);
        assert_eq!((0, 10_000_000, 0), (nobody, one, several));
        assert!(wins.iter().all(|wins| *wins > 100_000), "no race: {wins:?}");
    }
}

#[test]
#[ignore = "minutes; `make proof` runs it"]
fn full_a_whole_session_to_its_last_number() {
    let (nobody, one, several, _) = storm("storm", 2, 1, LAST_NUMBER);
    assert_eq!((0, u64::from(LAST_NUMBER), 0), (nobody, one, several));
}
