//! Reading places, by all threads at once. Depth costs no stack, for what is below a place is a task of its own.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::{AcqRel, Relaxed};
use std::sync::atomic::{AtomicU32, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::Scope;

use crate::diagnostic::Diagnostic;
use crate::tree::disk::{Folder, Sort, is_nothing};
use crate::tree::file::unreadable;
use crate::tree::piece::{Id, Jump, Piece, Place, Row, Wanted, What};
use crate::watch::{Cancelled, Watch};

/// A place to read.
pub(super) struct Task {
    pub id: Id,
    pub place: Arc<Place>,
    /// What was there when it was read before.
    pub old: Option<What>,
}

/// One reading of some places and of all that is new below them.
pub(super) struct Walk<'a> {
    pub began_ns: i64,
    watch: &'a Watch,
    next: AtomicU32,
    done: Mutex<Vec<(Id, Piece)>>,
}

/// Files of one folder that one task reads: enough that a task is worth it, and few enough to share a large folder.
const ROWS_A_TASK: usize = 256;

impl<'a> Walk<'a> {
    /// Read the places of `tasks`; what is new gets numbers from `next` on. Returns what was read and the next number.
    pub fn run(
        tasks: Vec<Task>,
        next: Id,
        began_ns: i64,
        watch: &'a Watch,
    ) -> Result<(Vec<(Id, Piece)>, Id), Cancelled> {
        let walk = Self { began_ns, watch, next: AtomicU32::new(next), done: Mutex::new(Vec::new()) };
        rayon::scope(|scope| {
            for task in tasks {
                walk.spawn(scope, task);
            }
        });
        watch.check()?;
        let done = walk.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok((done, walk.next.into_inner()))
    }

    /// Read a place that is new.
    pub fn begin<'s>(&'s self, scope: &Scope<'s>, place: Place) -> Id {
        let id = self.next.fetch_add(1, Relaxed);
        self.spawn(scope, Task { id, place: Arc::new(place), old: None });
        id
    }

    pub fn spawn<'s>(&'s self, scope: &Scope<'s>, task: Task) {
        scope.spawn(move |scope| {
            if self.watch.check().is_ok() {
                self.read(scope, task);
            }
        });
    }

    pub fn end(&self, id: Id, place: Arc<Place>, what: What, found: Vec<Diagnostic>) {
        self.watch.did_files(what.rows().len() as u64);
        let piece = Piece { place, what, found, node: None, said: Vec::new(), folders: Vec::new() };
        locked(&self.done).push((id, piece));
    }

    fn read<'s>(&'s self, scope: &Scope<'s>, task: Task) {
        match &task.place.wanted {
            Wanted::Project(name) => {
                let (name, file) = (name.clone(), Arc::clone(&task.place.path));
                self.read_project(scope, task, &file, name.as_deref());
            }
            Wanted::Folder => self.read_folder(scope, task),
            Wanted::Any => match std::fs::metadata(&task.place.path) {
                Ok(metadata) if metadata.is_dir() => self.read_folder(scope, task),
                Ok(_) => self.read_alone(scope, task),
                Err(error) => {
                    // Whoever asked for what is not there says that it is missing.
                    let found = (!is_nothing(&error)).then(|| unreadable(&error, &task.place.path));
                    self.end(task.id, task.place, What::Nothing, found.into_iter().collect());
                }
            },
        }
    }

    /// Make the rows of a folder, in several tasks if it is large; the last one ends it.
    pub fn share<'s, T: Send + Sync + 's>(
        &'s self,
        scope: &Scope<'s>,
        shared: T,
        count: usize,
        part: fn(&'s Self, &Scope<'s>, &T, Range<usize>) -> Vec<Row>,
        end: fn(&'s Self, &T, Vec<Row>),
    ) {
        if count <= ROWS_A_TASK {
            let rows = part(self, scope, &shared, 0..count);
            end(self, &shared, rows);
            return;
        }
        let parts: Vec<Mutex<Vec<Row>>> =
            (0..count.div_ceil(ROWS_A_TASK)).map(|_| Mutex::default()).collect();
        let all = Arc::new((shared, AtomicUsize::new(parts.len()), parts));
        for number in 0..all.2.len() {
            let all = Arc::clone(&all);
            scope.spawn(move |scope| {
                let (shared, left, parts) = &*all;
                if self.watch.check().is_ok() {
                    let range = number * ROWS_A_TASK..count.min((number + 1) * ROWS_A_TASK);
                    *locked(&parts[number]) = part(self, scope, shared, range);
                }
                if left.fetch_sub(1, AcqRel) == 1 {
                    end(
                        self,
                        shared,
                        parts.iter().flat_map(|part| std::mem::take(&mut *locked(part))).collect(),
                    );
                }
            });
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The canonical path of a place.
pub(super) fn canonical(place: &Place) -> std::io::Result<Arc<Path>> {
    match &place.canonical {
        Some(known) => Ok(Arc::clone(known)),
        None => Ok(std::fs::canonicalize(&place.path)?.into()),
    }
}

/// What a link leads to, if that is a folder: its place, or why it is not read.
pub(super) fn linked(
    folder: &Folder,
    name: &std::ffi::OsStr,
    path: &Path,
    from: &Arc<Path>,
    jump: Option<&Arc<Jump>>,
) -> std::io::Result<Linked> {
    let Some((sort, _)) = folder.look(name)? else { return Ok(Linked::Nothing) };
    if sort != Sort::Folder {
        return Ok(Linked::File);
    }
    let canonical = std::fs::canonicalize(path)?;
    let jump = Jump { from: Arc::clone(from), before: jump.cloned() };
    if jump.leads_back_to(&canonical) {
        return Ok(Linked::Loop(canonical));
    }
    Ok(Linked::Folder(canonical.into(), Arc::new(jump)))
}

/// What is behind a name of which the folder does not say it.
pub(super) enum Linked {
    Nothing,
    File,
    Folder(Arc<Path>, Arc<Jump>),
    Loop(PathBuf),
}
