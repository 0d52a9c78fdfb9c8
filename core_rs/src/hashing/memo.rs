//! What is known of files that were read before, so that they need not be read again.

use std::sync::Arc;

use super::bytes::{Algorithm, Digest};
use super::stamp::Stamp;
use super::walk::Found;

/// The longest chunk that a file is cut into.
pub const MOST_PIECE_BYTES: usize = 256 * 1024;
/// The longest path that is remembered; systems with such paths are rare, and their files are read each time.
pub(super) const MOST_PATH_BYTES: usize = 4096;

/// A chunk of a file: its BLAKE3 digest and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub digest: Digest,
    pub length: u32,
}

/// What was learnt when a file was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub digest: Option<Digest>,
    /// The chunks that a bundle cuts the file into.
    pub pieces: Option<Box<[Piece]>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub stamp: Stamp,
    pub known: Known,
}

/// Path -> stamp and what is known, for the files of one folder and one algorithm. A copy shares what it is a copy of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memo {
    pub(super) algorithm: Algorithm,
    /// In the order of the paths' bytes, which costs less to build, load and save than a table.
    pub(super) rows: Arc<[(Box<str>, Row)]>,
}

impl Memo {
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self { algorithm, rows: Arc::new([]) }
    }

    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What is known of each of these files, if it still has the stamp that it had then.
    ///
    /// They are in the order of their paths' bytes, as the memo is, so one walk along both finds everything.
    pub(crate) fn recall(&self, listed: &[Found]) -> Vec<Option<&Known>> {
        let mut rows = self.rows.iter().peekable();
        let recall = |found: &Found| {
            while rows.next_if(|(path, _)| **path < *found.path).is_some() {}
            let (_, row) = rows.next_if(|(path, _)| **path == *found.path)?;
            (row.stamp == found.stamp).then_some(&row.known)
        };
        listed.iter().map(recall).collect()
    }

    /// Replace everything by what one pass over the folder learnt.
    ///
    /// A file that was not at rest when the pass began is left out: it may have changed after it was read
    /// without a trace in its stamp.
    pub(crate) fn replace(&mut self, began_ns: i64, learnt: impl Iterator<Item = (String, Stamp, Known)>) {
        let mut rows: Vec<_> = learnt
            .filter(|(path, stamp, _)| stamp.was_at_rest(began_ns) && path.len() <= MOST_PATH_BYTES)
            .map(|(path, stamp, known)| (path.into_boxed_str(), Row { stamp, known }))
            .collect();
        // Mostly they are in order.
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.rows = rows.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::look::Identity;

    const STAMP: Stamp = Stamp { size: 3, modified_ns: 5, changed_ns: 6, inode: 7 };
    const LONG_AFTER_NS: i64 = 1_000_000_000_000;

    fn found(path: &str, stamp: Stamp) -> Found {
        Found { path: path.to_owned(), identity: Identity::default(), stamp, executable: false }
    }

    fn recalls(memo: &Memo, path: &str, stamp: Stamp) -> bool {
        memo.recall(&[found(path, stamp)])[0].is_some()
    }

    fn memo() -> Memo {
        let mut memo = Memo::new(Algorithm::Blake3);
        let known = Known { digest: Some([1; 32]), pieces: None };
        memo.replace(LONG_AFTER_NS, [("a".to_owned(), STAMP, known)].into_iter());
        memo
    }

    #[test]
    fn every_part_of_the_stamp_counts() {
        let memo = memo();
        assert!(recalls(&memo, "a", STAMP));
        assert!(!recalls(&memo, "b", STAMP));
        for other in [
            Stamp { size: 4, ..STAMP },
            Stamp { modified_ns: 4, ..STAMP },
            Stamp { changed_ns: 4, ..STAMP },
            Stamp { inode: 4, ..STAMP },
        ] {
            assert!(!recalls(&memo, "a", other), "{other:?}");
        }
    }

    #[test]
    fn each_file_is_recalled_beside_those_that_came_and_went() {
        let mut memo = Memo::new(Algorithm::Blake3);
        let known = |byte| Known { digest: Some([byte; 32]), pieces: None };
        let rows = [("gone", 1), ("a/b", 2), ("c", 3), ("a", 4), ("z", 5)];
        memo.replace(
            LONG_AFTER_NS,
            rows.map(|(path, byte)| (path.to_owned(), STAMP, known(byte))).into_iter(),
        );
        let listed = ["a", "a.new", "a/b", "c", "new", "z"].map(|path| found(path, STAMP));
        let first_bytes = memo.recall(&listed).into_iter().map(|known| Some(known?.digest?[0]));
        assert_eq!(vec![Some(4), None, Some(2), Some(3), None, Some(5)], first_bytes.collect::<Vec<_>>());
    }

    #[test]
    fn a_copy_stays_what_it_was() {
        let mut memo = memo();
        let copy = memo.clone();
        memo.replace(LONG_AFTER_NS, std::iter::empty());
        assert!(memo.is_empty());
        assert!(recalls(&copy, "a", STAMP));
    }

    #[test]
    fn a_path_that_no_memo_on_disk_holds_is_not_remembered() {
        let mut memo = memo();
        let paths = [MOST_PATH_BYTES, MOST_PATH_BYTES + 1].map(|length| "p".repeat(length));
        memo.replace(LONG_AFTER_NS, paths.map(|path| (path, STAMP, Known::default())).into_iter());
        assert_eq!(1, memo.len());
        assert_eq!(memo, Memo::from_bytes(&memo.to_bytes()).unwrap());
    }

    #[test]
    fn a_file_that_was_not_at_rest_is_not_remembered() {
        let mut memo = memo();
        memo.replace(STAMP.changed_ns + 1, [("a".to_owned(), STAMP, Known::default())].into_iter());
        assert!(memo.is_empty());
    }
}
