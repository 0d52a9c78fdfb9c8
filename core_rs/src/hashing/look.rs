//! What is in a folder, and opening it: links are reported and not followed, and a file is the one that was listed.
//!
//! Somebody may put a link in the place of a folder or file between the look and the step that opens it.
//! So whatever is opened by its path is compared with what was seen in its folder before; on Windows the standard
//! library cannot tell, and making links needs a privilege there.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::Path;

use super::error::HashingError;
use super::stamp::Stamp;
use super::walk::Found;

/// What makes a folder or file itself, whatever its name; 0 on Windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

/// What is at a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Folder(Identity),
    File(Identity, Stamp, bool),
    Link,
    /// A socket, a pipe, a device.
    Other,
}

/// Tell `each` what is in the folder at `path`; false where it is gone.
///
/// `expected` is what was seen of it in the folder around it; without that, links to it are followed.
pub(crate) fn look(
    path: &Path,
    expected: Option<Identity>,
    each: &mut dyn FnMut(&OsStr, Seen) -> Result<(), HashingError>,
) -> Result<bool, HashingError> {
    match system::look(path, expected, each) {
        // Removed since it was listed: then it is not part of the tree.
        Err(HashingError::Read { source, .. })
            if source.kind() == io::ErrorKind::NotFound && expected.is_some() =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
        Ok(()) => Ok(true),
    }
}

/// Open the file at `path`, which the user named. What is no file is refused: a pipe would be waited for.
pub(crate) fn open(path: &Path) -> Result<(File, Stamp), HashingError> {
    let file = system::open(path, false).map_err(HashingError::read(path))?;
    let metadata = file.metadata().map_err(HashingError::read(path))?;
    if metadata.is_file() {
        Ok((file, Stamp::of(&metadata)))
    } else {
        Err(HashingError::NotAFile(path.to_owned()))
    }
}

/// Open a listed file and look at it again; nothing where it is gone.
pub(crate) fn open_found(path: &Path, found: &Found) -> Result<Option<(File, Stamp)>, HashingError> {
    let file = match system::open(path, true) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        // What a link says that is not to be followed.
        Err(error) if system::is_link(&error) => return Err(HashingError::Changed(path.to_owned())),
        other => other.map_err(HashingError::read(path))?,
    };
    let metadata = file.metadata().map_err(HashingError::read(path))?;
    if metadata.is_file() && system::identity(&metadata) == found.identity {
        Ok(Some((file, Stamp::of(&metadata))))
    } else {
        Err(HashingError::Changed(path.to_owned()))
    }
}

#[cfg(unix)]
mod system {
    use std::ffi::OsStr;
    use std::fs::{File, Metadata};
    use std::io;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat, statat};
    use rustix::io::Errno;

    use super::{HashingError, Identity, Seen, Stamp};

    pub(super) fn look(
        path: &Path,
        expected: Option<Identity>,
        each: &mut dyn FnMut(&OsStr, Seen) -> Result<(), HashingError>,
    ) -> Result<(), HashingError> {
        let failed = |error: Errno| HashingError::read(path)(error.into());
        let follow = if expected.is_some() { OFlags::NOFOLLOW } else { OFlags::empty() };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | follow;
        let folder = match rustix::fs::open(path, flags, Mode::empty()) {
            Err(Errno::NOTDIR) if expected.is_none() => {
                return Err(HashingError::NotAFolder(path.to_owned()));
            }
            Err(Errno::NOTDIR | Errno::LOOP) => return Err(HashingError::Changed(path.to_owned())),
            other => File::from(other.map_err(failed)?),
        };
        let metadata = folder.metadata().map_err(HashingError::read(path))?;
        if expected.is_some_and(|expected| expected != identity(&metadata)) {
            return Err(HashingError::Changed(path.to_owned()));
        }
        let mut folder = Dir::new(folder).map_err(failed)?;
        while let Some(entry) = folder.read() {
            let entry = entry.map_err(failed)?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if matches!(name.as_bytes(), b"." | b"..") {
                continue;
            }
            let seen = match entry.file_type() {
                FileType::Symlink => Some(Seen::Link),
                FileType::RegularFile | FileType::Directory | FileType::Unknown => {
                    match statat(folder.fd().map_err(failed)?, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
                        Err(Errno::NOENT) => None,
                        stat => {
                            let stat =
                                stat.map_err(|error| HashingError::read(&path.join(name))(error.into()))?;
                            Some(seen(&stat))
                        }
                    }
                }
                _ => Some(Seen::Other),
            };
            if let Some(seen) = seen {
                each(name, seen)?;
            }
        }
        Ok(())
    }

    fn seen(stat: &Stat) -> Seen {
        // The types of these fields differ between systems.
        #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, clippy::cast_lossless)]
        let identity = Identity { device: stat.st_dev as u64, inode: stat.st_ino as u64 };
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => Seen::Folder(identity),
            FileType::RegularFile => Seen::File(identity, Stamp::of_stat(stat), stat.st_mode & 0o100 != 0),
            FileType::Symlink => Seen::Link,
            _ => Seen::Other,
        }
    }

    pub(super) fn identity(metadata: &Metadata) -> Identity {
        Identity { device: metadata.dev(), inode: metadata.ino() }
    }

    /// Never waits, as opening a pipe would; on a file that changes nothing.
    pub(super) fn open(path: &Path, refuse_links: bool) -> io::Result<File> {
        let follow = if refuse_links { OFlags::NOFOLLOW } else { OFlags::empty() };
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY | follow;
        Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
    }

    pub(super) fn is_link(error: &io::Error) -> bool {
        error.raw_os_error() == Some(Errno::LOOP.raw_os_error())
    }
}

