//! With real files: what is made, written, moved and removed is found by whoever looks at what is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::super::*;

/// How long a machine with much else to do may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder, and what somebody knows of it who looks at nothing but what is told.
struct Seen {
    watching: Watching,
    root: PathBuf,
    /// Of every folder what is in it, and how long each file is.
    known: BTreeMap<PathBuf, BTreeMap<PathBuf, u64>>,
    bursts: usize,
    rescans: usize,
    faults: BTreeSet<Fault>,
    told: BTreeSet<PathBuf>,
}

impl Seen {
    fn new(root: &Path) -> Self {
        let watching = Watching::start(&[root.to_owned()], |path| !path.ends_with("unwanted")).unwrap();
        let mut seen = Self {
            watching,
            root: root.to_owned(),
            known: BTreeMap::new(),
            bursts: 0,
            rescans: 0,
            faults: BTreeSet::new(),
            told: BTreeSet::new(),
        };
        seen.list(root);
        seen
    }

    /// Look at a folder and at what is new in it.
    fn list(&mut self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else {
            self.known.retain(|known, _| !known.starts_with(folder));
            return;
        };
        let mut inside = BTreeMap::new();
        for entry in entries.flatten() {
            let Ok(found) = entry.metadata() else { continue };
            if found.is_dir() && entry.file_name() != "unwanted" && !self.known.contains_key(&entry.path()) {
                self.list(&entry.path());
            }
            inside.insert(entry.path(), if found.is_dir() { 0 } else { found.len() });
        }
        let gone: Vec<_> = self.known.get(folder).into_iter().flat_map(BTreeMap::keys).cloned().collect();
        for path in gone.iter().filter(|path| !inside.contains_key(*path)) {
            self.known.retain(|known, _| !known.starts_with(path));
        }
        self.known.insert(folder.to_owned(), inside);
    }

    fn take_one(&mut self, wait: Duration) -> bool {
        let Some(burst) = self.watching.next(wait) else { return false };
        self.bursts += 1;
        self.rescans += usize::from(burst.needs_rescan);
        self.faults.extend(burst.faults);
        if burst.needs_rescan {
            self.known.clear();
            self.list(&self.root.clone());
        }
        burst.folders.iter().for_each(|folder| self.list(folder));
        self.told.extend(burst.folders);
        true
    }

    /// Look until a condition holds.
    fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{what} was not seen");
            self.take_one(left.min(Duration::from_millis(200)));
        }
    }

    /// Look until what is known is what is there.
    fn until_right(&mut self) {
        self.until("all that is there", |seen| {
            let mut fresh = BTreeMap::new();
            listing(&seen.root, &mut fresh);
            fresh == seen.known
        });
    }
}

fn listing(folder: &Path, all: &mut BTreeMap<PathBuf, BTreeMap<PathBuf, u64>>) {
    let mut inside = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let found = entry.metadata().unwrap();
        if found.is_dir() && entry.file_name() != "unwanted" {
            listing(&entry.path(), all);
        }
        inside.insert(entry.path(), if found.is_dir() { 0 } else { found.len() });
    }
    all.insert(folder.to_owned(), inside);
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = fs::canonicalize(folder.path()).unwrap();
    (folder, path)
}

#[test]
fn what_is_made_written_renamed_and_removed_is_seen() {
    let (_kept, root) = folder();
    fs::create_dir_all(root.join("a/b")).unwrap();
    let mut seen = Seen::new(&root);
    let file = root.join("a/b/one");
    fs::write(&file, "1").unwrap();
    seen.until_right();
    fs::write(&file, "12").unwrap();
    seen.until_right();
    fs::rename(&file, root.join("a/two")).unwrap();
    seen.until_right();
    fs::remove_file(root.join("a/two")).unwrap();
    seen.until_right();
    assert!(!seen.told.contains(&root), "nothing changed in the root itself");
}

