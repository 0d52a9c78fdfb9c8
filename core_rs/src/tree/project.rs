//! A project file: what it says is read here, and put together once all that it leads to is read.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use rayon::Scope;

use crate::diagnostic::Diagnostic;
use crate::hashing::blake3;
use crate::mapping::Kind;
use crate::project::{self, Project, ProjectNode};
use crate::tree::context::Context;
use crate::tree::disk::Folder;
use crate::tree::file::{self, told, unreadable};
use crate::tree::piece::{Opened, Place, ProjectPiece, Wanted, What};
use crate::tree::walk::{Task, Walk};

impl Walk<'_> {
    /// Read the project file at `file`; `given` is what it is called if it does not say it itself.
    pub(super) fn read_project<'s>(
        &'s self,
        scope: &Scope<'s>,
        task: Task,
        file: &Arc<Path>,
        given: Option<&str>,
    ) {
        let Task { id, place, old } = task;
        let mut found = Vec::new();
        let Some((canonical, bytes)) = bytes(file, &mut found) else {
            return self.end(id, place, What::Nothing, found);
        };
        let digest = blake3(&bytes);
        if let Some(What::Project(old)) = old
            && old.digest == digest
            && old.canonical == canonical
        {
            return self.end(id, place, What::Project(old), Vec::new());
        }
        if place.context.as_ref().is_some_and(|context| context.has_opened(&canonical)) {
            found.push(endless(file));
            return self.end(id, place, What::Nothing, found);
        }
        let (project, mut wrong) = project::read(&bytes, file);
        found.append(&mut wrong);
        let Some(project) = project else { return self.end(id, place, What::Nothing, found) };
        let name = match project.root_name(given) {
            Ok(name) => name,
            Err(wrong) => {
                found.push(wrong);
                return self.end(id, place, What::Nothing, found);
            }
        };
        let opened = self.open(scope, id, &place, Arc::clone(&canonical), project);
        let piece = ProjectPiece { canonical, file: Arc::clone(file), digest, name, opened, wrong: found };
        self.end(id, place, What::Project(piece), Vec::new());
    }

    fn open<'s>(
        &'s self,
        scope: &Scope<'s>,
        id: u32,
        place: &Place,
        canonical: Arc<Path>,
        project: Project,
    ) -> Opened {
        let project = Arc::new(project);
        let context = Arc::new(Context::new(Arc::clone(&project), canonical, place.context.clone()));
        let mut targets = Vec::new();
        each_target(&project.tree, &mut |target| {
            let path: Arc<Path> = project.folder().join(&target.path).into();
            let place = Place {
                path,
                canonical: None,
                context: Some(Arc::clone(&context)),
                wanted: Wanted::Any,
                above: Some(id),
                depth: place.depth + 1,
                jump: None,
            };
            targets.push(self.begin(scope, place));
        });
        Opened { project, targets }
    }

    /// Read the file that a `$path` names.
    pub(super) fn read_alone<'s>(&'s self, scope: &Scope<'s>, task: Task) {
        let path = Arc::clone(&task.place.path);
        let context = task.place.context.clone();
        let (Some(folder_path), Some(file_name), Some(context)) = (path.parent(), path.file_name(), context)
        else {
            return self.end(task.id, task.place, What::Nothing, Vec::new());
        };
        let Some(name) = file_name.to_str() else {
            return self.end(task.id, task.place, What::Nothing, vec![file::nameless(&path)]);
        };
        let kind = if file::is_init(name) { None } else { context.kind_of(&path, name) };
        let (kind, name) = match kind {
            None | Some((Kind::Ignore, _)) => {
                return self.end(task.id, task.place, What::Nothing, Vec::new());
            }
            Some((Kind::Project, name)) => {
                let name = name.to_owned();
                return self.read_project(scope, task, &path, Some(&name));
            }
            Some(known) => known,
        };
        let folder = match Folder::open(folder_path) {
            Ok(folder) => folder,
            Err(error) => {
                return self.end(task.id, task.place, What::Nothing, vec![unreadable(&error, &path)]);
            }
        };
        let beside = file::Beside {
            folder: &folder,
            path: folder_path,
            canonical: None,
            metas: None,
            legacy_scripts: context.legacy_scripts(),
            began_ns: self.began_ns,
        };
        let wanted = file::Wanted { file_name, sort: crate::tree::disk::Sort::Unsure, kind, name };
        let old = match task.old {
            Some(What::File(row)) => Some(row),
            _ => None,
        };
        let row = beside.row(&wanted, path.to_path_buf(), old, &mut Vec::new());
        self.end(task.id, task.place, What::File(row), Vec::new());
    }
}

/// The bytes of a project file, with its canonical path.
fn bytes(file: &Path, found: &mut Vec<Diagnostic>) -> Option<(Arc<Path>, Vec<u8>)> {
    let folder = file.parent()?;
    let name: &OsStr = file.file_name()?;
    let most_bytes = Kind::Project.most_bytes();
    let mut bytes = Vec::new();
    let read = std::fs::canonicalize(file)
        .and_then(|canonical| Ok((canonical, Folder::open(folder)?)))
        .map_err(file::as_not_read)
        .and_then(|(canonical, folder)| folder.read(name, most_bytes, &mut bytes).map(|_| canonical));
    match read {
        Ok(canonical) => Some((canonical.into(), bytes)),
        Err(error) => {
            found.push(told(error, file, most_bytes));
            None
        }
    }
}

/// Every `$path` of a node and of those below it, in their order.
fn each_target<'p>(node: &'p ProjectNode, tell: &mut impl FnMut(&'p project::TargetPath)) {
    if let Some(target) = &node.path {
        tell(target);
    }
    for (_, child) in &node.children {
        each_target(child, tell);
    }
}

fn endless(file: &Path) -> Diagnostic {
    Diagnostic::error(
        file,
        None,
        "endless-project",
        "the project leads to itself, so that there is no end".to_owned(),
        "let its $path name a folder without a default.project.json, or another project".to_owned(),
    )
}
