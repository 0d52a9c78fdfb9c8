//! What is asked of a tree to hash it, whoever holds it.

use std::sync::Arc;

use rbx_dom_weak::types::{Ref, Variant};
use rbx_dom_weak::{Instance as DomInstance, WeakDom};

use crate::tree::Node;

/// An instance that lies in some tree.
pub trait Instance<'t>: Copy {
    /// Its `ClassName`.
    fn class(self) -> &'t str;
    /// Its Name.
    fn name(self) -> &'t str;
    /// Tell each property that is set, in any order; attributes and tags are the properties `Attributes` and `Tags`.
    fn tell_properties(self, tell: &mut dyn FnMut(&'t str, &'t Variant));
    /// One of its children, in their order; None behind the last.
    fn child(self, at: usize) -> Option<Self>;
    /// What the references of its tree call it; none where nothing can point at it.
    fn referent(self) -> Ref;
}

impl<'t> Instance<'t> for &'t Node {
    fn class(self) -> &'t str {
        self.class.as_str()
    }

    fn name(self) -> &'t str {
        &self.name
    }

    fn tell_properties(self, tell: &mut dyn FnMut(&'t str, &'t Variant)) {
        for (name, value) in &self.properties {
            tell(name.as_str(), value);
        }
    }

    fn child(self, at: usize) -> Option<Self> {
        self.children.get(at).map(Arc::as_ref)
    }

    fn referent(self) -> Ref {
        self.referent
    }
}

/// An instance of a place or model that was read.
#[derive(Clone, Copy, Debug)]
pub struct InDom<'t> {
    dom: &'t WeakDom,
    instance: &'t DomInstance,
}

impl<'t> InDom<'t> {
    /// The instance that `referent` names, where the dom has it.
    #[must_use]
    pub fn new(dom: &'t WeakDom, referent: Ref) -> Option<Self> {
        Some(Self { dom, instance: dom.get_by_ref(referent)? })
    }
}

impl<'t> Instance<'t> for InDom<'t> {
    fn class(self) -> &'t str {
        self.instance.class.as_str()
    }

    fn name(self) -> &'t str {
        &self.instance.name
    }

    fn tell_properties(self, tell: &mut dyn FnMut(&'t str, &'t Variant)) {
        for (name, value) in &self.instance.properties {
            tell(name.as_str(), value);
        }
    }

    fn child(self, at: usize) -> Option<Self> {
        Self::new(self.dom, *self.instance.children().get(at)?)
    }

    fn referent(self) -> Ref {
        self.instance.referent()
    }
}
