//! A project as a tree of instances.

mod node;

pub use node::{Node, Origin};
