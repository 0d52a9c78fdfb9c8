//! Which paths a bundle may hold, and which can be made on every platform.
//!
//! Paths are kept as they are: UTF-8, `/` between the names, no normalising.
//! Every reader refuses a path that could leave the folder it is unpacked to.
//! Packing and unpacking, unless told otherwise, also refuse what Windows or macOS would refuse, change or
//! take for another file, so that a bundle unpacks everywhere or nowhere. On Windows nothing else is unpacked.

use std::collections::HashMap;

use super::caps::{MOST_NAMES, MOST_PATH_BYTES};
use crate::paths::{clash_key, is_device};

/// What file systems take for one name.
const MOST_NAME_BYTES: usize = 255;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    #[error("it is empty")]
    Empty,
    #[error("it is longer than {MOST_PATH_BYTES} bytes")]
    TooLong,
    #[error("it begins or ends with a slash, or has two in a row")]
    EmptyName,
    #[error("it has a part that is . or ..")]
    Dots,
    #[error("it has a zero byte")]
    Zero,
    #[error("it has a backslash, which Windows takes for a separator")]
    Backslash,
    #[error("it has a part that is longer than {MOST_NAME_BYTES} bytes")]
    NameTooLong,
    #[error("it has the character {0:?}, which Windows refuses in names")]
    Forbidden(char),
    #[error("it has a part that ends with a dot or a space, which Windows drops")]
    Ending,
    #[error("it has the part {0:?}, which is a device on Windows")]
    Device(String),
    #[error("the same name is also a file, or is there twice")]
    Taken,
    #[error("beside it is {0:?}, which differs only in upper and lower case or in how letters are composed")]
    Collision(String),
    #[error("it is one name too many: a bundle holds {MOST_NAMES} files and folders")]
    TooMany,
}

/// Whether `path` stays inside the folder it is unpacked to, on every platform.
pub fn check_safe(path: &str) -> Result<(), NameFault> {
    if path.is_empty() {
        return Err(NameFault::Empty);
    }
    if path.len() > MOST_PATH_BYTES {
        return Err(NameFault::TooLong);
    }
    match path.bytes().find(|byte| matches!(byte, 0 | b'\\')) {
        Some(0) => return Err(NameFault::Zero),
        Some(_) => return Err(NameFault::Backslash),
        None => {}
    }
    for name in path.split('/') {
        match name {
            "" => return Err(NameFault::EmptyName),
            "." | ".." => return Err(NameFault::Dots),
            _ => {}
        }
    }
    Ok(())
}

/// Whether every file system that we know of takes the names of `path` as they are.
pub fn check_portable(path: &str) -> Result<(), NameFault> {
    let forbidden =
        |one: &char| matches!(one, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\') || one.is_control();
    if let Some(wrong) = path.chars().find(forbidden) {
        return Err(NameFault::Forbidden(wrong));
    }
    for name in path.split('/') {
        if name.len() > MOST_NAME_BYTES {
            return Err(NameFault::NameTooLong);
        }
        if name.ends_with(['.', ' ']) {
            return Err(NameFault::Ending);
        }
        if is_device(name) {
            return Err(NameFault::Device(name.to_owned()));
        }
    }
    Ok(())
}

/// The folders around `path` that are not also around `last`, outermost first.
///
/// In the order of the paths' bytes everything inside a folder is together, so a folder is new once.
pub fn new_folders<'a>(last: &'a str, path: &'a str) -> impl Iterator<Item = &'a str> {
    let shared = last.bytes().zip(path.bytes()).take_while(|(a, b)| a == b).count();
    path.match_indices('/').map(|(end, _)| end).filter(move |end| *end >= shared).map(|end| &path[..end])
}

/// The names of one bundle, seen path by path in order, each checked to be portable beside those before it.
///
/// A tree of names and not a set of paths, so that deep paths cost no more than they are long.
#[derive(Debug, Default)]
pub struct Names {
    /// Folder and key of a name -> what it is.
    nodes: HashMap<(u32, Box<str>), Node>,
    /// The folders around the last path, outermost first; the next path mostly lies in the same.
    around: Vec<(Box<str>, u32)>,
}

#[derive(Debug)]
struct Node {
    number: u32,
    /// Where it is not the key.
    spelled: Option<Box<str>>,
    is_folder: bool,
}

const ROOT: u32 = 0;

impl Names {
    /// Check `path`, a file or else an empty folder, and remember it.
    pub fn add(&mut self, path: &str) -> Result<(), NameFault> {
        check_safe(path)?;
        check_portable(path)?;
        let mut folder = ROOT;
        let mut depth = 0;
        let mut names = path.split('/').peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                self.around.truncate(depth);
                return self.last_name(folder, name);
            }
            folder = match self.around.get(depth) {
                Some((last, number)) if **last == *name => *number,
                _ => {
                    self.around.truncate(depth);
                    let number = self.folder(folder, name)?;
                    self.around.push((name.into(), number));
                    number
                }
            };
            depth += 1;
        }
        Ok(())
    }

    fn folder(&mut self, parent: u32, name: &str) -> Result<u32, NameFault> {
        let key = (parent, clash_key(name).into());
        match self.nodes.get(&key) {
            None => self.insert(key, name, true),
            Some(node) => {
                check_spelling(node, &key.1, name)?;
                if node.is_folder { Ok(node.number) } else { Err(NameFault::Taken) }
            }
        }
    }

    fn last_name(&mut self, parent: u32, name: &str) -> Result<(), NameFault> {
        let key = (parent, clash_key(name).into());
        match self.nodes.get(&key) {
            None => self.insert(key, name, false).map(|_| ()),
            Some(node) => check_spelling(node, &key.1, name).and(Err(NameFault::Taken)),
        }
    }

    fn insert(&mut self, key: (u32, Box<str>), name: &str, is_folder: bool) -> Result<u32, NameFault> {
        if self.nodes.len() >= MOST_NAMES {
            return Err(NameFault::TooMany);
        }
        let number = u32::try_from(self.nodes.len() + 1).unwrap_or(u32::MAX);
        let spelled = (*key.1 != *name).then(|| name.into());
        self.nodes.insert(key, Node { number, spelled, is_folder });
        Ok(number)
    }
}