#[test]
fn nothing_is_missed_in_a_folder_that_is_filled_as_soon_as_it_is_made() {
    let (_kept, root) = folder();
    let mut seen = Seen::new(&root);
    for number in 0..200_u64 {
        let inner = root.join(format!("{number}/x/y"));
        fs::create_dir_all(&inner).unwrap();
        fs::write(inner.join("first"), "1").unwrap();
        // Another moment of the watcher's work for each.
        let end = Instant::now() + Duration::from_micros(number * 40);
        while Instant::now() < end {
            std::hint::spin_loop();
        }
        fs::write(inner.join("second"), "1").unwrap();
    }
    seen.until_right();
    assert_eq!(0, seen.rescans);
}

#[test]
fn a_moved_folder_is_seen_under_its_new_name_and_a_new_one_under_the_old() {
    let (_kept, root) = folder();
    fs::create_dir_all(root.join("old/inner")).unwrap();
    let mut seen = Seen::new(&root);
    for round in 0..20 {
        let new = root.join(format!("new{round}"));
        fs::rename(root.join("old"), &new).unwrap();
        fs::create_dir_all(root.join("old/inner")).unwrap();
        seen.until_right();
        fs::write(new.join("inner/a"), "1").unwrap();
        fs::write(root.join("old/inner/b"), "1").unwrap();
        seen.until_right();
    }
}

#[test]
fn a_removed_tree_is_seen_to_be_gone_and_may_come_again() {
    let (_kept, root) = folder();
    fs::create_dir_all(root.join("a/b/c")).unwrap();
    let mut seen = Seen::new(&root);
    for _ in 0..20 {
        fs::remove_dir_all(root.join("a")).unwrap();
        fs::create_dir_all(root.join("a/b/c")).unwrap();
        fs::write(root.join("a/b/c/file"), "1").unwrap();
        seen.until_right();
    }
}

#[test]
fn ten_thousand_files_at_once_are_few_bursts() {
    let (_kept, root) = folder();
    for number in 0..100 {
        fs::create_dir(root.join(number.to_string())).unwrap();
    }
    let mut seen = Seen::new(&root);
    let begin = Instant::now();
    for number in 0..10_000 {
        fs::write(root.join(format!("{}/{number}", number % 100)), "1").unwrap();
    }
    let took = begin.elapsed();
    seen.until_right();
    // One for each of the longest waits, were there no rest between any two files; asked for late, it is less.
    let most = took.as_millis() / LONGEST.as_millis() + 10;
    assert!(seen.bursts as u128 <= most, "{} bursts in {took:?}", seen.bursts);
    assert_eq!(10_000, seen.known.values().map(BTreeMap::len).sum::<usize>() - 100);
}

#[test]
fn reading_is_not_told() {
    let (_kept, root) = folder();
    fs::create_dir(root.join("a")).unwrap();
    fs::write(root.join("a/file"), "1").unwrap();
    let mut seen = Seen::new(&root);
    fs::read(root.join("a/file")).unwrap();
    fs::read_dir(root.join("a")).unwrap().for_each(|entry| drop(entry.unwrap()));
    fs::write(root.join("after"), "1").unwrap();
    seen.until_right();
    assert_eq!(BTreeSet::from([root]), seen.told);
}

#[test]
fn an_empty_file_is_told_after_its_wait() {
    let (_kept, root) = folder();
    let mut seen = Seen::new(&root);
    let begin = Instant::now();
    fs::write(root.join("empty"), "").unwrap();
    seen.until_right();
    assert!(begin.elapsed() >= EMPTY_WAITS);
}

#[test]
fn what_is_not_wanted_is_not_looked_into() {
    let (_kept, root) = folder();
    fs::create_dir_all(root.join("unwanted/a")).unwrap();
    let mut seen = Seen::new(&root);
    fs::write(root.join("unwanted/a/file"), "1").unwrap();
    fs::create_dir_all(root.join("later/unwanted")).unwrap();
    seen.until_right();
    fs::write(root.join("later/unwanted/file"), "1").unwrap();
    fs::write(root.join("after"), "1").unwrap();
    seen.until_right();
    assert_eq!(BTreeSet::from([root.clone(), root.join("later")]), seen.told);
}

