//! With real files: what is made, written, moved and removed is found by whoever looks at what is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::super::*;
use super::seen::{PATIENCE, Seen, folder};

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
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 0..300_u64 {
                let inner = root.join(format!("{number}/x/y"));
                fs::create_dir_all(&inner).unwrap();
                fs::write(inner.join("first"), "1").unwrap();
                // Another moment of the watcher's work for each, up to where it has told of the folder already.
                thread::sleep(Duration::from_micros(number * 30));
                fs::write(inner.join("second"), "1").unwrap();
            }
        });
        while !writer.is_finished() {
            seen.take_one(Duration::from_millis(1));
        }
    });
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
    assert_eq!(1, fs::read_dir(root.join("a")).unwrap().count());
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
    fs::create_dir(root.join("later")).unwrap();
    seen.until_right();
    fs::create_dir(root.join("later/unwanted")).unwrap();
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
    seen.watching.add(&root).unwrap();
    seen.until_right();
    fs::write(root.join("after"), "1").unwrap();
    seen.until_right();
    fs::remove_dir_all(&root).unwrap();
    seen.faults.clear();
    seen.until("that the root is gone again", |seen| seen.faults.contains(&gone));
    assert!(!seen.told.contains(&around), "what is around a root is nobody's to look at");
}

#[test]
fn a_relative_root_is_told_by_absolute_paths() {
    let (_kept, root) = folder();
    let here = std::env::current_dir().unwrap();
    let up: PathBuf = here.components().skip(1).map(|_| "..").collect();
    let relative = up.join(root.strip_prefix("/").unwrap_or(&root));
    let watching = Watching::start(std::slice::from_ref(&relative), |_| true).unwrap();
    fs::write(root.join("file"), "1").unwrap();
    assert_eq!(BTreeSet::from([here.join(relative)]), watching.next(PATIENCE).unwrap().folders);
}

#[test]
fn a_root_that_is_not_there_is_told_at_once() {
    let (_kept, around) = folder();
    let root = around.join("none");
    let watching = Watching::start(std::slice::from_ref(&root), |_| true).unwrap();
    let burst = watching.next(PATIENCE).unwrap();
    assert_eq!(BTreeSet::from([Fault::RootGone(root)]), burst.faults);
}
