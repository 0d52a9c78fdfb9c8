//! Edits that nobody thought of: what a second look sees is what a first look sees.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::{House, shown};
use crate::watch::Watch;

const NAMES: [&str; 14] = [
    "a",
    "b",
    "a.lua",
    "init.lua",
    "init.server.lua",
    "init.csv",
    "init.meta.json",
    "a.meta.json",
    "b.txt",
    "b.meta.json",
    "default.project.json",
    "c.project.json",
    "d.model.json",
    "x.md",
];
const CONTENTS: [&str; 7] = [
    "",
    "{}",
    r#"{"tree": {"$className": "Model"}}"#,
    r#"{"tree": {"$path": "a"}}"#,
    r#"{"tree": {"$className": "Folder", "q": {"$path": {"optional": "b/b.txt"}}}}"#,
    r#"{"className": "Model", "properties": {"Value": "x"}}"#,
    "{",
];

#[derive(Clone, Debug)]
enum Edit {
    Write { folder: Vec<usize>, name: usize, content: usize },
    Folder { folder: Vec<usize>, name: usize },
    Remove { folder: Vec<usize>, name: usize },
    Move { folder: Vec<usize>, name: usize, to: usize },
}

fn edit() -> impl Strategy<Value = Edit> {
    let folder = || prop::collection::vec(0..2usize, 0..3);
    let name = || 0..NAMES.len();
    prop_oneof![
        4 => (folder(), name(), 0..CONTENTS.len()).prop_map(|(folder, name, content)| Edit::Write { folder, name, content }),
        1 => (folder(), name()).prop_map(|(folder, name)| Edit::Folder { folder, name }),
        1 => (folder(), name()).prop_map(|(folder, name)| Edit::Remove { folder, name }),
        1 => (folder(), name(), name()).prop_map(|(folder, name, to)| Edit::Move { folder, name, to }),
    ]
}

/// Do it if it can be done; returns the folders that a watcher would tell: the one around, and one that is new there.
fn apply(house: &House, edit: &Edit) -> Vec<PathBuf> {
    let at = |folder: &[usize]| folder.iter().fold(house.path("src"), |path, name| path.join(NAMES[*name]));
    let (Edit::Write { folder, name, .. }
    | Edit::Folder { folder, name }
    | Edit::Remove { folder, name }
    | Edit::Move { folder, name, .. }) = edit;
    let (folder, path) = (at(folder), at(folder).join(NAMES[*name]));
    let mut told = vec![folder.clone(), path.clone()];
    let _ = match edit {
        Edit::Write { content, .. } => fs::write(path, CONTENTS[*content]),
        Edit::Folder { .. } => fs::create_dir(path),
        Edit::Remove { .. } => fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path)),
        Edit::Move { to, .. } => {
            told.push(folder.join(NAMES[*to]));
            fs::rename(path, folder.join(NAMES[*to]))
        }
    };
    told
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn what_a_second_look_sees_is_what_a_first_look_sees(
        rounds in prop::collection::vec(prop::collection::vec(edit(), 1..6), 1..8)
    ) {
        let house = House::of(&[("a/b/a.lua", ""), ("b/a/b.txt", "")]);
        let mut reader = house.open();
        for edits in rounds {
            let dirty: Vec<_> = edits.iter().flat_map(|edit| apply(&house, edit)).collect();
            let looked = shown(reader.refresh(Some(&dirty), &Watch::new()).unwrap(), &house.root);
            prop_assert_eq!(house.shown(), looked);
        }
        let again = shown(reader.refresh(None, &Watch::new()).unwrap(), &house.root);
        prop_assert_eq!(house.shown(), again);
    }
}
