//! The files that make the folder around them the instance, rather than a child of it.

use super::Kind;

/// What an `init` file makes of its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitKind {
    /// A script of this kind.
    Script(Kind),
    /// A `LocalizationTable`.
    Csv,
}

impl InitKind {
    /// How the bytes of the file are read.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Script(kind) => kind,
            Self::Csv => Kind::Csv,
        }
    }
}

/// The names of such files; where a folder has several, the first in this order holds.
///
/// None of them is an instance of its own, not even the ones that lose.
pub const INIT_FILES: [(&str, InitKind); 9] = [
    ("init.luau", InitKind::Script(Kind::ModuleScript)),
    ("init.lua", InitKind::Script(Kind::ModuleScript)),
    ("init.server.luau", InitKind::Script(Kind::ServerScript)),
    ("init.server.lua", InitKind::Script(Kind::ServerScript)),
    ("init.client.luau", InitKind::Script(Kind::ClientScript)),
    ("init.client.lua", InitKind::Script(Kind::ClientScript)),
    ("init.plugin.lua", InitKind::Script(Kind::PluginScript)),
    ("init.plugin.luau", InitKind::Script(Kind::PluginScript)),
    ("init.csv", InitKind::Csv),
];
