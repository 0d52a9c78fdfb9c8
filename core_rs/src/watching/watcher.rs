//! The thread between the system's events and whoever asks what changed.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use notify::{Config, Event, RecommendedWatcher, Watcher};

use super::coalescer::{Batch, Changed, Coalescer};
use super::event::{Meaning, TELLS_CLOSE, meaning};
use super::folders::{Folders, Wanted};
use super::{Burst, Fault};

/// Watches folders with all that is below them until it is dropped.
#[derive(Debug)]
pub struct Watching {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    begin: Instant,
    state: Mutex<State>,
    /// There is something to coalesce, or the end.
    work: Condvar,
    /// There is something to tell, or the end.
    told: Condvar,
}

#[derive(Debug, Default)]
struct State {
    coalescer: Coalescer,
    /// Told as one if nobody asks for a while, so it cannot grow.
    burst: Burst,
    new_roots: Vec<PathBuf>,
    is_over: bool,
}

impl Watching {
    /// Watch folders. What changes after this returns is told, by paths that begin as these do, made absolute; a folder
    /// that `wanted` refuses is not looked into.
    pub fn start(
        roots: &[PathBuf],
        wanted: impl Fn(&Path) -> bool + Send + 'static,
    ) -> Result<Self, notify::Error> {
        let shared = Arc::new(Shared {
            begin: Instant::now(),
            state: Mutex::default(),
            work: Condvar::new(),
            told: Condvar::new(),
        });
        let to = Arc::clone(&shared);
        let watcher = RecommendedWatcher::new(move |event| to.take_in(&event), Config::default())?;
        let mut folders = Folders::new(watcher, Box::new(wanted) as Wanted);
        let mut burst = Burst::default();
        for root in roots {
            folders.add_root(&absolute(root)?, &mut burst.faults);
        }
        shared.tell(burst);
        let worker = Arc::clone(&shared);
        let thread = Builder::new().name("watching".to_owned()).spawn(move || worker.work(folders));
        Ok(Self { shared, thread: Some(thread.map_err(notify::Error::io)?) })
    }

    /// Watch one more folder, or one that was gone. Once it is watched it is told as changed.
    pub fn add(&self, root: &Path) -> Result<(), notify::Error> {
        let root = absolute(root)?;
        self.shared.lock().new_roots.push(root);
        self.shared.work.notify_one();
        Ok(())
    }

    /// What changed since the last time, as soon as there is something; None after so long without.
    #[must_use]
    pub fn next(&self, wait: Duration) -> Option<Burst> {
        let state = self.shared.lock();
        let nothing = |state: &mut State| state.burst.is_empty() && !state.is_over;
        let waited = self.shared.told.wait_timeout_while(state, wait, nothing);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let burst = std::mem::take(&mut state.burst);
        (!burst.is_empty()).then_some(burst)
    }
}

