//! A folder: one look at its names answers every question about them.

use std::ffi::OsStr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::Scope;

use crate::diagnostic::Diagnostic;
use crate::mapping::{INIT_FILES, Kind, Meta};
use crate::tree::disk::{Entry, Folder, Sort};
use crate::tree::file::{self, Beside, is_meta, unreadable};
use crate::tree::node::Node;
use crate::tree::piece::{Became, FolderPiece, Id, Place, Row, Wanted, What};
use crate::tree::walk::{Linked, Task, Walk, canonical, linked};

/// The project files that stand for the folder they lie in.
pub(super) const FOLDER_PROJECTS: [&str; 2] = ["default.project.json", "default.project.jsonc"];
/// The init files in the order in which a sourcemap lists them.
const LISTED_INIT_FILES: [&str; 9] = [
    "init.lua",
    "init.luau",
    "init.server.lua",
    "init.server.luau",
    "init.client.lua",
    "init.client.luau",
    "init.plugin.lua",
    "init.plugin.luau",
    "init.csv",
];
const FOLDER_METAS: [&str; 2] = ["init.meta.json", "init.meta.jsonc"];

/// A folder while its rows are made.
struct Listed {
    id: Id,
    place: Arc<Place>,
    folder: Folder,
    canonical: Arc<Path>,
    entries: Vec<Entry>,
    metas: Vec<Entry>,
    /// By name, what was there before.
    old: Mutex<Vec<Row>>,
}

impl Walk<'_> {
    pub(super) fn read_folder<'s>(&'s self, scope: &Scope<'s>, task: Task) {
        let path = Arc::clone(&task.place.path);
        let opened = canonical(&task.place)
            .and_then(|canonical| Ok((canonical, Folder::open(&path)?)))
            .and_then(|(canonical, folder)| Ok((canonical, folder.list()?, folder)));
        let (canonical, entries, folder) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                return self.end(task.id, task.place, What::Nothing, vec![unreadable(&error, &path)]);
            }
        };
        let Some(name) = path.file_name().and_then(OsStr::to_str).map(str::to_owned) else {
            let ends_in_dots = path.file_name().is_none();
            let wrong = if ends_in_dots { dotted(&path) } else { file::nameless(&path) };
            return self.end(task.id, task.place, What::Nothing, vec![wrong]);
        };
        if let Some(file) = FOLDER_PROJECTS.iter().find(|name| position(&entries, OsStr::new(name)).is_some())
        {
            let task = Task { old: task.old.filter(|old| matches!(old, What::Project(_))), ..task };
            return self.read_project(scope, task, &path.join(file).into(), Some(&name));
        }
        let old = match task.old {
            Some(What::Folder(folder)) if folder.canonical == canonical => folder.rows,
            _ => Vec::new(),
        };
        let metas = entries.iter().filter(|entry| is_meta(&entry.name)).cloned().collect();
        let count = entries.len();
        let listed = Listed {
            id: task.id,
            place: task.place,
            folder,
            canonical,
            entries,
            metas,
            old: Mutex::new(old),
        };
        self.share(scope, listed, count, Walk::rows, Walk::end_folder);
    }

    fn rows<'s>(&'s self, scope: &Scope<'s>, listed: &Listed, range: Range<usize>) -> Vec<Row> {
        let mut bytes = Vec::new();
        listed.entries[range].iter().map(|entry| self.row(scope, listed, entry, &mut bytes)).collect()
    }

    fn row<'s>(&'s self, scope: &Scope<'s>, listed: &Listed, entry: &Entry, bytes: &mut Vec<u8>) -> Row {
        let nothing = || Row::nothing(&entry.name, entry.sort);
        let Some(context) = &listed.place.context else { return nothing() };
        let path = listed.place.path.join(&entry.name);
        if context.is_ignored(&path) {
            return nothing();
        }
        let old = listed.take_old(entry);
        match entry.sort {
            Sort::File | Sort::Other => self.file_row(scope, listed, entry, path, old, bytes),
            Sort::Folder => match old {
                // Whether that folder changed is told of itself.
                Some(old) if old.below().is_some() && old.inode == entry.inode => old,
                _ => {
                    let canonical = listed.canonical.join(&entry.name).into();
                    let id = self.begin(scope, below(listed, &path, Wanted::Folder, Some(canonical)));
                    Row { inode: entry.inode, became: Became::Below(id), ..nothing() }
                }
            },
            Sort::Unsure => {
                let jump = listed.place.jump.as_ref();
                match linked(&listed.folder, &entry.name, &path, &listed.canonical, jump) {
                    Ok(Linked::Nothing) => nothing(),
                    Ok(Linked::File) => self.file_row(scope, listed, entry, path, old, bytes),
                    Ok(Linked::Folder(canonical, jump)) => {
                        let place = below(listed, &path, Wanted::Folder, Some(canonical));
                        let id = self.begin(scope, Place { jump: Some(jump), ..place });
                        Row { became: Became::Below(id), ..nothing() }
                    }
                    Ok(Linked::Loop(canonical)) => {
                        Row { found: vec![endless(&path, &canonical)], ..nothing() }
                    }
                    Err(error) => Row { found: vec![unreadable(&error, &path)], ..nothing() },
                }
            }
        }
    }

    fn file_row<'s>(
        &'s self,
        scope: &Scope<'s>,
        listed: &Listed,
        entry: &Entry,
        path: PathBuf,
        old: Option<Row>,
        bytes: &mut Vec<u8>,
    ) -> Row {
        let nothing = || Row::nothing(&entry.name, entry.sort);
        let Some(context) = &listed.place.context else { return nothing() };
        let Some(file_name) = entry.name.to_str() else {
            return Row { found: vec![file::nameless(&path)], ..nothing() };
        };
        if file::is_init(file_name) {
            return nothing();
        }
        match context.kind_of(&path, file_name) {
            None | Some((Kind::Ignore, _)) => nothing(),
            Some((Kind::Project, name)) => match old {
                // What changed in it is told of itself too.
                Some(old) if old.sort == Sort::File && old.below().is_some() => old,
                _ => {
                    let place = below(listed, &path, Wanted::Project(Some(name.to_owned())), None);
                    Row { became: Became::Below(self.begin(scope, place)), ..nothing() }
                }
            },
            Some((kind, name)) => {
                let wanted = file::Wanted { file_name: &entry.name, sort: entry.sort, kind, name };
                listed.beside(self).row(&wanted, path, old, bytes)
            }
        }
    }

    fn end_folder(&self, listed: &Listed, rows: Vec<Row>) {
        let mut found = Vec::new();
        let (bare, metas) = listed.itself(self, &mut found);
        let piece = FolderPiece { canonical: Arc::clone(&listed.canonical), bare, metas, rows };
        self.end(listed.id, Arc::clone(&listed.place), What::Folder(piece), found);
    }
}

