//! JSON, TOML and YAML: no panic, and what is read becomes the source of a module.

use std::path::Path;

use _core::mapping::{Input as File, Kind, read};
use rbx_dom_weak::types::Variant;

pub type Input<'a> = &'a [u8];

pub fn run(bytes: Input<'_>) {
    for kind in [Kind::Json, Kind::Toml, Kind::Yaml] {
        let mut found = Vec::new();
        let file = File { path: Path::new("it"), name: "it", bytes, legacy_scripts: true };
        let node = read(kind, &file, &mut found);
        assert_eq!(node.is_none(), !found.is_empty());
        if let Some(node) = node {
            let Some(Variant::String(source)) = node.get("Source") else { panic!("{node:?} has no source") };
            assert!(source.starts_with("return "));
        }
    }
}
