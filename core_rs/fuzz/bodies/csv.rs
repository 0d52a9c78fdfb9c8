//! Tables of translations: no panic, and what becomes a table is JSON that names each entry.

use std::path::Path;

use _core::diagnostic::Severity;
use _core::mapping::{Input as File, Kind, read};
use rbx_dom_weak::types::Variant;

pub type Input<'a> = &'a [u8];

pub fn run(bytes: Input<'_>) {
    let mut found = Vec::new();
    let file = File { path: Path::new("it.csv"), name: "it", bytes, legacy_scripts: true };
    let node = read(Kind::Csv, &file, &mut found);
    assert_eq!(node.is_none(), found.iter().any(|it| it.severity == Severity::Error));
    let Some(node) = node else { return };
    let Some(Variant::String(contents)) = node.get("Contents") else { panic!("{node:?} has no contents") };
    let entries: Vec<serde_json::Value> = serde_json::from_str(contents).unwrap();
    assert!(entries.iter().all(|entry| entry["key"].is_string() || entry["source"].is_string()));
}
