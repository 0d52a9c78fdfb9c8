//! Binary and XML models: no panic in this crate or in the readers that it asks, and no lie that costs memory.

use std::path::Path;

use _core::mapping::{Input as File, Kind, read};

pub type Input<'a> = &'a [u8];

const HEAD: &[u8] = b"<roblox!\x89\xff\r\n\x1a\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

pub fn run(bytes: Input<'_>) {
    judge(Kind::Rbxmx, bytes);
    judge(Kind::Rbxm, bytes);
    judge(Kind::Rbxm, &[HEAD, bytes].concat());
}

fn judge(kind: Kind, bytes: &[u8]) {
    let mut found = Vec::new();
    let file = File { path: Path::new("it"), name: "it", bytes, legacy_scripts: true };
    let node = read(kind, &file, &mut found);
    assert_eq!(node.is_none(), !found.is_empty());
    assert!(found.iter().all(|it| !it.message.contains("gave up")), "{found:?}");
}
