//! The hash of a tree: equal on both sides is the proof that they are in sync.

use rbx_dom_weak::types::Ref;

use super::ids::{Id, Ids};
use super::instance::Instance;
use super::own::{NotProven, own};
use crate::hashing::{DIGEST_LENGTH, Digest, blake3};

const TREE: u8 = 2;
const LANE_BYTES: usize = 4;

/// What a hash says, and what it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Tree of the root.
    pub digest: Digest,
    /// How many instances there are.
    pub instances: usize,
    /// The path of names below the root, and what of it is not proven; in the order of the tree.
    pub not_proven: Vec<(Vec<String>, NotProven)>,
}

/// The children of an instance as its hash has them: their order is no part of a tree.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sum {
    count: u32,
    total: Digest,
}

impl Sum {
    /// Add a child's digest lane by lane.
    pub fn add(&mut self, child: &Digest) {
        self.count += 1;
        for (total, lane) in self.total.chunks_exact_mut(LANE_BYTES).zip(child.chunks_exact(LANE_BYTES)) {
            let added = lane_of(total).wrapping_add(lane_of(lane));
            total.copy_from_slice(&added.to_le_bytes());
        }
    }

    /// The Tree digest of an instance from its Own digest.
    pub fn tree(&self, own: &Digest) -> Digest {
        let mut bytes = Vec::with_capacity(1 + 2 * DIGEST_LENGTH + LANE_BYTES);
        bytes.push(TREE);
        bytes.extend(own);
        bytes.extend(self.count.to_le_bytes());
        bytes.extend(self.total);
        blake3(&bytes)
    }
}

fn lane_of(bytes: &[u8]) -> u32 {
    let mut lane = [0; LANE_BYTES];
    lane.copy_from_slice(bytes);
    u32::from_le_bytes(lane)
}

/// Hash a tree, with the ids that instances have where no base gives them any.
pub fn hash<'t, I: Instance<'t>>(root: I) -> Proof {
    let ids = Ids::of(root);
    hash_with(root, &|target| ids.get(target))
}

/// As deep as the tree is, so it keeps its own stack.
fn hash_with<'t, I: Instance<'t>>(root: I, id_of: &dyn Fn(Ref) -> Id) -> Proof {
    let mut proof = Proof { digest: [0; DIGEST_LENGTH], instances: 0, not_proven: Vec::new() };
    let mut open = vec![Open::new(root, &[], id_of, &mut proof)];
    let mut path: Vec<&'t str> = Vec::new();
    while let Some(last) = open.last_mut() {
        if let Some(child) = last.one.child(last.seen) {
            last.seen += 1;
            path.push(child.name());
            open.push(Open::new(child, &path, id_of, &mut proof));
            continue;
        }
        let digest = last.below.tree(&last.own);
        open.pop();
        path.pop();
        match open.last_mut() {
            Some(parent) => parent.below.add(&digest),
            None => proof.digest = digest,
        }
    }
    proof
}

/// An instance of which some children are hashed.
struct Open<I> {
    one: I,
    own: Digest,
    seen: usize,
    below: Sum,
}

impl<'t, I: Instance<'t>> Open<I> {
    fn new(one: I, path: &[&str], id_of: &dyn Fn(Ref) -> Id, proof: &mut Proof) -> Self {
        let own = own(one, id_of);
        proof.instances += 1;
        for left_out in &own.not_proven {
            let path = path.iter().map(|&name| name.to_owned()).collect();
            proof.not_proven.push((path, left_out.clone()));
        }
        Self { one, own: own.digest(), seen: 0, below: Sum::default() }
    }
}
