use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};

use super::*;
use crate::spent::Spending;

const SIZES: Sizes = Sizes { sessions: 64, spent: 64, limits: 64 };
const ALL: SealFlags = SealFlags::SHRINK.union(SealFlags::GROW).union(SealFlags::SEAL);

fn shared() -> Table {
    Table::create_shared(SIZES).unwrap()
}

fn raw(table: &Table) -> RawFd {
    table.descriptor().unwrap().as_raw_fd()
}

/// A sealed file of these bytes.
fn sealed(bytes: &[u8], seals: SealFlags) -> OwnedFd {
    let file = memfd_create("test", MemfdFlags::ALLOW_SEALING).unwrap();
    let mut file = File::from(file);
    file.write_all(bytes).unwrap();
    fcntl_add_seals(&file, seals).unwrap();
    file.into()
}

fn bytes(table: &Table) -> Vec<u8> {
    (0..table.bytes() / 8).flat_map(|at| table.view().load(at).to_le_bytes()).collect()
}

fn refusal(file: impl AsFd, epoch: Epoch) -> String {
    Table::open_shared(file.as_fd().as_raw_fd(), epoch).unwrap_err().to_string()
}

#[test]
fn what_one_spends_the_other_knows() {
    let made = shared();
    let opened = Table::open_shared(raw(&made), made.epoch()).unwrap();
    let slot = made.open_window(&[1; 16], 900, 9).unwrap();
    assert_eq!(made.lookup(&[1; 16]), opened.lookup(&[1; 16]));
    assert_eq!(Verdict::Fresh, made.accept(slot, 5));
    assert_eq!(Verdict::Replayed { next: 6 }, opened.accept(slot, 5));
    assert_eq!(Spending::Accepted, opened.spend(b"id", 60));
    assert_eq!(Spending::Spent, made.spend(b"id", 60));
    assert_eq!(1, opened.revoke());
    assert_eq!(1, made.revocations());
    assert_eq!(made.header(), opened.header());
}

#[test]
fn the_memory_outlives_the_one_who_made_it() {
    let made = shared();
    let opened = Table::open_shared(raw(&made), made.epoch()).unwrap();
    let slot = made.open_window(&[1; 16], 900, 9).unwrap();
    drop(made);
    assert_eq!(Verdict::Fresh, opened.accept(slot, 5));
}

#[test]
fn nobody_can_change_the_length_or_the_seals() {
    let made = shared();
    let file = made.descriptor().unwrap();
    for length in [0, 4_096, made.bytes() as u64 - 1, made.bytes() as u64 + 4_096] {
        assert!(ftruncate(file, length).is_err(), "{length}");
    }
    assert!(fcntl_add_seals(file, SealFlags::WRITE).is_err());
    assert_eq!(Verdict::Fresh, made.accept(made.open_window(&[1; 16], 900, 9).unwrap(), 5));
}

#[test]
fn all_of_the_memory_is_there_from_the_start() {
    let made = shared();
    let facts = rustix::fs::fstat(made.descriptor().unwrap()).unwrap();
    assert!(u64::try_from(facts.st_blocks).unwrap() * 512 >= made.bytes() as u64);
}

#[test]
fn a_foreign_descriptor_is_refused_with_a_sentence() {
    let foreign = "the descriptor is not a table of this program";
    assert_eq!(foreign, refusal(File::open("/proc/self/exe").unwrap(), Epoch(1)));
    assert_eq!(foreign, refusal(sealed(&[], ALL), Epoch(1)));
    assert_eq!(foreign, refusal(sealed(&[0; 4_095], ALL), Epoch(1)));
    assert_eq!(foreign, refusal(sealed(&[0; 4_097], ALL), Epoch(1)));
    assert_eq!(foreign, refusal(sealed(&[0; 8_192], ALL), Epoch(1)));
    for closed in [-1, -7, 999_999] {
        let error = Table::open_shared(closed, Epoch(1)).unwrap_err().to_string();
        assert!(error.starts_with("the table could not use the descriptor: "), "{error}");
    }
}

