//! Binary models.
//!
//! `rbx_binary` reads them, and takes what a file claims for true: it reserves what a length says, and panics where a
//! parent is missing. So a file is walked first, and what is handed on has claimed nothing that it does not hold.

mod claims;
mod container;
mod cursor;
mod parents;

use crate::diagnostic::Diagnostic;
use crate::mapping::{Input, dom};
use crate::tree::Node;

pub(super) fn read(input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let malformed = |message: String| {
        let help = "save the model again with Roblox Studio".to_owned();
        Diagnostic::error(input.path, None, "malformed-model", message, help)
    };
    let opened = container::open(input.bytes).and_then(|opened| {
        claims::check(&opened, input.bytes.len())?;
        Ok(opened.plain())
    });
    let plain = opened.map_err(|message| found.push(malformed(message))).ok()?;
    let read = dom::unless_it_panics(|| rbx_binary::from_reader(plain.as_slice()));
    let tree = read.map_err(|message| found.push(malformed(message))).ok()?;
    dom::only_root(tree, input, found)
}

#[cfg(test)]
mod tests;
