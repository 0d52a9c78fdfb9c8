//! Cutting content into chunks whose borders depend on the content around them alone, so that an insertion moves
//! the borders near it and no others.

use std::ops::Range;

use fastcdc::v2020::FastCDC;

use super::caps::{CHUNK_LEAST_BYTES, CHUNK_MOST_BYTES, CHUNK_USUAL_BYTES};
use crate::hashing::{Piece, blake3};

/// A file of at most this is one chunk: borders inside would cost more in the index than they save.
pub const UNCUT_BYTES: usize = CHUNK_USUAL_BYTES;

/// The chunks of a file's `content`, which is whole: one after another, together all of it.
#[must_use]
pub fn pieces(content: &[u8]) -> Vec<Piece> {
    match content.len() {
        0 => Vec::new(),
        1..=UNCUT_BYTES => vec![piece(content)],
        _ => cut(content).map(|range| piece(&content[range])).collect(),
    }
}

/// The chunks of a file above `UNCUT_BYTES` that begin in `section`, a part of it that begins with a chunk.
///
/// Only those that are the same whatever follows, unless nothing does: a chunk looks ahead no further than its own most.
#[must_use]
pub fn pieces_of_section(section: &[u8], is_last: bool) -> Vec<Piece> {
    let end = if is_last { section.len() } else { section.len().saturating_sub(CHUNK_MOST_BYTES) };
    cut(section).take_while(|range| range.start < end).map(|range| piece(&section[range])).collect()
}

fn cut(content: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    FastCDC::new(content, CHUNK_LEAST_BYTES, CHUNK_USUAL_BYTES, CHUNK_MOST_BYTES)
        .map(|chunk| chunk.offset..chunk.offset + chunk.length)
}

fn piece(content: &[u8]) -> Piece {
    // A chunk is far below 4 GiB.
    Piece { digest: blake3(content), length: u32::try_from(content.len()).unwrap_or(u32::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::hex;

    /// Content without repetition, the same on every machine.
    fn noise(seed: u8, length: usize) -> Vec<u8> {
        let mut content = vec![0; length];
        blake3::Hasher::new().update(&[seed]).finalize_xof().fill(&mut content);
        content
    }

    #[test]
    fn chunks_are_within_their_borders_and_together_everything() {
        for length in [0, 1, CHUNK_LEAST_BYTES, CHUNK_LEAST_BYTES + 1, 3_000_000] {
            let content = noise(1, length);
            let pieces = pieces(&content);
            assert_eq!(length, pieces.iter().map(|piece| piece.length as usize).sum::<usize>());
            if let Some((_, rest)) = pieces.split_last() {
                assert!(
                    rest.iter()
                        .all(|one| (CHUNK_LEAST_BYTES..=CHUNK_MOST_BYTES).contains(&(one.length as usize)))
                );
            }
        }
    }

    /// Other borders would mean that no chunk of an older version is found again.
    #[test]
    fn the_borders_never_change() {
        let lengths: Vec<u32> = pieces(&noise(1, 400_000)).iter().map(|piece| piece.length).collect();
        assert_eq!(GOLDEN_LENGTHS, lengths[..]);
        assert_eq!(GOLDEN_FIRST_DIGEST, hex(&pieces(&noise(1, 400_000))[0].digest));
    }

    const GOLDEN_LENGTHS: [u32; 7] = [65_856, 36_180, 68_588, 58_570, 66_883, 80_636, 23_287];
    const GOLDEN_FIRST_DIGEST: &str = "765ae29c4c506c9265f3015426c3d2dec88f5fced89e71b0a3d2c3a21d6dcbe7";

    #[test]
    fn an_insertion_moves_only_the_borders_near_it() {
        let before = noise(2, 4_000_000);
        let mut after = before.clone();
        after.splice(1_000_000..1_000_000, *b"inserted");
        let (before, after) = (pieces(&before), pieces(&after));
        let new = after.iter().filter(|piece| !before.contains(piece)).count();
        assert!((1..=3).contains(&new), "{new} of {}", after.len());
    }

    #[test]
    fn section_by_section_gives_the_same_chunks() {
        let content = noise(3, 3_000_000);
        for step in [CHUNK_MOST_BYTES + 1, 700_000, 3_000_000] {
            let mut found = Vec::new();
            let mut begin = 0;
            while begin < content.len() {
                let end = (begin + step).min(content.len());
                let pieces = pieces_of_section(&content[begin..end], end == content.len());
                begin += pieces.iter().map(|piece| piece.length as usize).sum::<usize>();
                found.extend(pieces);
            }
            assert!(pieces(&content) == found, "{step}");
        }
    }

    #[test]
    fn a_small_file_is_one_chunk() {
        assert_eq!(1, pieces(&noise(4, UNCUT_BYTES)).len());
        assert!(pieces(&noise(4, 2 * UNCUT_BYTES)).len() > 1);
        assert!(pieces(b"").is_empty());
    }
}
