//! A tree as the writers of Roblox's formats take it, with every reference set.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use rbx_dom_weak::types::{Ref, Variant};
use rbx_dom_weak::{InstanceBuilder, Ustr, WeakDom, ustr};

use crate::mapping::{id_of, targets};
use crate::tree::Node;

/// Studio turns pivots of old places into those of now unless a place says that it need not.
const NEEDS_PIVOT_MIGRATION: &str = "NeedsPivotMigration";
const HAVE_PIVOTS: [&str; 8] =
    ["Model", "Actor", "Tool", "HopperBin", "Flag", "WorldModel", "Workspace", "Status"];

/// A copy of the tree.
#[must_use]
pub fn dom(root: &Arc<Node>) -> WeakDom {
    counted(root).0
}

/// A copy of the tree, and how many instances it has.
pub(super) fn counted(root: &Arc<Node>) -> (WeakDom, usize) {
    let mut instances = 1;
    let mut links = Links::default();
    let mut dom = WeakDom::new(InstanceBuilder::empty());
    let root_ref = dom.root_ref();
    if let Some(instance) = dom.get_by_ref_mut(root_ref) {
        instance.name = root.name.to_string();
        instance.class = root.class;
        instance.properties.extend(pivots(root));
        // References to nothing say nothing about the root.
        let says_nothing = |value: &Variant| matches!(value, Variant::Ref(target) if target.is_none());
        instance.properties.extend(root.properties.iter().filter(|(_, value)| !says_nothing(value)).cloned());
    }
    let scope = links.add(root, root_ref, 0);
    let mut left: Vec<(&Arc<Node>, Ref, usize)> =
        root.children.iter().rev().map(|child| (child, root_ref, scope)).collect();
    while let Some((node, parent, scope)) = left.pop() {
        instances += 1;
        let builder = InstanceBuilder::empty()
            .with_class(node.class)
            .with_name(&*node.name)
            .with_properties(pivots(node))
            .with_properties(node.properties.iter().cloned());
        let referent = dom.insert(parent, builder);
        let scope = links.add(node, referent, scope);
        left.extend(node.children.iter().rev().map(|child| (child, referent, scope)));
    }
    links.set(&mut dom);
    (dom, instances)
}

fn pivots(node: &Node) -> Option<(Ustr, Variant)> {
    let has = HAVE_PIVOTS.contains(&node.class.as_str()) && node.get(NEEDS_PIVOT_MIGRATION).is_none();
    has.then(|| (ustr(NEEDS_PIVOT_MIGRATION), Variant::Bool(false)))
}

/// What points at what, gathered while the instances are made.
#[derive(Default)]
struct Links<'a> {
    /// None: several instances have the id, so that it points at none.
    by_id: HashMap<&'a str, Option<Ref>>,
    pointing: Vec<(Ref, Ustr, &'a str)>,
    /// What the references of each model file call an instance. A file may be in the tree twice, so each has its number.
    in_models: HashMap<(usize, Ref), Ref>,
    has_references: Vec<(Ref, usize)>,
    models: usize,
}

impl<'a> Links<'a> {
    /// Returns the number of the model file that the node is part of.
    fn add(&mut self, node: &'a Node, instance: Ref, scope: usize) -> usize {
        let mut scope = scope;
        if node.referent.is_some() {
            if !node.origin.files.is_empty() {
                self.models += 1;
                scope = self.models;
            }
            self.in_models.insert((scope, node.referent), instance);
        }
        if node.properties.iter().any(|(_, value)| matches!(value, Variant::Ref(target) if target.is_some()))
        {
            self.has_references.push((instance, scope));
        }
        if let Some(id) = id_of(node) {
            match self.by_id.entry(id) {
                Entry::Vacant(free) => drop(free.insert(Some(instance))),
                Entry::Occupied(mut taken) => drop(taken.insert(None)),
            }
        }
        self.pointing.extend(targets(node).map(|(property, id)| (instance, ustr(property), id)));
        scope
    }

    fn set(&self, dom: &mut WeakDom) {
        for (instance, scope) in &self.has_references {
            let Some(instance) = dom.get_by_ref_mut(*instance) else { continue };
            for value in instance.properties.values_mut() {
                if let Variant::Ref(target) = value
                    && let Some(known) = self.in_models.get(&(*scope, *target))
                {
                    *target = *known;
                }
            }
        }
        let root = dom.root_ref();
        for (instance, property, id) in &self.pointing {
            let target = self.by_id.get(id).copied().flatten();
            let Some(pointing) = dom.get_by_ref_mut(*instance) else { continue };
            match target {
                Some(target) => drop(pointing.properties.insert(*property, Variant::Ref(target))),
                // Of the root alone, what points nowhere outweighs what is set.
                None if *instance == root => drop(pointing.properties.remove(property)),
                None => {}
            }
        }
    }
}
