//! Starting children, and being one.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use _core::keys::names::Epoch;
use _core::table::Table;

const ROLE: &str = "TABLE_TEST_ROLE";
const DESCRIPTOR: &str = "TABLE_TEST_DESCRIPTOR";
const EPOCH: &str = "TABLE_TEST_EPOCH";
const ARGUMENT: &str = "TABLE_TEST_ARGUMENT";

/// A child that runs until it is waited for or dropped.
pub struct Running {
    pub process: Child,
    pub output: BufReader<ChildStdout>,
    // Open as long as the child, which inherited it.
    _descriptor: OwnedFd,
}

impl Running {
    /// Read lines until the child says `word`.
    pub fn until(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert_ne!(0, self.output.read_line(&mut line).unwrap(), "the child ended before it said {word}");
        }
    }

    /// What else it says, once it has ended.
    pub fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.output.read_to_end(&mut rest).unwrap();
        self.process.wait().unwrap();
        rest
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn start(role: &str, table: &Table, argument: &str) -> Running {
    // A duplicate is inherited, the table's own descriptor is not.
    let descriptor = rustix::io::dup(table.descriptor().unwrap()).unwrap();
    let mut process = Command::new(env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .env(DESCRIPTOR, descriptor.as_raw_fd().to_string())
        .env(EPOCH, table.epoch().to_string())
        .env(ARGUMENT, argument)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(process.stdout.take().unwrap());
    Running { process, output, _descriptor: descriptor }
}

/// The part of a child: the role named by its parent, if there is one.
pub fn play() {
    let Ok(role) = env::var(ROLE) else { return };
    let argument = env::var(ARGUMENT).unwrap();
    let open = || {
        let epoch = Epoch::parse(env::var(EPOCH).unwrap().as_bytes()).unwrap();
        Table::open_shared(env::var(DESCRIPTOR).unwrap().parse().unwrap(), epoch).unwrap()
    };
    match role.as_str() {
        "storm" => crate::storm::child(&open(), &argument),
        "storm-alone" => crate::storm::child_alone(&open(), &argument),
        "spending" => crate::kills::child_spending(&open(), &argument),
        "opening" => crate::kills::child_opening(&open(), &argument),
        "stopped" => crate::reuse::child_stopped(&open(), &argument),
        "running" => crate::reuse::child_running(&open()),
        "limited" => crate::limits::child(open(), &argument),
        "confined" => crate::memory::child(&argument),
        other => panic!("no role {other}"),
    }
}

/// Wait for the parent's signal.
pub fn wait_for(table: &Table, revocations: u64) {
    while table.revocations() < revocations {
        std::thread::sleep(Duration::from_micros(50));
    }
}

/// A generator of random numbers that is the same in every run (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }
}
