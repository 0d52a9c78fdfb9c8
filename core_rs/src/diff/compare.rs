//! Two trees, compared from their roots down; what both share is not looked at.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::moves::{self, Left, Moved};
use super::pair::pair;
use super::patch::{About, Children, Move, Patch, Path, Update, Who};
use crate::canonical::is_same;
use crate::tree::Node;

/// What makes `new` of `old`.
#[must_use]
pub fn diff(old: &Arc<Node>, new: &Arc<Node>) -> Patch {
    if old.class != new.class {
        return Patch { replaced: Some(Arc::clone(new)), ..Patch::default() };
    }
    let mut comparing = Comparing::default();
    comparing.one(&Left { path: Path::default(), node: old }, &Left { path: Path::default(), node: new });
    comparing.moved = moves::find(&comparing.gone, &comparing.come);
    comparing.above = comparing.moved.keys().flat_map(prefixes).collect();
    for moved in comparing.moved.clone().into_values() {
        comparing.one(&moved.from, &moved.to);
    }
    comparing.finish()
}

#[derive(Default)]
struct Comparing<'t> {
    patch: Patch,
    lists: Vec<(Who, Vec<Slot<'t>>)>,
    gone: Vec<Left<'t>>,
    come: Vec<Left<'t>>,
    /// By their new places.
    moved: BTreeMap<Path, Moved<'t>>,
    /// The new places of what was moved, and all above them.
    above: HashSet<Path>,
}

/// A child in a new list: an old instance, or one whose sort is not known yet.
enum Slot<'t> {
    Old(Path),
    Come(Left<'t>),
}

impl<'t> Comparing<'t> {
    /// Compare what is one instance, and all below it.
    fn one(&mut self, old: &Left<'t>, new: &Left<'t>) {
        if Arc::ptr_eq(old.node, new.node) {
            return;
        }
        self.patch.updated.extend(update(&old.path, old.node, new.node));
        let (before, after) = (&old.node.children, &new.node.children);
        let taken = self.taken(new);
        let of = pair(before, after, &taken);
        let mut slots = Vec::with_capacity(after.len());
        for (at, (child, was)) in after.iter().zip(&of).enumerate() {
            let to = Left { path: below(&new.path, at), node: child };
            if let Some(was) = *was {
                let from = Left { path: below(&old.path, was), node: &before[was] };
                self.one(&from, &to);
                slots.push(Slot::Old(from.path));
            } else {
                self.come.push(to.clone());
                slots.push(Slot::Come(to));
            }
        }
        let stays: HashSet<usize> = of.iter().copied().flatten().collect();
        for at in (0..before.len()).filter(|at| !stays.contains(at)) {
            self.gone.push(Left { path: below(&old.path, at), node: &before[at] });
        }
        let is_as_it_was =
            of.len() == before.len() && of.iter().enumerate().all(|(at, was)| *was == Some(at));
        if !is_as_it_was {
            self.lists.push((Who::Old(old.path.clone()), slots));
        }
    }

    /// Which children of a new instance were moved there from elsewhere.
    fn taken(&self, new: &Left<'t>) -> HashSet<usize> {
        if self.moved.is_empty() {
            return HashSet::new();
        }
        (0..new.node.children.len()).filter(|&at| self.moved.contains_key(&below(&new.path, at))).collect()
    }

    fn finish(mut self) -> Patch {
        for (of, slots) in std::mem::take(&mut self.lists) {
            let are = slots.into_iter().map(|slot| self.who(&of, slot)).collect();
            self.patch.children.push(Children { of, are });
        }
        let moved: HashSet<&Path> = self.moved.values().map(|moved| &moved.from.path).collect();
        self.patch.removed =
            self.gone.iter().map(|left| &left.path).filter(|path| !moved.contains(path)).cloned().collect();
        self.patch.removed.sort();
        self.patch
    }

    fn who(&mut self, parent: &Who, slot: Slot<'t>) -> Who {
        let come = match slot {
            Slot::Old(path) => return Who::Old(path),
            Slot::Come(come) => come,
        };
        let Some(moved) = self.moved.get(&come.path) else { return self.add(&come) };
        let who = moved.from.path.clone();
        if !is_child(&who, parent) {
            self.patch.moved.push(Move { who: who.clone(), to: parent.clone() });
        }
        Who::Old(who)
    }

    fn add(&mut self, come: &Left<'t>) -> Who {
        let who = Who::Added(u32::try_from(self.patch.added.len()).unwrap_or(u32::MAX));
        if !self.above.contains(&come.path) {
            self.patch.added.push(Arc::clone(come.node));
            return who;
        }
        // Something that was elsewhere lies within: the instance comes alone, and then what belongs below it.
        self.patch.added.push(Arc::new(Node { children: Vec::new(), ..Node::clone(come.node) }));
        let mut are = Vec::new();
        for (at, child) in come.node.children.iter().enumerate() {
            let slot = Slot::Come(Left { path: below(&come.path, at), node: child });
            are.push(self.who(&who, slot));
        }
        self.patch.children.push(Children { of: who.clone(), are });
        who
    }
}

fn below(path: &Path, at: usize) -> Path {
    [path, [u32::try_from(at).unwrap_or(u32::MAX)].as_slice()].concat().into()
}

fn prefixes(path: &Path) -> impl Iterator<Item = Path> + '_ {
    (0..=path.len()).map(|end| path[..end].into())
}

fn is_child(path: &Path, parent: &Who) -> bool {
    matches!((path.split_last(), parent), (Some((_, above)), Who::Old(parent)) if above == &**parent)
}

fn update(path: &Path, old: &Node, new: &Node) -> Option<Update> {
    let set: Vec<_> = new
        .properties
        .iter()
        .filter(|(name, value)| old.get(name.as_str()).is_none_or(|was| !is_same(was, value)))
        .cloned()
        .collect();
    let unset: Vec<_> = old
        .properties
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| new.get(name.as_str()).is_none())
        .collect();
    let name = (old.name != new.name).then(|| Arc::clone(&new.name));
    let about = Some(About::of(new)).filter(|about| *about != About::of(old));
    let is_other = name.is_some() || about.is_some() || !set.is_empty() || !unset.is_empty();
    is_other.then(|| Update { who: path.clone(), name, set, unset, about })
}
