//! An instance and what is below it, as files describe it.

use std::path::PathBuf;
use std::sync::Arc;

use rbx_dom_weak::Ustr;
use rbx_dom_weak::types::{Ref, Variant};

/// A persistent tree: an edit makes the nodes anew that lead to it, and shares all others with the revision before.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The instance's Name.
    pub name: Arc<str>,
    /// The instance's `ClassName`.
    pub class: Ustr,
    /// Every property that a file sets, sorted by name; attributes and tags are the properties `Attributes` and `Tags`.
    pub properties: Vec<(Ustr, Variant)>,
    /// In the order in which a build writes them.
    pub children: Vec<Arc<Node>>,
    /// Where it comes from.
    pub origin: Origin,
    /// The id that a file gives it (`$id`, `id`, the attribute `Rojo_Id`), by which others may point at it.
    pub id: Option<Arc<str>>,
    /// Whether a live sync leaves alone what is below it and in no file.
    pub keeps_unknown: bool,
    /// What references of the same model file call it; none outside of model files.
    pub referent: Ref,
}

/// The files behind a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What a sourcemap lists: every file that makes this node, in Rojo's order.
    pub files: Vec<Arc<PathBuf>>,
    /// Whether the project file declares it, so that no file of its own can be rewritten.
    pub is_declared: bool,
}

impl Node {
    /// A node of a class, with nothing set.
    #[must_use]
    pub fn new(name: &str, class: &str) -> Self {
        Self {
            name: name.into(),
            class: class.into(),
            properties: Vec::new(),
            children: Vec::new(),
            origin: Origin::default(),
            id: None,
            keeps_unknown: false,
            referent: Ref::none(),
        }
    }

    /// Set a property; the last value holds.
    pub fn set(&mut self, name: Ustr, value: Variant) {
        match self.properties.binary_search_by(|(known, _)| known.as_str().cmp(name.as_str())) {
            Ok(at) => self.properties[at].1 = value,
            Err(at) => self.properties.insert(at, (name, value)),
        }
    }

    /// The value of a property that a file sets.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Variant> {
        let at = self.properties.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        Some(&self.properties[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_stay_sorted_and_the_last_value_holds() {
        let mut node = Node::new("it", "Script");
        node.set("Source".into(), Variant::String("a".into()));
        node.set("Disabled".into(), Variant::Bool(true));
        node.set("Source".into(), Variant::String("b".into()));

        assert_eq!(
            ["Disabled", "Source"],
            *node.properties.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>()
        );
        assert_eq!(Some(&Variant::String("b".into())), node.get("Source"));
        assert_eq!(None, node.get("Name"));
    }
}
