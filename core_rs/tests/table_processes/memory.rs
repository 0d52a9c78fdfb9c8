//! Too little memory.

use _core::table::{Sizes, Table};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::children;

/// Confine this process to the address space that it has and a little more, and try to make a table.
pub fn child(argument: &str) {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').next().unwrap().parse().unwrap();
    let more: u64 = argument.parse().unwrap();
    let hard = getrlimit(Resource::As).maximum;
    setrlimit(Resource::As, Rlimit { current: Some(pages * 4_096 + more), maximum: hard }).unwrap();
    let big = Sizes { sessions: 400_000, ..Sizes::default() };
    for made in [Table::create_shared(big), Table::in_process(big)] {
        match made {
            Ok(_) => println!("made."),
            Err(error) => println!("refused: {error}"),
        }
    }
}

#[test]
fn without_the_memory_a_table_is_refused_with_a_sentence() {
    let table = Table::create_shared(Sizes::default()).unwrap();
    let said =
        String::from_utf8(children::start("confined", &table, &(16 << 20).to_string()).rest()).unwrap();
    assert!(said.contains("refused: the table could not map its memory: "), "{said}");
    assert!(said.contains("refused: the table could not reserve its memory: "), "{said}");
    assert!(!said.contains("made."), "{said}");
}

#[test]
fn with_the_memory_the_same_table_is_made() {
    let table = Table::create_shared(Sizes::default()).unwrap();
    let said =
        String::from_utf8(children::start("confined", &table, &(512 << 20).to_string()).rest()).unwrap();
    assert!(!said.contains("refused"), "{said}");
}
