//! Properties and attributes that a person writes, set on a node.

use std::path::Path;

use rbx_dom_weak::types::{Attributes, Variant};
use rbx_dom_weak::ustr;

use crate::diagnostic::{Diagnostic, Place};
use crate::jsonc::Spanned;
use crate::mapping::told::{is_over, tell};
use crate::tree::Node;
use crate::values::{WrongValue, classes, nearest, resolve, resolve_attribute};

/// Values by name, each with the place of its name.
pub type Values = Vec<(String, Place, Spanned)>;

/// Set properties, as the class of the node has them; each that is wrong is told and left out.
pub fn set_properties(
    node: &mut Node,
    values: &[(String, Place, Spanned)],
    path: &Path,
    found: &mut Vec<Diagnostic>,
) {
    for (name, _, value) in values {
        if is_over(path, found) {
            return;
        }
        match resolve(&node.class, name, value) {
            Ok(value) => node.set(ustr(name), value),
            Err(wrong) => tell(told(wrong, path), found),
        }
    }
}

/// Set attributes. They take the place of all that the node had, if there are any.
pub fn set_attributes(
    node: &mut Node,
    values: &[(String, Place, Spanned)],
    path: &Path,
    found: &mut Vec<Diagnostic>,
) {
    if values.is_empty() {
        return;
    }
    let mut attributes = Attributes::new();
    for (name, _, value) in values {
        if is_over(path, found) {
            return;
        }
        match resolve_attribute(value) {
            Ok(value) => drop(attributes.insert(name.clone(), value)),
            Err(wrong) => tell(told(wrong, path), found),
        }
    }
    node.set(ustr("Attributes"), Variant::Attributes(attributes));
}

/// Say that Roblox has no such class, as far as is known. It may be newer than what is known.
pub(super) fn doubt_class(class: &str, at: Place, path: &Path, found: &mut Vec<Diagnostic>) {
    if classes().classes.contains_key(class) {
        return;
    }
    let meant = nearest(class, classes().classes.keys().copied());
    tell(
        Diagnostic::warning(
            path,
            Some(at),
            "unknown-class",
            format!("{class:?} is no known class"),
            meant.map_or_else(String::new, |meant| format!("was {meant:?} meant?")),
        ),
        found,
    );
}

fn told(wrong: WrongValue, path: &Path) -> Diagnostic {
    Diagnostic::error(path, Some(wrong.at), "wrong-value", wrong.message, wrong.help)
}
