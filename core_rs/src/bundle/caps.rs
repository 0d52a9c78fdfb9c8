//! What a bundle may hold at most. A reader refuses more before it sets memory aside; a writer refuses to make it.

use crate::hashing::MOST_PIECE_BYTES;

/// A chunk is cut between these; the content decides where.
pub const CHUNK_LEAST_BYTES: usize = 16 * 1024;
pub const CHUNK_USUAL_BYTES: usize = 64 * 1024;
pub const CHUNK_MOST_BYTES: usize = MOST_PIECE_BYTES;

/// A pack is full before it holds more than this, uncompressed.
pub const PACK_BYTES: usize = 4 * 1024 * 1024;
/// A pack that does not compress is a little longer than what it holds.
pub const PACK_MOST_STORED_BYTES: usize = PACK_BYTES + PACK_BYTES / 64;

/// Files and empty folders.
pub const MOST_ENTRIES: usize = 500_000;
/// Files and all folders.
pub const MOST_NAMES: usize = 1_000_000;
pub const MOST_CHUNKS: usize = 1_000_000;
/// Mentions of chunks by files; one chunk may stand in many files.
pub const MOST_REFERENCES: usize = 2_000_000;
pub const MOST_PACKS: usize = 100_000;
/// Manifest and layout, uncompressed.
pub const MOST_INDEX_BYTES: usize = 64 * 1024 * 1024;
/// All paths together, written out.
pub const MOST_PATHS_BYTES: usize = 64 * 1024 * 1024;
pub const MOST_PATH_BYTES: usize = 1024;

/// What the files of a bundle may add up to, unless the caller says otherwise.
pub const DEFAULT_MOST_UNPACKED_BYTES: u64 = 8 * 1024 * 1024 * 1024;
/// What a file that is read into memory may have, unless the caller says otherwise.
pub const DEFAULT_MOST_READ_BYTES: u64 = 64 * 1024 * 1024;
