//! Who a reference points at, where no base gives the instances ids.

use std::collections::{HashMap, HashSet};

use rbx_dom_weak::types::{Ref, Variant};

use super::form::Bytes;
use super::instance::Instance;

/// 128 bits that name an instance.
pub type Id = [u8; 16];
/// What a reference to nothing is hashed as, and one to what lies outside of the tree: a file keeps neither.
const NOBODY: Id = [0; 16];

/// The ids of the instances that something of their tree points at.
#[derive(Clone, Debug, Default)]
pub struct Ids(HashMap<Ref, Id>);

impl Ids {
    /// The first bytes of BLAKE3 over the path from the root: for each level below it class, name, and how many
    /// siblings of the same class and name come before.
    pub fn of<'t, I: Instance<'t>>(root: I) -> Self {
        let wanted = pointed_at(root);
        let mut ids = HashMap::new();
        if wanted.is_empty() {
            return Self(ids);
        }
        let mut path = Bytes::default();
        let mut levels = vec![Level::of(root, 0)];
        note(root, &path, &wanted, &mut ids);
        while let Some(level) = levels.last_mut() {
            path.0.truncate(level.path_bytes);
            let Some((child, ordinal)) = level.next() else {
                levels.pop();
                continue;
            };
            path.text(child.class().as_bytes());
            path.text(child.name().as_bytes());
            path.u32(ordinal);
            note(child, &path, &wanted, &mut ids);
            levels.push(Level::of(child, path.0.len()));
        }
        Self(ids)
    }

    /// Who `referent` is.
    #[must_use]
    pub fn get(&self, referent: Ref) -> Id {
        self.0.get(&referent).copied().unwrap_or(NOBODY)
    }
}

fn note<'t, I: Instance<'t>>(one: I, path: &Bytes, wanted: &HashSet<Ref>, ids: &mut HashMap<Ref, Id>) {
    let referent = one.referent();
    if wanted.contains(&referent) {
        let mut id = NOBODY;
        id.copy_from_slice(&blake3::hash(&path.0).as_bytes()[..NOBODY.len()]);
        // One model file at two places gives two instances one referent; the first is as good as the other.
        ids.entry(referent).or_insert(id);
    }
}

fn pointed_at<'t, I: Instance<'t>>(root: I) -> HashSet<Ref> {
    let mut wanted = HashSet::new();
    let mut open = vec![root];
    while let Some(one) = open.pop() {
        one.tell_properties(&mut |_, value| {
            if let Variant::Ref(target) = value
                && target.is_some()
            {
                wanted.insert(*target);
            }
        });
        open.extend((0..).map_while(|at| one.child(at)));
    }
    wanted
}

/// The children of one instance, of which some are behind us.
struct Level<'t, I> {
    parent: I,
    path_bytes: usize,
    at: usize,
    seen: HashMap<(&'t str, &'t str), u32>,
}

impl<'t, I: Instance<'t>> Level<'t, I> {
    fn of(parent: I, path_bytes: usize) -> Self {
        Self { parent, path_bytes, at: 0, seen: HashMap::new() }
    }

    fn next(&mut self) -> Option<(I, u32)> {
        let child = self.parent.child(self.at)?;
        self.at += 1;
        let before = self.seen.entry((child.class(), child.name())).or_default();
        let ordinal = *before;
        *before += 1;
        Some((child, ordinal))
    }
}
