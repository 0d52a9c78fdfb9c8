//! Which pieces a change in a folder touches.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::tree::disk::{Sort, plain};
use crate::tree::piece::{Became, Id, Piece, What};

/// The pieces by the folders that they were read from.
#[derive(Debug, Default)]
pub(super) struct Folders(HashMap<Arc<Path>, Vec<Id>>);

impl Folders {
    pub fn add(&mut self, id: Id, folders: &[Arc<Path>]) {
        for folder in folders {
            self.0.entry(Arc::clone(folder)).or_default().push(id);
        }
    }

    pub fn remove(&mut self, id: Id, folders: &[Arc<Path>]) {
        for folder in folders {
            if let Some(ids) = self.0.get_mut(folder) {
                if let Some(at) = ids.iter().position(|known| *known == id) {
                    ids.swap_remove(at);
                }
                if ids.is_empty() {
                    self.0.remove(folder);
                }
            }
        }
    }

    /// The pieces that changes in these folders touch: of a folder that is not known, those of the nearest one around it
    /// that is; of one that is gone, those of the one around it too.
    pub fn touched(&self, folders: &[PathBuf]) -> BTreeSet<Id> {
        let mut ids = BTreeSet::new();
        for folder in folders {
            let canonical = std::fs::canonicalize(folder).ok();
            let is_gone = canonical.is_none();
            for folder in [Some(plain(folder)), canonical].into_iter().flatten() {
                ids.extend(self.nearest(&folder));
                if let Some(around) = folder.parent().filter(|_| is_gone) {
                    ids.extend(self.nearest(around));
                }
            }
        }
        ids
    }

    fn nearest(&self, folder: &Path) -> impl Iterator<Item = Id> {
        folder.ancestors().find_map(|folder| self.0.get(folder)).into_iter().flatten().copied()
    }
}

/// The folders that a piece was read from, each as the system calls it and as the project files lead to it.
pub(super) fn folders_of(piece: &Piece) -> Vec<Arc<Path>> {
    let mut folders: Vec<Arc<Path>> = Vec::new();
    let mut add = |folder: Arc<Path>| {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    };
    let path = &piece.place.path;
    match &piece.what {
        What::Folder(folder) => {
            add(Arc::clone(&folder.canonical));
            if path.as_os_str() != folder.canonical.as_os_str() {
                add(plain(path).into());
            }
            // A link leads to a file that lies in another folder.
            for row in folder.rows.iter().filter(|row| row.sort == Sort::Unsure) {
                if let Became::Node(node) = &row.became
                    && let Some(around) = node.origin.files.first().and_then(|file| file.parent())
                {
                    add(around.into());
                }
            }
        }
        What::Project(project) => {
            for file in [&*project.canonical, &plain(&project.file)] {
                file.parent().into_iter().for_each(|around| add(around.into()));
            }
        }
        What::File(row) => {
            plain(path).parent().into_iter().for_each(|around| add(around.into()));
            if let Became::Node(node) = &row.became {
                let around = node.origin.files.first().and_then(|file| file.parent());
                if let Some(around) = around {
                    add(around.into());
                }
            }
        }
        What::Nothing => {
            // Once anything of the way there comes to be, there may be more to see.
            let path = plain(path);
            for folder in path.ancestors() {
                add(folder.into());
                if folder != path && folder.exists() {
                    break;
                }
            }
        }
    }
    folders
}
