//! A project as a tree of instances.

mod context;
mod declared;
mod disk;
mod file;
mod folder;
mod folders;
mod node;
mod piece;
mod project;
mod reader;
mod together;
mod walk;

pub use node::{Node, Origin};
pub use reader::{Reader, Tree};

#[cfg(test)]
pub(crate) mod tests;
