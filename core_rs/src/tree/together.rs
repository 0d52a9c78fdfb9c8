//! A node put together from what was read at its place and from the nodes below it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::tree::declared::Declared;
use crate::tree::node::Node;
use crate::tree::piece::{Became, Id, Piece, What};

/// The node of a piece, from what was read there and from the nodes below it.
pub(super) fn together(
    piece: &Piece,
    pieces: &HashMap<Id, Piece>,
    said: &mut Vec<Diagnostic>,
) -> Option<Node> {
    let below = |id: &Id| pieces.get(id).and_then(|piece| piece.node.clone());
    match &piece.what {
        What::Nothing => None,
        What::File(row) => match &row.became {
            Became::Node(node) => Some(Node::clone(node)),
            Became::Below(_) | Became::Nothing => None,
        },
        What::Folder(folder) => {
            let mut node = folder.bare.clone();
            node.children = folder
                .rows
                .iter()
                .filter_map(|row| match &row.became {
                    Became::Nothing => None,
                    Became::Node(node) => Some(Arc::clone(node)),
                    Became::Below(id) => below(id),
                })
                .collect();
            for meta in &folder.metas {
                meta.apply(&mut node, true, said);
            }
            Some(node)
        }
        What::Project(project) => {
            let targets = project.opened.targets.iter().map(below);
            let mut declared = Declared { file: &project.file, targets, found: said };
            let mut node = declared.node(&project.name, &project.opened.project.tree, None)?;
            node.origin.files.push(Arc::new(project.file.to_path_buf()));
            Some(node)
        }
    }
}

/// Rojo writes an instance of no class that Roblox has; nobody can mean that.
pub(super) fn rootless(file: &Path) -> Diagnostic {
    Diagnostic::error(
        file,
        None,
        "no-root",
        "the project is nothing: the $path of its root is optional, and nothing is there".to_owned(),
        "give the root a $className, or let its $path be there".to_owned(),
    )
}

/// Whether two nodes are the same, with the very same nodes below them.
pub(super) fn is_same(old: &Node, new: &Node) -> bool {
    old.children.len() == new.children.len()
        && old.children.iter().zip(&new.children).all(|(old, new)| Arc::ptr_eq(old, new))
        && (&old.name, old.class, &old.origin, &old.id) == (&new.name, new.class, &new.origin, &new.id)
        && (old.keeps_unknown, old.referent) == (new.keeps_unknown, new.referent)
        && old.properties == new.properties
}
