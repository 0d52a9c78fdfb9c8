//! What Roblox' list of classes and enums says.

use rbx_reflection::{PropertyDescriptor, ReflectionDatabase};

/// The classes and enums: those that the user keeps for all such tools (`RBX_DATABASE`), or those built in.
#[must_use]
pub fn classes() -> &'static ReflectionDatabase<'static> {
    rbx_reflection_database::get().unwrap_or_else(|_| rbx_reflection_database::get_bundled())
}

/// Why the user's own list of classes cannot be read, if it is there and cannot. Nothing may be built then.
#[must_use]
pub fn unreadable_classes() -> Option<String> {
    let error = rbx_reflection_database::get().err()?;
    let path = rbx_reflection_database::get_local_location().unwrap_or_default();
    Some(format!("the list of Roblox' classes in {} cannot be read: {error}", path.display()))
}

/// What is known of a property of a class, or of a class that it comes from.
pub(super) fn property(class: &str, name: &str) -> Option<&'static PropertyDescriptor<'static>> {
    lineage(class).find_map(|class| class.properties.get(name))
}

/// The names of all the properties of a class.
pub(super) fn properties(class: &str) -> impl Iterator<Item = &'static str> {
    lineage(class).flat_map(|class| class.properties.keys().copied())
}

fn lineage(class: &str) -> impl Iterator<Item = &'static rbx_reflection::ClassDescriptor<'static>> {
    let known = classes();
    let first = known.classes.get(class);
    std::iter::successors(first, |class| known.classes.get(class.superclass?))
}
