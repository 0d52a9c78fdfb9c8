//! Meta files: what is said about an instance beside the file that makes it.

use std::path::{Path, PathBuf};

use rbx_dom_weak::ustr;

use crate::diagnostic::{Diagnostic, Place};
use crate::jsonc;
use crate::mapping::fields::Fields;
use crate::mapping::set::{Values, doubt_class, set_attributes, set_properties};
use crate::mapping::{Input, Kind, text};
use crate::tree::Node;

/// What a meta file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    path: PathBuf,
    class_name: Option<(String, Place)>,
    id: Option<(String, Place)>,
    keeps_unknown: Option<bool>,
    properties: Values,
    attributes: Values,
}

const KEYS: [&str; 6] = ["className", "id", "ignoreUnknownInstances", "properties", "attributes", "$schema"];

/// The meta file of a file (`NAME.meta.json`) or of a folder (`init.meta.json`).
///
/// None: it cannot be read at all. What is wrong with a part of it leaves that part out.
pub fn read_meta(text: &[u8], path: &Path, found: &mut Vec<Diagnostic>) -> Option<Meta> {
    let input = Input { path, name: "", bytes: text, legacy_scripts: false };
    if !text::fits(&input, Kind::Json.most_bytes(), found) {
        return None;
    }
    let whole = jsonc::parse(text, path).map_err(|wrong| found.push(wrong)).ok()?;
    let mut fields = Fields { path, found };
    let mut meta = Meta { path: path.to_path_buf(), ..Meta::default() };
    for member in fields.object(&whole, "a meta file")? {
        match member.key.as_str() {
            "className" => meta.class_name = fields.text(member).map(|name| (name, member.value.at)),
            "id" => meta.id = fields.text(member).map(|id| (id, member.value.at)),
            "ignoreUnknownInstances" => meta.keeps_unknown = fields.truth(member),
            "properties" => meta.properties = fields.values(member),
            "attributes" => meta.attributes = fields.values(member),
            "$schema" => drop(fields.text(member)),
            _ => fields.unknown(member, &KEYS),
        }
    }
    Some(meta)
}

impl Meta {
    /// Say of a node what the file says. The meta of a folder may name its class; that of a file may not.
    pub fn apply(&self, node: &mut Node, is_folder_meta: bool, found: &mut Vec<Diagnostic>) {
        if let Some(keeps_unknown) = self.keeps_unknown {
            node.keeps_unknown = keeps_unknown;
        }
        if let Some((class, at)) = &self.class_name {
            self.apply_class(node, class, *at, is_folder_meta, found);
        }
        set_properties(node, &self.properties, &self.path, found);
        set_attributes(node, &self.attributes, &self.path, found);
        match (&self.id, &node.id) {
            (Some((_, at)), Some(known)) => found.push(Diagnostic::error(
                &self.path,
                Some(*at),
                "second-id",
                format!("this instance has the id {known:?} already"),
                "give an instance one id".to_owned(),
            )),
            (id, _) => node.id = id.as_ref().map(|(id, _)| id.as_str().into()),
        }
    }

    fn apply_class(
        &self,
        node: &mut Node,
        class: &str,
        at: Place,
        is_folder: bool,
        found: &mut Vec<Diagnostic>,
    ) {
        if !is_folder {
            found.push(Diagnostic::warning(
                &self.path,
                Some(at),
                "unknown-key",
                "className is read in an init.meta.json alone; the kind of a file says its class".to_owned(),
                format!("remove it, or write the instance as a .model.json of the class {class:?}"),
            ));
        } else if node.class == "Folder" {
            doubt_class(class, at, &self.path, found);
            node.class = ustr(class);
        } else {
            found.push(Diagnostic::error(
                &self.path,
                Some(at),
                "wrong-class",
                format!("the folder is a {} already, by the init file in it", node.class),
                "remove className, or the init file".to_owned(),
            ));
        }
    }
}

#[cfg(test)]
mod tests;
