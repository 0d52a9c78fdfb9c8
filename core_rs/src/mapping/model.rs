//! Models written as JSON.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::jsonc::{self, Member, Spanned};
use crate::mapping::fields::Fields;
use crate::mapping::set::{doubt_class, set_attributes, set_properties};
use crate::mapping::{Input, text};
use crate::tree::Node;

const KEYS: [&str; 7] = ["className", "name", "id", "properties", "attributes", "children", "$schema"];
/// How the keys of old are written, and what they are now.
const OLD: [(&str, &str); 4] =
    [("ClassName", "className"), ("Name", "name"), ("Properties", "properties"), ("Children", "children")];

pub(super) fn read(input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    // An empty file is no instance, as one that is just being written.
    if text::utf8(input, found)?.trim().is_empty() {
        return None;
    }
    let whole = jsonc::parse(input.bytes, input.path).map_err(|wrong| found.push(wrong)).ok()?;
    instance(&whole, Some(input.name), &mut Fields { path: input.path, found })
}

/// An instance; the root is called by its file.
fn instance(value: &Spanned, root: Option<&str>, fields: &mut Fields<'_>) -> Option<Node> {
    if fields.is_over() {
        return None;
    }
    let members = fields.object(value, "an instance")?;
    let mut class = None;
    let mut name = None;
    let mut id = None;
    let (mut properties, mut attributes) = (Vec::new(), Vec::new());
    let mut children = None;
    for (index, member) in members.iter().enumerate() {
        let key = today(&member.key);
        if let Some(twin) = members[..index].iter().find(|it| today(&it.key) == key) {
            fields.error(
                member,
                "twice",
                format!("{:?} and {:?} say the same", twin.key, member.key),
                "keep one of them".to_owned(),
            );
            continue;
        }
        match key {
            "className" => class = fields.needed_text(member).map(|name| (name, member.value.at)),
            "name" => name = fields.text(member).map(|name| (name, member)),
            "id" => id = fields.text(member).map(|id| (id, member)),
            "properties" => properties = fields.values(member),
            "attributes" => attributes = fields.values(member),
            "children" => children = fields.list(member),
            "$schema" => drop(fields.text(member)),
            _ => fields.unknown(member, &KEYS),
        }
    }
    let children: Vec<_> =
        children.unwrap_or_default().iter().map(|child| instance(child, None, fields)).collect();
    let Some((class, at)) = class else {
        if !members.iter().any(|member| today(&member.key) == "className") {
            fields.missing(value, "className");
        }
        return None;
    };
    doubt_class(&class, at, fields.path, fields.found);
    let mut node = Node::new(&called(root, name, &class, fields), &class);
    node.children = children.into_iter().flatten().map(Arc::new).collect();
    node.id = pointed_at(id, root, fields).map(Into::into);
    set_properties(&mut node, &properties, fields.path, fields.found);
    set_attributes(&mut node, &attributes, fields.path, fields.found);
    Some(node)
}

fn today(key: &str) -> &str {
    OLD.iter().find(|(old, _)| *old == key).map_or(key, |(_, new)| new)
}

fn called(
    root: Option<&str>,
    name: Option<(String, &Member)>,
    class: &str,
    fields: &mut Fields<'_>,
) -> String {
    match (root, name) {
        (Some(root), Some((name, member))) => {
            fields.warn(
                member,
                "unread-name",
                format!("the instance is called {root:?}, as its file is, and not {name:?}"),
                "remove the name, or rename the file".to_owned(),
            );
            root.to_owned()
        }
        (Some(root), None) => root.to_owned(),
        (None, Some((name, _))) => name,
        (None, None) => class.to_owned(),
    }
}

fn pointed_at(id: Option<(String, &Member)>, root: Option<&str>, fields: &mut Fields<'_>) -> Option<String> {
    let (id, member) = id?;
    if root.is_some() {
        return Some(id);
    }
    fields.warn(
        member,
        "unread-id",
        "the id of an instance inside of a model is not read".to_owned(),
        format!("write it as an attribute: \"attributes\": {{\"Rojo_Id\": {id:?}}}"),
    );
    None
}

#[cfg(test)]
mod tests;
