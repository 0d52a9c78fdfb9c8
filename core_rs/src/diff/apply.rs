//! Making the new tree from the old one and a patch.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::patch::{Patch, Path, Update, Who};
use crate::tree::Node;

/// The patch is for another tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the patch is for another tree: it names an instance that is not there, or one twice")]
pub struct DoesNotFit;

/// The tree that `patch` makes of `old`; they share all that is not told.
pub fn apply(patch: &Patch, old: &Arc<Node>) -> Result<Arc<Node>, DoesNotFit> {
    if let Some(new) = &patch.replaced {
        return Ok(Arc::clone(new));
    }
    let mut applying = Applying::new(patch, old);
    let new = applying.old(&Path::default(), old)?;
    // What is told of an instance that nobody came by cannot have been meant for this tree.
    let is_all_used =
        patch.updated.iter().all(|update| applying.used.contains(&Who::Old(update.who.clone())))
            && patch.children.iter().all(|list| applying.used.contains(&list.of));
    if is_all_used { Ok(new) } else { Err(DoesNotFit) }
}

struct Applying<'p> {
    patch: &'p Patch,
    root: &'p Arc<Node>,
    updates: HashMap<&'p Path, &'p Update>,
    lists: HashMap<&'p Who, &'p [Who]>,
    /// The old instances of which something is told, and all above them.
    touched: HashSet<Path>,
    used: HashSet<Who>,
}

impl<'p> Applying<'p> {
    fn new(patch: &'p Patch, root: &'p Arc<Node>) -> Self {
        let updated = patch.updated.iter().map(|update| &update.who);
        let listed = patch.children.iter().filter_map(|list| match &list.of {
            Who::Old(at) => Some(at),
            Who::Added(_) => None,
        });
        let touched =
            updated.chain(listed).flat_map(|at| (0..=at.len()).map(|end| at[..end].into())).collect();
        Self {
            patch,
            root,
            updates: patch.updated.iter().map(|update| (&update.who, update)).collect(),
            lists: patch.children.iter().map(|list| (&list.of, list.are.as_slice())).collect(),
            touched,
            used: HashSet::new(),
        }
    }

    fn old(&mut self, path: &Path, node: &Arc<Node>) -> Result<Arc<Node>, DoesNotFit> {
        let who = Who::Old(path.clone());
        if !self.used.insert(who.clone()) {
            return Err(DoesNotFit);
        }
        if !self.touched.contains(path) {
            return Ok(Arc::clone(node));
        }
        let mut new = Node::clone(node);
        if let Some(update) = self.updates.get(path) {
            change(&mut new, update);
        }
        new.children = match self.lists.get(&who).copied() {
            Some(are) => are.iter().map(|child| self.one(child)).collect::<Result<_, _>>()?,
            None => (0..)
                .zip(&node.children)
                .map(|(at, child)| self.old(&[path, [at].as_slice()].concat().into(), child))
                .collect::<Result<_, _>>()?,
        };
        Ok(Arc::new(new))
    }

    fn one(&mut self, who: &Who) -> Result<Arc<Node>, DoesNotFit> {
        let number = match who {
            Who::Old(path) => {
                let node = self.find(path).ok_or(DoesNotFit)?;
                return self.old(path, node);
            }
            Who::Added(number) => *number as usize,
        };
        let node = self.patch.added.get(number).ok_or(DoesNotFit)?;
        if !self.used.insert(who.clone()) {
            return Err(DoesNotFit);
        }
        let Some(are) = self.lists.get(who).copied() else { return Ok(Arc::clone(node)) };
        let children = are.iter().map(|child| self.one(child)).collect::<Result<_, _>>()?;
        Ok(Arc::new(Node { children, ..Node::clone(node) }))
    }

    fn find(&self, path: &Path) -> Option<&'p Arc<Node>> {
        path.iter().try_fold(self.root, |node, &at| node.children.get(at as usize))
    }
}

fn change(node: &mut Node, update: &Update) {
    if let Some(name) = &update.name {
        node.name = Arc::clone(name);
    }
    node.properties.retain(|(name, _)| !update.unset.contains(name));
    for (name, value) in &update.set {
        node.set(*name, value.clone());
    }
    if let Some(about) = &update.about {
        node.origin = about.origin.clone();
        node.id.clone_from(&about.id);
        node.keeps_unknown = about.keeps_unknown;
        node.referent = about.referent;
    }
}
