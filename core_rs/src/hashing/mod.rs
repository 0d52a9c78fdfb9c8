//! Digests of bytes, files and whole trees; a memo makes an unchanged tree cost only its listing.
#![allow(
    missing_docs,
    reason = "names and messages speak for themselves; what they leave open has a comment"
)]

mod bytes;
mod error;
mod file;
mod look;
mod memo;
mod memo_file;
mod stamp;
mod tree;
mod verify;
mod walk;

pub use bytes::{Algorithm, DIGEST_LENGTH, Digest, blake3, sha256};
pub use error::HashingError;
pub(crate) use error::Shown;
pub(crate) use file::{check_unchanged, read_exact_at, read_to_end_at};
pub use file::{hash_file, hash_small_file};
pub(crate) use look::{open, open_found};
pub use memo::{Known, MOST_PIECE_BYTES, Memo, Piece};
pub use memo_file::MemoFault;
pub use stamp::{Stamp, now_ns};
pub use tree::{Tree, TreeFile, TreeOptions, hash_tree};
pub use verify::verify_memo;
pub(crate) use walk::{Found, Listing, list};
pub use walk::{SkipReason, Skipped};

/// The lower-case hexadecimal of `bytes`.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // A String takes every write.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Threads of its own for one operation: as many as asked for, or as the machine has.
pub(crate) fn thread_pool(threads: Option<usize>) -> Result<rayon::ThreadPool, HashingError> {
    let threads = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.clamp(1, MOST_THREADS))
        .build()
        .map_err(|error| HashingError::Threads { threads, reason: error.to_string() })
}

/// More threads than this only wait for the disk and for each other.
const MOST_THREADS: usize = 64;
