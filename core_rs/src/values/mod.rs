//! The values that a person writes for properties and attributes, as what Roblox holds.
//!
//! A value is written in one of two ways. *Explicit*: an object whose one key names a type, such as
//! `{"Vector3": [1, 2, 3]}`; it stands for any property, known or not. *Implicit*: what JSON itself can say, such as
//! `[1, 2, 3]`; what it means is told by the property, so Roblox' own list of classes has to know it.

mod explicit;
mod forms;
mod implicit;
mod near;
mod resolve;
mod roblox;
#[cfg(test)]
mod tests;
mod written;
mod wrong;

pub use resolve::{resolve, resolve_attribute};
pub use roblox::{classes, unreadable_classes};
pub use wrong::WrongValue;

pub(crate) use near::nearest;
pub(crate) use written::as_json;
