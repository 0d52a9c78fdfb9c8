//! A patch as a value: what it says, and in which words.

use std::sync::Arc;

use rbx_dom_weak::Ustr;
use rbx_dom_weak::types::{Ref, Variant};

use crate::tree::{Node, Origin};

/// Where an instance is in the old tree: which child of which child, from the root.
pub type Path = Box<[u32]>;

/// An instance of the new tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// It was in the old tree, there.
    Old(Path),
    /// It is new: its place in the patch's `added`.
    Added(u32),
}

/// How to make one tree of another. Everything that is not told stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    /// The whole new tree, where its root is of another class; the rest is empty then.
    pub replaced: Option<Arc<Node>>,
    /// What goes, with all below it that is not moved.
    pub removed: Vec<Path>,
    /// What comes, each with all below it that is new too, unless `children` says more.
    pub added: Vec<Arc<Node>>,
    /// What is elsewhere than it was, and the same instance still.
    pub moved: Vec<Move>,
    /// What is other than it was by itself.
    pub updated: Vec<Update>,
    /// Every list of children that is other than it was: all of them, in their order.
    pub children: Vec<Children>,
}

/// An instance that has another parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    #[allow(missing_docs, reason = "the names say it")]
    pub who: Path,
    #[allow(missing_docs, reason = "the names say it")]
    pub to: Who,
}

/// The children of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Children {
    #[allow(missing_docs, reason = "the names say it")]
    pub of: Who,
    #[allow(missing_docs, reason = "the names say it")]
    pub are: Vec<Who>,
}

/// What an instance is from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    #[allow(missing_docs, reason = "the name says it")]
    pub who: Path,
    /// Another name.
    pub name: Option<Arc<str>>,
    /// Properties that are new or other than they were.
    pub set: Vec<(Ustr, Variant)>,
    /// Properties that no file sets any more.
    pub unset: Vec<Ustr>,
    /// What is known of it beside what Roblox sees.
    pub about: Option<About>,
}

/// The parts of a node that are no part of the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "as in Node")]
pub struct About {
    pub origin: Origin,
    pub id: Option<Arc<str>>,
    pub keeps_unknown: bool,
    pub referent: Ref,
}

impl Patch {
    /// Whether both trees were the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl About {
    pub(super) fn of(node: &Node) -> Self {
        Self {
            origin: node.origin.clone(),
            id: node.id.clone(),
            keeps_unknown: node.keeps_unknown,
            referent: node.referent,
        }
    }
}