fn check_spelling(node: &Node, key: &str, name: &str) -> Result<(), NameFault> {
    let spelled = node.spelled.as_deref().unwrap_or(key);
    if spelled == name { Ok(()) } else { Err(NameFault::Collision(spelled.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_could_leave_the_folder_are_refused() {
        for (path, fault) in [
            ("", NameFault::Empty),
            ("/etc/passwd", NameFault::EmptyName),
            ("a//b", NameFault::EmptyName),
            ("a/", NameFault::EmptyName),
            ("..", NameFault::Dots),
            ("a/../../b", NameFault::Dots),
            ("./a", NameFault::Dots),
            ("a\0b", NameFault::Zero),
            ("..\\a", NameFault::Backslash),
            (&"a/".repeat(600), NameFault::TooLong),
        ] {
            assert_eq!(Err(fault), check_safe(path), "{path:?}");
        }
        for path in ["a", "...", "a/..b/c..", "ä/ö", "C:", ".hidden"] {
            assert_eq!(Ok(()), check_safe(path), "{path:?}");
        }
    }

    #[test]
    fn names_that_windows_refuses_or_changes_are_not_portable() {
        for path in ["C:/x", "a:stream", "what?", "a*", "a\tb", "x/dot.", "space /x", "\u{7f}"] {
            assert!(check_portable(path).is_err(), "{path:?}");
        }
        for path in ["con", "a/NUL.txt", "Com1", "lpt³.log", "aux .c", "CONIN$", "prn.tar.gz"] {
            assert!(matches!(check_portable(path), Err(NameFault::Device(_))), "{path:?}");
        }
        assert_eq!(Err(NameFault::NameTooLong), check_portable(&"n".repeat(256)));
        for path in ["console", "com", "com10", "lpt", "null", "a.con", ".con", "é/日本.txt", "a b"] {
            assert_eq!(Ok(()), check_portable(path), "{path:?}");
        }
    }

    fn all(paths: &[&str]) -> Result<(), NameFault> {
        let mut names = Names::default();
        paths.iter().try_for_each(|path| names.add(path))
    }

    #[test]
    fn names_that_are_one_file_elsewhere_collide() {
        for (a, b) in [
            ("readme", "README"),
            ("a/x", "A/y"),
            ("\u{e9}", "e\u{301}"),
            ("stra\u{df}e", "STRASSE"),
            ("\u{3c3}", "\u{3c2}"),
            ("d/\u{fb01}", "d/FI"),
        ] {
            assert!(matches!(all(&[a, b]), Err(NameFault::Collision(_))), "{a} {b}");
        }
        assert_eq!(Ok(()), all(&["a/x", "a/y", "b/x", "a.x", "m2", "m\u{b2}"]));
    }

    #[test]
    fn a_file_holds_nothing_and_no_name_is_there_twice() {
        for paths in [&["a", "a.b", "a/b"][..], &["a/b", "a"], &["a/b", "a/c", "a/b"], &["a/b/c", "a/b"]] {
            assert_eq!(Err(NameFault::Taken), all(paths), "{paths:?}");
        }
    }

    #[test]
    fn folders_that_are_left_and_entered_again_are_the_same() {
        assert_eq!(Ok(()), all(&["a/b/c", "a/d", "a/b/e", "b/b/c", "a/b/f/g"]));
        assert_eq!(Err(NameFault::Taken), all(&["a/b/c", "b/b/c", "a/b/c/d"]));
    }

    #[test]
    fn a_folder_is_new_once() {
        let new = |last, path| new_folders(last, path).collect::<Vec<_>>();
        assert_eq!(["a", "a/b"], new("", "a/b/c")[..]);
        assert_eq!(["a/c"], new("a/b/c", "a/c/d")[..]);
        assert_eq!(["ab"], new("a/b", "ab/c")[..]);
        assert!(new("a/b/c", "a/b/d").is_empty() && new("a/b", "c").is_empty());
        assert_eq!(["\u{e9}"], new("\u{e8}/a", "\u{e9}/a")[..]);
    }
}
