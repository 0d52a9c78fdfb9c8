//! Which siblings of two revisions are the same instance: never by a guess.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use super::likeness::Likeness;
use crate::tree::Node;

/// For each new sibling the old one that it is; those in `taken` are somebody else.
pub(super) fn pair(old: &[Arc<Node>], new: &[Arc<Node>], taken: &HashSet<usize>) -> Vec<Option<usize>> {
    let mut pairs = Pairs { old, new, of: vec![None; new.len()], free: Vec::new(), open: Vec::new() };
    for at in 0..old.len().max(new.len()) {
        match (old.get(at), new.get(at)) {
            (Some(one), Some(other)) if Arc::ptr_eq(one, other) && !taken.contains(&at) => {
                pairs.of[at] = Some(at);
            }
            (before, after) => {
                pairs.free.extend(before.map(|_| at));
                pairs.open.extend(after.filter(|_| !taken.contains(&at)).map(|_| at));
            }
        }
    }
    pairs.by(|node| Some((node.class, node.id.clone()?)), is_alone);
    pairs.by(|node| Some((node.class, Arc::clone(&node.name))), is_alone);
    // What is called alike is told apart by what it is, and after that by its order.
    let shared: HashSet<_> =
        pairs.free.iter().map(|&at| (old[at].class, Arc::clone(&old[at].name))).collect();
    pairs.by(
        |node| {
            let name = (node.class, Arc::clone(&node.name));
            shared.contains(&name).then(|| (name, Likeness::of(node).nameless))
        },
        in_order,
    );
    pairs.by(|node| Some((node.class, Arc::clone(&node.name))), in_order);
    pairs.of
}

struct Pairs<'t> {
    old: &'t [Arc<Node>],
    new: &'t [Arc<Node>],
    of: Vec<Option<usize>>,
    /// Old siblings that are nobody yet.
    free: Vec<usize>,
    /// New siblings that are nobody yet.
    open: Vec<usize>,
}

fn is_alone(old: usize, new: usize) -> bool {
    old == 1 && new == 1
}

fn in_order(_old: usize, _new: usize) -> bool {
    true
}

impl Pairs<'_> {
    /// Pair those of one key in their order, where there may be so many on either side.
    fn by<K: Hash + Eq>(&mut self, key: impl Fn(&Node) -> Option<K>, may: fn(usize, usize) -> bool) {
        if self.free.is_empty() || self.open.is_empty() {
            return;
        }
        let mut groups: HashMap<K, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for &at in &self.free {
            if let Some(key) = key(&self.old[at]) {
                groups.entry(key).or_default().0.push(at);
            }
        }
        for &at in &self.open {
            if let Some(key) = key(&self.new[at]) {
                groups.entry(key).or_default().1.push(at);
            }
        }
        let mut paired = HashSet::new();
        for (old, new) in groups.into_values().filter(|(old, new)| may(old.len(), new.len())) {
            for (old, new) in old.into_iter().zip(new) {
                self.of[new] = Some(old);
                paired.insert(old);
            }
        }
        self.free.retain(|at| !paired.contains(at));
        let of = &self.of;
        self.open.retain(|&at| of[at].is_none());
    }
}
