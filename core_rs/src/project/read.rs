//! A project file as a whole.

use std::path::Path;

use super::fields::{Fields, quoted};
use super::globs::{IgnoreGlob, IgnoreGlobs};
use super::{Project, ProjectNode, ServeSettings, node, rule, serve, syncback};
use crate::diagnostic::Diagnostic;
use crate::jsonc::{self, Member};

const OWN_KEYS: [&str; 7] =
    ["name", "tree", "emitLegacyScripts", "globIgnorePaths", "syncRules", "syncbackRules", "$schema"];

/// Read a project file. None: there is no tree in it that could be built.
///
/// `file` is what paths and globs start from, and stands in what is said.
#[must_use]
pub fn read(text: &[u8], file: &Path) -> (Option<Project>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let project = match jsonc::parse(text, file) {
        Ok(whole) => read_whole(&whole, file, &mut Fields { path: file, found: &mut found }),
        Err(wrong) => {
            found.push(wrong);
            None
        }
    };
    (project, found)
}

fn read_whole(whole: &jsonc::Spanned, file: &Path, fields: &mut Fields<'_>) -> Option<Project> {
    let members = fields.object(whole, "a project")?;
    let mut project = Project {
        name: None,
        tree: ProjectNode::default(),
        ignore: IgnoreGlobs::default(),
        sync_rules: Vec::new(),
        emit_legacy_scripts: None,
        serve: ServeSettings::default(),
        file: file.to_path_buf(),
    };
    let mut tree = None;
    for member in members {
        match member.key.as_str() {
            "tree" => tree = node::read(&member.value, &quoted("tree"), fields),
            "globIgnorePaths" => project.ignore = ignore(member, file, fields),
            "syncRules" => project.sync_rules = rules(member, file, fields),
            key if serve::KEYS.contains(&key) => serve::read(member, &mut project.serve, fields),
            key if !OWN_KEYS.contains(&key) => {
                fields.unknown(member, &[&OWN_KEYS[..], &serve::KEYS].concat());
            }
            _ if fields.is_null(member) => {}
            "name" => project.name = fields.text(member),
            "emitLegacyScripts" => project.emit_legacy_scripts = fields.truth(member),
            "syncbackRules" => syncback::check(member, fields),
            // `$schema` is for editors.
            _ => drop(fields.text(member)),
        }
    }
    if !members.iter().any(|member| member.key == "tree") {
        fields.missing(whole.at, "tree", "the project");
    }
    project.tree = tree?;
    Some(project)
}

fn ignore(member: &Member, file: &Path, fields: &mut Fields<'_>) -> IgnoreGlobs {
    let mut globs = Vec::new();
    for (written, at) in fields.texts(member) {
        match IgnoreGlob::new(&written) {
            Ok(glob) => globs.push(glob),
            Err(error) => fields.bad_glob(at, &written, &error),
        }
    }
    IgnoreGlobs::new(folder(file), globs).unwrap_or_else(|error| {
        fields.bad_glob(member.value.at, &member.key, &error);
        IgnoreGlobs::default()
    })
}

fn rules(member: &Member, file: &Path, fields: &mut Fields<'_>) -> Vec<rule::SyncRule> {
    let items = fields.list(member, "rules");
    items.iter().filter_map(|item| rule::read(item, folder(file), fields)).collect()
}

fn folder(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}
