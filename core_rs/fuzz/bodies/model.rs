//! Models written as JSON: no panic, and a file that becomes nothing is empty or told why.

use std::path::Path;

use _core::mapping::{Input as File, Kind, read};

pub type Input<'a> = &'a [u8];

pub fn run(bytes: Input<'_>) {
    let mut found = Vec::new();
    let file = File { path: Path::new("it.model.json"), name: "it", bytes, legacy_scripts: true };
    match read(Kind::JsonModel, &file, &mut found) {
        Some(node) => assert_eq!("it", &*node.name),
        None => assert!(!found.is_empty() || bytes.trim_ascii().is_empty() || !bytes.is_ascii()),
    }
}
