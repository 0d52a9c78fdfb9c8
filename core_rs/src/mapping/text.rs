//! Texts, and what all files that are texts share.

use std::str;

use rbx_dom_weak::types::Variant;
use rbx_dom_weak::ustr;

use crate::diagnostic::{Diagnostic, Place};
use crate::mapping::Input;
use crate::tree::Node;

/// A `StringValue` of the whole text, with the ends of lines that it has.
pub(super) fn read(input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let text = utf8(input, found)?;
    let mut node = Node::new(input.name, "StringValue");
    node.set(ustr("Value"), Variant::String(text.to_owned()));
    Some(node)
}

/// The text of a file, which is to be UTF-8.
pub(super) fn utf8<'a>(input: &Input<'a>, found: &mut Vec<Diagnostic>) -> Option<&'a str> {
    let error = match str::from_utf8(input.bytes) {
        Ok(text) => return Some(text),
        Err(error) => error,
    };
    let before = str::from_utf8(&input.bytes[..error.valid_up_to()]).unwrap_or_default();
    let wrong = input.bytes[error.valid_up_to()];
    found.push(Diagnostic::error(
        input.path,
        Some(place(before, before.len())),
        "not-utf8",
        format!("the byte 0x{wrong:02x} is not UTF-8"),
        "save the file as UTF-8".to_owned(),
    ));
    None
}

/// Whether a file is no larger than is read; what is wrong is told.
pub(super) fn fits(input: &Input<'_>, most_bytes: u64, found: &mut Vec<Diagnostic>) -> bool {
    let fits = input.bytes.len() as u64 <= most_bytes;
    if !fits {
        found.push(Diagnostic::error(
            input.path,
            None,
            "too-large",
            format!("the file has {} bytes, and at most {most_bytes} are read", input.bytes.len()),
            "split it, or leave it out with globIgnorePaths".to_owned(),
        ));
    }
    fits
}

/// Where the byte at an offset of a text is.
pub(super) fn place(text: &str, at: usize) -> Place {
    let before = &text[..at];
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    // Nothing that is read has so many lines.
    Place { line: u32::try_from(line).unwrap_or(u32::MAX), column: u32::try_from(column).unwrap_or(u32::MAX) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::mapping::{self, Kind};

    fn read(kind: Kind, bytes: &[u8]) -> (Option<Node>, Vec<Diagnostic>) {
        let input = Input { path: Path::new("it.txt"), name: "it", bytes, legacy_scripts: true };
        let mut found = Vec::new();
        (mapping::read(kind, &input, &mut found), found)
    }

    #[test]
    fn a_text_keeps_every_character() {
        let (node, found) = read(Kind::Text, "a\r\nü".as_bytes());
        let node = node.unwrap();
        assert_eq!(("StringValue", "it"), (node.class.as_str(), &*node.name));
        assert_eq!(Some(&Variant::String("a\r\nü".into())), node.get("Value"));
        assert_eq!(Vec::<Diagnostic>::new(), found);
    }

    #[test]
    fn bytes_that_are_no_text_are_told_at_their_place() {
        for kind in [Kind::Text, Kind::ModuleScript] {
            let (node, found) = read(kind, b"a\n\xC3\xBC\xFFb");
            assert_eq!(None, node);
            assert_eq!(Some(Place { line: 2, column: 2 }), found[0].place);
            assert_eq!("the byte 0xff is not UTF-8", found[0].message);
        }
    }

    #[test]
    fn a_file_beyond_the_cap_is_told_and_not_read() {
        let bytes = vec![b'a'; usize::try_from(Kind::Text.most_bytes()).unwrap() + 1];
        let (node, found) = read(Kind::Text, &bytes);
        assert_eq!((None, "too-large"), (node, found[0].code));
        let (node, found) = read(Kind::Text, &bytes[1..]);
        assert!(node.is_some() && found.is_empty(), "{found:?}");
    }
}
