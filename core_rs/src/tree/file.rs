//! One file and the meta files beside it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::hashing::Stamp;
use crate::mapping::{self, INIT_FILES, Input, Kind, Meta};
use crate::tree::disk::{Entry, Folder, NotRead, Sort, is_nothing};
use crate::tree::node::Node;
use crate::tree::piece::{Became, Row, Stamps};

/// The folder that a file is read from.
pub(super) struct Beside<'a> {
    pub folder: &'a Folder,
    /// As the project files lead to it.
    pub path: &'a Path,
    /// As the system calls it; None where that is the same.
    pub canonical: Option<&'a Path>,
    /// Its meta files, in the order of their names; None where they have to be looked for.
    pub metas: Option<&'a [Entry]>,
    pub legacy_scripts: bool,
    /// When reading began, to know which files were at rest.
    pub began_ns: i64,
}

/// What to read.
pub(super) struct Wanted<'a> {
    pub file_name: &'a OsStr,
    pub sort: Sort,
    pub kind: Kind,
    /// What its instance is called.
    pub name: &'a str,
}

/// What a file became.
pub(super) struct FileRead {
    pub node: Option<Node>,
    pub stamps: Option<Stamps>,
    pub found: Vec<Diagnostic>,
}

/// The ends of the names of meta files, in the order in which they are applied.
const META_ENDS: [&str; 2] = [".meta.json", ".meta.jsonc"];

/// Whether a name is that of a meta file.
pub(super) fn is_meta(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    META_ENDS.iter().any(|end| name.ends_with(end.as_bytes()))
}

/// The two meta files of an instance of this name.
pub(super) fn meta_names(name: &str) -> [OsString; 2] {
    META_ENDS.map(|end| OsString::from([name, end].concat()))
}

impl Beside<'_> {
    /// The row of a file: what it was before if nothing of it changed.
    pub fn row(&self, wanted: &Wanted<'_>, path: PathBuf, old: Option<Row>, bytes: &mut Vec<u8>) -> Row {
        let old = old.filter(|old| old.sort == wanted.sort);
        let is_unchanged = |known: &Stamps| self.is_unchanged(wanted, known);
        match old {
            Some(old) if old.stamps.as_deref().is_some_and(is_unchanged) => return old,
            _ => {}
        }
        let read = self.read(wanted, path, bytes);
        let known = match old.map(|old| old.became) {
            Some(Became::Node(node)) => Some(node),
            _ => None,
        };
        let became = match (read.node, known) {
            (None, _) => Became::Nothing,
            // What was written anew and says the same changes nothing.
            (Some(node), Some(known)) if node == *known => Became::Node(known),
            (Some(node), _) => Became::Node(Arc::new(node)),
        };
        Row {
            name: wanted.file_name.to_owned(),
            sort: wanted.sort,
            inode: 0,
            became,
            stamps: read.stamps.map(Box::new),
            found: read.found,
        }
    }

    /// Read a file and what its meta files say of it.
    pub fn read(&self, wanted: &Wanted<'_>, path: PathBuf, bytes: &mut Vec<u8>) -> FileRead {
        let mut read = FileRead { node: None, stamps: None, found: Vec::new() };
        let Some(stamp) =
            self.bytes(wanted.file_name, &path, wanted.kind.most_bytes(), bytes, &mut read.found)
        else {
            return read;
        };
        let input = Input { path: &path, name: wanted.name, bytes, legacy_scripts: self.legacy_scripts };
        read.node = mapping::read(wanted.kind, &input, &mut read.found);
        let mut metas = [None, None];
        if let Some(node) = &mut read.node {
            let canonical = match wanted.sort {
                Sort::Unsure => std::fs::canonicalize(&path).unwrap_or(path),
                _ => match self.canonical {
                    Some(canonical) => canonical.join(wanted.file_name),
                    None => path,
                },
            };
            node.origin.files.push(Arc::new(canonical));
            if wanted.kind.takes_meta() {
                metas = self.apply_metas(node, wanted.name, bytes, &mut read.found);
            }
        }
        let at_rest = |stamp: &Stamp| stamp.was_at_rest(self.began_ns);
        if at_rest(&stamp) && metas.iter().flatten().all(at_rest) {
            read.stamps = Some(Stamps { file: stamp, metas });
        }
        read
    }

    /// Whether a file and its meta files are what they were.
    pub fn is_unchanged(&self, wanted: &Wanted<'_>, known: &Stamps) -> bool {
        let now = |name: &OsStr| match self.folder.look(name) {
            Ok(Some((Sort::File, stamp))) => Some(stamp),
            _ => None,
        };
        if now(wanted.file_name) != Some(known.file) {
            return false;
        }
        if !wanted.kind.takes_meta() {
            return true;
        }
        let names = meta_names(wanted.name);
        names.iter().zip(&known.metas).all(|(name, known)| match (self.has_meta(name), known) {
            (false, None) => true,
            (true, Some(known)) => now(name).as_ref() == Some(known),
            _ => false,
        })
    }

    fn apply_metas(
        &self,
        node: &mut Node,
        name: &str,
        bytes: &mut Vec<u8>,
        found: &mut Vec<Diagnostic>,
    ) -> [Option<Stamp>; 2] {
        if self.metas.is_some_and(<[Entry]>::is_empty) {
            return [None, None];
        }
        meta_names(name).map(|name| {
            if !self.has_meta(&name) {
                return None;
            }
            let path = self.path.join(&name);
            let (stamp, meta) = self.meta(&name, &path, bytes, found)?;
            if let Some(meta) = meta {
                meta.apply(node, false, found);
            }
            node.origin.files.push(Arc::new(path));
            Some(stamp)
        })
    }

    /// Whether there is a meta file of this name.
    pub fn has_meta(&self, name: &OsStr) -> bool {
        match self.metas {
            Some(metas) => metas.binary_search_by(|entry| (*entry.name).cmp(name)).is_ok(),
            None => !matches!(self.folder.look(name), Ok(None)),
        }
    }

    /// Read a meta file. None: it cannot be read, which is told.
    pub fn meta(
        &self,
        name: &OsStr,
        path: &Path,
        bytes: &mut Vec<u8>,
        found: &mut Vec<Diagnostic>,
    ) -> Option<(Stamp, Option<Meta>)> {
        let stamp = self.bytes(name, path, Kind::Json.most_bytes(), bytes, found)?;
        Some((stamp, mapping::read_meta(bytes, path, found)))
    }

    /// The bytes of a file, or what is wrong with it.
    pub fn bytes(
        &self,
        name: &OsStr,
        path: &Path,
        most_bytes: u64,
        bytes: &mut Vec<u8>,
        found: &mut Vec<Diagnostic>,
    ) -> Option<Stamp> {
        self.folder
            .read(name, most_bytes, bytes)
            .map_err(|error| found.push(told(error, path, most_bytes)))
            .ok()
    }
}

