//! A folder beside the target in which a bundle is unpacked, and that becomes the target in one step.
//!
//! Everything goes through handles, so that whoever may write beside the target cannot lead it elsewhere.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::error::BundleError;
use crate::held::{Held, Seen};

const LOCK: &str = "lock";
const TREE: &str = "tree";
/// Another unpacking may sweep a folder that is not locked yet, but hardly so often.
const MOST_TRIES: usize = 100;
/// Tells two unpackings in one process apart.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// Removed with everything in it when it is dropped, and by the next unpacking after a process was killed.
#[derive(Debug)]
pub struct Staging {
    parent: Held,
    name: OsString,
    target: PathBuf,
    private: Private,
    tree: Held,
}

impl Staging {
    pub fn beside(target: &Path) -> Result<Self, BundleError> {
        // A trailing slash or dot goes; `.`, `..` and the root of a disk have no name to be renamed to.
        let name = target.file_name().ok_or_else(|| BundleError::TargetUnnamed(target.to_owned()))?;
        let folder = match target.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let parent = Held::open(folder).map_err(BundleError::read(folder))?;
        if !is_free(&parent, name).map_err(BundleError::read(target))? {
            return Err(BundleError::TargetExists(target.to_owned()));
        }
        let mut prefix = OsString::from(".");
        prefix.push(name);
        prefix.push(".unpacking-");
        sweep(&parent, &prefix);
        let private = Private::make(&parent, &prefix).map_err(BundleError::write(target))?;
        let tree = private.tree().map_err(BundleError::write(target))?;
        Ok(Self { parent, name: name.to_owned(), target: target.to_owned(), private, tree })
    }

    /// Where to unpack.
    #[must_use]
    pub fn tree(&self) -> &Held {
        &self.tree
    }

    /// What to call a path of the tree in an error.
    #[must_use]
    pub fn shown(&self, path: &str) -> PathBuf {
        self.target.join(path)
    }

    /// Put what was unpacked in the place of the target; `durable`: and wait until it is on the disk.
    pub fn finish(self, durable: bool) -> Result<(), BundleError> {
        self.put(durable).map_err(|error| match error.kind() {
            // Somebody put something there in the meantime.
            io::ErrorKind::DirectoryNotEmpty
            | io::ErrorKind::AlreadyExists
            | io::ErrorKind::NotADirectory => BundleError::TargetExists(self.target.clone()),
            _ => BundleError::write(&self.target)(error),
        })
    }

    fn put(&self, durable: bool) -> io::Result<()> {
        if !is_free(&self.parent, &self.name)? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if self.parent.see(&self.name)? == Seen::Folder {
            self.parent.copy_permissions(&self.name, &self.tree)?;
        }
        if durable {
            // Before the name: after a power cut the target is whole or not there.
            self.tree.sync_all()?;
        }
        self.private.folder.rename(TREE, &self.parent, &self.name)?;
        if durable { self.parent.sync_names() } else { Ok(()) }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.private.remove(&self.parent);
    }
}

/// A folder of our own, for nobody else to look into, with a lock that says that it is in use.
#[derive(Debug)]
struct Private {
    name: OsString,
    folder: Held,
    /// The system lets go of it when the process ends in whatever way.
    lock: Option<File>,
}

