use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;

use super::super::*;

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A coalescer in which these files changed, at these milliseconds.
fn changed(files: &[(u64, &str)]) -> Coalescer {
    let mut all = Coalescer::default();
    for (at, file) in files {
        all.changed(ms(*at), Path::new(file));
    }
    all
}

fn folders(batch: Option<Batch>) -> Vec<String> {
    batch.into_iter().flat_map(|it| it.changed.into_keys()).map(|it| it.display().to_string()).collect()
}

#[test]
fn nothing_is_due_before_anything_changed() {
    let mut all = Coalescer::default();
    assert_eq!((None, None), (all.due(), all.take(ms(1000))));
}

#[test]
fn a_burst_ends_after_three_milliseconds_of_quiet() {
    let mut all = changed(&[(10, "/a/1"), (12, "/b/2"), (14, "/a/3")]);
    assert_eq!(Some(ms(17)), all.due());
    assert_eq!(None, all.take(ms(16)));
    assert_eq!(["/a", "/b"], *folders(all.take(ms(17))));
    assert_eq!((None, None), (all.due(), all.take(ms(1000))));
}

#[test]
fn a_burst_without_quiet_ends_after_fifty_milliseconds() {
    let files: Vec<_> = (0..50).map(|at| (100 + at, "/a/1")).collect();
    let mut all = changed(&files);
    assert_eq!(Some(ms(150)), all.due());
    assert_eq!(None, all.take(ms(149)));
    assert_eq!(["/a"], *folders(all.take(ms(150))));
}

#[test]
fn every_name_of_a_folder_is_kept_once() {
    let batch = changed(&[(0, "/a/1"), (0, "/a/2"), (0, "/a/1")]).take(ms(3)).unwrap();
    assert_eq!(
        ["1", "2"].map(std::ffi::OsString::from),
        *batch.changed[Path::new("/a")].iter().cloned().collect::<Vec<_>>()
    );
}

#[test]
fn lost_changes_take_the_place_of_those_that_were_seen() {
    let mut all = changed(&[(0, "/a/1")]);
    all.appeared(ms(0), Path::new("/a"));
    all.needs_rescan(ms(1));
    all.changed(ms(2), Path::new("/b/1"));
    assert_eq!(Some(Batch { needs_rescan: true, ..Batch::default() }), all.take(ms(5)));
    all.changed(ms(6), Path::new("/b/1"));
    assert_eq!(["/b"], *folders(all.take(ms(9))));
}

#[test]
fn more_folders_than_can_be_told_are_all_folders() {
    let mut all = Coalescer::default();
    (0..=MOST_FOLDERS).for_each(|number| all.changed(ms(0), &PathBuf::from(format!("/{number}/a"))));
    assert_eq!(Some(Batch { needs_rescan: true, ..Batch::default() }), all.take(ms(3)));
}

#[test]
fn a_folder_with_an_empty_file_waits_once_and_no_longer_than_that() {
    let mut all = changed(&[(0, "/a/1")]);
    let batch = all.take(ms(3)).unwrap();
    all.hold(ms(3), batch.changed.clone());
    assert_eq!(Some(ms(53)), all.due());
    assert_eq!(None, all.take(ms(52)));
    let waited = all.take(ms(53)).unwrap();
    assert_eq!((batch.changed, BTreeSet::from(["/a".into()])), (waited.changed, waited.waited));
    assert_eq!(None, all.due());
}

#[test]
fn a_file_that_is_filled_while_it_is_waited_for_is_told_at_once() {
    let mut all = changed(&[(0, "/a/1")]);
    let batch = all.take(ms(3)).unwrap();
    all.hold(ms(3), batch.changed);
    all.changed(ms(10), Path::new("/a/1"));
    let batch = all.take(ms(13)).unwrap();
    assert_eq!((vec!["/a".to_owned()], 0), (folders(Some(batch.clone())), batch.waited.len()));
    all.release(batch.changed.keys());
    assert_eq!(None, all.due());
}

#[test]
fn a_file_that_is_emptied_again_and_again_is_told_all_the_same() {
    let mut all = Coalescer::default();
    let mut told = Vec::new();
    for at in 0..200 {
        if at % 10 == 0 {
            all.changed(ms(at), Path::new("/a/1"));
        }
        if let Some(batch) = all.take(ms(at)) {
            if batch.waited.is_empty() { all.hold(ms(at), batch.changed) } else { told.push(at) }
        }
    }
    assert_eq!([53, 113, 173], *told);
}

#[test]
fn what_waits_goes_with_what_was_lost() {
    let mut all = changed(&[(0, "/a/1")]);
    let batch = all.take(ms(3)).unwrap();
    all.hold(ms(3), batch.changed.clone());
    all.needs_rescan(ms(4));
    all.hold(ms(4), batch.changed);
    assert_eq!(Some(Batch { needs_rescan: true, ..Batch::default() }), all.take(ms(7)));
    assert_eq!(None, all.due());
}

#[test]
fn bursts_that_nobody_asked_for_become_one() {
    let folders = |names: &[&str]| names.iter().map(PathBuf::from).collect::<BTreeSet<_>>();
    let mut one = Burst { folders: folders(&["/a"]), ..Burst::default() };
    one.join(Burst { folders: folders(&["/a", "/b"]), ..Burst::default() });
    assert_eq!(folders(&["/a", "/b"]), one.folders);
    one.join(Burst { faults: [Fault::RootGone("/".into())].into(), needs_rescan: true, ..Burst::default() });
    one.join(Burst { folders: folders(&["/c"]), ..Burst::default() });
    assert_eq!((true, 0, 1), (one.needs_rescan, one.folders.len(), one.faults.len()));
}

proptest! {
    #[test]
    fn every_change_is_told_within_the_longest_wait(
        steps in prop::collection::vec((0_u64..8, 0_u8..4, any::<bool>()), 1..80)
    ) {
        let mut all = Coalescer::default();
        let mut now = ms(0);
        // Of each folder, since when a change of it is not told.
        let mut left = std::collections::BTreeMap::<PathBuf, Duration>::new();
        let longest = LONGEST + EMPTY_WAITS + ms(8);
        let take = |all: &mut Coalescer, now, empty: bool, left: &mut std::collections::BTreeMap<PathBuf, Duration>| {
            let Some(batch) = all.take(now) else { return };
            let (held, told): (Changed, Changed) =
                batch.changed.into_iter().partition(|(folder, _)| empty && !batch.waited.contains(folder));
            all.release(told.keys());
            all.hold(now, held);
            left.retain(|folder, _| !told.contains_key(folder));
        };
        for (wait, folder, empty) in steps {
            now += ms(wait);
            let folder = PathBuf::from(format!("/{folder}"));
            all.changed(now, &folder.join("file"));
            left.entry(folder).or_insert(now);
            take(&mut all, now, empty, &mut left);
            prop_assert!(left.values().all(|since| now <= *since + longest), "{left:?} at {now:?}");
        }
        while let Some(due) = all.due() {
            now = due;
            take(&mut all, now, true, &mut left);
        }
        prop_assert!(left.is_empty(), "{left:?}");
    }
}
