//! What is remembered of the files that were read: one piece for each folder, project file and `$path`.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::hashing::{Digest, Stamp};
use crate::mapping::Meta;
use crate::project::Project;
use crate::tree::context::Context;
use crate::tree::disk::Sort;
use crate::tree::node::Node;

/// The number of a piece.
pub(super) type Id = u32;

/// Which path is read, and how.
#[derive(Debug)]
pub(super) struct Place {
    /// As the project files lead to it, which is what their globs are matched with.
    pub path: Arc<Path>,
    /// As the system calls it, where that is known without asking.
    pub canonical: Option<Arc<Path>>,
    /// None: the first project file.
    pub context: Option<Arc<Context>>,
    pub wanted: Wanted,
    pub above: Option<Id>,
    pub depth: u32,
    /// The last link that led here.
    pub jump: Option<Arc<Jump>>,
}

/// A link to a folder, by which the way below leaves the folder it lies in.
#[derive(Debug)]
pub(super) struct Jump {
    pub from: Arc<Path>,
    pub before: Option<Arc<Jump>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Whatever is there.
    Any,
    /// A folder, as the folder around it says.
    Folder,
    /// A project file, and the name of its instance where it says none itself.
    Project(Option<String>),
}

/// What was at a place, and what became of it.
#[derive(Debug)]
pub(super) struct Piece {
    pub place: Arc<Place>,
    pub what: What,
    /// What is wrong with what was read here.
    pub found: Vec<Diagnostic>,
    /// The instance, once what is below it is there too.
    pub node: Option<Arc<Node>>,
    /// What is wrong with how its parts fit together.
    pub said: Vec<Diagnostic>,
    /// The folders in which a change may change it.
    pub folders: Vec<Arc<Path>>,
}

impl Piece {
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        let rows = self.what.rows().iter().flat_map(|row| &row.found);
        let wrong = match &self.what {
            What::Project(project) => &project.wrong[..],
            _ => &[],
        };
        self.found.iter().chain(&self.said).chain(rows).chain(wrong)
    }
}

#[derive(Debug)]
pub(super) enum What {
    /// Nothing, or nothing that makes an instance.
    Nothing,
    File(Row),
    Folder(FolderPiece),
    Project(ProjectPiece),
}

#[derive(Debug)]
pub(super) struct FolderPiece {
    pub canonical: Arc<Path>,
    /// The folder itself without its children and without what `metas` say.
    pub bare: Node,
    pub metas: Vec<Meta>,
    /// In the order of the names.
    pub rows: Vec<Row>,
}

#[derive(Debug)]
pub(super) struct ProjectPiece {
    pub canonical: Arc<Path>,
    pub file: Arc<Path>,
    /// Of its bytes: a project file is small, and everything below hangs on it.
    pub digest: Digest,
    pub name: String,
    pub opened: Opened,
    /// What is wrong with the file itself.
    pub wrong: Vec<Diagnostic>,
}

/// A project file that could be read.
#[derive(Debug)]
pub(super) struct Opened {
    pub project: Arc<Project>,
    /// What every `$path` leads to, in the order of the nodes.
    pub targets: Vec<Id>,
}

/// A name in a folder.
#[derive(Debug)]
pub(super) struct Row {
    pub name: OsString,
    pub sort: Sort,
    /// Of a folder; 0 of all else.
    pub inode: u64,
    pub became: Became,
    /// By which it is known that the file need not be read again.
    pub stamps: Option<Box<Stamps>>,
    pub found: Vec<Diagnostic>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Became {
    Nothing,
    Node(Arc<Node>),
    Below(Id),
}

/// Of a file and of the two meta files that may be beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamps {
    pub file: Stamp,
    pub metas: [Option<Stamp>; 2],
}

impl What {
    /// The pieces right below.
    pub fn below(&self) -> Vec<Id> {
        match self {
            Self::Nothing => Vec::new(),
            Self::File(row) => row.below().into_iter().collect(),
            Self::Folder(folder) => folder.rows.iter().filter_map(Row::below).collect(),
            Self::Project(project) => project.opened.targets.clone(),
        }
    }

    /// What is wrong with single files.
    pub fn rows(&self) -> &[Row] {
        match self {
            Self::File(row) => std::slice::from_ref(row),
            Self::Folder(folder) => &folder.rows,
            Self::Nothing | Self::Project(_) => &[],
        }
    }
}

impl Row {
    /// A name that makes no instance.
    pub fn nothing(name: &OsStr, sort: Sort) -> Self {
        Self {
            name: name.to_owned(),
            sort,
            inode: 0,
            became: Became::Nothing,
            stamps: None,
            found: Vec::new(),
        }
    }

    pub fn below(&self) -> Option<Id> {
        if let Became::Below(id) = self.became { Some(id) } else { None }
    }
}

impl Jump {
    /// Whether a folder is one from which the way came, or holds one of them: then it has no end.
    pub fn leads_back_to(&self, folder: &Path) -> bool {
        self.from.starts_with(folder)
            || self.before.as_ref().is_some_and(|before| before.leads_back_to(folder))
    }
}
