//! What a file becomes, told from its name alone.

use std::str::FromStr;

/// How the bytes of a file turn into instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A script of the server: of `RunContext` Legacy or Server, as the project says.
    ServerScript,
    /// A script of the client: a `LocalScript`, or a `Script` of `RunContext` Client, as the project says.
    ClientScript,
    /// A `ModuleScript`.
    ModuleScript,
    /// A `Script` of `RunContext` Plugin.
    PluginScript,
    /// A `Script` of `RunContext` Legacy, whatever the project says.
    LegacyServerScript,
    /// A `LocalScript`, whatever the project says.
    LegacyClientScript,
    /// A `Script` of `RunContext` Server, whatever the project says.
    RunContextServerScript,
    /// A `Script` of `RunContext` Client, whatever the project says.
    RunContextClientScript,
    /// JSON with comments, as a `ModuleScript` that returns it.
    Json,
    /// TOML, as a `ModuleScript` that returns it.
    Toml,
    /// YAML, as a `ModuleScript` that returns it.
    Yaml,
    /// A `LocalizationTable`.
    Csv,
    /// A `StringValue`.
    Text,
    /// A tree of instances written as JSON.
    JsonModel,
    /// A binary model of Roblox Studio.
    Rbxm,
    /// An XML model of Roblox Studio.
    Rbxmx,
    /// Another project, which stands here.
    Project,
    /// Nothing.
    Ignore,
}

/// The words of `use` in a sync rule.
const WORDS: [(&str, Kind); 18] = [
    ("serverScript", Kind::ServerScript),
    ("clientScript", Kind::ClientScript),
    ("moduleScript", Kind::ModuleScript),
    ("pluginScript", Kind::PluginScript),
    ("legacyServerScript", Kind::LegacyServerScript),
    ("legacyClientScript", Kind::LegacyClientScript),
    ("runContextServerScript", Kind::RunContextServerScript),
    ("runContextClientScript", Kind::RunContextClientScript),
    ("json", Kind::Json),
    ("toml", Kind::Toml),
    ("yaml", Kind::Yaml),
    ("csv", Kind::Csv),
    ("text", Kind::Text),
    ("jsonModel", Kind::JsonModel),
    ("rbxm", Kind::Rbxm),
    ("rbxmx", Kind::Rbxmx),
    ("project", Kind::Project),
    ("ignore", Kind::Ignore),
];

impl Kind {
    /// The words of `use`, to say what may stand there.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.into_iter().map(|(word, _)| word)
    }

    /// Whether a `.meta.json` beside the file is read for it. What sets its own properties takes none.
    #[must_use]
    pub fn takes_meta(self) -> bool {
        !matches!(self, Self::JsonModel | Self::Rbxm | Self::Rbxmx | Self::Project | Self::Ignore)
    }

    /// The largest file of this kind that is read. A caller that knows a file's size asks before it reads.
    #[must_use]
    pub fn most_bytes(self) -> u64 {
        match self {
            Self::Rbxm | Self::Rbxmx => MOST_MODEL_BYTES,
            Self::Toml | Self::Yaml => MOST_DATA_BYTES,
            _ => MOST_TEXT_BYTES,
        }
    }
}

/// What Roblox takes as a place; nothing larger could be published.
const MOST_MODEL_BYTES: u64 = 100 << 20;
/// Reading TOML or YAML takes some eighty times its bytes at the worst.
const MOST_DATA_BYTES: u64 = 4 << 20;
/// Reading a text takes some thirty times its bytes at the worst, and no script or table comes near this.
const MOST_TEXT_BYTES: u64 = 16 << 20;

impl FromStr for Kind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind).ok_or(())
    }
}

