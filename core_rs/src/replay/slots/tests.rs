use std::cell::{Cell as Plain, RefCell};
use std::collections::HashSet;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use super::*;
use crate::replay::{Census, REUSE_AFTER_SECONDS, TableShape};
use crate::table::machine::{Cells, Peer};

/// A machine of one thread whose time and dead are set by the test.
struct Bench {
    cells: Box<[AtomicU64]>,
    seconds: Plain<u64>,
    me: Plain<u32>,
    dead: Plain<Option<u32>>,
    /// Lines that were asked for, and lines that were read.
    asked: RefCell<HashSet<usize>>,
    read: RefCell<HashSet<usize>>,
}

impl Bench {
    fn new(words: usize) -> Self {
        let cells = (0..words).map(|_| AtomicU64::new(0)).collect();
        Self {
            cells,
            seconds: Plain::new(0),
            me: Plain::new(1),
            dead: Plain::new(None),
            asked: RefCell::default(),
            read: RefCell::default(),
        }
    }

    fn wait(&self, seconds: u64) {
        self.seconds.set(self.seconds.get() + seconds);
    }
}

impl Cells for Bench {
    fn load(&self, at: usize) -> u64 {
        self.read.borrow_mut().insert(at / 8);
        self.cells.load(at)
    }
    fn store(&self, at: usize, value: u64) {
        self.cells.store(at, value);
    }
    fn swap_if(&self, at: usize, seen: u64, new: u64) -> bool {
        self.cells.swap_if(at, seen, new)
    }
    fn prefetch(&self, at: usize) {
        self.asked.borrow_mut().insert(at / 8);
    }
}

impl Machine for Bench {
    fn now(&self) -> Duration {
        Duration::from_secs(self.seconds.get())
    }
    fn me(&self) -> Peer {
        Peer { pid: self.me.get(), started: 9 }
    }
    fn is_dead(&self, peer: Peer) -> bool {
        self.dead.get() == Some(peer.pid)
    }
}

type Real = Slots<TableShape>;

fn sid(number: u64) -> [u8; 16] {
    *blake3::hash(&number.to_le_bytes()).as_bytes().first_chunk().unwrap()
}

fn table(buckets: usize) -> (Bench, Real) {
    (Bench::new(buckets * Real::BUCKET), Real::new(0, buckets))
}

#[test]
fn a_session_is_found_under_its_sid_and_its_numbers_are_spent_once() {
    let (bench, slots) = table(3);
    assert_eq!(None, slots.lookup(&bench, &sid(1)));
    let slot = slots.open(&bench, &sid(1), 900, 77).unwrap();
    assert_eq!(Some(Found { slot, tag: 77, ends: 961 }), slots.lookup(&bench, &sid(1)));
    assert_eq!(Verdict::Fresh, slots.accept(&bench, slot, 1));
    assert_eq!(Verdict::Replayed { next: 2 }, slots.accept(&bench, slot, 1));
    assert_eq!(Verdict::TooFar, slots.accept(&bench, slot, 0));
    assert_eq!(None, slots.lookup(&bench, &sid(2)));
}

#[test]
fn a_session_that_was_ended_takes_no_number_and_no_other_does_with_it() {
    let (bench, slots) = table(3);
    let slot = slots.open(&bench, &sid(1), 900, 0).unwrap();
    let other = slots.open(&bench, &sid(2), 900, 0).unwrap();
    assert_eq!(Verdict::Fresh, slots.accept(&bench, slot, 1));
    assert_eq!([false, true, true], [3, 1, 1].map(|number| slots.end(&bench, &sid(number))));
    assert_eq!([Verdict::Ended; 2], [1, 2].map(|number| slots.accept(&bench, slot, number)));
    assert_eq!(Verdict::Fresh, slots.accept(&bench, other, 1));
}

#[test]
fn every_slot_is_used_before_one_is_refused_where_the_table_is_walked_whole() {
    let (bench, slots) = table(5);
    let opened: HashSet<u64> =
        (0..40).map(|number| slots.open(&bench, &sid(number), 900, 0).unwrap().to_bits()).collect();
    assert_eq!(40, opened.len());
    assert_eq!(Err(OpenRefused::Full), slots.open(&bench, &sid(40), 900, 0));
    for number in 0..40 {
        assert!(slots.lookup(&bench, &sid(number)).is_some());
    }
    assert_eq!(None, slots.lookup(&bench, &sid(40)));
}

#[test]
fn a_session_lives_its_life_and_the_overlap_and_its_slot_waits_two_minutes_more() {
    let (bench, slots) = table(1);
    for number in 0..8 {
        slots.open(&bench, &sid(number), 30, 0).unwrap();
    }
    bench.wait(90);
    let kept = slots.lookup(&bench, &sid(0)).unwrap().slot;
    assert_eq!(Verdict::Fresh, slots.accept(&bench, kept, 1));
    bench.wait(1);
    assert_eq!(None, slots.lookup(&bench, &sid(0)));
    assert_eq!(
        Verdict::Gone,
        slots.accept(&bench, kept, 2),
        "a slot that was kept is of no use after the end"
    );
    bench.wait(REUSE_AFTER_SECONDS - 1);
    assert_eq!(Err(OpenRefused::Full), slots.open(&bench, &sid(8), 30, 0));
    bench.wait(1);
    assert!(slots.open(&bench, &sid(8), 30, 0).is_ok());
}

