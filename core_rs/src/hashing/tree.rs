//! Digests of a whole folder, in parallel; what the memo knows is not read again.

use std::path::Path;

use rayon::prelude::*;

use super::bytes::{Algorithm, Digest};
use super::error::HashingError;
use super::file::OpenFile;
use super::look::open_found;
use super::memo::{Known, Memo};
use super::stamp::{Stamp, now_ns};
use super::thread_pool;
use super::walk::{Found, Skipped, list};
use crate::watch::Watch;

/// Keeps the digest of a tree apart from every other use of BLAKE3.
const TREE_CONTEXT: &str = "toolboxai tree 1";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Relative, with `/` on every platform.
    pub path: String,
    pub size: u64,
    pub digest: Digest,
}

/// A folder's files in the order of their paths' bytes, whatever the number of threads.
#[derive(Clone, Debug)]
pub struct Tree {
    pub files: Vec<TreeFile>,
    pub empty_folders: Vec<String>,
    pub skipped: Vec<Skipped>,
    /// How many files the memo did not know.
    pub files_read: usize,
}

impl Tree {
    /// One digest for all names and contents; times, owners and permissions do not count.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut state = blake3::Hasher::new_derive_key(TREE_CONTEXT);
        state.update(&(self.files.len() as u64).to_le_bytes());
        for file in &self.files {
            state.update(&(file.path.len() as u64).to_le_bytes());
            state.update(file.path.as_bytes()).update(&file.digest);
        }
        for folder in &self.empty_folders {
            state.update(&(folder.len() as u64).to_le_bytes()).update(folder.as_bytes());
        }
        *state.finalize().as_bytes()
    }
}

#[derive(Debug)]
pub struct TreeOptions<'a> {
    pub algorithm: Algorithm,
    /// Asked before a file is read, and filled with what this pass learns.
    pub memo: Option<&'a mut Memo>,
    /// As many as the machine has where not given.
    pub threads: Option<usize>,
}

/// Hash every file below `root`.
pub fn hash_tree(root: &Path, options: TreeOptions<'_>, watch: &Watch) -> Result<Tree, HashingError> {
    let TreeOptions { algorithm, memo, threads } = options;
    let pool = thread_pool(threads)?;
    let began_ns = now_ns();
    let listing = list(root, &pool, watch)?;
    let usable = memo.as_deref().filter(|memo| memo.algorithm() == algorithm);
    let recalled = usable.map_or_else(|| vec![None; listing.files.len()], |memo| memo.recall(&listing.files));
    let hash = Pass { root, algorithm, watch };
    watch.expect_bytes(listing.files.iter().map(|found| found.stamp.size).sum());
    let hashed: Vec<Hashed> = pool.install(|| {
        listing
            .files
            .into_par_iter()
            .zip(recalled)
            .filter_map(|(found, known)| hash.file(found, known).transpose())
            .collect::<Result<_, _>>()
    })?;
    let files_read = hashed.iter().filter(|one| one.was_read).count();
    let mut files = Vec::with_capacity(hashed.len());
    let mut learnt = Vec::with_capacity(if memo.is_some() { hashed.len() } else { 0 });
    for one in hashed {
        if memo.is_some() {
            learnt.push((one.file.path.clone(), one.stamp, one.known));
        }
        files.push(one.file);
    }
    if let Some(memo) = memo {
        if memo.algorithm() != algorithm {
            *memo = Memo::new(algorithm);
        }
        memo.replace(began_ns, learnt.into_iter());
    }
    Ok(Tree { files, empty_folders: listing.empty_folders, skipped: listing.skipped, files_read })
}

struct Pass<'a> {
    root: &'a Path,
    algorithm: Algorithm,
    watch: &'a Watch,
}

struct Hashed {
    file: TreeFile,
    stamp: Stamp,
    known: Known,
    was_read: bool,
}

