//! What is gone in one place and there in another: the same instance where that is beyond doubt.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::likeness::{Likeness, is_telling, source};
use super::patch::Path;
use crate::hashing::Digest;
use crate::tree::Node;

/// An instance that has no counterpart among its siblings.
#[derive(Clone)]
pub(super) struct Left<'t> {
    pub path: Path,
    pub node: &'t Arc<Node>,
}

/// Two places of one instance.
#[derive(Clone)]
pub(super) struct Moved<'t> {
    pub from: Left<'t>,
    pub to: Left<'t>,
}

/// Look through everything that was left on both sides, and below it; by the new places.
pub(super) fn find<'t>(gone: &[Left<'t>], come: &[Left<'t>]) -> BTreeMap<Path, Moved<'t>> {
    let mut moved = BTreeMap::new();
    if gone.is_empty() || come.is_empty() {
        return moved;
    }
    let (old, new) = (Candidate::all(gone), Candidate::all(come));
    let mut claims = Claims::default();
    claim(&old, &new, |one| one.likeness, &mut claims, &mut moved);
    claim(&old, &new, |one| one.source, &mut claims, &mut moved);
    moved
}

struct Candidate<'t> {
    at: Left<'t>,
    likeness: Option<Digest>,
    source: Option<Digest>,
    /// How many of those that follow are below it.
    below: usize,
}

impl<'t> Candidate<'t> {
    fn all(left: &[Left<'t>]) -> Vec<Self> {
        let mut all = Vec::new();
        for one in left {
            Self::list(one.node, &one.path, &mut all);
        }
        all
    }

    /// The instance, then all below it; what it is, with its name.
    fn list(node: &'t Arc<Node>, path: &[u32], into: &mut Vec<Self>) -> Digest {
        let at = into.len();
        into.push(Self {
            at: Left { path: path.into(), node },
            likeness: None,
            source: source(node),
            below: 0,
        });
        let children: Vec<Digest> = (0..)
            .zip(&node.children)
            .map(|(number, child)| Self::list(child, &[path, &[number]].concat(), into))
            .collect();
        let likeness = Likeness::above(node, children.into_iter());
        into[at].likeness = is_telling(node).then_some(likeness.nameless);
        into[at].below = into.len() - at - 1;
        likeness.named
    }
}

/// The old places that are somebody already.
#[derive(Default)]
struct Claims {
    taken: HashSet<Path>,
    /// Those, and all above them.
    above: HashSet<Path>,
}

impl Claims {
    /// Nothing within a moved instance is looked for elsewhere, nor what holds one.
    fn is_free(&self, path: &Path) -> bool {
        !self.above.contains(path) && (0..=path.len()).all(|end| !self.taken.contains(&path[..end]))
    }

    fn take(&mut self, path: &Path) {
        self.taken.insert(path.clone());
        self.above.extend((0..=path.len()).map(|end| path[..end].into()));
    }
}

fn claim<'t>(
    old: &[Candidate<'t>],
    new: &[Candidate<'t>],
    key: fn(&Candidate<'t>) -> Option<Digest>,
    claims: &mut Claims,
    moved: &mut BTreeMap<Path, Moved<'t>>,
) {
    let (before, after) = (places(old, key), places(new, key));
    let mut at = 0;
    while let Some(one) = new.get(at) {
        at += 1;
        if moved.contains_key(&one.at.path) {
            // What is below it is compared with what was below it.
            at += one.below;
            continue;
        }
        let Some(key) = key(one) else { continue };
        let (Some([from]), Some([_])) =
            (before.get(&key).map(Vec::as_slice), after.get(&key).map(Vec::as_slice))
        else {
            continue;
        };
        let from = &old[*from].at;
        if claims.is_free(&from.path) {
            claims.take(&from.path);
            moved.insert(one.at.path.clone(), Moved { from: from.clone(), to: one.at.clone() });
            at += one.below;
        }
    }
}

fn places<'t>(
    all: &[Candidate<'t>],
    key: fn(&Candidate<'t>) -> Option<Digest>,
) -> HashMap<Digest, Vec<usize>> {
    let mut found: HashMap<Digest, Vec<usize>> = HashMap::new();
    for (at, one) in all.iter().enumerate() {
        if let Some(key) = key(one) {
            found.entry(key).or_default().push(at);
        }
    }
    found
}
