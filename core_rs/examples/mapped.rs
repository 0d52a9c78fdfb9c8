//! The blake3 crate's own way to hash a file, mapped and on all threads: what tests/benchmarks compares with.
//!
//! `mapped FILE THREADS` prints the seconds that it took.

use std::env::args;
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let (Some(path), Some(threads)) = (args().nth(1), args().nth(2)) else {
        return Err("usage: mapped FILE THREADS".into());
    };
    rayon::ThreadPoolBuilder::new().num_threads(threads.parse()?).build_global()?;
    let begin = Instant::now();
    let mut state = blake3::Hasher::new();
    state.update_mmap_rayon(path)?;
    std::hint::black_box(state.finalize());
    println!("{}", begin.elapsed().as_secs_f64());
    Ok(())
}
