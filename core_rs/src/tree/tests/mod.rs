//! Trees of real folders.

mod folders;
mod nodes;
mod random;
mod refresh;
mod rough;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Node, Reader, Tree};
use crate::diagnostic::Severity;
use crate::watch::Watch;

/// A folder with a project in it.
pub(crate) struct House {
    _place: tempfile::TempDir,
    pub root: PathBuf,
}

impl House {
    /// `tree` is that of the default project file; each file lies under the folder of the project.
    pub fn new(tree: &str, files: &[(&str, &str)]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let house = Self { root: fs::canonicalize(place.path()).unwrap().join("Game"), _place: place };
        house.write("default.project.json", &format!("{{\"tree\": {tree}}}"));
        for (path, content) in files {
            house.write(path, content);
        }
        house
    }

    /// A project that is the folder `src`.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let house = Self::new(r#"{"$path": "src"}"#, &[]);
        fs::create_dir(house.root.join("src")).unwrap();
        for (path, content) in files {
            house.write(&format!("src/{path}"), content);
        }
        house
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn open(&self) -> Reader {
        Reader::open(&self.root, &Watch::new()).unwrap().unwrap()
    }

    /// The tree and what is wrong, as lines.
    pub fn shown(&self) -> String {
        let reader = self.open();
        shown(reader.tree(), &self.root)
    }

    /// The codes of all that is wrong, each with the file that it is about.
    pub fn told(&self) -> Vec<String> {
        told(self.open().tree(), &self.root)
    }
}

pub(super) fn told(tree: &Tree, root: &Path) -> Vec<String> {
    tree.diagnostics
        .iter()
        .map(|it| {
            let path = it.path.strip_prefix(root).unwrap_or(&it.path).display();
            let place = it.place.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
            let severity = if it.severity == Severity::Error { "" } else { "warning " };
            format!("{severity}{} {path}{place}", it.code)
        })
        .collect()
}

pub(super) fn shown(tree: &Tree, root: &Path) -> String {
    let mut text = String::new();
    show(&tree.root, 0, root, &mut text);
    for line in told(tree, root) {
        writeln!(text, "! {line}").unwrap();
    }
    text
}

fn show(node: &Node, depth: usize, root: &Path, text: &mut String) {
    write!(text, "{}{} {}", "  ".repeat(depth), node.name, node.class).unwrap();
    for (name, value) in &node.properties {
        write!(text, " {name}={value:?}").unwrap();
    }
    for file in &node.origin.files {
        write!(text, " <{}>", file.strip_prefix(root).unwrap_or(file).display()).unwrap();
    }
    if let Some(id) = &node.id {
        write!(text, " #{id}").unwrap();
    }
    if node.keeps_unknown {
        text.push_str(" keeps");
    }
    text.push('\n');
    for child in &node.children {
        show(child, depth + 1, root, text);
    }
}
