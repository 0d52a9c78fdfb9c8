//! What the tests of all kinds of files ask.

use std::path::Path;

use rbx_dom_weak::types::Variant;

use crate::diagnostic::Diagnostic;
use crate::mapping::{Input, Kind, read};
use crate::tree::Node;

/// What a file called `it` becomes, and what is found wrong with it.
pub(super) fn file(kind: Kind, bytes: &[u8]) -> (Option<Node>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let input = Input { path: Path::new("it"), name: "it", bytes, legacy_scripts: true };
    (read(kind, &input, &mut found), found)
}

/// The source of the module that a right file becomes.
pub(super) fn source(kind: Kind, text: &str) -> String {
    let (node, found) = file(kind, text.as_bytes());
    assert_eq!(Vec::<Diagnostic>::new(), found);
    match node.unwrap().get("Source") {
        Some(Variant::String(source)) => source.clone(),
        other => panic!("{other:?} is no source"),
    }
}

/// The code of the one thing that is wrong with a file that becomes nothing.
pub(super) fn code(kind: Kind, bytes: &[u8]) -> &'static str {
    let (node, found) = file(kind, bytes);
    assert_eq!((None, 1), (node, found.len()), "{found:?}");
    found[0].code
}