#[test]
fn an_unsealed_or_half_sealed_table_is_refused_with_a_sentence() {
    let made = shared();
    for seals in [SealFlags::empty(), SealFlags::SHRINK, SealFlags::SHRINK | SealFlags::GROW] {
        let refused = refusal(sealed(&bytes(&made), seals), made.epoch());
        assert_eq!("the table's memory is not sealed, so its length could change under the workers", refused);
    }
    assert!(
        Table::open_shared(sealed(&bytes(&made), ALL).as_raw_fd(), made.epoch()).is_ok(),
        "the copy is whole"
    );
}

#[test]
fn a_table_that_nobody_may_write_is_refused_with_a_sentence() {
    let made = shared();
    let refused = refusal(sealed(&bytes(&made), ALL | SealFlags::WRITE), made.epoch());
    assert!(refused.starts_with("the table could not map its memory: "), "{refused}");
}

#[test]
fn a_truncated_or_lengthened_table_is_refused_with_a_sentence() {
    let made = shared();
    let whole = bytes(&made);
    let told = whole.len();
    let refused = refusal(sealed(&whole[..told - 8], ALL), made.epoch());
    assert_eq!(format!("the table is {} bytes long and says of itself {told}", told - 8), refused);
    let longer: Vec<u8> = whole.iter().copied().chain([0; 8]).collect();
    let refused = refusal(sealed(&longer, ALL), made.epoch());
    assert_eq!(format!("the table is {} bytes long and says of itself {told}", told + 8), refused);
}

#[test]
fn a_table_of_an_older_life_layout_or_boot_is_refused_with_a_sentence() {
    let (made, other) = (shared(), shared());
    let refused = refusal(made.descriptor().unwrap(), other.epoch());
    assert_eq!(
        format!("the table is of epoch {}, the supervisor named {}", made.epoch(), other.epoch()),
        refused
    );

    let mut layout = bytes(&made);
    layout[8] = 9;
    let refused = refusal(sealed(&layout, ALL), made.epoch());
    assert!(refused.starts_with("the table has layout 9, this program knows layout 1"), "{refused}");

    let of_another_boot = Header { boot: [3; 16], ..made.header().clone() };
    let refused = refusal(sealed(&rewritten(&made, &of_another_boot), ALL), made.epoch());
    assert_eq!("the table is from before the machine was last started", refused);
}

#[test]
fn a_damaged_first_page_is_refused_with_a_sentence() {
    let made = shared();
    let mut damaged = bytes(&made);
    damaged[24] ^= 1;
    assert_eq!("the table's first page is damaged", refusal(sealed(&damaged, ALL), made.epoch()));

    // Whole by its checksum, and impossible: sizes that are not those of its length, or no sizes at all.
    for sizes in [Sizes { sessions: 640, ..SIZES }, Sizes { sessions: 0, ..SIZES }] {
        let impossible = Header { sizes, ..made.header().clone() };
        let refused = refusal(sealed(&rewritten(&made, &impossible), ALL), made.epoch());
        assert_eq!("the table's first page is damaged", refused);
    }
}

fn rewritten(table: &Table, header: &Header) -> Vec<u8> {
    let mut whole = bytes(table);
    let words = header.write(whole.len() / 8);
    for (chunk, word) in whole.as_chunks_mut().0.iter_mut().zip(words) {
        *chunk = word.to_le_bytes();
    }
    whole
}

#[test]
fn a_table_in_process_memory_has_no_descriptor() {
    assert!(Table::in_process(SIZES).unwrap().descriptor().is_none());
}

#[test]
fn more_memory_than_the_machine_has_is_refused_with_a_sentence() {
    let error = super::super::shared::create(1 << 45).unwrap_err().to_string();
    assert!(error.starts_with("the table needs 268435456 MiB of memory and "), "{error}");
}

#[test]
fn memory_that_the_system_does_not_reserve_is_refused_with_a_sentence() {
    let error = super::super::shared::create(0).unwrap_err().to_string();
    assert!(error.starts_with("the table could not reserve its memory: "), "{error}");
}
