//! Held by a handle; no step follows a link that somebody put inside meanwhile.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, fchmod, fstat, mkdirat, openat, renameat, statat,
    unlinkat,
};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::Seen;

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

#[derive(Debug)]
pub(crate) struct Held(OwnedFd);

impl Held {
    /// Open the folder at `path`, which the user named: links on the way are meant.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(openat(CWD, path, FOLDER, Mode::empty())?))
    }

    /// Open a folder inside; a link is refused.
    pub(crate) fn inner(&self, name: &OsStr) -> io::Result<Self> {
        Ok(Self(openat(&self.0, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())?))
    }

    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if !matches!(name, b"." | b"..") {
                names.push(OsStr::from_bytes(name).to_owned());
            }
        }
        Ok(names)
    }

    pub(crate) fn see(&self, name: &OsStr) -> io::Result<Seen> {
        match statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => Ok(Seen::Nothing),
            Err(error) => Err(error.into()),
            Ok(stat) if is_folder(&stat) => Ok(Seen::Folder),
            Ok(_) => Ok(Seen::Other),
        }
    }

    /// Make a folder where there is nothing.
    pub(crate) fn make(&self, path: &str) -> io::Result<()> {
        Ok(mkdirat(&self.0, path, Mode::RWXU | Mode::RWXG | Mode::RWXO)?)
    }

    /// Make a folder that only we may look into or change.
    pub(crate) fn make_private(&self, name: &OsStr) -> io::Result<Self> {
        mkdirat(&self.0, name, Mode::RWXU)?;
        self.inner(name)
    }

    /// Whether nobody else put this folder here.
    ///
    /// Where a file that we made in it is not ours either, as on a USB stick, owners mean nothing.
    pub(crate) fn is_ours(&self, made_in_it: Option<&File>) -> io::Result<bool> {
        let ours = geteuid().as_raw();
        if fstat(&self.0)?.st_uid == ours {
            return Ok(true);
        }
        Ok(match made_in_it {
            Some(file) => file.metadata()?.uid() != ours,
            None => false,
        })
    }

    /// Make a file where there is nothing, not even a link.
    pub(crate) fn create(&self, path: &str, executable: bool) -> io::Result<File> {
        let plain = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::WGRP | Mode::ROTH | Mode::WOTH;
        let mode = if executable { plain | Mode::XUSR | Mode::XGRP | Mode::XOTH } else { plain };
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        Ok(openat(&self.0, path, flags, mode)?.into())
    }

    /// Open a file that is there, to write to it; a link is refused, and nothing makes it wait.
    pub(crate) fn write(&self, path: &str) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Ok(openat(&self.0, path, flags, Mode::empty())?.into())
    }

    /// Move the folder `from` to where there is nothing or an empty folder.
    pub(crate) fn rename(&self, from: &str, to: &Self, name: &OsStr) -> io::Result<()> {
        Ok(renameat(&self.0, from, &to.0, name)?)
    }

    /// Let `tree` be open to whom the folder `name` is.
    pub(crate) fn copy_permissions(&self, name: &OsStr, tree: &Self) -> io::Result<()> {
        let stat = fstat(&self.inner(name)?.0)?;
        Ok(fchmod(&tree.0, Mode::from_raw_mode(stat.st_mode))?)
    }

    pub(crate) fn remove_file(&self, path: &str) -> io::Result<()> {
        Ok(unlinkat(&self.0, path, AtFlags::empty())?)
    }

    /// Remove an empty folder.
    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    /// Remove whatever is at `path` with everything in it.
    pub(crate) fn remove_all(&self, path: &str) -> io::Result<()> {
        remove_all(self.0.as_fd(), Path::new(path))
    }

    /// Whether `sync_all` reaches what was written to the files inside; if not, each of them is to be synced.
    pub(crate) const SYNCS_FILES: bool = cfg!(target_os = "linux");

    /// Wait until everything inside is on the disk.
    pub(crate) fn sync_all(&self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        rustix::fs::syncfs(&self.0)?;
        self.sync_names()
    }

    /// Wait until it is on the disk which names it has.
    pub(crate) fn sync_names(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(&self.0)?)
    }
}

