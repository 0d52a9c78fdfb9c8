//! Canonical form 1: what an instance is, as bytes that Rust and Luau make alike, and the hash of a whole tree.
//!
//! `docs/tree-hash.md` says the form; `tests/contract/tree.json` holds both sides to it.

mod equal;
mod form;
mod ids;
mod instance;
mod kept;
mod listed;
mod own;
mod tree;

pub(crate) use equal::is_same;
pub use ids::{Id, Ids};
pub use instance::{InDom, Instance};
pub use listed::Listed;
pub use own::{NotProven, Own, Reason, own};
pub(crate) use tree::Sum;
pub use tree::{Proof, hash};

#[cfg(test)]
mod tests;