#[test]
fn a_late_accept_into_a_reused_slot_is_gone_and_costs_the_new_session_nothing() {
    let (bench, slots) = table(1);
    let old: Vec<_> = (0..8).map(|number| slots.open(&bench, &sid(number), 1, 0).unwrap()).collect();
    bench.wait(200);
    for number in 8..16 {
        slots.open(&bench, &sid(number), 900, 0).unwrap();
    }
    for slot in &old {
        for number in [1, 2, 961, 1_049_536] {
            assert_eq!(Verdict::Gone, slots.accept(&bench, *slot, number));
        }
    }
    for number in 8..16 {
        let slot = slots.lookup(&bench, &sid(number)).unwrap().slot;
        for number in 1..=2_000 {
            assert_eq!(Verdict::Fresh, slots.accept(&bench, slot, number));
        }
    }
}

#[test]
fn the_slot_of_a_dead_claimer_is_taken_back_and_that_of_a_living_one_is_not() {
    let (bench, slots) = table(1);
    for way in 0..8 {
        let claim = Control { generation: 4, state: State::Claiming(Peer { pid: 70 + way, started: 9 }) };
        bench.store(way as usize, claim.word());
    }
    assert_eq!(Err(OpenRefused::Full), slots.open(&bench, &sid(1), 900, 0));
    bench.dead.set(Some(73));
    let slot = slots.open(&bench, &sid(1), 900, 0).unwrap();
    assert_eq!(SlotRef { index: 3, generation: 5 }, slot);
    assert_eq!(Verdict::Fresh, slots.accept(&bench, slot, 1));
}

#[test]
fn a_sid_is_refused_as_long_as_its_slot_remembers_it() {
    let (bench, slots) = table(2);
    slots.open(&bench, &sid(1), 1, 0).unwrap();
    assert_eq!(Err(OpenRefused::Duplicate), slots.open(&bench, &sid(1), 1, 0));
    bench.wait(100);
    assert_eq!(Err(OpenRefused::Duplicate), slots.open(&bench, &sid(1), 1, 0));
}

#[test]
fn a_life_of_nothing_or_of_days_is_refused() {
    let (bench, slots) = table(1);
    for life in [0, LIFE_SECONDS_MOST + 1, u32::MAX] {
        assert_eq!(Err(OpenRefused::Life), slots.open(&bench, &sid(1), life, 0));
    }
    assert!(slots.open(&bench, &sid(1), LIFE_SECONDS_MOST, 0).is_ok());
}

#[test]
fn a_slot_whose_generations_are_used_up_is_retired() {
    let (bench, slots) = table(1);
    for way in 0..8 {
        let lease = Lease { ends: 1, fingerprint: 0 };
        let generation = if way == 5 { LAST_GENERATION - 1 } else { LAST_GENERATION };
        bench.store(way, Control { generation, state: State::Live(lease) }.word());
    }
    bench.wait(1_000);
    let slot = slots.open(&bench, &sid(1), 1, 0).unwrap();
    assert_eq!(SlotRef { index: 5, generation: LAST_GENERATION }, slot);
    assert_eq!(Verdict::Fresh, slots.accept(&bench, slot, 1));
    bench.wait(1_000);
    assert_eq!(Err(OpenRefused::Full), slots.open(&bench, &sid(2), 1, 0));
}

#[test]
fn slots_are_counted_by_their_state() {
    let (bench, slots) = table(1);
    slots.open(&bench, &sid(1), 900, 0).unwrap();
    let claiming = State::Claiming(Peer { pid: 70, started: 9 });
    bench.store(1, Control { generation: 1, state: claiming }.word());
    let announced = State::Announced(Lease { ends: 0, fingerprint: 0 });
    bench.store(2, Control { generation: 1, state: announced }.word());
    assert_eq!(Census { slots: 8, free: 5, claiming: 1, announced: 1, used: 1 }, slots.census(&bench));
}

#[test]
fn a_slot_that_does_not_exist_is_gone() {
    let (bench, slots) = table(1);
    for index in [8, 9, u32::MAX] {
        assert_eq!(Verdict::Gone, slots.accept(&bench, SlotRef { index, generation: 0 }, 1));
    }
    assert_eq!(Verdict::Gone, slots.accept(&bench, SlotRef { index: 0, generation: 0 }, 1), "never opened");
    let lease = Lease { ends: 900, fingerprint: 0 };
    bench.store(0, Control { generation: 0, state: State::Announced(lease) }.word());
    assert_eq!(Verdict::Gone, slots.accept(&bench, SlotRef { index: 0, generation: 0 }, 2), "not yet live");
}

#[test]
fn ten_thousand_sessions_find_room_in_a_table_made_for_them_and_short_look_ups() {
    let buckets = 10_000 * 320 / (Real::BUCKET * 8);
    let buckets = crate::table::probes::bucket_count(buckets, Real::PROBES);
    let (bench, slots) = table(buckets);
    let refused = (0..10_000).filter(|number| slots.open(&bench, &sid(*number), 900, 0).is_err()).count();
    assert_eq!(0, refused);
    assert!((0..10_000).all(|number| slots.lookup(&bench, &sid(number)).is_some()));
}

#[test]
fn a_request_whose_session_is_in_its_first_bucket_reads_only_lines_that_were_asked_for() {
    let (bench, slots) = table(101);
    for number in 0..80 {
        slots.open(&bench, &sid(number), 900, 0).unwrap();
    }
    for number in 0..80_u32 {
        bench.asked.take();
        slots.warm(&bench, &sid(number.into()), number + 1);
        bench.read.take();
        let slot = slots.lookup(&bench, &sid(number.into())).unwrap().slot;
        assert_eq!(Verdict::Fresh, slots.accept(&bench, slot, number + 1));
        let (asked, read) = (bench.asked.take(), bench.read.take());
        assert_eq!(6, asked.len());
        assert!(read.is_subset(&asked), "80 sessions in 808 slots are all in their first bucket");
    }
}
