//! The files of a folder, listed by several threads; links are reported and not followed.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::Scope;

use super::error::HashingError;
use super::look::{Identity, Seen, look};
use super::stamp::Stamp;
use crate::watch::Watch;

/// A regular file; `path` is relative, with `/` between the names on every platform.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub path: String,
    pub identity: Identity,
    pub stamp: Stamp,
    pub executable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    Link,
    /// A socket, a pipe, a device.
    NotAFile,
    NameNotUtf8,
}

impl SkipReason {
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Link => "a link",
            Self::NotAFile => "neither a file nor a folder",
            Self::NameNotUtf8 => "its name is not UTF-8",
        }
    }
}

/// Something in the folder that is not part of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub path: String,
    pub reason: SkipReason,
}

/// Everything below a folder, each list in the order of the paths' bytes.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub files: Vec<Found>,
    pub empty_folders: Vec<String>,
    pub skipped: Vec<Skipped>,
}

/// List `root` with the threads of `pool`.
pub(crate) fn list(root: &Path, pool: &rayon::ThreadPool, watch: &Watch) -> Result<Listing, HashingError> {
    let gathered = Mutex::new(Ok(Listing::default()));
    let walk = Walk { gathered: &gathered, watch };
    pool.in_place_scope(|scope| walk.folder(scope, root, None, ""));
    let mut listing = gathered.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    listing.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    listing.empty_folders.sort_unstable();
    listing.skipped.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(listing)
}

#[derive(Clone, Copy)]
struct Walk<'a> {
    /// The first error ends it.
    gathered: &'a Mutex<Result<Listing, HashingError>>,
    watch: &'a Watch,
}

impl<'a> Walk<'a> {
    fn gathered(self) -> MutexGuard<'a, Result<Listing, HashingError>> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// List one folder; folders inside become tasks of their own, so that depth costs no stack.
    fn folder(self, scope: &Scope<'a>, folder: &Path, identity: Option<Identity>, prefix: &str) {
        if self.gathered().is_err() {
            return;
        }
        let mut here = Listing::default();
        let result = self.read(scope, folder, identity, prefix, &mut here);
        let mut gathered = self.gathered();
        let Ok(listing) = gathered.as_mut() else { return };
        if let Err(error) = result {
            *gathered = Err(error);
            return;
        }
        listing.files.append(&mut here.files);
        listing.empty_folders.append(&mut here.empty_folders);
        listing.skipped.append(&mut here.skipped);
    }

    fn read(
        self,
        scope: &Scope<'a>,
        folder: &Path,
        identity: Option<Identity>,
        prefix: &str,
        here: &mut Listing,
    ) -> Result<(), HashingError> {
        self.watch.check()?;
        // What is left out does not count: the folder comes back without it.
        let mut empty = true;
        let is_there = look(folder, identity, &mut |name, seen| {
            self.watch.check()?;
            match self.entry(scope, folder, prefix, name, seen, here) {
                Ok(()) => empty = false,
                Err(skipped) => here.skipped.push(skipped),
            }
            Ok(())
        })?;
        if is_there && empty && !prefix.is_empty() {
            here.empty_folders.push(prefix.trim_end_matches('/').to_owned());
        }
        Ok(())
    }

    fn entry(
        self,
        scope: &Scope<'a>,
        folder: &Path,
        prefix: &str,
        name: &OsStr,
        seen: Seen,
        here: &mut Listing,
    ) -> Result<(), Skipped> {
        let text = name.to_string_lossy();
        let path = [prefix, &*text].concat();
        let reason = match seen {
            // A copy was made, for something had to be replaced.
            _ if matches!(text, Cow::Owned(_)) => SkipReason::NameNotUtf8,
            Seen::Link => SkipReason::Link,
            Seen::Other => SkipReason::NotAFile,
            Seen::File(identity, stamp, executable) => {
                here.files.push(Found { path, identity, stamp, executable });
                return Ok(());
            }
            Seen::Folder(identity) => {
                let folder = folder.join(name);
                let inner = path + "/";
                scope.spawn(move |scope| self.folder(scope, &folder, Some(identity), &inner));
                return Ok(());
            }
        };
        Err(Skipped { path, reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::thread_pool;
    use std::fs;

    fn listed(root: &Path, threads: usize) -> Listing {
        list(root, &thread_pool(Some(threads)).unwrap(), &Watch::new()).unwrap()
    }

    #[test]
    fn everything_is_found_in_the_order_of_the_bytes() {
        let root = tempfile::tempdir().unwrap();
        for path in ["b/z", "b.txt", "a/deep/er/file", "B", "ä"] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        fs::create_dir_all(root.path().join("empty/inside")).unwrap();
        for threads in [1, 4] {
            let listing = listed(root.path(), threads);
            let paths: Vec<_> = listing.files.iter().map(|file| file.path.as_str()).collect();
            assert_eq!(["B", "a/deep/er/file", "b.txt", "b/z", "ä"], paths[..]);
            assert_eq!(["empty/inside"], listing.empty_folders[..]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_pipes_and_unreadable_names_are_reported_and_not_followed() {
        use std::os::unix::ffi::OsStrExt;
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("folder-link")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("broken")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.path().join("socket")).unwrap();
        fs::write(root.path().join(std::ffi::OsStr::from_bytes(b"\xff")), "x").unwrap();
        let listing = listed(root.path(), 2);
        assert!(listing.files.is_empty());
        let reasons: Vec<_> = listing.skipped.iter().map(|skip| (skip.path.as_str(), skip.reason)).collect();
        assert_eq!(
            vec![
                ("broken", SkipReason::Link),
                ("folder-link", SkipReason::Link),
                ("socket", SkipReason::NotAFile),
                ("\u{fffd}", SkipReason::NameNotUtf8),
            ],
            reasons
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_of_which_everything_is_left_out_is_empty() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("folder")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("folder/link")).unwrap();
        assert_eq!(["folder"], listed(root.path(), 1).empty_folders[..]);
    }

    #[cfg(unix)]
    #[test]
    fn the_first_error_ends_it_and_is_the_one_that_is_told() {
        use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};
        let root = tempfile::tempdir().unwrap();
        // Deeper than a path may be long: no name for it can be opened.
        let mut folder = openat(CWD, root.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
        let name = "n".repeat(250);
        for _ in 0..20 {
            mkdirat(&folder, &name, Mode::RWXU).unwrap();
            folder = openat(&folder, &name, OFlags::DIRECTORY, Mode::empty()).unwrap();
        }
        let result = list(root.path(), &thread_pool(Some(2)).unwrap(), &Watch::new());
        let Err(HashingError::Read { path, source }) = result else { panic!("{result:?}") };
        assert_eq!(std::io::ErrorKind::InvalidFilename, source.kind());
        assert!(path.starts_with(root.path()));
    }

    #[test]
    fn a_file_is_no_folder_and_a_missing_one_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let pool = thread_pool(Some(1)).unwrap();
        let result = list(file.path(), &pool, &Watch::new());
        assert!(matches!(result, Err(HashingError::NotAFolder(_))));
        let result = list(Path::new("no-such-folder"), &pool, &Watch::new());
        assert!(matches!(result, Err(HashingError::Read { .. })));
    }

    #[test]
    fn a_wish_to_stop_ends_it() {
        let root = tempfile::tempdir().unwrap();
        let watch = Watch::new();
        watch.cancel();
        let result = list(root.path(), &thread_pool(Some(1)).unwrap(), &watch);
        assert!(matches!(result, Err(HashingError::Cancelled(_))));
    }
}