/// The system tells absolute paths alone.
fn absolute(root: &Path) -> Result<PathBuf, notify::Error> {
    std::path::absolute(root).map_err(notify::Error::io)
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.shared.lock().is_over = true;
        self.shared.work.notify_one();
        self.shared.told.notify_all();
        if let Some(thread) = self.thread.take() {
            // It ends by itself; had it panicked, that was told when it did.
            drop(thread.join());
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Duration {
        self.begin.elapsed()
    }

    /// Runs in the thread that reads the system's queue, so it only notes.
    fn take_in(&self, event: &Result<Event, notify::Error>) {
        let meaning = event.as_ref().map(|event| meaning(event, TELLS_CLOSE));
        if matches!(meaning, Ok(Meaning::Nothing)) {
            return;
        }
        let now = self.now();
        let mut state = self.lock();
        let had_due = state.coalescer.due().is_some();
        match (event, meaning) {
            (Ok(event), Ok(Meaning::Changed | Meaning::Appeared)) => {
                for path in &event.paths {
                    state.coalescer.changed(now, path);
                    if meaning.is_ok_and(|it| it == Meaning::Appeared) {
                        state.coalescer.appeared(now, path);
                    }
                }
            }
            (Err(error), _) => {
                state.coalescer.fault(now, Fault::Failed(error.to_string()));
                state.coalescer.needs_rescan(now);
            }
            (Ok(_), _) => state.coalescer.needs_rescan(now),
        }
        drop(state);
        // Otherwise it will wake up in time.
        if !had_due {
            self.work.notify_one();
        }
    }

    fn work(&self, mut folders: Folders) {
        while let Some((batch, roots)) = self.wait_for_work() {
            self.tell(self.look(batch, roots, &mut folders));
        }
    }

    /// Folders are watched before they are told, so that whoever lists them then misses nothing.
    fn look(&self, batch: Batch, roots: Vec<PathBuf>, folders: &mut Folders) -> Burst {
        let mut burst = Burst { needs_rescan: batch.needs_rescan, faults: batch.faults, ..Burst::default() };
        if batch.needs_rescan {
            folders.watch_all(&mut burst.faults);
        }
        for root in roots {
            folders.add_root(&root, &mut burst.faults);
            burst.folders.insert(root);
        }
        for (folder, names) in &batch.changed {
            for name in names {
                folders.changed(&folder.join(name), &mut burst.faults);
            }
        }
        for folder in &batch.appeared {
            burst.folders.extend(folders.appeared(folder, &mut burst.faults));
        }
        for (folder, names) in self.put_off_empty(batch.changed, &batch.waited) {
            look_for_roots(&folder, &names, folders, &mut burst);
            burst.folders.extend(folders.paths(folder));
        }
        // A root tells of the folder around it as it goes, and a link of where it leads.
        burst.folders.retain(|folder| folders.is_inside(folder));
        // From here on changes in what has no watch are found by looking alone.
        burst.needs_rescan |= burst.faults.iter().any(|fault| matches!(fault, Fault::TooFewWatches(_)));
        burst
    }

    /// None: it is over.
    fn wait_for_work(&self) -> Option<(Batch, Vec<PathBuf>)> {
        let mut state = self.lock();
        loop {
            if state.is_over {
                return None;
            }
            let roots = std::mem::take(&mut state.new_roots);
            let batch = state.coalescer.take(self.now());
            if batch.is_some() || !roots.is_empty() {
                return Some((batch.unwrap_or_default(), roots));
            }
            state = match state.coalescer.due() {
                Some(due) => {
                    let wait = due.saturating_sub(self.now());
                    self.work.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// What is to be told now; folders with empty files wait, once.
    fn put_off_empty(&self, changed: Changed, waited: &BTreeSet<PathBuf>) -> Changed {
        let is_empty = |path: PathBuf| fs::metadata(path).is_ok_and(|it| it.is_file() && it.len() == 0);
        let (held, told): (Changed, Changed) = changed.into_iter().partition(|(folder, names)| {
            !waited.contains(folder) && names.iter().any(|name| is_empty(folder.join(name)))
        });
        let now = self.now();
        let mut state = self.lock();
        state.coalescer.release(told.keys());
        state.coalescer.hold(now, held);
        drop(state);
        told
    }

    fn tell(&self, burst: Burst) {
        if burst.is_empty() {
            return;
        }
        self.lock().burst.join(burst);
        self.told.notify_all();
    }
}

/// A root is told by its own watch as it goes, under its own name.
fn look_for_roots(folder: &Path, names: &BTreeSet<OsString>, folders: &mut Folders, burst: &mut Burst) {
    for root in names.iter().map(|name| folder.join(name)) {
        if !folders.roots.contains(&root) {
            continue;
        }
        if root.is_dir() {
            burst.folders.extend(folders.appeared(&root, &mut burst.faults));
        } else {
            burst.faults.insert(Fault::RootGone(root.clone()));
        }
        burst.folders.insert(root);
    }
}

#[cfg(test)]
impl Watching {
    /// As if the machine had no time for the thread that reads the system's queue.
    pub(super) fn while_nothing_is_taken_in(&self, work: impl FnOnce()) {
        let held = self.shared.lock();
        work();
        drop(held);
    }
}