#[cfg(not(unix))]
mod system {
    use std::ffi::OsStr;
    use std::fs::{self, File, Metadata};
    use std::io;
    use std::path::Path;

    use super::{HashingError, Identity, Seen, Stamp};

    pub(super) fn look(
        path: &Path,
        expected: Option<Identity>,
        each: &mut dyn FnMut(&OsStr, Seen) -> Result<(), HashingError>,
    ) -> Result<(), HashingError> {
        if expected.is_none() && !fs::metadata(path).map_err(HashingError::read(path))?.is_dir() {
            return Err(HashingError::NotAFolder(path.to_owned()));
        }
        for entry in fs::read_dir(path).map_err(HashingError::read(path))? {
            let entry = entry.map_err(HashingError::read(path))?;
            // Neither call follows a link.
            let kind = entry.file_type().map_err(|error| HashingError::read(&entry.path())(error))?;
            let seen = if kind.is_dir() {
                Seen::Folder(Identity::default())
            } else if kind.is_file() {
                match entry.metadata() {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(HashingError::read(&entry.path())(error)),
                    // There is no bit for what can be run.
                    Ok(metadata) => Seen::File(Identity::default(), Stamp::of(&metadata), false),
                }
            } else if kind.is_symlink() {
                Seen::Link
            } else {
                Seen::Other
            };
            each(&entry.file_name(), seen)?;
        }
        Ok(())
    }

    pub(super) fn identity(_: &Metadata) -> Identity {
        Identity::default()
    }

    pub(super) fn open(path: &Path, _refuse_links: bool) -> io::Result<File> {
        File::open(path)
    }

    pub(super) fn is_link(_: &io::Error) -> bool {
        false
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    struct Listed {
        root: tempfile::TempDir,
        seen: Vec<(String, Seen)>,
    }

    /// A folder with a file and a folder in it, as they were seen.
    fn listed() -> Listed {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("folder")).unwrap();
        fs::write(root.path().join("folder/inside"), "x").unwrap();
        fs::write(root.path().join("file"), "x").unwrap();
        let mut seen = Vec::new();
        let mut each = |name: &OsStr, what: Seen| {
            seen.push((name.to_str().unwrap().to_owned(), what));
            Ok(())
        };
        assert!(look(root.path(), None, &mut each).unwrap());
        seen.sort_by(|(a, _), (b, _)| a.cmp(b));
        Listed { root, seen }
    }

    impl Listed {
        fn path(&self, name: &str) -> PathBuf {
            self.root.path().join(name)
        }

        fn found(&self) -> Found {
            let (path, Seen::File(identity, stamp, executable)) = &self.seen[0] else {
                panic!("{:?}", self.seen)
            };
            Found { path: path.clone(), identity: *identity, stamp: *stamp, executable: *executable }
        }

        fn look_inside(&self) -> Result<bool, HashingError> {
            let (_, Seen::Folder(identity)) = self.seen[1] else { panic!("{:?}", self.seen) };
            look(&self.path("folder"), Some(identity), &mut |_, _| Ok(()))
        }

        fn open(&self) -> Result<Option<(File, Stamp)>, HashingError> {
            open_found(&self.path("file"), &self.found())
        }
    }

    #[test]
    fn what_was_listed_is_what_is_opened() {
        let listed = listed();
        assert!(listed.look_inside().unwrap());
        assert_eq!(listed.found().stamp, listed.open().unwrap().unwrap().1);
        fs::remove_file(listed.path("file")).unwrap();
        fs::remove_dir_all(listed.path("folder")).unwrap();
        assert!(listed.open().unwrap().is_none());
        assert!(!listed.look_inside().unwrap());
    }

    /// Also where the link leads to the very same thing: nobody can know what else it led to in between.
    #[test]
    fn a_link_put_in_the_place_of_what_was_listed_is_not_followed() {
        let listed = listed();
        for name in ["file", "folder"] {
            fs::rename(listed.path(name), listed.path("moved")).unwrap();
            symlink(listed.path("moved"), listed.path(name)).unwrap();
            fs::rename(listed.path("moved"), listed.path(&format!("moved {name}"))).unwrap();
        }
        assert!(matches!(listed.open(), Err(HashingError::Changed(_))));
        assert!(matches!(listed.look_inside(), Err(HashingError::Changed(_))));
    }

    #[test]
    fn another_file_or_folder_is_not_taken_for_the_one_that_was_listed() {
        let listed = listed();
        for name in ["file", "folder"] {
            // Kept, so that its number is not given to the next.
            fs::rename(listed.path(name), listed.path(&format!("old {name}"))).unwrap();
        }
        fs::write(listed.path("file"), "x").unwrap();
        fs::create_dir(listed.path("folder")).unwrap();
        assert!(matches!(listed.open(), Err(HashingError::Changed(_))));
        assert!(matches!(listed.look_inside(), Err(HashingError::Changed(_))));
        fs::remove_dir(listed.path("folder")).unwrap();
        fs::write(listed.path("folder"), "x").unwrap();
        assert!(matches!(listed.look_inside(), Err(HashingError::Changed(_))));
    }

    #[test]
    fn a_pipe_is_no_file_and_nobody_waits_for_it() {
        let listed = listed();
        fs::remove_file(listed.path("file")).unwrap();
        let pipe = listed.path("file");
        crate::held::make_pipe(&pipe);
        assert!(matches!(listed.open(), Err(HashingError::Changed(_))));
        assert!(matches!(open(&pipe), Err(HashingError::NotAFile(_))));
        assert!(matches!(open(&listed.path("folder")), Err(HashingError::NotAFile(_))));
    }
}
