//! Reads a project, and remembers what it read: a second look reads what changed and shares everything else.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::hashing::now_ns;
use crate::project::{Project, locate};
use crate::tree::folders::{Folders, folders_of};
use crate::tree::node::Node;
use crate::tree::piece::{Id, Piece, Place, Wanted, What};
use crate::tree::together::{is_same, rootless, together};
use crate::tree::walk::{Task, Walk};
use crate::watch::{Cancelled, Watch};

/// A project as it was when it was read last.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The root instance; where the project file cannot be read, an empty folder.
    pub root: Arc<Node>,
    /// What is wrong, in the order of the paths and of the places in them.
    pub diagnostics: Vec<Diagnostic>,
}

impl Tree {
    /// Whether anything is left out of it, so that it is not to be built.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|it| it.severity == Severity::Error)
    }
}

/// A project that is open.
#[derive(Debug)]
pub struct Reader {
    file: Arc<Path>,
    pieces: HashMap<Id, Piece>,
    /// The pieces that a change in a folder may change; made when it is asked first, for not everybody looks twice.
    by_folder: Option<Folders>,
    next: Id,
    tree: Tree,
}

/// The number of the piece of the first project file.
const ROOT: Id = 0;

impl Reader {
    /// Read the project that a person names by its file or its folder.
    pub fn open(path: &Path, watch: &Watch) -> Result<Result<Self, Diagnostic>, Cancelled> {
        let canonical = std::fs::canonicalize(path);
        let file = match canonical.map_or_else(|_| locate(path), |path| locate(&path)) {
            Ok(file) => file.into(),
            Err(wrong) => return Ok(Err(wrong)),
        };
        let root = Arc::new(Node::new("", "Folder"));
        let tree = Tree { root, diagnostics: Vec::new() };
        let mut reader = Self { file, pieces: HashMap::new(), by_folder: None, next: ROOT, tree };
        reader.begin(watch)?;
        Ok(Ok(reader))
    }

    /// The project file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The folder of the project file.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// What the project file says, if it can be read.
    #[must_use]
    pub fn project(&self) -> Option<&Project> {
        match &self.pieces.get(&ROOT)?.what {
            What::Project(project) => Some(&project.opened.project),
            _ => None,
        }
    }

    /// The project as it was read last.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Every folder that a change in may change the tree, as the system calls it.
    #[must_use]
    pub fn folders(&self) -> BTreeSet<Arc<Path>> {
        let folders =
            |piece: &Piece| if piece.folders.is_empty() { folders_of(piece) } else { piece.folders.clone() };
        self.pieces.values().flat_map(folders).collect()
    }

    /// Look again at these folders, or at all of them, and read what changed.
    pub fn refresh(&mut self, dirty: Option<&[PathBuf]>, watch: &Watch) -> Result<&Tree, Cancelled> {
        if self.pieces.is_empty() {
            self.begin(watch)?;
            return Ok(&self.tree);
        }
        let ids = match dirty {
            None => self.pieces.keys().copied().collect::<Vec<_>>(),
            Some(folders) => self.by_folder().touched(folders).into_iter().collect(),
        };
        let tasks = ids
            .iter()
            .filter_map(|id| {
                let piece = self.pieces.get_mut(id)?;
                let old = Some(std::mem::replace(&mut piece.what, What::Nothing));
                Some((*id, Arc::clone(&piece.place), old))
            })
            .map(|(id, place, old)| Task { id, place, old })
            .collect();
        self.read(tasks, watch)?;
        Ok(&self.tree)
    }

    fn by_folder(&mut self) -> &Folders {
        let pieces = &mut self.pieces;
        self.by_folder.get_or_insert_with(|| {
            let mut by_folder = Folders::default();
            for (id, piece) in pieces {
                if piece.folders.is_empty() {
                    piece.folders = folders_of(piece);
                }
                by_folder.add(*id, &piece.folders);
            }
            by_folder
        })
    }