#[test]
fn a_root_that_goes_is_told_and_can_be_watched_again() {
    let (_kept, around) = folder();
    let root = around.join("root");
    fs::create_dir(&root).unwrap();
    let mut seen = Seen::new(&root);
    let gone = Fault::RootGone(root.clone());
    fs::rename(&root, around.join("elsewhere")).unwrap();
    seen.until("that the root is gone", |seen| seen.faults.contains(&gone));
    fs::create_dir(&root).unwrap();
    fs::write(root.join("before"), "1").unwrap();
    seen.watching.add(&root);
    seen.until_right();
    fs::write(root.join("after"), "1").unwrap();
    seen.until_right();
    fs::remove_dir_all(&root).unwrap();
    seen.faults.clear();
    seen.until("that the root is gone again", |seen| seen.faults.contains(&gone));
    assert!(!seen.told.contains(&around), "what is around a root is nobody's to look at");
}

#[test]
fn a_root_that_is_not_there_is_told_at_once() {
    let (_kept, around) = folder();
    let root = around.join("none");
    let watching = Watching::start(std::slice::from_ref(&root), |_| true).unwrap();
    let burst = watching.next(PATIENCE).unwrap();
    assert_eq!(BTreeSet::from([Fault::RootGone(root)]), burst.faults);
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn events_that_were_lost_are_told_and_later_ones_are_seen() {
        let (_kept, root) = folder();
        fs::create_dir(root.join("a")).unwrap();
        let mut seen = Seen::new(&root);
        let queued: usize =
            fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
        seen.watching.while_nothing_is_taken_in(|| {
            // Three events each: made, opened, closed.
            for number in 0..=queued / 3 {
                fs::write(root.join(format!("a/{number}")), "").unwrap();
            }
            fs::create_dir(root.join("made-meanwhile")).unwrap();
        });
        seen.until("that events were lost", |seen| seen.rescans > 0);
        seen.until_right();
        fs::write(root.join("made-meanwhile/file"), "1").unwrap();
        seen.until_right();
    }

    #[test]
    fn a_folder_is_told_under_every_path_that_leads_to_it() {
        let (_kept, around) = folder();
        let [root, real] = ["root", "real"].map(|name| around.join(name));
        fs::create_dir_all(real.join("inner")).unwrap();
        fs::create_dir(&root).unwrap();
        symlink(&real, root.join("one")).unwrap();
        let mut seen = Seen::new(&root);
        symlink(&real, root.join("two")).unwrap();
        seen.until("the second link", |seen| seen.told.contains(&root.join("two/inner")));
        seen.told.clear();
        fs::write(real.join("inner/file"), "1").unwrap();
        let both = BTreeSet::from([root.join("one/inner"), root.join("two/inner")]);
        seen.until("the change", |seen| seen.told == both);
    }

    #[test]
    fn links_that_go_round_come_to_an_end() {
        let (_kept, root) = folder();
        fs::create_dir_all(root.join("a/b")).unwrap();
        symlink(&root, root.join("a/b/up")).unwrap();
        symlink(root.join("gone"), root.join("dangling")).unwrap();
        let mut seen = Seen::new(&root);
        symlink("..", root.join("a/b/later")).unwrap();
        fs::write(root.join("a/b/file"), "1").unwrap();
        seen.until_right();
        assert_eq!(BTreeSet::from([root.join("a/b")]), seen.told);
    }

    #[test]
    fn a_link_as_root_is_told_as_it_was_given() {
        let (_kept, around) = folder();
        fs::create_dir_all(around.join("real/inner")).unwrap();
        let root = around.join("link");
        symlink(around.join("real"), &root).unwrap();
        let mut seen = Seen::new(&root);
        fs::write(around.join("real/inner/file"), "1").unwrap();
        seen.until_right();
        assert_eq!(BTreeSet::from([root.join("inner")]), seen.told);
    }
}
