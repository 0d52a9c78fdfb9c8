//! What a request costs in the tables: look-up, window, limits, spent set; process memory beside shared memory.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use _core::limits::{Dimension, Limits, Policy, PolicyId};
use _core::mac::MacKey;
use _core::replay::{LAST_NUMBER, SlotRef};
use _core::table::{Sizes, Table};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};

fn tables(sizes: Sizes) -> Vec<(&'static str, Table)> {
    let mut tables = vec![("process", Table::in_process(sizes).unwrap())];
    #[cfg(target_os = "linux")]
    tables.push(("shared", Table::create_shared(sizes).unwrap()));
    tables
}

fn sid(number: u64) -> [u8; 16] {
    *blake3::hash(&number.to_le_bytes()).as_bytes().first_chunk().unwrap()
}

/// Numbers in order, session after session, so that none runs out.
struct Numbers<'a> {
    table: &'a Table,
    slot: SlotRef,
    session: u64,
    number: u32,
}

impl<'a> Numbers<'a> {
    fn new(table: &'a Table, session: u64) -> Self {
        let slot = table.open_window(&sid(session), 3_600, 0).unwrap();
        Self { table, slot, session, number: 0 }
    }

    fn next(&mut self) -> (SlotRef, u32) {
        if self.number == LAST_NUMBER {
            *self = Self::new(self.table, self.session + 1);
        }
        self.number += 1;
        (self.slot, self.number)
    }
}

fn windows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("window accept");
    for (name, table) in tables(Sizes { sessions: 10_000, ..Sizes::default() }) {
        let mut numbers = Numbers::new(&table, 0);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let (slot, number) = numbers.next();
                black_box(table.accept(slot, number))
            });
        });
    }
    group.finish();
}

/// One look-up and one number, over so many sessions in an order without a pattern: by itself, and as in a
/// request, where the check of a signature comes between asking for the memory and using it.
fn sessions(group: &mut BenchmarkGroup<'_, WallTime>, live: u32) {
    let key = MacKey::new(b"a session's key");
    let base = [b'x'; 430];
    for (name, table) in tables(Sizes { sessions: live, ..Sizes::default() }) {
        let sids: Vec<[u8; 16]> = (0..u64::from(live)).map(sid).collect();
        for sid in &sids {
            table.open_window(sid, 3_600, 0).unwrap();
        }
        // A full period over all sessions, far from any order of memory.
        let (mut at, mut number) = (0_usize, 1);
        let mut next = move |sessions: usize| {
            at = (at + 7_919 * 31) % sessions;
            number += u32::from(at < 64);
            (at, number)
        };
        group.bench_function(format!("{live} {name}"), |bencher| {
            bencher.iter(|| {
                let (at, number) = next(sids.len());
                let found = table.lookup(&sids[at]).unwrap();
                black_box(table.accept(found.slot, number))
            });
        });
        group.bench_function(format!("{live} {name}, behind a signature"), |bencher| {
            bencher.iter(|| {
                let (at, number) = next(sids.len());
                table.warm(&sids[at], number);
                black_box(key.mac(&[&base]));
                let found = table.lookup(&sids[at]).unwrap();
                black_box(table.accept(found.slot, number))
            });
        });
    }
}

fn lookups(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("look-up and accept, live sessions");
    let key = MacKey::new(b"a session's key");
    group.bench_function("the signature alone", |bencher| {
        bencher.iter(|| black_box(key.mac(&[&[b'x'; 430]])));
    });
    for live in [1_000, 1_000_000] {
        sessions(&mut group, live);
    }
    group.finish();
}

fn limits(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limits");
    for (name, table) in tables(Sizes::default()) {
        let policy = |name: &str| Policy::new(name, 2_000, 1, 4_000_000).unwrap();
        let policies = ["address", "session", "account", "tenant", "route"].map(policy).to_vec();
        let limits = Limits::new(Arc::new(table), policies).unwrap();
        let dimensions =
            [Dimension::Address, Dimension::Session, Dimension::Account, Dimension::Tenant, Dimension::Route];
        let debits: Vec<_> = dimensions
            .iter()
            .zip(0..)
            .map(|(dimension, id)| (limits.key(*dimension, b"x"), PolicyId(id)))
            .collect();
        for many in [1, 5] {
            group.bench_function(format!("{many} dimensions, {name}"), |bencher| {
                bencher.iter(|| black_box(limits.check(black_box(&debits[..many]))));
            });
        }
        group.bench_function(format!("key of an address, {name}"), |bencher| {
            bencher.iter(|| black_box(limits.key(Dimension::Address, black_box(&[127, 0, 0, 1]))));
        });
    }
    group.finish();
}

fn spent(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("spend");
    for name in ["process", "shared"] {
        let fresh = || {
            tables(Sizes { spent: 100_000, ..Sizes::default() }).into_iter().find(|(kind, _)| *kind == name)
        };
        let Some((_, mut table)) = fresh() else { continue };
        let mut used = 0_u64;
        group.bench_function(name, |bencher| {
            // A set is filled half and then replaced, which is not measured.
            bencher.iter_custom(|times| {
                let mut taken = Duration::ZERO;
                for _ in 0..times {
                    used += 1;
                    if used.is_multiple_of(50_000) {
                        table = fresh().unwrap().1;
                    }
                    let start = Instant::now();
                    black_box(table.spend(&used.to_le_bytes(), 60));
                    taken += start.elapsed();
                }
                taken
            });
        });
    }
    group.finish();
}

criterion_group!(benches, windows, lookups, limits, spent);
criterion_main!(benches);
