//! A tree that was read back, seen as far as another says: a file of Roblox also holds what nobody set.

use std::collections::BTreeSet;

use rbx_dom_weak::types::{Ref, Variant};

use super::instance::Instance;
use super::kept;

/// An instance of one tree with what `base`, which has the same shape, lists of it.
#[derive(Clone, Copy, Debug)]
pub struct Listed<A, B> {
    at: A,
    base: Option<B>,
}

impl<A, B> Listed<A, B> {
    /// What is below in both is seen alike; what is in `at` alone is seen as it is.
    pub fn new(at: A, base: B) -> Self {
        Self { at, base: Some(base) }
    }
}

impl<'t, 'b, A: Instance<'t>, B: Instance<'b>> Instance<'t> for Listed<A, B> {
    fn class(self) -> &'t str {
        self.at.class()
    }

    fn name(self) -> &'t str {
        self.at.name()
    }

    fn tell_properties(self, tell: &mut dyn FnMut(&'t str, &'t Variant)) {
        let Some(base) = self.base else {
            self.at.tell_properties(tell);
            return;
        };
        let mut names = BTreeSet::new();
        base.tell_properties(&mut |name, value| {
            let mut found = Vec::new();
            kept::keep(base.class(), name, value, &mut found);
            names.extend(found.into_iter().map(|one| one.name));
        });
        self.at.tell_properties(&mut |name, value| {
            if names.contains(name) {
                tell(name, value);
            }
        });
    }

    fn child(self, at: usize) -> Option<Self> {
        Some(Self { at: self.at.child(at)?, base: self.base.and_then(|base| base.child(at)) })
    }

    fn referent(self) -> Ref {
        self.at.referent()
    }
}
