//! A memo on disk.
//!
//! ```text
//! "TBXMEMO" 1                           magic and version
//! u8 algorithm                          0 BLAKE3, 1 SHA-256
//! varint count, then rows in the order of their paths' bytes:
//!   varint length, path                 UTF-8
//!   varint size, i64 modified, i64 changed, varint inode
//!   u8 flags                            1 a digest follows, 2 pieces follow
//!   [u8; 32] digest                     with flag 1
//!   varint count, (digest, varint length)...   with flag 2
//! [u8; 32]                              BLAKE3 of everything before
//! ```
//! Fixed numbers are little-endian. A memo only saves work: a damaged one is as good as none.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::bytes::{Algorithm, DIGEST_LENGTH, blake3};
use super::error::{HashingError, Reason};
use super::memo::{Known, MOST_PATH_BYTES, MOST_PIECE_BYTES, Memo, Piece, Row};
use super::stamp::Stamp;
use crate::wire::{Reader, WireError, push_varint};

const MAGIC: &[u8; 8] = b"TBXMEMO\x01";
/// A file above this is no memo of ours; it also bounds what loading may take.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
const MOST_ROWS: usize = 2_000_000;
/// Magic, algorithm, count and checksum.
const MOST_AROUND_BYTES: usize = 8 + 1 + 10 + DIGEST_LENGTH;
/// Path length, size, two times, inode and flags at their shortest.
const LEAST_ROW_BYTES: usize = 1 + 1 + 8 + 8 + 1 + 1;
const HAS_DIGEST: u8 = 1;
const HAS_PIECES: u8 = 2;

