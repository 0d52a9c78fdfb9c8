//! A folder that is held open: what is done in it is done there, whatever becomes of its name meanwhile.
//!
//! Whoever may write around a folder can put a link in its place between two steps that name it.
//! Where the system has handles of folders, which is everywhere but on Windows, each step goes through one.

#[cfg(any(not(unix), test))]
mod named;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use named::Held;
#[cfg(unix)]
pub(crate) use unix::Held;

/// What is at a name; a link is itself and not what it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Nothing,
    Folder,
    Other,
}

/// A pipe, at which whoever opens it would wait.
#[cfg(unix)]
#[cfg(test)]
pub(crate) fn make_pipe(path: &std::path::Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[cfg(test)]
mod tests {
    /// What both ways to hold a folder promise.
    macro_rules! promises {
        ($name:ident, $held:ty) => {
            mod $name {
                use crate::held::Seen;
                use std::ffi::OsStr;
                use std::fs;
                use std::io::{ErrorKind, Write};

                fn held() -> (tempfile::TempDir, $held) {
                    let place = tempfile::tempdir().unwrap();
                    let held = <$held>::open(place.path()).unwrap();
                    (place, held)
                }

                #[test]
                fn files_and_folders_are_new() {
                    let (place, held) = held();
                    held.make("folder").unwrap();
                    assert_eq!(ErrorKind::AlreadyExists, held.make("folder").unwrap_err().kind());
                    held.create("folder/file", false).unwrap().write_all(b"one").unwrap();
                    let again = held.create("folder/file", false).unwrap_err();
                    assert_eq!(ErrorKind::AlreadyExists, again.kind());
                    held.write("folder/file").unwrap().write_all(b"two").unwrap();
                    assert_eq!("two", fs::read_to_string(place.path().join("folder/file")).unwrap());
                    assert_eq!(ErrorKind::NotFound, held.write("folder/other").unwrap_err().kind());
                }

                #[test]
                fn what_is_at_a_name_is_seen() {
                    let (_place, held) = held();
                    held.make("folder").unwrap();
                    held.create("file", true).unwrap();
                    assert_eq!(Seen::Folder, held.see(OsStr::new("folder")).unwrap());
                    assert_eq!(Seen::Other, held.see(OsStr::new("file")).unwrap());
                    assert_eq!(Seen::Nothing, held.see(OsStr::new("none")).unwrap());
                    let mut names = held.names().unwrap();
                    names.sort();
                    assert_eq!(["file", "folder"], names[..]);
                    assert!(held.inner(OsStr::new("folder")).unwrap().names().unwrap().is_empty());
                }

                #[test]
                fn a_tree_goes_at_once_and_one_that_is_gone_is_no_error() {
                    let (_place, held) = held();
                    held.make("a").unwrap();
                    held.make("a/b").unwrap();
                    held.create("a/b/c", false).unwrap();
                    held.remove_all("a").unwrap();
                    held.remove_all("a").unwrap();
                    assert!(held.names().unwrap().is_empty());
                }

                #[test]
                fn a_folder_takes_the_place_of_an_empty_one_and_of_nothing_else() {
                    let (place, held) = held();
                    for target in ["free", "empty", "full"] {
                        held.make("from").unwrap();
                        held.create("from/file", false).unwrap();
                        if target != "free" {
                            held.make(target).unwrap();
                        }
                        if target == "full" {
                            held.create("full/mine", false).unwrap();
                        }
                        let moved = held.rename("from", &held, OsStr::new(target));
                        assert_eq!(target != "full", moved.is_ok(), "{target}: {moved:?}");
                        assert_eq!(moved.is_ok(), place.path().join(target).join("file").exists());
                    }
                    let private = held.make_private(OsStr::new("private")).unwrap();
                    assert!(private.is_ours(None).unwrap());
                    held.copy_permissions(OsStr::new("empty"), &private).unwrap();
                    assert!(
                        <$held>::SYNCS_FILES
                            || cfg!(not(target_os = "linux"))
                            || stringify!($name) == "named"
                    );
                    held.remove_folder(OsStr::new("private")).unwrap();
                    held.remove_file("full/mine").unwrap();
                    assert!(held.remove_folder(OsStr::new("from")).is_err(), "it is not empty");
                    held.sync_all().unwrap();
                    held.sync_names().unwrap();
                }
            }
        };
    }

    promises!(named, crate::held::named::Held);
    #[cfg(unix)]
    promises!(unix, crate::held::unix::Held);
}