/// Goes by paths from one handle: a handle for each level of a deep tree would run out of them.
fn remove_all(folder: rustix::fd::BorrowedFd<'_>, path: &Path) -> io::Result<()> {
    match unlinkat(folder, path, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => return Ok(()),
        // What Linux and what others say of a folder.
        Err(Errno::ISDIR | Errno::PERM) => {}
        Err(error) => return Err(error.into()),
    }
    let inner = Held(openat(folder, path, FOLDER | OFlags::NOFOLLOW, Mode::empty())?);
    let names = inner.names()?;
    drop(inner);
    for name in names {
        remove_all(folder, &path.join(name))?;
    }
    Ok(unlinkat(folder, path, AtFlags::REMOVEDIR)?)
}

fn is_folder(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::Directory
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn links_are_not_followed() {
        let place = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("file"), "mine").unwrap();
        symlink(outside.path(), place.path().join("folder")).unwrap();
        symlink(outside.path().join("file"), place.path().join("file")).unwrap();
        let held = Held::open(place.path()).unwrap();
        assert!(held.inner(OsStr::new("folder")).is_err());
        assert!(held.write("file").is_err() && held.create("file", false).is_err());
        assert_eq!(Seen::Other, held.see(OsStr::new("folder")).unwrap());
        held.remove_all("folder").unwrap();
        assert_eq!("mine", fs::read_to_string(outside.path().join("file")).unwrap());
    }

    #[test]
    fn it_stays_the_same_folder_when_its_name_is_taken_by_another() {
        let place = tempfile::tempdir().unwrap();
        let (first, moved) = (place.path().join("first"), place.path().join("moved"));
        fs::create_dir(&first).unwrap();
        let held = Held::open(&first).unwrap();
        fs::rename(&first, &moved).unwrap();
        symlink("/nowhere", &first).unwrap();
        held.create("file", false).unwrap();
        assert!(moved.join("file").exists());
    }

    #[test]
    fn a_pipe_in_the_place_of_a_file_makes_nobody_wait() {
        let place = tempfile::tempdir().unwrap();
        crate::held::make_pipe(&place.path().join("pipe"));
        assert!(Held::open(place.path()).unwrap().write("pipe").is_err());
    }

    #[test]
    fn a_private_folder_is_closed_to_others_and_known_as_ours() {
        let place = tempfile::tempdir().unwrap();
        let held = Held::open(place.path()).unwrap();
        let private = held.make_private(OsStr::new("private")).unwrap();
        let mode = fs::metadata(place.path().join("private")).unwrap().permissions().mode();
        assert_eq!(0o700, mode & 0o777);
        assert!(private.is_ours(None).unwrap());
        held.make("open").unwrap();
        held.copy_permissions(OsStr::new("private"), &held.inner(OsStr::new("open")).unwrap()).unwrap();
        let mode = fs::metadata(place.path().join("open")).unwrap().permissions().mode();
        assert_eq!(0o700, mode & 0o777);
    }

    #[test]
    fn a_folder_of_somebody_else_is_not_ours() {
        if geteuid().is_root() {
            let place = tempfile::tempdir().unwrap();
            fs::create_dir(place.path().join("theirs")).unwrap();
            std::os::unix::fs::chown(place.path().join("theirs"), Some(1), None).unwrap();
            let theirs = Held::open(&place.path().join("theirs")).unwrap();
            assert!(!theirs.is_ours(None).unwrap());
            let made = theirs.create("ours", false).unwrap();
            assert!(!theirs.is_ours(Some(&made)).unwrap());
        } else {
            // The root folder is root's.
            assert!(!Held::open(Path::new("/")).unwrap().is_ours(None).unwrap());
        }
    }

    #[test]
    fn a_tree_deeper_than_there_are_handles_is_removed() {
        let place = tempfile::tempdir().unwrap();
        let held = Held::open(place.path()).unwrap();
        let mut path = "d".to_owned();
        while path.len() < 1_200 {
            held.make(&path).unwrap();
            path += "/d";
        }
        held.remove_all("d").unwrap();
        assert!(held.names().unwrap().is_empty());
    }
}
