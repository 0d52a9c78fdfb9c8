//! The instances that a project file declares.

use std::path::PathBuf;

use rbx_dom_weak::Ustr;

use super::fields::{Fields, quoted};
use super::keys::what_may_stand;
use crate::diagnostic::{Diagnostic, Place};
use crate::jsonc::{Member, Spanned, Value};

/// Names and what they are set to, each with the place of its name, sorted by name.
pub type Values = Vec<(String, Place, Spanned)>;

/// An instance of a project file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProjectNode {
    /// `$className`; without it the path or the parent says the class.
    pub class_name: Option<Ustr>,
    /// `$path`: what it is made of.
    pub path: Option<TargetPath>,
    /// `$properties`.
    pub properties: Values,
    /// `$attributes`.
    pub attributes: Values,
    /// `$id`.
    pub id: Option<String>,
    /// `$ignoreUnknownInstances`.
    pub keeps_unknown: Option<bool>,
    /// By name, sorted by its bytes.
    pub children: Vec<(String, ProjectNode)>,
    /// Where the value begins.
    pub at: Place,
}

/// A `$path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetPath {
    /// As it is written: absolute, or from the project's folder on.
    pub path: PathBuf,
    /// Whether nothing needs to be there.
    pub is_optional: bool,
    #[allow(missing_docs, reason = "the type says it")]
    pub at: Place,
}

const KEYS: [&str; 6] =
    ["$className", "$path", "$properties", "$attributes", "$id", "$ignoreUnknownInstances"];

/// None where it is no object. A child that is none is left out.
pub(super) fn read(value: &Spanned, what: &str, fields: &mut Fields<'_>) -> Option<ProjectNode> {
    let Value::Object(members) = &value.value else {
        return fields.refuse(value.at, what, "an object, as in {\"$className\": \"Folder\"}");
    };
    let mut node = ProjectNode { at: value.at, ..ProjectNode::default() };
    for member in members {
        match member.key.as_str() {
            "$properties" => node.properties = values(member, fields),
            "$attributes" => node.attributes = values(member, fields),
            "$className" | "$path" | "$id" | "$ignoreUnknownInstances" if fields.is_null(member) => {}
            "$className" => node.class_name = fields.text(member).as_deref().map(Ustr::from),
            "$path" => node.path = path(member, fields),
            "$id" => node.id = fields.text(member),
            "$ignoreUnknownInstances" => node.keeps_unknown = fields.truth(member),
            _ => {
                let child = child(member, fields);
                node.children.extend(child.map(|child| (member.key.clone(), child)));
            }
        }
    }
    node.children.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    Some(node)
}

/// Every other key names a child, one that begins with `$` too.
fn child(member: &Member, fields: &mut Fields<'_>) -> Option<ProjectNode> {
    if !member.key.starts_with('$') {
        return read(&member.value, &format!("the instance {}", quoted(&member.key)), fields);
    }
    let is_object = matches!(member.value.value, Value::Object(_));
    if !is_object {
        fields.unknown(member, &KEYS);
        return None;
    }
    fields.found.push(Diagnostic::warning(
        fields.path,
        Some(member.key_at),
        "reserved-key",
        format!("{} makes an instance of that name; keys with a $ are kept for later", quoted(&member.key)),
        format!("rename it; {}", what_may_stand(&member.key, &KEYS)),
    ));
    read(&member.value, &quoted(&member.key), fields)
}

fn values(member: &Member, fields: &mut Fields<'_>) -> Values {
    let members = fields.object(&member.value, &quoted(&member.key)).unwrap_or_default();
    let mut values: Values = members.iter().map(|it| (it.key.clone(), it.key_at, it.value.clone())).collect();
    values.sort_unstable_by(|(one, ..), (other, ..)| one.cmp(other));
    values
}

fn path(member: &Member, fields: &mut Fields<'_>) -> Option<TargetPath> {
    let wanted = "a text, or {\"optional\": \"...\"} for what need not be there";
    let target = |path: &str, is_optional| TargetPath { path: path.into(), is_optional, at: member.value.at };
    let path = match &member.value.value {
        Value::String(path) => Some(target(path, false)),
        Value::Object(members) => optional(members, fields).map(|path| target(path, true)),
        Value::Array(items) => in_brackets(items, member, fields).map(|path| target(path, true)),
        _ => None,
    };
    path.or_else(|| fields.refuse(member.value.at, &quoted(&member.key), wanted))
}

fn optional<'v>(members: &'v [Member], fields: &mut Fields<'_>) -> Option<&'v str> {
    let mut path = None;
    for member in members {
        match (member.key.as_str(), &member.value.value) {
            ("optional", Value::String(text)) => path = Some(text.as_str()),
            ("optional", _) => {}
            _ => fields.unread(member, &["optional"]),
        }
    }
    path
}

/// One text in brackets is an optional path to Rojo, which hardly anybody means.
fn in_brackets<'v>(items: &'v [Spanned], member: &Member, fields: &mut Fields<'_>) -> Option<&'v str> {
    let [Spanned { value: Value::String(path), .. }] = items else { return None };
    fields.found.push(Diagnostic::warning(
        fields.path,
        Some(member.value.at),
        "odd-path",
        "a path in brackets is one that need not be there".to_owned(),
        format!("write {path:?}, or {{\"optional\": {path:?}}}"),
    ));
    Some(path)
}
