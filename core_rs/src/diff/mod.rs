//! What changed between two revisions of a tree, with moves as moves: what a tree says of an instance goes along.

mod apply;
mod compare;
mod likeness;
mod moves;
mod pair;
mod patch;

pub use apply::{DoesNotFit, apply};
pub use compare::diff;
pub use patch::{About, Children, Move, Patch, Path, Update, Who};

#[cfg(test)]
mod tests;
