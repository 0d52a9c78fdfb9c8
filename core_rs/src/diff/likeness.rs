//! By what an instance is known again under another name or parent.

use rbx_dom_weak::types::{Ref, Variant};

use crate::canonical::{Instance, Sum, own};
use crate::hashing::{Digest, blake3};
use crate::tree::Node;

/// A shorter script is much like others.
const SOURCE_LEAST_BYTES: usize = 64;

/// What an instance and all below it are, whoever references point at.
#[derive(Clone, Copy)]
pub(super) struct Likeness {
    /// With its name.
    pub named: Digest,
    /// Whatever it is called.
    pub nameless: Digest,
}

impl Likeness {
    pub fn of(node: &Node) -> Self {
        Self::above(node, node.children.iter().map(|child| Self::of(child).named))
    }

    /// That of an instance, from what its children are with their names.
    pub fn above(node: &Node, children: impl Iterator<Item = Digest>) -> Self {
        let mut sum = Sum::default();
        for child in children {
            sum.add(&child);
        }
        let nobody = |_: Ref| [0; 16];
        Self {
            named: sum.tree(&own(node, &nobody).digest()),
            nameless: sum.tree(&own(Nameless(node), &nobody).digest()),
        }
    }
}

/// Whether there is anything to know it by.
pub(super) fn is_telling(node: &Node) -> bool {
    !node.properties.is_empty() || !node.children.is_empty()
}

/// What a script says, where that is enough to know it by.
pub(super) fn source(node: &Node) -> Option<Digest> {
    match node.get("Source") {
        Some(Variant::String(text)) if text.len() >= SOURCE_LEAST_BYTES => {
            let mut told = node.class.as_bytes().to_vec();
            told.push(0);
            told.extend(text.as_bytes());
            Some(blake3(&told))
        }
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Nameless<'t>(&'t Node);

impl<'t> Instance<'t> for Nameless<'t> {
    fn class(self) -> &'t str {
        self.0.class()
    }

    fn name(self) -> &'t str {
        ""
    }

    fn tell_properties(self, tell: &mut dyn FnMut(&'t str, &'t Variant)) {
        self.0.tell_properties(tell);
    }

    fn child(self, at: usize) -> Option<Self> {
        self.0.child(at).map(Self)
    }

    fn referent(self) -> Ref {
        self.0.referent
    }
}
