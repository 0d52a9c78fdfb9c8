//! What holds for all files, with files that are made up.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use rbx_dom_weak::types::Variant;
use rbx_dom_weak::{InstanceBuilder, WeakDom};
use serde_json::{Value as Json, json};

use crate::diagnostic::Severity;
use crate::mapping::testing::{file, source};
use crate::mapping::{Kind, default_kind};
use crate::tree::Node;

const READ: [Kind; 16] = [
    Kind::ServerScript,
    Kind::ClientScript,
    Kind::ModuleScript,
    Kind::PluginScript,
    Kind::LegacyServerScript,
    Kind::LegacyClientScript,
    Kind::RunContextServerScript,
    Kind::RunContextClientScript,
    Kind::Json,
    Kind::Toml,
    Kind::Yaml,
    Kind::Csv,
    Kind::Text,
    Kind::JsonModel,
    Kind::Rbxm,
    Kind::Rbxmx,
];

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 _\"\\\\\n\t:#,é{}-]{0,8}"
}

/// Data that JSON, YAML and TOML can all hold, its keys sorted.
fn data() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        any::<i16>().prop_map(|quarters| Json::from(f64::from(quarters) / 4.0)),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let object =
            btree_map(text(), inner.clone(), 0..5).prop_map(|it| Json::Object(it.into_iter().collect()));
        prop_oneof![vec(inner, 0..5).prop_map(Json::from), object]
    })
}

/// Instances, each with its name.
#[derive(Clone, Debug)]
struct Tree {
    name: String,
    value: Option<String>,
    children: Vec<Tree>,
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = (text(), proptest::option::of(text())).prop_map(|(name, value)| Tree {
        name,
        value,
        children: Vec::new(),
    });
    leaf.prop_recursive(5, 30, 4, |inner| {
        (text(), vec(inner, 0..4)).prop_map(|(name, children)| Tree { name, value: None, children })
    })
}

impl Tree {
    fn json(&self) -> Json {
        let children: Vec<Json> = self.children.iter().map(Self::json).collect();
        let properties = self.value.as_ref().map_or(json!({}), |value| json!({"Value": value}));
        json!({"name": self.name, "className": "StringValue", "properties": properties, "children": children})
    }

    fn builder(&self) -> InstanceBuilder {
        let builder = InstanceBuilder::new("StringValue").with_name(self.name.as_str());
        let builder = self.value.iter().fold(builder, |it, value| it.with_property("Value", value.as_str()));
        self.children.iter().fold(builder, |it, child| it.with_child(child.builder()))
    }

    fn node(&self) -> Node {
        let mut node = Node::new(&self.name, "StringValue");
        if let Some(value) = &self.value {
            node.set("Value".into(), Variant::String(value.clone()));
        }
        node.children = self.children.iter().map(|child| Arc::new(child.node())).collect();
        node
    }
}

/// A read node, without what its file calls it, and with every text set that a model file writes for all of a class.
fn told(node: &Node) -> Json {
    let value = match node.get("Value") {
        Some(Variant::String(value)) => value.as_str(),
        _ => "",
    };
    let children: Vec<Json> = node.children.iter().map(|child| json!([*child.name, told(child)])).collect();
    json!([node.class.as_str(), value, children])
}

proptest! {
    #[test]
    fn no_bytes_end_the_reading(bytes in vec(any::<u8>(), 0..200)) {
        for kind in READ {
            let (node, found) = file(kind, &bytes);
            let is_wrong = found.iter().any(|it| it.severity == Severity::Error);
            let may_be_empty = kind == Kind::JsonModel && bytes.iter().all(u8::is_ascii_whitespace);
            prop_assert!(node.is_none() == is_wrong || may_be_empty, "{:?}: {:?}", kind, found);
        }
    }

    #[test]
    fn no_text_ends_the_reading(text in "[\\[\\]{}:,\"'#&*!|>%@?\\-a0 \n<>/=;.]{0,60}") {
        for kind in READ {
            let (node, found) = file(kind, text.as_bytes());
            prop_assert!(node.is_some() || !found.is_empty() || text.trim().is_empty(), "{:?}", kind);
        }
    }

    #[test]
    fn a_name_is_a_part_of_its_file_name(name in "[a-z.]{0,12}(\\.(server|model|meta|project))?\\.(lua|luau|json|jsonc|toml|txt)") {
        if let Some((_, instance)) = default_kind(&name) {
            prop_assert!(name.starts_with(instance));
        } else {
            prop_assert!(name.contains(".meta.json"));
        }
    }

    #[test]
    fn json_and_yaml_of_the_same_data_are_the_same_module(data in data()) {
        let text = data.to_string();
        prop_assert_eq!(source(Kind::Json, &text), source(Kind::Yaml, &text));
    }

    #[test]
    fn json_and_toml_of_the_same_data_are_the_same_module(table in btree_map(text(), data(), 0..5)) {
        let toml = toml::to_string(&table).unwrap();
        let json = serde_json::to_string(&table).unwrap();
        prop_assert_eq!(source(Kind::Json, &json), source(Kind::Toml, &toml));
    }

    #[test]
    fn a_table_holds_what_was_written_into_it(
        rows in vec(("[a-z\",\n ]{1,6}", text(), text()), 0..6)
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["Key", "Source", "es"]).unwrap();
        for (key, source, es) in &rows {
            writer.write_record([key, source, es]).unwrap();
        }
        let (node, found) = file(Kind::Csv, &writer.into_inner().unwrap());
        prop_assert!(found.is_empty(), "{:?}", found);
        let entries = rows.iter().map(|(key, source, es)| {
            let values: BTreeMap<_, _> = Some(("es", es)).filter(|(_, es)| !es.is_empty()).into_iter().collect();
            let source = Some(source).filter(|it| !it.is_empty()).map(|it| ("source", json!(it)));
            [("key", json!(key))].into_iter().chain(source).chain([("values", json!(values))])
                .map(|(key, value)| (key.to_owned(), value)).collect::<serde_json::Map<_, _>>()
        });
        let expected = serde_json::to_string(&entries.collect::<Vec<_>>()).unwrap();
        let node = node.unwrap();
        prop_assert_eq!(Some(&Variant::String(expected)), node.get("Contents"));
    }

    #[test]
    fn all_forms_of_a_model_are_the_same_tree(tree in tree()) {
        let mut expected = tree.node();
        expected.name = "it".into();
        let (read, found) = file(Kind::JsonModel, tree.json().to_string().as_bytes());
        prop_assert!(found.iter().all(|it| it.code == "unread-name"), "{:?}", found);
        prop_assert_eq!(&expected, &read.unwrap());

        let dom = WeakDom::new(InstanceBuilder::new("DataModel").with_child(tree.builder()));
        let (mut binary, mut xml) = (Vec::new(), Vec::new());
        rbx_binary::to_writer(&mut binary, &dom, dom.root().children()).unwrap();
        rbx_xml::to_writer_default(&mut xml, &dom, dom.root().children()).unwrap();
        for (kind, bytes) in [(Kind::Rbxm, binary), (Kind::Rbxmx, xml)] {
            let (read, found) = file(kind, &bytes);
            prop_assert!(found.is_empty(), "{:?}", found);
            prop_assert_eq!(told(&expected), told(&read.unwrap()));
        }
    }
}
