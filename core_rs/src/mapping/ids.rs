//! The ids by which one instance points at another that lies in a different file.

use rbx_dom_weak::types::Variant;

use crate::tree::Node;

/// The attribute that gives an instance an id.
const ID: &str = "Rojo_Id";
/// The attributes that point: what follows is the name of the property, and the value is the id.
const TARGET: &str = "Rojo_Target_";

/// The id by which others point at a node, once all that sets its attributes has: an attribute outweighs `id`.
#[must_use]
pub fn id_of(node: &Node) -> Option<&str> {
    let said = attributes(node).find(|(name, _)| *name == ID).and_then(|(_, value)| text(value));
    said.or(node.id.as_deref())
}

/// The properties of a node that are to point at other nodes, each with the id of its target.
pub fn targets(node: &Node) -> impl Iterator<Item = (&str, &str)> {
    attributes(node).filter_map(|(name, value)| Some((name.strip_prefix(TARGET)?, text(value)?)))
}

fn attributes(node: &Node) -> impl Iterator<Item = (&str, &Variant)> {
    let attributes = match node.get("Attributes") {
        Some(Variant::Attributes(attributes)) => Some(attributes),
        _ => None,
    };
    attributes.into_iter().flat_map(|it| it.iter().map(|(name, value)| (name.as_str(), value)))
}

/// Models hold texts as bytes.
fn text(value: &Variant) -> Option<&str> {
    match value {
        Variant::String(text) => Some(text),
        Variant::BinaryString(bytes) => std::str::from_utf8(bytes.as_ref()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rbx_dom_weak::types::{Attributes, BinaryString};
    use rbx_dom_weak::ustr;

    use super::*;

    fn node(attributes: Attributes) -> Node {
        let mut node = Node::new("it", "ObjectValue");
        node.id = Some("from-a-file".into());
        node.set(ustr("Attributes"), attributes.into());
        node
    }

    #[test]
    fn the_id_of_an_attribute_outweighs_the_other() {
        assert_eq!(Some("from-a-file"), id_of(&node(Attributes::new())));
        assert_eq!(Some("it"), id_of(&node(Attributes::new().with(ID, "it"))));
        let bytes = BinaryString::from(b"it".to_vec());
        assert_eq!(Some("it"), id_of(&node(Attributes::new().with(ID, bytes))));
        assert_eq!(Some("from-a-file"), id_of(&node(Attributes::new().with(ID, 1.0))));
        assert_eq!(None, id_of(&Node::new("it", "Folder")));
    }

    #[test]
    fn targets_are_told_by_property() {
        let attributes =
            Attributes::new().with("Rojo_Target_Value", "it").with("Rojo_Target_B", 1.0).with("C", "c");
        assert_eq!(vec![("Value", "it")], targets(&node(attributes)).collect::<Vec<_>>());
    }
}
