//! A second look reads what changed and shares everything else.

use std::fs;
use std::sync::Arc;

use super::{House, shown};
use crate::tree::{Node, Reader};
use crate::watch::Watch;

fn refresh(reader: &mut Reader, house: &House, dirty: &[&str]) -> String {
    let dirty: Vec<_> = dirty.iter().map(|path| house.path(path)).collect();
    let text = shown(reader.refresh(Some(&dirty), &Watch::new()).unwrap(), &house.root);
    assert_eq!(house.shown(), text, "a first look sees another tree");
    text
}

fn child<'a>(reader: &'a Reader, name: &str) -> &'a Arc<Node> {
    reader.tree().root.children.iter().find(|child| &*child.name == name).unwrap()
}

#[test]
fn an_edit_makes_the_nodes_anew_that_lead_to_it_and_no_others() {
    let house = House::of(&[("a/b.txt", "1"), ("a/c.txt", "1"), ("d/e.txt", "1")]);
    let mut reader = house.open();
    let before = (Arc::clone(child(&reader, "a")), Arc::clone(child(&reader, "d")));
    house.write("src/a/b.txt", "2");
    let text = refresh(&mut reader, &house, &["src/a"]);
    assert!(text.contains("b StringValue Value=String(\"2\")"));
    assert!(Arc::ptr_eq(&before.1, child(&reader, "d")));
    assert!(!Arc::ptr_eq(&before.0, child(&reader, "a")));
}

#[test]
fn a_look_at_what_did_not_change_keeps_the_whole_tree() {
    let house = House::of(&[
        ("a/b.txt", "1"),
        ("a/init.lua", "1"),
        ("x.project.json", r#"{"tree": {"$path": "a"}}"#),
    ]);
    let mut reader = house.open();
    let before = Arc::clone(&reader.tree().root);
    reader.refresh(None, &Watch::new()).unwrap();
    assert!(Arc::ptr_eq(&before, &reader.tree().root));
    // Touched, and the same: read again, since it is so new.
    house.write("src/a/b.txt", "1");
    refresh(&mut reader, &house, &["src/a"]);
    assert!(Arc::ptr_eq(&before, &reader.tree().root));
}

#[test]
fn files_and_folders_come_and_go() {
    let house = House::of(&[("a/b.txt", "1")]);
    let mut reader = house.open();
    house.write("src/new/deep/c.txt", "c");
    refresh(&mut reader, &house, &["src"]);
    house.write("src/new/deep/init.lua", "script");
    refresh(&mut reader, &house, &["src/new/deep"]);
    fs::remove_dir_all(house.path("src/a")).unwrap();
    // The folder itself is all that is told.
    refresh(&mut reader, &house, &["src/a"]);
    fs::rename(house.path("src/new"), house.path("src/other")).unwrap();
    refresh(&mut reader, &house, &["src"]);
    house.write("src/other/x.meta.json", "{");
    house.write("src/other/x.txt", "x");
    let text = refresh(&mut reader, &house, &["src/other"]);
    assert!(text.contains("! "), "{text}");
    house.write("src/other/x.meta.json", "{}");
    refresh(&mut reader, &house, &["src/other"]);
    fs::remove_file(house.path("src/other/x.meta.json")).unwrap();
    refresh(&mut reader, &house, &["src/other"]);
}

#[test]
fn a_folder_that_takes_the_name_of_another_is_read() {
    let house = House::of(&[("a/old.txt", "1"), ("b/new.txt", "1")]);
    let mut reader = house.open();
    fs::rename(house.path("src/a"), house.path("c")).unwrap();
    fs::rename(house.path("src/b"), house.path("src/a")).unwrap();
    assert!(refresh(&mut reader, &house, &["src"]).contains("    new StringValue"));
}

#[test]
fn a_folder_becomes_a_project_and_a_folder_again() {
    let house = House::of(&[("a/b.txt", "1"), ("a/in/c.txt", "2")]);
    let mut reader = house.open();
    house.write("src/a/default.project.json", r#"{"tree": {"$path": "in"}}"#);
    refresh(&mut reader, &house, &["src/a"]);
    house.write("src/a/in/c.txt", "3");
    refresh(&mut reader, &house, &["src/a/in"]);
    fs::remove_file(house.path("src/a/default.project.json")).unwrap();
    refresh(&mut reader, &house, &["src/a"]);
}

#[test]
fn the_project_file_itself_is_read_again() {
    let house = House::of(&[("a.txt", "1"), ("b/c.txt", "1")]);
    let mut reader = house.open();
    house.write("default.project.json", r#"{"globIgnorePaths": ["**/b"], "tree": {"$path": "src"}}"#);
    let text = refresh(&mut reader, &house, &["."]);
    assert!(!text.contains("  b "), "{text}");
    house.write("default.project.json", "{");
    refresh(&mut reader, &house, &["."]);
    house.write("default.project.json", r#"{"name": "Other", "tree": {"$path": "src"}}"#);
    assert!(refresh(&mut reader, &house, &["."]).starts_with("Other Folder"));
}

#[test]
fn what_a_path_names_comes_and_goes() {
    let tree = r#"{"$className": "Folder", "a": {"$path": {"optional": "x/y/z.txt"}}, "b": {"$path": {"optional": "q"}}}"#;
    let house = House::new(tree, &[]);
    let mut reader = house.open();
    house.write("x/y/z.txt", "1");
    assert!(refresh(&mut reader, &house, &["."]).contains("  a StringValue"));
    house.write("x/y/z.meta.json", r#"{"id": "z"}"#);
    assert!(refresh(&mut reader, &house, &["x/y"]).contains("#z"));
    house.write("q/r.txt", "1");
    assert!(refresh(&mut reader, &house, &["q"]).contains("  b Folder"));
    fs::remove_dir_all(house.path("x")).unwrap();
    assert!(!refresh(&mut reader, &house, &["x/y", "x"]).contains("  a StringValue"));
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_is_seen_in_its_own_folder() {
    use std::os::unix::fs::symlink;
    let house = House::of(&[("a.txt", "1")]);
    house.write("out/in/b.txt", "1");
    symlink("../out/in", house.path("src/linked")).unwrap();
    symlink("../out/in/b.txt", house.path("src/one.txt")).unwrap();
    let mut reader = house.open();
    house.write("out/in/b.txt", "2");
    let text = refresh(&mut reader, &house, &["out/in"]);
    assert_eq!(2, text.matches("\"2\"").count(), "{text}");
}

#[test]
fn a_stopped_look_is_made_good_by_the_next() {
    let house = House::of(&[("a.txt", "1")]);
    let mut reader = house.open();
    house.write("src/a.txt", "2");
    let stopped = Watch::new();
    stopped.cancel();
    assert!(reader.refresh(None, &stopped).is_err());
    refresh(&mut reader, &house, &[]);
}
