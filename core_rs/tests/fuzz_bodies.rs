//! What the fuzz targets do, with the seeds and with bytes from a generator: the short form of `make fuzz`, which needs
//! no fuzzer. (Those of bundles use what is compiled for a fuzzer alone.)
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "a test, outside of what clippy takes for one"
)]

use std::fs;
use std::path::Path;

use arbitrary::{Arbitrary, Unstructured};

/// A generator of random bytes that is the same in every run (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap()
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// The seeds of a target as they are and with a bit changed, and random bytes of all lengths.
fn inputs(target: &str, rounds: usize) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let seeds = fs::read_dir(folder).into_iter().flatten();
    let seeds: Vec<Vec<u8>> = seeds.map(|seed| fs::read(seed.unwrap().path()).unwrap()).collect();
    let mut random = Random(rounds as u64);
    let mut inputs = seeds.clone();
    for round in 0..rounds {
        if let Some(seed) = seeds.get(round % (seeds.len() + 1)) {
            let mut near = seed.clone();
            let at = random.below(near.len());
            near[at] ^= 1 << random.below(8);
            inputs.push(near);
        } else {
            let length = random.below(600);
            inputs.push(random.bytes(length));
        }
    }
    inputs
}

macro_rules! targets {
    ($($name:ident $path:literal $rounds:literal)*) => {
        $(
            #[path = $path]
            mod $name;
        )*

        mod holds {
            use super::*;
            $(
                #[test]
                fn $name() {
                    let inputs = inputs(stringify!($name), $rounds);
                    let ran = inputs.iter().filter(|bytes| {
                        let input = super::$name::Input::arbitrary_take_rest(Unstructured::new(bytes));
                        input.map(super::$name::run).is_ok()
                    });
                    assert!(ran.count() > $rounds / 4, "most bytes are no input");
                }
            )*
        }
    };
}

targets! {
    csv "../fuzz/bodies/csv.rs" 4_000
    data "../fuzz/bodies/data.rs" 2_000
    fields "../fuzz/bodies/fields.rs" 4_000
    json "../fuzz/bodies/json.rs" 20_000
    jsonc "../fuzz/bodies/jsonc.rs" 20_000
    memo "../fuzz/bodies/memo.rs" 4_000
    meta "../fuzz/bodies/meta.rs" 2_000
    model "../fuzz/bodies/model.rs" 2_000
    names "../fuzz/bodies/names.rs" 20_000
    policy "../fuzz/bodies/policy.rs" 2_000
    project "../fuzz/bodies/project.rs" 10_000
    rbxm "../fuzz/bodies/rbxm.rs" 4_000
    request_head "../fuzz/bodies/request_head.rs" 1_000
    signed_request "../fuzz/bodies/signed_request.rs" 1_000
    table_header "../fuzz/bodies/table_header.rs" 4_000
}
