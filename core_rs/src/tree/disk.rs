//! Folders and files, in as few questions to the system as do.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::hashing::Stamp;

/// How much of a listing comes with one question; most folders are smaller.
#[cfg(target_os = "linux")]
const LISTING_BYTES: usize = 16 << 10;

/// What a folder says about one of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    File,
    Folder,
    /// A link, or something of which the folder does not say what it is.
    Unsure,
    /// A pipe, a socket, a device.
    Other,
}

/// A name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: OsString,
    pub sort: Sort,
    /// By which a folder is told from another that has its name now; 0 where a listing does not say it.
    pub inode: u64,
}

/// A folder that is open: its names cost one question, and its files are opened from it.
pub(super) struct Folder {
    #[cfg(unix)]
    handle: rustix::fd::OwnedFd,
    #[cfg(not(unix))]
    path: PathBuf,
}

/// Why a file has no bytes for us.
#[derive(Debug)]
pub(super) enum NotRead {
    NotAFile,
    TooLarge(u64),
    Io(io::Error),
}

impl From<io::Error> for NotRead {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Folder {
    #[cfg(unix)]
    pub fn open(path: &Path) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { handle: rustix::fs::open(path, flags, Mode::empty())? })
    }

    #[cfg(not(unix))]
    pub fn open(path: &Path) -> io::Result<Self> {
        fs::metadata(path)?;
        Ok(Self { path: path.to_path_buf() })
    }

    /// Its names, in the order of their bytes.
    #[cfg(unix)]
    pub fn list(&self) -> io::Result<Vec<Entry>> {
        use rustix::fs::FileType;
        use std::os::unix::ffi::OsStrExt;
        let mut entries = Vec::new();
        let mut add = |name: &[u8], sort: FileType, inode: u64| {
            if matches!(name, b"." | b"..") {
                return;
            }
            let sort = match sort {
                FileType::RegularFile => Sort::File,
                FileType::Directory => Sort::Folder,
                FileType::Symlink | FileType::Unknown => Sort::Unsure,
                _ => Sort::Other,
            };
            entries.push(Entry { name: OsStr::from_bytes(name).to_owned(), sort, inode });
        };
        #[cfg(target_os = "linux")]
        {
            let mut room = [std::mem::MaybeUninit::uninit(); LISTING_BYTES];
            let mut names = rustix::fs::RawDir::new(&self.handle, &mut room);
            while let Some(entry) = names.next() {
                let entry = entry?;
                add(entry.file_name().to_bytes(), entry.file_type(), entry.ino());
            }
        }
        #[cfg(not(target_os = "linux"))]
        for entry in rustix::fs::Dir::read_from(&self.handle)? {
            let entry = entry?;
            add(entry.file_name().to_bytes(), entry.file_type(), entry.ino());
        }
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    #[cfg(not(unix))]
    pub fn list(&self) -> io::Result<Vec<Entry>> {
        let entry = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            let sort = entry.file_type()?;
            let sort = match () {
                () if sort.is_symlink() => Sort::Unsure,
                () if sort.is_dir() => Sort::Folder,
                () if sort.is_file() => Sort::File,
                () => Sort::Other,
            };
            Ok(Entry { name: entry.file_name(), sort, inode: 0 })
        };
        let mut entries = fs::read_dir(&self.path)?.map(entry).collect::<io::Result<Vec<_>>>()?;
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// What a name leads to and its stamp; None where that is nothing.
    pub fn look(&self, name: &OsStr) -> io::Result<Option<(Sort, Stamp)>> {
        #[cfg(unix)]
        let seen = rustix::fs::statat(&self.handle, name, rustix::fs::AtFlags::empty())
            .map(|stat| (sort_of(stat.st_mode), Stamp::of_stat(&stat)))
            .map_err(io::Error::from);
        #[cfg(not(unix))]
        let seen = fs::metadata(self.path.join(name)).map(|it| (sort_of(&it), Stamp::of(&it)));
        match seen {
            Ok(seen) => Ok(Some(seen)),
            Err(error) if is_nothing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Read a file into `bytes`, whose old content goes; one read suffices if the file does not grow meanwhile.
    pub fn read(&self, name: &OsStr, most_bytes: u64, bytes: &mut Vec<u8>) -> Result<Stamp, NotRead> {
        bytes.clear();
        let mut file = self.open_file(name)?;
        #[cfg(unix)]
        let (sort, stamp) = {
            let stat = rustix::fs::fstat(&file).map_err(io::Error::from)?;
            (sort_of(stat.st_mode), Stamp::of_stat(&stat))
        };
        #[cfg(not(unix))]
        let (sort, stamp) = {
            let metadata = file.metadata()?;
            (sort_of(&metadata), Stamp::of(&metadata))
        };
        if sort != Sort::File {
            return Err(NotRead::NotAFile);
        }
        if stamp.size > most_bytes {
            return Err(NotRead::TooLarge(stamp.size));
        }
        // One more than there is: a read that comes back short has seen the end.
        let expected = usize::try_from(stamp.size).unwrap_or(usize::MAX).saturating_add(1);
        fill(&mut file, expected, most_bytes, bytes)?;
        Ok(stamp)
    }

    #[cfg(unix)]
    fn open_file(&self, name: &OsStr) -> io::Result<fs::File> {
        use rustix::fs::{Mode, OFlags, openat};
        // A pipe would make us wait for a writer.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
        Ok(openat(&self.handle, name, flags, Mode::empty())?.into())
    }

    #[cfg(not(unix))]
    fn open_file(&self, name: &OsStr) -> io::Result<fs::File> {
        fs::File::open(self.path.join(name))
    }
}

/// Whether an error says that there is nothing at a path.
pub(super) fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn fill(file: &mut fs::File, expected: usize, most_bytes: u64, bytes: &mut Vec<u8>) -> Result<(), NotRead> {
    bytes.resize(expected, 0);
    let mut length = 0;
    loop {
        match file.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        }
        if length == expected - 1 {
            break;
        }
        if length as u64 > most_bytes {
            return Err(NotRead::TooLarge(length as u64));
        }
        if length == bytes.len() {
            bytes.resize(length * 2, 0);
        }
    }
    bytes.truncate(length);
    Ok(())
}

#[cfg(unix)]
fn sort_of(mode: rustix::fs::RawMode) -> Sort {
    use rustix::fs::FileType;
    match FileType::from_raw_mode(mode) {
        FileType::RegularFile => Sort::File,
        FileType::Directory => Sort::Folder,
        _ => Sort::Other,
    }
}

#[cfg(not(unix))]
fn sort_of(metadata: &fs::Metadata) -> Sort {
    match () {
        () if metadata.is_file() => Sort::File,
        () if metadata.is_dir() => Sort::Folder,
        () => Sort::Other,
    }
}

/// A path without `.` and `..`, as it is written: what links there are is not asked.
pub(super) fn plain(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => drop(plain.pop()),
            Component::ParentDir if plain.has_root() => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests;