    fn begin(&mut self, watch: &Watch) -> Result<(), Cancelled> {
        let place = Place {
            path: Arc::clone(&self.file),
            canonical: None,
            context: None,
            wanted: Wanted::Project(None),
            above: None,
            depth: 0,
            jump: None,
        };
        self.next = ROOT + 1;
        self.read(vec![Task { id: ROOT, place: Arc::new(place), old: None }], watch)
    }

    fn read(&mut self, tasks: Vec<Task>, watch: &Watch) -> Result<(), Cancelled> {
        crate::room::make();
        let before: Vec<_> = tasks.iter().flat_map(|task| task.old.iter().flat_map(What::below)).collect();
        let (done, next) = match Walk::run(tasks, self.next, now_ns(), watch) {
            Ok(done) => done,
            Err(cancelled) => {
                // What was taken out to be read again is lost: the next look is a first one.
                self.pieces.clear();
                self.by_folder = None;
                return Err(cancelled);
            }
        };
        self.next = next;
        let mut changed = BTreeSet::new();
        let mut lost: HashSet<_> = before.into_iter().collect();
        self.pieces.reserve(done.len());
        for (id, mut piece) in done {
            if !lost.is_empty() {
                for id in piece.what.below() {
                    lost.remove(&id);
                }
            }
            changed.insert((Reverse(piece.place.depth), id));
            // Where nothing was, the folders are those that were there when it was looked for.
            if self.by_folder.is_some() || matches!(piece.what, What::Nothing) {
                piece.folders = folders_of(&piece);
            }
            if let Some(by_folder) = &mut self.by_folder {
                by_folder.add(id, &piece.folders);
            }
            if let Some(old) = self.pieces.get_mut(&id) {
                (piece.node, piece.said) = (old.node.take(), std::mem::take(&mut old.said));
                let old = std::mem::replace(old, piece);
                if let Some(by_folder) = &mut self.by_folder {
                    by_folder.remove(id, &old.folders);
                }
            } else {
                self.pieces.insert(id, piece);
            }
        }
        self.drop_lost(lost.into_iter().collect());
        self.put_together(changed);
        Ok(())
    }

    /// Drop pieces that none above leads to any more, and all below them.
    fn drop_lost(&mut self, mut lost: Vec<Id>) {
        while let Some(id) = lost.pop() {
            if let Some(piece) = self.pieces.remove(&id) {
                if let Some(by_folder) = &mut self.by_folder {
                    by_folder.remove(id, &piece.folders);
                }
                lost.extend(piece.what.below());
            }
        }
    }

    /// Make the nodes of changed pieces anew, the deepest first, and those above them as far as that changes them.
    fn put_together(&mut self, mut changed: BTreeSet<(Reverse<u32>, Id)>) {
        while let Some((_, id)) = changed.pop_first() {
            let Some(piece) = self.pieces.get(&id) else { continue };
            let mut said = Vec::new();
            let node = together(piece, &self.pieces, &mut said);
            let above = piece.place.above;
            let Some(piece) = self.pieces.get_mut(&id) else { continue };
            piece.said = said;
            if let (Some(old), Some(new)) = (&piece.node, &node)
                && is_same(old, new)
            {
                continue;
            }
            piece.node = node.map(Arc::new);
            if let Some(above) = above
                && let Some(piece) = self.pieces.get(&above)
            {
                changed.insert((Reverse(piece.place.depth), above));
            }
        }
        let root = self.pieces.get(&ROOT).and_then(|piece| piece.node.clone());
        let mut diagnostics: Vec<_> = self.pieces.values().flat_map(Piece::diagnostics).cloned().collect();
        diagnostics.sort_unstable();
        diagnostics.dedup();
        let root = root.unwrap_or_else(|| {
            if diagnostics.iter().all(|it| it.severity != Severity::Error) {
                diagnostics.push(rootless(&self.file));
            }
            Arc::new(Node::new("", "Folder"))
        });
        self.tree = Tree { root, diagnostics };
    }
}

impl Drop for Reader {
    /// A large project is given back by another thread; nobody needs to wait for it.
    fn drop(&mut self) {
        let pieces = std::mem::take(&mut self.pieces);
        rayon::spawn(move || drop(pieces));
    }
}
