//! Meta files: no panic, and a file that says nothing without telling why says something.

use std::path::Path;

use _core::mapping::{Kind, default_kind, read_meta};
use _core::tree::Node;

pub type Input<'a> = &'a [u8];

pub fn run(text: Input<'_>) {
    if let Ok(name) = std::str::from_utf8(text)
        && let Some((kind, instance)) = default_kind(name)
    {
        assert!(name.starts_with(instance) && kind != Kind::Ignore);
    }
    let mut found = Vec::new();
    let Some(meta) = read_meta(text, Path::new("it.meta.json"), &mut found) else {
        assert!(!found.is_empty());
        return;
    };
    for class in ["Folder", "Part", "TextLabel", "Nothing"] {
        let mut node = Node::new("it", class);
        meta.apply(&mut node, true, &mut found);
        assert!(node.properties.is_sorted_by_key(|(name, _)| name.as_str()));
    }
}