impl Pass<'_> {
    /// Nothing where the file is gone by now: then it is not part of the tree.
    fn file(&self, found: Found, recalled: Option<&Known>) -> Result<Option<Hashed>, HashingError> {
        self.watch.check()?;
        self.watch.did_files(1);
        if let Some(known @ Known { digest: Some(digest), .. }) = recalled {
            self.watch.did_bytes(found.stamp.size);
            let file = TreeFile { path: found.path, size: found.stamp.size, digest: *digest };
            return Ok(Some(Hashed { file, stamp: found.stamp, known: known.clone(), was_read: false }));
        }
        let path = self.root.join(&found.path);
        let Some((opened, stamp)) = open_found(&path, &found)? else { return Ok(None) };
        let open = OpenFile { file: &opened, path: &path, watch: self.watch };
        let digest = open.hash(&stamp, self.algorithm)?;
        let known = Known { digest: Some(digest), ..recalled.cloned().unwrap_or_default() };
        let file = TreeFile { path: found.path, size: stamp.size, digest };
        Ok(Some(Hashed { file, stamp, known, was_read: true }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::{blake3, sha256};
    use std::fs;
    use std::time::{Duration, SystemTime};

    fn pass(root: &Path, memo: Option<&mut Memo>, threads: usize) -> Tree {
        let options = TreeOptions { algorithm: Algorithm::Blake3, memo, threads: Some(threads) };
        hash_tree(root, options, &Watch::new()).unwrap()
    }

    /// Make the file look as if it was written some time ago; its inode change is always now.
    fn age(path: &Path) {
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    }

    fn sample() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("folder")).unwrap();
        fs::create_dir(root.path().join("empty")).unwrap();
        for path in ["a.txt", "folder/b.txt", "folder/c.txt"] {
            fs::write(root.path().join(path), path).unwrap();
            age(&root.path().join(path));
        }
        root
    }

    /// A memo as a pass well after the last change would have left it.
    fn memo_of(root: &Path) -> Memo {
        let mut memo = Memo::new(Algorithm::Blake3);
        let listing = list(root, &thread_pool(Some(1)).unwrap(), &Watch::new()).unwrap();
        let learnt = listing.files.into_iter().map(|found| {
            let digest = blake3(&fs::read(root.join(&found.path)).unwrap());
            (found.path, found.stamp, Known { digest: Some(digest), pieces: None })
        });
        memo.replace(i64::MAX, learnt);
        memo
    }

    #[test]
    fn every_file_has_the_digest_of_its_bytes() {
        let root = sample();
        for threads in [1, 3] {
            let tree = pass(root.path(), None, threads);
            assert_eq!(3, tree.files_read);
            for file in &tree.files {
                assert_eq!(blake3(file.path.as_bytes()), file.digest);
                assert_eq!(file.path.len() as u64, file.size);
            }
            assert_eq!(["empty"], tree.empty_folders[..]);
        }
        let options = TreeOptions { algorithm: Algorithm::Sha256, memo: None, threads: None };
        let tree = hash_tree(root.path(), options, &Watch::new()).unwrap();
        assert_eq!(sha256(b"a.txt"), tree.files[0].digest);
    }

    #[test]
    fn the_digest_of_a_tree_is_of_names_and_contents() {
        let root = sample();
        let before = pass(root.path(), None, 2).digest();
        age(&root.path().join("a.txt"));
        assert_eq!(before, pass(root.path(), None, 2).digest());
        fs::rename(root.path().join("a.txt"), root.path().join("b.txt")).unwrap();
        assert_ne!(before, pass(root.path(), None, 2).digest());
        fs::rename(root.path().join("b.txt"), root.path().join("a.txt")).unwrap();
        assert_eq!(before, pass(root.path(), None, 2).digest());
        fs::remove_dir(root.path().join("empty")).unwrap();
        assert_ne!(before, pass(root.path(), None, 2).digest());
    }

    #[test]
    fn only_what_the_memo_does_not_know_is_read() {
        let root = sample();
        let mut memo = memo_of(root.path());
        let first = pass(root.path(), Some(&mut memo), 2);
        assert_eq!(0, first.files_read);
        fs::write(root.path().join("a.txt"), "other content").unwrap();
        let mut memo = memo_of(root.path());
        fs::write(root.path().join("folder/b.txt"), "longer content").unwrap();
        let second = pass(root.path(), Some(&mut memo), 2);
        assert_eq!(1, second.files_read);
        assert_eq!(blake3(b"longer content"), second.files[1].digest);
    }

    #[test]
    fn a_file_written_a_moment_ago_is_read_again() {
        let root = sample();
        let mut memo = Memo::new(Algorithm::Blake3);
        pass(root.path(), Some(&mut memo), 1);
        // The inodes changed just now, whatever the times of modification say.
        #[cfg(unix)]
        assert!(memo.is_empty());
        assert!(pass(root.path(), Some(&mut memo), 1).files_read > 0 || cfg!(not(unix)));
    }

    #[test]
    fn a_memo_of_another_algorithm_is_not_asked() {
        let root = sample();
        let mut memo = memo_of(root.path());
        let options = TreeOptions { algorithm: Algorithm::Sha256, memo: Some(&mut memo), threads: None };
        assert_eq!(3, hash_tree(root.path(), options, &Watch::new()).unwrap().files_read);
        assert_eq!(Algorithm::Sha256, memo.algorithm());
    }
}