/// What to say of a file that has no bytes for us.
pub(super) fn told(error: NotRead, path: &Path, most_bytes: u64) -> Diagnostic {
    match error {
        NotRead::NotAFile => Diagnostic::error(
            path,
            None,
            "not-a-file",
            "a file of this name would be read, and this is none".to_owned(),
            "give it another name, or leave it out with globIgnorePaths".to_owned(),
        ),
        NotRead::TooLarge(bytes) => Diagnostic::error(
            path,
            None,
            "too-large",
            format!("the file has {bytes} bytes, and at most {most_bytes} are read"),
            "split it, or leave it out with globIgnorePaths".to_owned(),
        ),
        NotRead::Io(error) => unreadable(&error, path),
    }
}

/// What to say where the system refuses; what went away since it was listed is told in a warning.
pub(super) fn unreadable(error: &io::Error, path: &Path) -> Diagnostic {
    if is_nothing(error) {
        return Diagnostic::warning(
            path,
            None,
            "vanished",
            "it went away while the project was read".to_owned(),
            String::new(),
        );
    }
    Diagnostic::error(
        path,
        None,
        "unreadable",
        format!("it cannot be read: {error}"),
        "let this user read it, or leave it out with globIgnorePaths".to_owned(),
    )
}

pub(super) fn as_not_read(error: io::Error) -> NotRead {
    NotRead::Io(error)
}

/// Whether a file makes the folder around it the instance.
pub(super) fn is_init(file_name: &str) -> bool {
    file_name.starts_with("init.") && INIT_FILES.iter().any(|(init, _)| *init == file_name)
}

pub(super) fn nameless(path: &Path) -> Diagnostic {
    Diagnostic::error(
        path,
        None,
        "name-not-utf8",
        "the name is no UTF-8, so no instance can have it".to_owned(),
        "give it another name, or leave it out with globIgnorePaths".to_owned(),
    )
}
