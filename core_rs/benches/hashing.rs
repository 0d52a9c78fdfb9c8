//! Digests: how the cost grows with the file, and what the memo saves.

use std::fs;
use std::hint::black_box;

use _core::hashing::{Algorithm, Memo, TreeOptions, blake3, hash_file, hash_tree, sha256};
use _core::watch::Watch;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const SIZES: [usize; 5] = [64, 1 << 10, 64 << 10, 1 << 20, 16 << 20];
const TREE_FILES: usize = 2_000;

fn bytes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bytes");
    for size in SIZES {
        let data = vec![7; size];
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_with_input(BenchmarkId::new("blake3", size), &data, |bencher, data| {
            bencher.iter(|| blake3(black_box(data)));
        });
        group.bench_with_input(BenchmarkId::new("sha256", size), &data, |bencher, data| {
            bencher.iter(|| sha256(black_box(data)));
        });
    }
}

fn files(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut group = criterion.benchmark_group("file");
    for size in SIZES {
        let path = folder.path().join(size.to_string());
        fs::write(&path, vec![7; size]).expect("it can be written");
        group.throughput(Throughput::Bytes(size as u64));
        for (name, algorithm) in [("blake3", Algorithm::Blake3), ("sha256", Algorithm::Sha256)] {
            group.bench_with_input(BenchmarkId::new(name, size), &path, |bencher, path| {
                bencher.iter(|| hash_file(path, algorithm, None, &Watch::new()));
            });
        }
    }
}

fn tree(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for number in 0..TREE_FILES {
        fs::write(folder.path().join(format!("{number}.txt")), vec![7; 2_300]).expect("it can be written");
    }
    // A memo trusts no file that is younger.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    let run = |memo: Option<&mut Memo>| {
        let options = TreeOptions { algorithm: Algorithm::Blake3, memo, threads: None };
        hash_tree(folder.path(), options, &Watch::new()).expect("it can be read").files_read
    };
    let mut memo = Memo::new(Algorithm::Blake3);
    run(Some(&mut memo));
    let mut group = criterion.benchmark_group("tree of 2,000 files");
    group.bench_function("read", |bencher| bencher.iter(|| run(None)));
    group.bench_function("remembered", |bencher| bencher.iter(|| run(Some(&mut memo))));
    group.bench_function("memo to bytes and back", |bencher| {
        bencher.iter(|| Memo::from_bytes(&memo.to_bytes()));
    });
}

criterion_group!(benches, bytes, files, tree);
criterion_main!(benches);
