//! The folders that are watched: each is watched first and listed then, so that nothing falls between.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::Fault;
use super::event::TELLS_CLOSE;
use super::links::Links;

/// inotify watches one folder at a time. Let alone to do it for all below, `notify` lists a new folder before it is
/// watched and gives up where one vanishes on the way; the other systems watch all below by themselves.
const EACH_BY_ITSELF: bool = TELLS_CLOSE;

/// What may be walked: false leaves out a folder and all that is in it.
pub(super) type Wanted = Box<dyn Fn(&Path) -> bool + Send>;

pub(super) struct Folders {
    watcher: RecommendedWatcher,
    wanted: Wanted,
    links: Links,
    pub(super) roots: BTreeSet<PathBuf>,
}

impl Folders {
    pub(super) fn new(watcher: RecommendedWatcher, wanted: Wanted) -> Self {
        Self { watcher, wanted, links: Links::default(), roots: BTreeSet::new() }
    }

    /// All paths of a folder that changed.
    pub(super) fn paths(&self, folder: PathBuf) -> BTreeSet<PathBuf> {
        self.links.paths(folder)
    }

    /// Something was removed, renamed or put in the place of another. If it was a link, the watch of where it led went
    /// with it, or tells of it under the name of the link still.
    pub(super) fn changed(&mut self, path: &Path, faults: &mut BTreeSet<Fault>) {
        // A root keeps its name wherever it leads.
        if !self.roots.contains(path) {
            for other in self.links.forget(path) {
                if self.is_inside(&other) {
                    self.appeared(&other, faults);
                }
            }
        }
    }

    /// Whether a folder is one that anybody asked about.
    pub(super) fn is_inside(&self, folder: &Path) -> bool {
        self.roots.iter().any(|root| folder.starts_with(root))
    }

    /// Watch a folder from now on. What is in it at this moment is not told, but what comes after is.
    pub(super) fn add_root(&mut self, root: &Path, faults: &mut BTreeSet<Fault>) {
        self.roots.insert(root.to_owned());
        if !root.is_dir() {
            faults.insert(Fault::RootGone(root.to_owned()));
            return;
        }
        if let Ok(real) = fs::canonicalize(root) {
            self.links.add(root, real);
        }
        if EACH_BY_ITSELF {
            self.walk(root, faults);
        } else {
            self.watch(root, RecursiveMode::Recursive, faults);
        }
    }

    /// Watch all there is once more.
    pub(super) fn watch_all(&mut self, faults: &mut BTreeSet<Fault>) {
        for root in self.roots.clone() {
            self.add_root(&root, faults);
        }
    }

    /// Watch what may be a new folder; the folders that it holds, itself among them.
    pub(super) fn appeared(&mut self, path: &Path, faults: &mut BTreeSet<Fault>) -> Vec<PathBuf> {
        let is_root = self.roots.contains(path);
        if !is_root && !(self.wanted)(path) {
            return Vec::new();
        }
        let Ok(found) = fs::symlink_metadata(path) else { return Vec::new() };
        if !found.is_dir() && !(found.is_symlink() && (is_root || self.follow(path))) {
            return Vec::new();
        }
        if EACH_BY_ITSELF {
            return self.walk(path, faults);
        }
        // What is below is watched already, unless another folder took the place of the root.
        if is_root {
            self.watch(path, RecursiveMode::Recursive, faults);
        }
        vec![path.to_owned()]
    }

    /// Watch and then list, again and again: what is made meanwhile is either listed or told.
    ///
    /// Watched ones are watched again, since a moved folder and a new one of its name are both told as that name.
    fn walk(&mut self, top: &Path, faults: &mut BTreeSet<Fault>) -> Vec<PathBuf> {
        let mut walked = Vec::new();
        let mut left = vec![top.to_owned()];
        while let Some(folder) = left.pop() {
            if !self.watch(&folder, RecursiveMode::NonRecursive, faults) {
                if faults.iter().any(|fault| matches!(fault, Fault::TooFewWatches(_))) {
                    break;
                }
                continue;
            }
            match fs::read_dir(&folder) {
                Ok(entries) => {
                    for entry in entries.flatten() {
                        let (path, kind) = (entry.path(), entry.file_type());
                        let is_folder = kind.as_ref().is_ok_and(std::fs::FileType::is_dir);
                        let is_link = kind.is_ok_and(|kind| kind.is_symlink());
                        if (is_folder || is_link) && (self.wanted)(&path) && (is_folder || self.follow(&path))
                        {
                            left.push(path);
                        }
                    }
                }
                Err(error) => faults.extend(unwatched(&folder, &error)),
            }
            walked.push(folder);
        }
        walked
    }

    /// Whether a link leads to a folder and not to one that it is in, which would be walked for ever.
    fn follow(&mut self, link: &Path) -> bool {
        let Ok(real) = fs::canonicalize(link) else { return false };
        let holds_itself = link.ancestors().skip(1).filter_map(|around| fs::canonicalize(around).ok());
        if !real.is_dir() || holds_itself.into_iter().any(|around| around == real) {
            return false;
        }
        self.links.add(link, real);
        true
    }

    fn watch(&mut self, folder: &Path, mode: RecursiveMode, faults: &mut BTreeSet<Fault>) -> bool {
        let Err(error) = self.watcher.watch(folder, mode) else { return true };
        faults.extend(fault(folder, &error));
        false
    }
}

/// None: it was removed meanwhile, which the folder around it is told.
fn fault(folder: &Path, error: &notify::Error) -> Option<Fault> {
    match &error.kind {
        notify::ErrorKind::PathNotFound => None,
        notify::ErrorKind::Io(error) => unwatched(folder, error),
        notify::ErrorKind::MaxFilesWatch => Some(Fault::TooFewWatches(folder.to_owned())),
        _ => Some(Fault::Unwatched(folder.to_owned(), error.to_string())),
    }
}

fn unwatched(folder: &Path, error: &std::io::Error) -> Option<Fault> {
    let is_gone = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory);
    (!is_gone).then(|| Fault::Unwatched(folder.to_owned(), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_a_folder_from_being_watched_is_told_unless_it_is_gone() {
        let of = |error| fault(Path::new("/a"), &error);
        let io = |kind: ErrorKind| notify::Error::io(kind.into());
        assert_eq!(None, of(notify::Error::path_not_found()));
        assert_eq!(None, of(io(ErrorKind::NotFound)));
        assert_eq!(None, of(io(ErrorKind::NotADirectory)));
        assert_eq!(
            Some(Fault::TooFewWatches("/a".into())),
            of(notify::Error::new(notify::ErrorKind::MaxFilesWatch))
        );
        assert_eq!(
            Some(Fault::Unwatched("/a".into(), "permission denied".into())),
            of(io(ErrorKind::PermissionDenied))
        );
    }
}
