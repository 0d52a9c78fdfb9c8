//! Who is whose parent.

use std::collections::HashSet;

use super::cursor::Cursor;

/// The instances that are there so far, and those that have a place in the tree.
#[derive(Default)]
pub(super) struct Parents {
    known: HashSet<i32>,
    placed: HashSet<i32>,
}

/// The parent of an instance at the top.
const NOBODY: i32 = -1;

impl Parents {
    /// Instances that a chunk brings.
    pub(super) fn add(&mut self, referents: Vec<i32>) -> Result<(), String> {
        let all_new = referents.into_iter().all(|referent| self.known.insert(referent));
        if all_new { Ok(()) } else { Err("two instances have one number".to_owned()) }
    }

    /// The chunk that says who is whose parent.
    pub(super) fn check(&mut self, plain: &[u8]) -> Result<(), String> {
        let mut rest = Cursor(plain);
        rest.bytes(1)?;
        let count = rest.size()?;
        let (children, parents) = (rest.referents(count)?, rest.referents(count)?);
        for (child, parent) in children.into_iter().zip(parents) {
            let is_known = self.known.contains(&child) && (parent == NOBODY || self.known.contains(&parent));
            if !is_known {
                return Err(
                    "an instance is placed that is not there, or under one that is not there".to_owned()
                );
            }
            if !self.placed.insert(child) {
                return Err("an instance is placed twice".to_owned());
            }
        }
        Ok(())
    }
}
