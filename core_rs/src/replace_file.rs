//! A file that appears whole or not at all.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::held::Held;

const ENDING: &str = ".partial";
/// Another writer may sweep a file that is not locked yet, but hardly so often.
const MOST_TRIES: usize = 100;
/// Tells two writers in one process apart.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// Let `write` fill a new file beside `path`, then put it in the place of `path` in one step; `durable`: once it is on
/// the disk.
///
/// Where anything fails nothing is left behind and an older file stays as it was. What a killed process left behind is
/// removed by the next one that writes the same file.
pub(crate) fn replace_file<T, E: From<io::Error>>(
    path: &Path,
    durable: bool,
    write: impl FnOnce(&mut File) -> Result<T, E>,
) -> Result<T, E> {
    if fs::symlink_metadata(path).is_ok_and(|there| !there.is_file() && !there.is_symlink()) {
        return Err(io::Error::other("what is there is not a file").into());
    }
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    sweep(folder, &prefix);
    let mut partial = Partial::create(folder, &prefix)?;
    let value = write(&mut partial.file)?;
    if durable {
        partial.file.sync_all()?;
    }
    partial.rename(path)?;
    if durable {
        Held::open(folder)?.sync_names()?;
    }
    Ok(value)
}

/// A file that is removed when it is dropped, unless it has its name by then; locked as long as it is written.
struct Partial {
    file: File,
    path: PathBuf,
    is_named: bool,
}

impl Partial {
    fn create(folder: &Path, prefix: &OsStr) -> io::Result<Self> {
        for _ in 0..MOST_TRIES {
            let mut name = prefix.to_owned();
            name.push(format!("{}-{}{ENDING}", std::process::id(), NEXT.fetch_add(1, Relaxed)));
            let path = folder.join(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                // Left behind by a process that had our number and was killed; swept if it can be.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(file) => {
                    let partial = Self { file, path, is_named: false };
                    // Some file systems have no locks; then nobody sweeps either.
                    let _ = partial.file.lock();
                    // Swept between the last two steps?
                    if partial.path.exists() {
                        return Ok(partial);
                    }
                }
            }
        }
        Err(io::Error::other("other programs remove what is made there"))
    }

    fn rename(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.is_named = true;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_named {
            // The first error is the one to tell; what cannot be removed is an oddly named file.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Remove what killed writers of the same file left behind. Nothing here is worth failing for.
fn sweep(folder: &Path, prefix: &OsStr) {
    let Ok(held) = Held::open(folder) else { return };
    for name in held.names().unwrap_or_default() {
        let bytes = name.as_encoded_bytes();
        if bytes.starts_with(prefix.as_encoded_bytes())
            && bytes.ends_with(ENDING.as_bytes())
            && let Some(name) = name.to_str()
            && let Ok(left) = held.write(name)
            && left.try_lock().is_ok()
        {
            let _ = held.remove_file(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    fn write(path: &Path, content: &str) -> io::Result<()> {
        replace_file(path, true, |file| file.write_all(content.as_bytes()))
    }

    #[test]
    fn a_failed_write_leaves_the_older_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "old").unwrap();
        let result: io::Result<()> = replace_file(&path, true, |file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(result.is_err());
        let panicked =
            std::panic::catch_unwind(|| replace_file::<(), io::Error>(&path, false, |_| panic!("planted")));
        assert!(panicked.is_err());
        assert_eq!("old", fs::read_to_string(&path).unwrap());
        assert_eq!(["file"], names(folder.path())[..]);
    }

    #[test]
    fn the_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for content in ["old", "new"] {
            write(&path, content).unwrap();
            assert_eq!(content, fs::read_to_string(&path).unwrap());
        }
        assert_eq!(["file"], names(folder.path())[..]);
    }

    #[test]
    fn what_killed_processes_left_is_swept_and_what_is_in_use_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        // The very next numbers are taken.
        let next = NEXT.load(Relaxed);
        for number in next..next + 50 {
            let name = format!(".file.{}-{number}{ENDING}", std::process::id());
            fs::write(folder.path().join(name), "left").unwrap();
        }
        for other in [".file.7-7.other", ".other.7-7.partial"] {
            fs::write(folder.path().join(other), "").unwrap();
        }
        let in_use = Partial::create(folder.path(), OsStr::new(".file.")).unwrap();
        write(&path, "new").unwrap();
        assert_eq!("new", fs::read_to_string(&path).unwrap());
        assert!(in_use.path.exists());
        drop(in_use);
        let mut left = names(folder.path());
        left.sort();
        assert_eq!([".file.7-7.other", ".other.7-7.partial", "file"], left[..]);
    }

    #[test]
    fn two_writers_at_once_leave_one_whole_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let contents: Vec<String> = (0..8).map(|number| number.to_string().repeat(10_000)).collect();
        std::thread::scope(|scope| {
            for content in &contents {
                scope.spawn(|| write(&path, content).unwrap());
            }
        });
        assert!(contents.contains(&fs::read_to_string(&path).unwrap()));
        assert_eq!(["file"], names(folder.path())[..]);
    }

    #[test]
    fn what_is_no_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!("what is there is not a file", write(folder.path(), "x").unwrap_err().to_string());
        assert!(write(Path::new("/"), "x").is_err());
        #[cfg(unix)]
        assert!(write(Path::new("/dev/null"), "x").is_err());
    }
}