impl Private {
    fn make(parent: &Held, prefix: &OsStr) -> io::Result<Self> {
        for _ in 0..MOST_TRIES {
            let mut name = prefix.to_owned();
            name.push(format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Relaxed)));
            let made = parent.make_private(&name).and_then(|folder| {
                let lock = folder.create(LOCK, false)?;
                Ok((folder, lock))
            });
            match made {
                // Left behind, or another unpacking swept it before it had its lock.
                Err(error) if is_race(&error) => {}
                Err(error) => return Err(error),
                Ok((folder, lock)) => {
                    if !folder.is_ours(Some(&lock))? {
                        return Err(io::Error::other("somebody else works in the folder around it"));
                    }
                    // Some file systems have no locks; then nobody sweeps either.
                    let _ = lock.lock();
                    // Swept between the last steps?
                    if folder.see(OsStr::new(LOCK))? != Seen::Nothing {
                        return Ok(Self { name, folder, lock: Some(lock) });
                    }
                }
            }
        }
        Err(io::Error::other("other programs remove what is made there"))
    }

    /// A new folder inside, with the permissions that the user's folders have.
    fn tree(&self) -> io::Result<Held> {
        self.folder.make(TREE)?;
        self.folder.inner(OsStr::new(TREE))
    }

    /// Remove it with everything in it; what cannot be removed now is removed by the next unpacking.
    ///
    /// The lock goes last: whoever is killed before that leaves a folder that can still be told from one in use.
    fn remove(&mut self, parent: &Held) {
        let Some(lock) = self.lock.take() else { return };
        if self.folder.remove_all(TREE).is_err() {
            return;
        }
        // An open file cannot be removed on Windows; elsewhere nobody may take the lock before it is gone.
        #[cfg(windows)]
        drop(lock);
        let _ = self.folder.remove_file(LOCK);
        let _ = parent.remove_folder(&self.name);
        #[cfg(not(windows))]
        drop(lock);
    }
}

fn is_race(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound)
}

/// Nothing, or a folder with nothing in it; a link is something.
fn is_free(parent: &Held, name: &OsStr) -> io::Result<bool> {
    Ok(match parent.see(name)? {
        Seen::Nothing => true,
        Seen::Folder => parent.inner(name)?.names()?.is_empty(),
        Seen::Other => false,
    })
}

/// Remove what killed unpackings to the same target left behind. Nothing here is worth failing for.
fn sweep(parent: &Held, prefix: &OsStr) {
    for name in parent.names().unwrap_or_default() {
        if name.as_encoded_bytes().starts_with(prefix.as_encoded_bytes()) {
            sweep_one(parent, name);
        }
    }
}