/// Why a memo was not used.
#[derive(Debug, thiserror::Error)]
pub enum MemoFault {
    #[error("it cannot be read: {}", Reason(.0))]
    Unreadable(#[from] io::Error),
    #[error("it is larger than {MOST_BYTES} bytes")]
    TooLarge,
    #[error("it is not a memo of this version")]
    Foreign,
    #[error("its checksum is wrong")]
    Checksum,
    #[error("{0}")]
    Malformed(#[from] WireError),
    #[error("it is of another algorithm")]
    OtherAlgorithm,
}

impl Memo {
    /// The memo in the file at `path`; an empty one, with the reason, where there is none that can be trusted.
    #[must_use]
    pub fn load(path: &Path, algorithm: Algorithm) -> (Self, Option<MemoFault>) {
        match read(path).and_then(|bytes| Self::from_bytes(&bytes)) {
            Ok(memo) if memo.algorithm == algorithm => (memo, None),
            Ok(_) => (Self::new(algorithm), Some(MemoFault::OtherAlgorithm)),
            Err(MemoFault::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound => {
                (Self::new(algorithm), None)
            }
            Err(fault) => (Self::new(algorithm), Some(fault)),
        }
    }

    /// Write the memo to `path`, whole or not at all.
    pub fn save(&self, path: &Path) -> Result<(), HashingError> {
        crate::replace_file::replace_file(path, false, |file| file.write_all(&self.to_bytes()))
            .map_err(HashingError::write(path))
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_bytes_within(MOST_BYTES)
    }

    /// As many rows as there is room for: the files of the others are read each time.
    fn to_bytes_within(&self, most_bytes: u64) -> Vec<u8> {
        let mut rows = Vec::with_capacity(self.rows.len() * 128);
        let mut count = 0;
        for (path, row) in self.rows.iter().take(MOST_ROWS) {
            let before = rows.len();
            push_varint(&mut rows, path.len() as u64);
            rows.extend(path.as_bytes());
            push_row(&mut rows, row);
            if (rows.len() + MOST_AROUND_BYTES) as u64 > most_bytes {
                rows.truncate(before);
                break;
            }
            count += 1;
        }
        let mut out = Vec::with_capacity(rows.len() + MOST_AROUND_BYTES);
        out.extend(MAGIC);
        out.push(match self.algorithm {
            Algorithm::Blake3 => 0,
            Algorithm::Sha256 => 1,
        });
        push_varint(&mut out, count);
        out.extend(rows);
        let checksum = blake3(&out);
        out.extend(checksum);
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MemoFault> {
        if !bytes.starts_with(MAGIC) {
            return Err(MemoFault::Foreign);
        }
        let (content, checksum) = bytes.split_last_chunk::<DIGEST_LENGTH>().ok_or(MemoFault::Foreign)?;
        if blake3(content) != *checksum {
            return Err(MemoFault::Checksum);
        }
        Ok(Self::parse(content)?)
    }

    /// The memo in `content`, which ends before the checksum.
    pub fn parse(content: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(content);
        reader.take(MAGIC.len(), "the magic")?;
        let algorithm = match reader.byte("the algorithm")? {
            0 => Algorithm::Blake3,
            1 => Algorithm::Sha256,
            _ => return Err(WireError::Wrong("the algorithm is unknown")),
        };
        let count = reader.rows(MOST_ROWS, LEAST_ROW_BYTES, "the number of rows")?;
        let mut rows: Vec<(Box<str>, Row)> = Vec::with_capacity(count);
        let mut last = "";
        for number in 0..count {
            let length = reader.capped(MOST_PATH_BYTES, "the length of a path")?;
            let path = std::str::from_utf8(reader.take(length, "a path")?)
                .map_err(|_| WireError::Wrong("a path is not UTF-8"))?;
            if number > 0 && path <= last {
                return Err(WireError::Wrong("the paths are out of order"));
            }
            last = path;
            rows.push((path.into(), read_row(&mut reader)?));
        }
        reader.end()?;
        Ok(Self { algorithm, rows: rows.into() })
    }
}

fn push_row(out: &mut Vec<u8>, row: &Row) {
    push_varint(out, row.stamp.size);
    out.extend(row.stamp.modified_ns.to_le_bytes());
    out.extend(row.stamp.changed_ns.to_le_bytes());
    push_varint(out, row.stamp.inode);
    let digest = row.known.digest.as_ref();
    let pieces = row.known.pieces.as_ref();
    out.push(digest.map_or(0, |_| HAS_DIGEST) | pieces.map_or(0, |_| HAS_PIECES));
    if let Some(digest) = digest {
        out.extend(digest);
    }
    if let Some(pieces) = pieces {
        push_varint(out, pieces.len() as u64);
        for piece in pieces {
            out.extend(piece.digest);
            push_varint(out, u64::from(piece.length));
        }
    }
}

fn read_row(reader: &mut Reader<'_>) -> Result<Row, WireError> {
    let stamp = Stamp {
        size: reader.varint("a size")?,
        modified_ns: i64::from_le_bytes(reader.array("a time")?),
        changed_ns: i64::from_le_bytes(reader.array("a time")?),
        inode: reader.varint("an inode")?,
    };
    let flags = reader.byte("the flags")?;
    if flags & !(HAS_DIGEST | HAS_PIECES) != 0 {
        return Err(WireError::Wrong("a flag is unknown"));
    }
    let mut known = Known::default();
    if flags & HAS_DIGEST != 0 {
        known.digest = Some(reader.array("a digest")?);
    }
    if flags & HAS_PIECES != 0 {
        let count = reader.rows(usize::MAX, DIGEST_LENGTH + 1, "the number of pieces")?;
        let pieces: Result<Box<[Piece]>, WireError> = (0..count).map(|_| read_piece(reader)).collect();
        known.pieces = Some(pieces?);
    }
    Ok(Row { stamp, known })
}

fn read_piece(reader: &mut Reader<'_>) -> Result<Piece, WireError> {
    let digest = reader.array("a digest")?;
    let length = reader.capped(MOST_PIECE_BYTES, "the length of a piece")?;
    // Below the cap, which fits.
    Ok(Piece { digest, length: u32::try_from(length).unwrap_or(u32::MAX) })
}

fn read(path: &Path) -> Result<Vec<u8>, MemoFault> {
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    // Asked before, so that a huge file costs nothing; held to it while reading, in case it was no file.
    if file.metadata()?.len() <= MOST_BYTES
        && file.take(MOST_BYTES + 1).read_to_end(&mut bytes)? as u64 <= MOST_BYTES
    {
        Ok(bytes)
    } else {
        Err(MemoFault::TooLarge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    use proptest::prelude::*;

    fn digests() -> impl Strategy<Value = [u8; 32]> {
        any::<u8>().prop_map(|byte| [byte; 32])
    }

    fn rows() -> impl Strategy<Value = Row> {
        let lengths = 0..=u32::try_from(MOST_PIECE_BYTES).unwrap();
        let pieces = proptest::collection::vec((digests(), lengths), 0..4);
        let known = (proptest::option::of(digests()), proptest::option::of(pieces));
        (any::<(u64, i64, i64, u64)>(), known).prop_map(
            |((size, modified_ns, changed_ns, inode), (digest, pieces))| {
                let stamp = Stamp { size, modified_ns, changed_ns, inode };
                let pieces = pieces
                    .map(|list| list.into_iter().map(|(digest, length)| Piece { digest, length }).collect());
                Row { stamp, known: Known { digest, pieces } }
            },
        )
    }

    fn memos() -> impl Strategy<Value = Memo> {
        let algorithm = prop_oneof![Just(Algorithm::Blake3), Just(Algorithm::Sha256)];
        (algorithm, proptest::collection::btree_map("[a-cä/]{0,6}", rows(), 0..12)).prop_map(
            |(algorithm, rows)| Memo {
                algorithm,
                rows: rows.into_iter().map(|(path, row)| (path.into_boxed_str(), row)).collect(),
            },
        )
    }

    proptest! {
        #[test]
        fn a_memo_comes_back(memo in memos()) {
            let bytes = memo.to_bytes();
            prop_assert_eq!(&memo, &Memo::from_bytes(&bytes).unwrap());
        }

        #[test]
        fn any_bytes_are_parsed_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut content = MAGIC.to_vec();
            content.extend(bytes);
            let _ = Memo::parse(&content);
        }

        #[test]
        fn what_parses_has_one_spelling(memo in memos(), at: prop::sample::Index, bit in 0_u8..8) {
            let bytes = memo.to_bytes();
            let mut content = bytes[..bytes.len() - DIGEST_LENGTH].to_vec();
            let at = at.index(content.len());
            content[at] ^= 1 << bit;
            if let Ok(other) = Memo::parse(&content)
                && at >= MAGIC.len()
            {
                let again = other.to_bytes();
                prop_assert_eq!(&content[..], &again[..again.len() - DIGEST_LENGTH]);
            }
        }
    }

    fn memo_of(paths: &[&str]) -> Memo {
        let stamp = Stamp { size: 1, modified_ns: 2, changed_ns: 3, inode: 4 };
        let row = |path: &&str| {
            let pieces: Box<[Piece]> = Box::new([Piece { digest: [9; 32], length: 1 }]);
            let known = Known { digest: Some([1; 32]), pieces: Some(pieces) };
            (Box::from(*path), Row { stamp, known })
        };
        Memo { algorithm: Algorithm::Blake3, rows: paths.iter().map(row).collect() }
    }

    #[test]
    fn what_has_no_room_is_left_out_and_the_rest_can_be_loaded() {
        let memo = memo_of(&["a", "b", "c"]);
        let whole = memo.to_bytes();
        assert_eq!(memo, Memo::from_bytes(&whole).unwrap());
        let less = memo.to_bytes_within(whole.len() as u64 - 1);
        assert_eq!(memo_of(&["a", "b"]), Memo::from_bytes(&less).unwrap());
        assert!(Memo::from_bytes(&memo.to_bytes_within(0)).unwrap().is_empty());
    }

    #[test]
    fn a_piece_that_no_file_is_cut_into_is_refused() {
        let mut rows = memo_of(&["a"]).rows.to_vec();
        let length = u32::try_from(MOST_PIECE_BYTES).unwrap() + 1;
        rows[0].1.known.pieces = Some(Box::new([Piece { digest: [9; 32], length }]));
        let bytes = Memo { algorithm: Algorithm::Blake3, rows: rows.into() }.to_bytes();
        assert!(matches!(Memo::from_bytes(&bytes), Err(MemoFault::Malformed(_))));
    }

    #[test]
    fn each_flipped_bit_and_each_truncation_is_seen() {
        let bytes = memo_of(&["a"]).to_bytes();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Memo::from_bytes(&flipped).is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(Memo::from_bytes(&bytes[..length]).is_err(), "length {length}");
        }
    }

    #[test]
    fn a_memo_that_cannot_be_trusted_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memo");
        assert!(Memo::load(&path, Algorithm::Blake3).1.is_none(), "a first run needs no note");
        Memo::new(Algorithm::Sha256).save(&path).unwrap();
        assert!(Memo::load(&path, Algorithm::Sha256).1.is_none());
        assert!(matches!(Memo::load(&path, Algorithm::Blake3).1, Some(MemoFault::OtherAlgorithm)));
        for content in [&b""[..], b"TBXMEMO\x02", b"TBXMEMO\x01"] {
            fs::write(&path, content).unwrap();
            let (memo, fault) = Memo::load(&path, Algorithm::Blake3);
            assert!(memo.is_empty());
            assert!(matches!(fault, Some(MemoFault::Foreign)), "{fault:?}");
        }
        let file = File::create(&path).unwrap();
        file.set_len(MOST_BYTES + 1).unwrap();
        assert!(matches!(Memo::load(&path, Algorithm::Blake3).1, Some(MemoFault::TooLarge)));
        let fault = Memo::load(folder.path(), Algorithm::Blake3).1.unwrap();
        assert!(
            matches!(fault, MemoFault::Unreadable(_)) && !fault.to_string().contains("os error"),
            "{fault}"
        );
    }
}
