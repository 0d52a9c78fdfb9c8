//! Packing, checking and unpacking a small folder of text.

use std::fs;
use std::path::Path;

use _core::bundle::{
    Bundle, DEFAULT_MOST_UNPACKED_BYTES, PackOptions, UnpackOptions, pack_folder, unpack, verify,
};
use _core::watch::Watch;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

const FILES: u64 = 1_000;

fn write(root: &Path) -> u64 {
    let mut total = 0;
    for number in 0..FILES {
        let folder = root.join(format!("unit{}", number % 20));
        fs::create_dir_all(&folder).expect("it can be made");
        let text = format!("local lesson = {}\nreturn lesson.start({number})\n", number * 7_919).repeat(100);
        total += text.len() as u64;
        fs::write(folder.join(format!("lesson{number}.luau")), text).expect("it can be written");
    }
    total
}

fn bundle(criterion: &mut Criterion) {
    let place = tempfile::tempdir().expect("a temporary folder");
    let (folder, out) = (place.path().join("folder"), place.path().join("bundle"));
    let bytes = write(&folder);
    let pack = |base: Option<&Bundle>, out: &Path| {
        let options = PackOptions { base, ..PackOptions::default() };
        pack_folder(&folder, out, options, &Watch::new()).expect("it can be packed").bytes
    };
    pack(None, &out);
    let open = || Bundle::open(&out, DEFAULT_MOST_UNPACKED_BYTES).expect("it can be opened");

    let mut group = criterion.benchmark_group("folder of 1,000 files");
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("pack", |bencher| bencher.iter(|| pack(None, &out)));
    let base = open();
    let changes = place.path().join("changes");
    group.bench_function("pack what changed", |bencher| bencher.iter(|| pack(Some(&base), &changes)));
    group.bench_function("open", |bencher| bencher.iter(open));
    group.bench_function("verify", |bencher| {
        bencher.iter(|| verify(&base, &UnpackOptions::default(), &Watch::new()).expect("it is whole"));
    });
    group.bench_function("unpack", |bencher| {
        let target = place.path().join("target");
        bencher.iter_batched(
            || drop(fs::remove_dir_all(&target)),
            |()| {
                unpack(&base, &target, &UnpackOptions::default(), &Watch::new()).expect("it can be unpacked")
            },
            BatchSize::PerIteration,
        );
    });
}

criterion_group!(benches, bundle);
criterion_main!(benches);
