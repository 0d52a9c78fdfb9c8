//! Whether a memo tells the truth about a folder: everything that it knows is read and compared.

use std::fs::File;
use std::path::Path;

use rayon::prelude::*;

use super::bytes::blake3;
use super::error::HashingError;
use super::file::{OpenFile, check_unchanged, read_exact_at};
use super::look::open_found;
use super::memo::{Known, Memo, Piece};
use super::stamp::Stamp;
use super::thread_pool;
use super::walk::{Found, list};
use crate::watch::Watch;

/// The paths whose content is not what the memo says although their stamps are.
pub fn verify_memo(
    memo: &Memo,
    root: &Path,
    threads: Option<usize>,
    watch: &Watch,
) -> Result<Vec<String>, HashingError> {
    let pool = thread_pool(threads)?;
    let listing = list(root, &pool, watch)?;
    let recalled = memo.recall(&listing.files);
    let claims: Vec<(&Found, &Known)> =
        listing.files.iter().zip(recalled).filter_map(|(found, known)| Some((found, known?))).collect();
    watch.expect_bytes(claims.iter().map(|(found, known)| found.stamp.size * times_read(known)).sum());
    let verify = |(found, known): (&Found, &Known)| {
        watch.check()?;
        watch.did_files(1);
        let path = root.join(&found.path);
        match open_found(&path, found)? {
            Some((file, stamp)) if stamp == found.stamp => {
                let open = OpenFile { file: &file, path: &path, watch };
                Ok((!is_true(&open, &stamp, known, memo)?).then(|| found.path.clone()))
            }
            // Changed or gone since it was listed: the memo says nothing of what it is now.
            _ => Ok(None),
        }
    };
    let lies: Vec<Option<String>> =
        pool.install(|| claims.into_par_iter().map(verify).collect::<Result<_, HashingError>>())?;
    Ok(lies.into_iter().flatten().collect())
}

fn times_read(known: &Known) -> u64 {
    u64::from(known.digest.is_some()) + u64::from(known.pieces.is_some())
}

fn is_true(open: &OpenFile<'_>, stamp: &Stamp, known: &Known, memo: &Memo) -> Result<bool, HashingError> {
    if let Some(digest) = known.digest
        && open.hash(stamp, memo.algorithm())? != digest
    {
        return Ok(false);
    }
    let Some(pieces) = &known.pieces else { return Ok(true) };
    if stamp.size != pieces.iter().map(|piece| u64::from(piece.length)).sum::<u64>() {
        return Ok(false);
    }
    let mut offset = 0;
    for piece in pieces {
        open.watch.check()?;
        if !holds(open.file, offset, piece).map_err(HashingError::read(open.path))? {
            return Ok(false);
        }
        offset += u64::from(piece.length);
        open.watch.did_bytes(u64::from(piece.length));
    }
    check_unchanged(open.file, stamp, open.path)?;
    Ok(true)
}

fn holds(file: &File, offset: u64, piece: &Piece) -> std::io::Result<bool> {
    let mut content = vec![0; piece.length as usize];
    read_exact_at(file, &mut content, offset)?;
    Ok(blake3(&content) == piece.digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::{Algorithm, SkipReason, sha256};
    use std::fs;

    struct Sample {
        root: tempfile::TempDir,
        listed: Vec<Found>,
    }

    fn sample() -> Sample {
        let root = tempfile::tempdir().unwrap();
        for path in ["a.txt", "b.txt", "c.txt", "d.txt"] {
            fs::write(root.path().join(path), path).unwrap();
        }
        let listing = list(root.path(), &thread_pool(None).unwrap(), &Watch::new()).unwrap();
        assert!(!listing.skipped.iter().any(|skipped| skipped.reason == SkipReason::Link));
        Sample { root, listed: listing.files }
    }

    impl Sample {
        /// A memo that claims these of the files in turn.
        fn memo(&self, algorithm: Algorithm, claims: Vec<Known>) -> Memo {
            let mut memo = Memo::new(algorithm);
            let learnt = self.listed.iter().zip(claims);
            memo.replace(i64::MAX, learnt.map(|(found, known)| (found.path.clone(), found.stamp, known)));
            memo
        }

        fn lies(&self, memo: &Memo) -> Vec<String> {
            let watch = Watch::new();
            let lies = verify_memo(memo, self.root.path(), Some(2), &watch).unwrap();
            let progress = watch.progress();
            assert!(progress.done_bytes == progress.total_bytes || !lies.is_empty(), "{progress:?}");
            lies
        }
    }

    fn digest(digest: [u8; 32]) -> Known {
        Known { digest: Some(digest), pieces: None }
    }

    fn pieces(contents: &[&[u8]]) -> Known {
        let piece = |content: &&[u8]| Piece {
            digest: blake3(content),
            length: u32::try_from(content.len()).unwrap(),
        };
        Known { digest: None, pieces: Some(contents.iter().map(piece).collect()) }
    }

    #[test]
    fn what_is_true_is_believed() {
        let sample = sample();
        let both = Known { digest: Some(blake3(b"c.txt")), ..pieces(&[b"c", b".txt"]) };
        let claims = vec![digest(blake3(b"a.txt")), pieces(&[b"b.", b"txt"]), both];
        assert!(sample.lies(&sample.memo(Algorithm::Blake3, claims)).is_empty());
        assert!(sample.lies(&sample.memo(Algorithm::Sha256, vec![digest(sha256(b"a.txt"))])).is_empty());
    }

    #[test]
    fn every_kind_of_lie_is_named() {
        let sample = sample();
        let claims =
            vec![digest([0; 32]), pieces(&[b"b.", b"txx"]), pieces(&[b"c."]), pieces(&[b"d.txt", b"x"])];
        let lies = sample.lies(&sample.memo(Algorithm::Blake3, claims));
        assert_eq!(["a.txt", "b.txt", "c.txt", "d.txt"], lies[..]);
    }

    #[test]
    fn a_file_that_is_no_longer_what_the_memo_speaks_of_is_no_lie() {
        let sample = sample();
        let memo = sample.memo(Algorithm::Blake3, vec![digest([0; 32]); 4]);
        fs::write(sample.root.path().join("a.txt"), "longer than it was").unwrap();
        fs::remove_file(sample.root.path().join("b.txt")).unwrap();
        assert_eq!(["c.txt", "d.txt"], sample.lies(&memo)[..]);
    }
}
