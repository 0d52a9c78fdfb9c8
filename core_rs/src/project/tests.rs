mod nodes;
mod places;
mod rules;
mod served;
mod whole;

use std::path::Path;

use super::*;
use crate::diagnostic::{Diagnostic, Severity};

const FILE: &str = "/game/default.project.json";

/// A project in which nothing is wrong.
fn right(text: &str) -> Project {
    let (project, found) = read(text.as_bytes(), Path::new(FILE));
    assert_eq!(Vec::<String>::new(), found.iter().map(said).collect::<Vec<_>>(), "{text}");
    project.unwrap()
}

/// A project with these keys beside its tree.
fn with(keys: &str) -> Project {
    right(&format!("{{\"tree\": {{}}, {keys}}}"))
}

/// A project with this tree.
fn tree(tree: &str) -> ProjectNode {
    right(&format!("{{\"tree\": {tree}}}")).tree
}

/// What is wrong with a text, one line each.
fn wrong(text: &str) -> Vec<String> {
    read(text.as_bytes(), Path::new(FILE)).1.iter().map(said).collect()
}

/// What is wrong with these keys beside a tree.
fn wrong_with(keys: &str) -> Vec<String> {
    wrong(&format!("{{\"tree\": {{}},\n{keys}}}"))
}

fn said(it: &Diagnostic) -> String {
    assert_eq!(Path::new(FILE), it.path);
    let place = it.place.map(|at| format!("{}:{} ", at.line, at.column)).unwrap_or_default();
    let severity = if it.severity == Severity::Error { "error" } else { "warning" };
    format!("{place}{severity} {}: {}", it.code, it.message)
}

/// The help of the only thing that is wrong.
fn help(text: &str) -> String {
    let (_, found) = read(text.as_bytes(), Path::new(FILE));
    let [only] = &found[..] else { panic!("{found:?}") };
    only.help.clone()
}
