//! The bytes of a sourcemap.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::relative::{below, relative};
use super::{Options, SourcemapError};
use crate::tree::Node;

/// The sourcemap of a tree whose project lies in `folder`; `null` where nothing goes into it.
pub fn sourcemap(root: &Node, folder: &Path, options: Options) -> Result<Vec<u8>, SourcemapError> {
    let mut writer = Writer { out: Vec::new(), folder, options };
    let mut open: Vec<Open<'_>> = vec![writer.begin(root)?];
    while let Some(last) = open.last_mut() {
        if let Some(child) = last.children.next() {
            if last.has_children {
                writer.out.push(b',');
            }
            let before = writer.out.len();
            let child = writer.begin(child)?;
            open.push(Open { start: before, ..child });
            continue;
        }
        let (start, is_kept) = (last.start, last.has_children || last.is_wanted);
        writer.end(last);
        open.pop();
        match open.last_mut() {
            Some(above) if is_kept => above.has_children = true,
            // With the comma before it.
            Some(above) => writer.out.truncate(start - usize::from(above.has_children)),
            None if !is_kept => writer.out = b"null".to_vec(),
            None => {}
        }
    }
    Ok(writer.out)
}

/// An instance of which the end is not written.
struct Open<'a> {
    start: usize,
    /// Where its own part ends, if it has no children.
    bare: usize,
    is_wanted: bool,
    has_children: bool,
    children: std::slice::Iter<'a, Arc<Node>>,
}

struct Writer<'a> {
    out: Vec<u8>,
    folder: &'a Path,
    options: Options,
}

impl Writer<'_> {
    fn begin<'n>(&mut self, node: &'n Node) -> Result<Open<'n>, SourcemapError> {
        let start = self.out.len();
        self.out.extend_from_slice(b"{\"name\":");
        self.text(&node.name);
        self.out.extend_from_slice(b",\"className\":");
        self.text(&node.class);
        for (number, file) in node.origin.files.iter().enumerate() {
            self.out.extend_from_slice(if number == 0 { b",\"filePaths\":[" } else { b"," });
            self.path(file)?;
        }
        if !node.origin.files.is_empty() {
            self.out.push(b']');
        }
        let bare = self.out.len();
        self.out.extend_from_slice(b",\"children\":[");
        let is_script = matches!(node.class.as_str(), "Script" | "LocalScript" | "ModuleScript");
        Ok(Open {
            start,
            bare,
            is_wanted: is_script || self.options.include_non_scripts,
            has_children: false,
            children: node.children.iter(),
        })
    }

    fn end(&mut self, open: &Open<'_>) {
        if open.has_children {
            self.out.push(b']');
        } else {
            self.out.truncate(open.bare);
        }
        self.out.push(b'}');
    }

    fn path(&mut self, file: &Path) -> Result<(), SourcemapError> {
        if !self.options.absolute
            && let Some(plain) = below(file, self.folder)
            && !plain.contains('\\')
        {
            self.text(plain);
            return Ok(());
        }
        let shown = if self.options.absolute {
            std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf())
        } else {
            relative(file, self.folder)
        };
        let Some(text) = shown.to_str() else { return Err(SourcemapError::NotUtf8(PathBuf::from(file))) };
        if text.contains('\\') {
            self.text(&text.replace('\\', "/"));
        } else {
            self.text(text);
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        // Most names need no escapes.
        if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            self.out.push(b'"');
            self.out.extend_from_slice(text.as_bytes());
            self.out.push(b'"');
        } else {
            // A `Vec` takes whatever is written to it, and a text is always JSON.
            let _ = serde_json::to_writer(&mut self.out, text);
        }
    }
}
