//! What a file becomes: bytes in, a tree of instances out, and never a look at a disk.
//!
//! Whatever the bytes, reading ends, in memory that is bounded by the caps told here, and says what is wrong at its
//! place. A file with an error becomes no node, or a node without what is wrong, and its diagnostic refuses a build.

mod attributes;
mod csv;
mod dom;
mod fields;
mod ids;
mod init;
mod json;
mod kind;
mod luau;
mod meta;
mod model;
#[cfg(test)]
mod properties;
mod rbxm;
mod rbxmx;
mod script;
mod set;
#[cfg(test)]
mod testing;
mod text;
mod told;
mod toml;
mod yaml;

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::tree::Node;

pub use ids::{id_of, targets};
pub use init::{INIT_FILES, InitKind};
pub use kind::{Kind, default_kind};
pub use meta::{Meta, read_meta};
pub use set::{Values, set_attributes, set_properties};

/// A file and what is told about it from outside.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// What diagnostics call it.
    pub path: &'a Path,
    /// The name of its instance.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
    /// Whether scripts are of the kinds that were there before `RunContext` (`emitLegacyScripts`).
    pub legacy_scripts: bool,
}

/// The instance of a file, without its meta file and without its origin.
///
/// None: the file makes no instance, for what is wrong with it or because it is empty (a model). What a project file
/// makes is not told here, nor is that of an ignored one.
pub fn read(kind: Kind, input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    if !text::fits(input, kind.most_bytes(), found) {
        return None;
    }
    match kind {
        Kind::ServerScript
        | Kind::ClientScript
        | Kind::ModuleScript
        | Kind::PluginScript
        | Kind::LegacyServerScript
        | Kind::LegacyClientScript
        | Kind::RunContextServerScript
        | Kind::RunContextClientScript => script::read(kind, input, found),
        Kind::Text => text::read(input, found),
        Kind::Json => json::read(input, found),
        Kind::Toml => toml::read(input, found),
        Kind::Yaml => yaml::read(input, found),
        Kind::Csv => csv::read(input, found),
        Kind::JsonModel => model::read(input, found),
        Kind::Rbxm => rbxm::read(input, found),
        Kind::Rbxmx => rbxmx::read(input, found),
        Kind::Project | Kind::Ignore => None,
    }
}
