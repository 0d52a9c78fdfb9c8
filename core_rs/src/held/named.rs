//! Held by its name alone: for systems whose standard library has no handles of folders.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::Seen;

#[derive(Debug)]
pub(crate) struct Held(PathBuf);

impl Held {
    /// Open the folder at `path`.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        fs::read_dir(path)?;
        Ok(Self(path.to_owned()))
    }

    pub(crate) fn inner(&self, name: &OsStr) -> io::Result<Self> {
        Self::open(&self.0.join(name))
    }

    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(&self.0)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    }

    pub(crate) fn see(&self, name: &OsStr) -> io::Result<Seen> {
        match fs::symlink_metadata(self.0.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Seen::Nothing),
            Err(error) => Err(error),
            Ok(metadata) if metadata.is_dir() => Ok(Seen::Folder),
            Ok(_) => Ok(Seen::Other),
        }
    }

    /// Make a folder where there is nothing.
    pub(crate) fn make(&self, path: &str) -> io::Result<()> {
        fs::create_dir(self.at(path))
    }

    /// Make a folder; who may look into it is inherited.
    pub(crate) fn make_private(&self, name: &OsStr) -> io::Result<Self> {
        let path = self.0.join(name);
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// Whether nobody else put this folder here; without a handle it cannot be told.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "it can be told elsewhere")]
    pub(crate) fn is_ours(&self, _made_in_it: Option<&File>) -> io::Result<bool> {
        Ok(true)
    }

    /// Make a file where there is nothing.
    pub(crate) fn create(&self, path: &str, _executable: bool) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.at(path))
    }

    /// Open a file that is there, to write to it.
    pub(crate) fn write(&self, path: &str) -> io::Result<File> {
        OpenOptions::new().write(true).open(self.at(path))
    }

    /// Move the folder `from` to where there is nothing or an empty folder.
    pub(crate) fn rename(&self, from: &str, to: &Self, name: &OsStr) -> io::Result<()> {
        let target = to.0.join(name);
        // Windows does not rename over an empty folder. One that is not empty stays, and fails the next step.
        let _ = fs::remove_dir(&target);
        fs::rename(self.at(from), target)
    }

    /// Nothing: who may look into a folder is inherited from the one around it.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "it does something elsewhere")]
    pub(crate) fn copy_permissions(&self, _name: &OsStr, _tree: &Self) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn remove_file(&self, path: &str) -> io::Result<()> {
        fs::remove_file(self.at(path))
    }

    /// Remove an empty folder.
    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_dir(self.0.join(name))
    }

    /// Remove whatever is at `path` with everything in it.
    pub(crate) fn remove_all(&self, path: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.at(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Whether `sync_all` reaches what was written to the files inside; if not, each of them is to be synced.
    pub(crate) const SYNCS_FILES: bool = false;

    /// Nothing is left to do once the files are synced: names are in the journal of the file system.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "it does something elsewhere")]
    pub(crate) fn sync_all(&self) -> io::Result<()> {
        Ok(())
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "it does something elsewhere")]
    pub(crate) fn sync_names(&self) -> io::Result<()> {
        Ok(())
    }

    /// Part by part, so that a name that the user gave in the system's long form stays one.
    fn at(&self, path: &str) -> PathBuf {
        let mut whole = self.0.clone();
        whole.extend(path.split('/'));
        whole
    }
}