fn sweep_one(parent: &Held, name: OsString) {
    let Ok(folder) = parent.inner(&name) else { return };
    if !folder.is_ours(None).unwrap_or(false) {
        return;
    }
    match folder.write(LOCK) {
        Ok(lock) => {
            if lock.try_lock().is_ok() {
                Private { name, folder, lock: Some(lock) }.remove(parent);
            }
        }
        // Killed before it made its lock, or about to make it: only an empty folder goes.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let _ = parent.remove_folder(&name);
        }
        Err(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_target_appears_with_the_last_step_alone() {
        let parent = tempfile::tempdir().unwrap();
        for target in ["new", "empty"].map(|name| parent.path().join(name)) {
            if target.ends_with("empty") {
                fs::create_dir(&target).unwrap();
            }
            let staging = Staging::beside(&target).unwrap();
            staging.tree().create("file", false).unwrap();
            assert!(!target.join("file").exists());
            staging.finish(true).unwrap();
            assert!(target.join("file").exists());
        }
        assert_eq!(["empty", "new"], names(parent.path())[..]);
    }

    #[test]
    fn what_is_not_finished_goes() {
        let parent = tempfile::tempdir().unwrap();
        let staging = Staging::beside(&parent.path().join("new")).unwrap();
        staging.tree().create("file", false).unwrap();
        drop(staging);
        assert!(names(parent.path()).is_empty());
    }

    #[test]
    fn what_is_there_stays() {
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("there");
        fs::create_dir(&target).unwrap();
        let staging = Staging::beside(&target).unwrap();
        fs::write(target.join("mine"), "x").unwrap();
        for result in [staging.finish(false), Staging::beside(&target).map(drop)] {
            assert!(matches!(result, Err(BundleError::TargetExists(_))), "{result:?}");
        }
        fs::write(parent.path().join("file"), "x").unwrap();
        assert!(matches!(Staging::beside(&parent.path().join("file")), Err(BundleError::TargetExists(_))));
        #[cfg(unix)]
        {
            let link = parent.path().join("link");
            std::os::unix::fs::symlink(parent.path().join("nowhere"), &link).unwrap();
            assert!(matches!(Staging::beside(&link), Err(BundleError::TargetExists(_))));
        }
        assert_eq!(["mine"], names(&target)[..]);
    }

    #[test]
    fn what_has_no_name_cannot_be_the_target() {
        for target in ["/", ".", "..", "somewhere/..", ""] {
            let result = Staging::beside(Path::new(target)).map(drop);
            assert!(matches!(result, Err(BundleError::TargetUnnamed(_))), "{target}: {result:?}");
        }
        let error = Staging::beside(Path::new("no-such-folder/new")).map(drop).unwrap_err();
        assert_eq!("cannot read no-such-folder: no such file or directory", error.to_string().to_lowercase());
    }

    #[cfg(unix)]
    #[test]
    fn an_empty_folder_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("private");
        fs::create_dir(&target).unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o750)).unwrap();
        Staging::beside(&target).unwrap().finish(false).unwrap();
        assert_eq!(0o750, fs::metadata(&target).unwrap().permissions().mode() & 0o777);
    }

    /// Whoever may write beside the target puts a link in the place of the folder that is worked in.
    #[cfg(unix)]
    #[test]
    fn a_link_put_in_its_place_leads_nowhere() {
        let parent = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::create_dir(outside.path().join(TREE)).unwrap();
        fs::write(outside.path().join(TREE).join("mine"), "x").unwrap();
        let staging = Staging::beside(&parent.path().join("new")).unwrap();
        let worked_in = parent.path().join(&staging.private.name);
        fs::rename(&worked_in, parent.path().join("away")).unwrap();
        std::os::unix::fs::symlink(outside.path(), &worked_in).unwrap();
        staging.tree().create("file", false).unwrap();
        assert_eq!(["mine"], names(&outside.path().join(TREE))[..]);
        drop(staging);
        assert_eq!(["mine"], names(&outside.path().join(TREE))[..]);
    }

    #[cfg(unix)]
    #[test]
    fn what_somebody_else_planted_is_no_obstacle() {
        let parent = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::create_dir(outside.path().join(TREE)).unwrap();
        fs::write(outside.path().join(LOCK), "").unwrap();
        let planted = |number: u32| parent.path().join(format!(".new.unpacking-1-{number}"));
        std::os::unix::fs::symlink(outside.path(), planted(1)).unwrap();
        fs::create_dir(planted(2)).unwrap();
        crate::held::make_pipe(&planted(2).join(LOCK));
        Staging::beside(&parent.path().join("new")).unwrap().finish(false).unwrap();
        assert_eq!([LOCK, TREE], names(outside.path())[..]);
    }

    #[test]
    fn its_own_leftovers_do_not_stop_it() {
        let parent = tempfile::tempdir().unwrap();
        let held = Held::open(parent.path()).unwrap();
        // The very next numbers are taken, and in use.
        let next = NEXT.load(Relaxed);
        for number in next..next + 40 {
            let folder = parent.path().join(format!(".new.unpacking-{}-{number}", std::process::id()));
            fs::create_dir_all(folder.join("something")).unwrap();
        }
        let private = Private::make(&held, OsStr::new(".new.unpacking-")).unwrap();
        assert_eq!(Seen::Other, private.folder.see(OsStr::new(LOCK)).unwrap());
    }

    #[test]
    fn leftovers_of_killed_runs_are_swept_and_those_in_use_are_not() {
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("new");
        let in_use = Staging::beside(&target).unwrap();
        let left = parent.path().join(".new.unpacking-1-7");
        fs::create_dir_all(left.join(TREE)).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        fs::write(left.join(TREE).join("half"), "x").unwrap();
        fs::create_dir(parent.path().join(".new.unpacking-1-8")).unwrap();
        fs::create_dir(parent.path().join(".newer.unpacking-1-9")).unwrap();
        let second = Staging::beside(&target).unwrap();
        for staging in [&in_use, &second] {
            staging.tree().create("file", false).unwrap();
        }
        assert!(!left.exists());
        drop((in_use, second));
        assert_eq!([".newer.unpacking-1-9"], names(parent.path())[..]);
    }
}
