//! Folders as they should not be.

use std::fs;

use super::House;

#[cfg(unix)]
#[test]
fn a_link_that_leads_back_is_told_and_others_are_followed() {
    use std::os::unix::fs::symlink;
    let house = House::of(&[("a.txt", "a"), ("b/c.txt", "c")]);
    symlink("..", house.path("src/b/round")).unwrap();
    symlink("a.txt", house.path("src/linked.txt")).unwrap();
    symlink("b", house.path("src/d")).unwrap();
    symlink("nothing", house.path("src/none.txt")).unwrap();
    let shown = house.shown();
    assert!(shown.contains("  linked StringValue Value=String(\"a\") <src/a.txt>\n"), "{shown}");
    assert!(shown.contains("  d Folder\n    c StringValue Value=String(\"c\") <src/b/c.txt>\n"), "{shown}");
    assert_eq!(["endless-link src/b/round", "endless-link src/d/round"], house.told()[..]);
}

#[cfg(unix)]
#[test]
fn names_that_are_no_utf8_are_told() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let house = House::of(&[("a.txt", "a")]);
    fs::write(house.path("src").join(OsStr::from_bytes(b"\xff.txt")), "").unwrap();
    fs::create_dir(house.path("src").join(OsStr::from_bytes(b"\xfe"))).unwrap();
    let codes: Vec<_> = house.told().iter().map(|it| it.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(["name-not-utf8"; 2], codes[..]);
    assert!(house.shown().contains("  a StringValue"));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_told_and_waited_for_by_nobody() {
    let house = House::of(&[("a.txt", "a")]);
    crate::held::make_pipe(&house.path("src/b.txt"));
    crate::held::make_pipe(&house.path("src/c.md"));
    assert_eq!(["not-a-file src/b.txt"], house.told()[..]);
}

#[test]
fn a_folder_called_like_a_meta_or_an_init_file_is_told() {
    let house = House::of(&[("a.txt", "a"), ("a.meta.json/x.md", ""), ("b/init.lua/x.md", "")]);
    assert_eq!(["not-a-file src/a.meta.json", "not-a-file src/b/init.lua"], house.told()[..]);
}

#[test]
fn a_thousand_folders_in_one_another_are_read() {
    let house = House::of(&[]);
    let mut path = "src".to_owned();
    for _ in 0..1_000 {
        path += "/d";
    }
    house.write(&format!("{path}/a.txt"), "deep");
    let reader = house.open();
    let mut node = &reader.tree().root;
    let mut depth = 0;
    while let Some(child) = node.children.first() {
        (node, depth) = (child, depth + 1);
    }
    assert_eq!((1_001, "a", Vec::<String>::new()), (depth, &*node.name, house.told()));
}

#[test]
fn a_large_folder_is_read_in_order() {
    let house = House::of(&[]);
    for number in 0..1_000 {
        fs::write(house.path(&format!("src/{number:04}.txt")), number.to_string()).unwrap();
    }
    let reader = house.open();
    let names: Vec<_> = reader.tree().root.children.iter().map(|child| child.name.to_string()).collect();
    assert_eq!((0..1_000).map(|number| format!("{number:04}")).collect::<Vec<_>>(), names);
}

#[test]
fn what_is_wrong_in_one_file_hides_nothing_of_another() {
    let house = House::of(&[("a.model.json", "{"), ("b.txt", "b"), ("c.project.json", "["), ("d.json", "{")]);
    let files: Vec<_> =
        house.told().iter().map(|it| it.split([' ', ':']).nth(1).unwrap().to_owned()).collect();
    assert_eq!(["src/a.model.json", "src/c.project.json", "src/d.json"], files[..]);
    assert!(house.shown().contains("  b StringValue"));
}

#[test]
fn a_path_without_a_project_is_refused() {
    use crate::tree::Reader;
    use crate::watch::Watch;
    let place = tempfile::tempdir().unwrap();
    assert_eq!("no-project", Reader::open(place.path(), &Watch::new()).unwrap().unwrap_err().code);
    let stopped = Watch::new();
    stopped.cancel();
    assert!(Reader::open(&House::of(&[]).root, &stopped).is_err());
}