/// The kind of a file that no sync rule of the project names, and the name of its instance.
///
/// The ends are looked at in the order in which the first that fits holds. None: the file is no instance.
#[must_use]
pub fn default_kind(file_name: &str) -> Option<(Kind, &str)> {
    let (stem, extension) = file_name.rsplit_once('.')?;
    // A file that is all extension is called by its whole name, except where a rule names the end that it takes off.
    let whole = if stem.is_empty() { file_name } else { stem };
    let by_second = |ends: &[(&str, Kind)]| {
        ends.iter().find_map(|(end, kind)| Some((*kind, stem.strip_suffix(end)?.strip_suffix('.')?)))
    };
    match extension {
        "lua" | "luau" => Some(by_second(&SCRIPT_ENDS).unwrap_or((Kind::ModuleScript, whole))),
        "json" | "jsonc" if stem.strip_suffix("meta").is_some_and(|it| it.ends_with('.')) => None,
        "json" | "jsonc" => Some(by_second(&JSON_ENDS).unwrap_or((Kind::Json, stem))),
        "toml" => Some((Kind::Toml, whole)),
        "csv" => Some((Kind::Csv, whole)),
        "txt" => Some((Kind::Text, whole)),
        "rbxmx" => Some((Kind::Rbxmx, whole)),
        "rbxm" => Some((Kind::Rbxm, whole)),
        "yml" | "yaml" => Some((Kind::Yaml, whole)),
        _ => None,
    }
}

const SCRIPT_ENDS: [(&str, Kind); 3] =
    [("server", Kind::ServerScript), ("client", Kind::ClientScript), ("plugin", Kind::PluginScript)];
const JSON_ENDS: [(&str, Kind); 2] = [("project", Kind::Project), ("model", Kind::JsonModel)];

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(names: &[&'static str]) -> Vec<Option<(Kind, &'static str)>> {
        names.iter().map(|name| default_kind(name)).collect()
    }

    #[test]
    fn the_ends_of_a_name_say_what_a_file_is() {
        let names = [
            "a.server.lua",
            "a.server.luau",
            "a.client.lua",
            "a.client.luau",
            "a.plugin.lua",
            "a.plugin.luau",
        ];
        let expected = [Kind::ServerScript, Kind::ClientScript, Kind::PluginScript];
        assert_eq!(
            expected.iter().flat_map(|kind| [Some((*kind, "a")); 2]).collect::<Vec<_>>(),
            kinds(&names)
        );
        let names = ["a.lua", "a.luau", "a.project.json", "a.project.jsonc", "a.model.json", "a.model.jsonc"];
        let expected = [Kind::ModuleScript, Kind::Project, Kind::JsonModel];
        assert_eq!(
            expected.iter().flat_map(|kind| [Some((*kind, "a")); 2]).collect::<Vec<_>>(),
            kinds(&names)
        );
        let names = ["a.json", "a.jsonc", "a.yml", "a.yaml", "a.toml", "a.csv", "a.txt", "a.rbxm", "a.rbxmx"];
        let expected = [
            Kind::Json,
            Kind::Json,
            Kind::Yaml,
            Kind::Yaml,
            Kind::Toml,
            Kind::Csv,
            Kind::Text,
            Kind::Rbxm,
            Kind::Rbxmx,
        ];
        assert_eq!(expected.map(|kind| Some((kind, "a"))).to_vec(), kinds(&names));
    }

    #[test]
    fn other_files_and_meta_files_are_no_instances() {
        let names =
            ["a", "lua", "a.md", "a.LUA", "a.meta.json", "a.meta.jsonc", ".meta.json", ".gitkeep", ""];
        assert_eq!(vec![None; names.len()], kinds(&names));
    }

    #[test]
    fn only_the_ends_count() {
        let names = ["a.b.lua", "server.lua", "a.server.client.lua", "meta.json", "a.model.meta.model.json"];
        let expected = [
            Some((Kind::ModuleScript, "a.b")),
            Some((Kind::ModuleScript, "server")),
            Some((Kind::ClientScript, "a.server")),
            Some((Kind::Json, "meta")),
            Some((Kind::JsonModel, "a.model.meta")),
        ];
        assert_eq!(expected.to_vec(), kinds(&names));
    }

    #[test]
    fn a_name_that_is_all_end_stays_whole_where_no_end_is_taken_off() {
        let expected = [
            Some((Kind::ModuleScript, ".lua")),
            Some((Kind::ServerScript, "")),
            Some((Kind::Json, "")),
            Some((Kind::Toml, ".toml")),
        ];
        assert_eq!(expected.to_vec(), kinds(&[".lua", ".server.lua", ".json", ".toml"]));
    }

    #[test]
    fn the_words_of_use_are_read_and_no_others() {
        for (word, kind) in WORDS {
            assert_eq!(Ok(kind), word.parse());
        }
        assert_eq!(Err(()), "ServerScript".parse::<Kind>());
        assert_eq!(18, Kind::words().count());
    }
}