impl Listed {
    fn beside<'a>(&'a self, walk: &Walk<'_>) -> Beside<'a> {
        Beside {
            folder: &self.folder,
            path: &self.place.path,
            canonical: (*self.canonical != *self.place.path).then_some(&*self.canonical),
            metas: Some(&self.metas),
            legacy_scripts: self.place.context.as_ref().is_some_and(|context| context.legacy_scripts()),
            began_ns: walk.began_ns,
        }
    }

    fn take_old(&self, entry: &Entry) -> Option<Row> {
        let mut old = self.old.lock().unwrap_or_else(PoisonError::into_inner);
        let at = old.binary_search_by(|row| row.name.cmp(&entry.name)).ok()?;
        let nothing = || Row::nothing(&entry.name, entry.sort);
        (old[at].sort == entry.sort).then(|| std::mem::replace(&mut old[at], nothing()))
    }

    fn has_file(&self, name: &str) -> bool {
        position(&self.entries, OsStr::new(name)).is_some_and(|at| match self.entries[at].sort {
            Sort::File => true,
            Sort::Unsure => matches!(self.folder.look(OsStr::new(name)), Ok(Some((Sort::File, _)))),
            Sort::Folder | Sort::Other => false,
        })
    }

    /// The folder without its children, and what its own meta files say.
    fn itself(&self, walk: &Walk<'_>, found: &mut Vec<Diagnostic>) -> (Node, Vec<Meta>) {
        let beside = self.beside(walk);
        let mut bytes = Vec::new();
        let path = &self.place.path;
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let init = INIT_FILES.iter().find(|(init, _)| position(&self.entries, OsStr::new(init)).is_some());
        let mut bare = init.and_then(|(file_name, init)| {
            let file_name = OsStr::new(file_name);
            let wanted = file::Wanted { file_name, sort: Sort::File, kind: init.kind(), name };
            let mut read = beside.read(&wanted, path.join(file_name), &mut bytes);
            found.append(&mut read.found);
            read.node
        });
        if let Some(node) = &mut bare {
            // The meta file beside an init file, which is called as the folder is, gives properties and nothing else.
            (node.id, node.keeps_unknown) = (None, false);
            node.origin.files.clear();
        }
        let mut bare = bare.unwrap_or_else(|| Node::new(name, "Folder"));
        let inits = LISTED_INIT_FILES.iter().filter(|name| init.is_some() && self.has_file(name));
        bare.origin.files.extend(inits.map(|name| Arc::new(self.canonical.join(name))));
        let mut metas = Vec::new();
        for name in FOLDER_METAS.iter().filter(|name| beside.has_meta(OsStr::new(name))) {
            let path = path.join(name);
            metas.extend(beside.meta(OsStr::new(name), &path, &mut bytes, found).and_then(|(_, meta)| meta));
            bare.origin.files.push(Arc::new(path));
        }
        (bare, metas)
    }
}

fn position(entries: &[Entry], name: &OsStr) -> Option<usize> {
    entries.binary_search_by(|entry| (*entry.name).cmp(name)).ok()
}

fn below(listed: &Listed, path: &Path, wanted: Wanted, canonical: Option<Arc<Path>>) -> Place {
    Place {
        path: path.into(),
        wanted,
        canonical,
        context: listed.place.context.clone(),
        above: Some(listed.id),
        depth: listed.place.depth + 1,
        jump: listed.place.jump.clone(),
    }
}

fn endless(path: &Path, target: &Path) -> Diagnostic {
    Diagnostic::error(
        path,
        None,
        "endless-link",
        format!("the link leads back to {}, in which it lies, so that there is no end", target.display()),
        "remove the link, or leave it out with globIgnorePaths".to_owned(),
    )
}

fn dotted(path: &Path) -> Diagnostic {
    Diagnostic::error(
        path,
        None,
        "no-folder-name",
        "a path that ends in .. names no folder".to_owned(),
        "let $path end in the name of the folder".to_owned(),
    )
}
