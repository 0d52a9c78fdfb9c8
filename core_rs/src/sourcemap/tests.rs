//! What editors read.

use std::fs;

use super::{Options, sourcemap, write};
use crate::tree::tests::House;

fn mapped(house: &House, options: Options) -> String {
    let reader = house.open();
    String::from_utf8(sourcemap(&reader.tree().root, reader.folder(), options).unwrap()).unwrap()
}

const ALL: Options = Options { include_non_scripts: true, absolute: false };

#[test]
fn scripts_and_what_holds_them_are_listed_with_their_files() {
    let house = House::of(&[
        ("a/b.server.lua", ""),
        ("a/b.meta.json", "{}"),
        ("c/d.txt", ""),
        ("e/init.lua", ""),
        ("z.txt", ""),
    ]);
    let expected = concat!(
        r#"{"name":"Game","className":"Folder","filePaths":["default.project.json"],"children":["#,
        r#"{"name":"a","className":"Folder","children":["#,
        r#"{"name":"b","className":"Script","filePaths":["src/a/b.server.lua","src/a/b.meta.json"]}]},"#,
        r#"{"name":"e","className":"ModuleScript","filePaths":["src/e/init.lua"]}]}"#,
    );
    assert_eq!(expected, mapped(&house, Options::default()));
    let all = mapped(&house, ALL);
    assert!(
        all.contains(
            r#"{"name":"c","className":"Folder","children":[{"name":"d","className":"StringValue","#
        ),
        "{all}"
    );
    assert!(all.ends_with(r#"{"name":"z","className":"StringValue","filePaths":["src/z.txt"]}]}"#), "{all}");
}

#[test]
fn a_tree_without_scripts_is_nothing() {
    let house = House::of(&[("a.txt", "")]);
    assert_eq!("null", mapped(&house, Options::default()));
}

#[test]
fn paths_go_out_of_the_folder_or_begin_at_the_root() {
    let house = House::new(r#"{"$path": "../out"}"#, &[("../out/a.lua", "")]);
    assert!(mapped(&house, Options::default()).contains(r#""../out/a.lua""#));
    let absolute = mapped(&house, Options { absolute: true, ..ALL });
    let path = house.root.parent().unwrap().join("out/a.lua");
    assert!(absolute.contains(path.to_str().unwrap()), "{absolute}");
}

#[test]
fn names_are_escaped_as_json_does() {
    let house = House::new(r#"{"$className": "Folder", "a\"\\\n\u0007ü": {"$className": "Script"}}"#, &[]);
    let read: serde_json::Value = serde_json::from_str(&mapped(&house, Options::default())).unwrap();
    assert_eq!("a\"\\\n\u{7}ü", read["children"][0]["name"]);
}

#[test]
fn a_file_is_written_where_it_says_something_else() {
    let house = House::of(&[("a.lua", "1")]);
    let path = house.path("sourcemap.json");
    let write = || {
        let reader = house.open();
        write(&reader.tree().root, reader.folder(), Options::default(), &path).unwrap()
    };
    assert!(write());
    house.write("src/a.lua", "2");
    assert!(!write());
    house.write("src/b.lua", "2");
    assert!(write());
    fs::remove_file(&path).unwrap();
    assert!(write());
}

#[test]
fn what_did_not_change_for_a_sourcemap_is_not_written_anew() {
    let house = House::of(&[("a.lua", "1"), ("b/c.lua", "1")]);
    let path = house.path("sourcemap.json");
    let mut reader = house.open();
    let mut last = super::Last::default();
    let mut written = |house: &House, options: Options| {
        reader.refresh(None, &crate::watch::Watch::new()).unwrap();
        let is_written = last.write(&reader.tree().root, reader.folder(), options, &path).unwrap();
        assert_eq!(mapped(house, options), fs::read_to_string(&path).unwrap());
        is_written
    };
    let scripts = Options::default();
    assert!(written(&house, scripts));
    house.write("src/a.lua", "2");
    assert!(!written(&house, scripts));
    house.write("src/b/a.meta.json", "{}");
    assert!(!written(&house, scripts));
    house.write("src/b/c.meta.json", "{}");
    assert!(written(&house, scripts));
    fs::rename(house.path("src/b/c.lua"), house.path("src/b/d.lua")).unwrap();
    assert!(written(&house, scripts));
    fs::write(house.path("sourcemap.json"), "something else").unwrap();
    assert!(written(&house, scripts));
    house.write("src/e.txt", "");
    assert!(written(&house, ALL));
}
