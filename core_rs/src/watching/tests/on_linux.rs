//! With real files: what is peculiar to inotify, and links.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;

use super::seen::{Seen, folder};

#[test]
fn events_that_were_lost_are_told_and_later_ones_are_seen() {
    let (_kept, root) = folder();
    fs::create_dir(root.join("a")).unwrap();
    let mut seen = Seen::new(&root);
    let queued: usize =
        fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
    seen.watching.while_nothing_is_taken_in(|| {
        // Three events each: made, opened, closed. Half as many again as there is room for.
        for number in 0..queued / 2 {
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
fn a_folder_is_seen_when_a_link_to_it_is_removed_or_leads_elsewhere() {
    let (_kept, root) = folder();
    let [one, two, link] = ["one", "two", "link"].map(|name| root.join(name));
    fs::create_dir_all(one.join("inner")).unwrap();
    fs::create_dir(&two).unwrap();
    symlink(&one, &link).unwrap();
    let mut seen = Seen::new(&root);
    symlink(&two, root.join("new")).unwrap();
    fs::rename(root.join("new"), &link).unwrap();
    seen.until("where it leads now", |seen| seen.told.contains(&link));
    seen.told.clear();
    fs::write(one.join("inner/file"), "1").unwrap();
    seen.until("the change where it led", |seen| seen.told == BTreeSet::from([one.join("inner")]));
    fs::remove_file(&link).unwrap();
    seen.until("that it is gone", |seen| seen.told.contains(&root));
    seen.told.clear();
    fs::write(two.join("file"), "1").unwrap();
    seen.until("the change where it led last", |seen| seen.told == BTreeSet::from([two.clone()]));
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
