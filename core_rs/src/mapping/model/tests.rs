use rbx_dom_weak::types::{Attributes, Variant};

use crate::diagnostic::{Diagnostic, Severity};
use crate::mapping::Kind;
use crate::mapping::testing::{code, file};
use crate::tree::Node;

fn model(json: &str) -> (Option<Node>, Vec<Diagnostic>) {
    file(Kind::JsonModel, json.as_bytes())
}

fn right(json: &str) -> Node {
    let (node, found) = model(json);
    assert_eq!(Vec::<Diagnostic>::new(), found);
    node.unwrap()
}

fn told(found: &[Diagnostic]) -> Vec<(Severity, &str, u32)> {
    found.iter().map(|it| (it.severity, it.code, it.place.map_or(0, |place| place.column))).collect()
}

#[test]
fn a_model_is_a_tree_of_instances() {
    let node = right(
        r#"{
            "$schema": "s", "className": "Model", "id": "one", "attributes": {"A": true},
            "children": [
                {"name": "The Child", "className": "IntValue", "properties": {"Value": 5}},
                {"className": "Folder", "children": [{"className": "Part"}]}, // called by its class
            ],
        }"#,
    );
    assert_eq!(("it", "Model", Some("one")), (&*node.name, node.class.as_str(), node.id.as_deref()));
    assert_eq!(Some(&Variant::Attributes(Attributes::new().with("A", true))), node.get("Attributes"));
    assert_eq!(["The Child", "Folder"], [0, 1].map(|index: usize| &*node.children[index].name));
    assert_eq!(Some(&Variant::Int64(5)), node.children[0].get("Value"));
    assert_eq!("Part", node.children[1].children[0].class);
}

#[test]
fn the_keys_of_old_are_read_as_well() {
    let old = r#"{"ClassName": "IntValue", "Properties": {"Value": 5}, "Children": [{"Name": "a", "ClassName": "Part"}]}"#;
    let new = r#"{"className": "IntValue", "properties": {"Value": 5}, "children": [{"name": "a", "className": "Part"}]}"#;
    assert_eq!(right(new), right(old));
}

#[test]
fn an_empty_file_is_no_instance_yet() {
    assert_eq!((None, Vec::new()), model(""));
    assert_eq!((None, Vec::new()), model(" \r\n\t"));
    code(Kind::JsonModel, b"// nothing");
}

#[test]
fn the_root_is_called_by_its_file() {
    let (node, found) = model(r#"{"Name": "other", "className": "Part"}"#);
    assert_eq!("it", &*node.unwrap().name);
    assert_eq!(vec![(Severity::Warning, "unread-name", 2)], told(&found));
}

#[test]
fn the_id_of_a_child_is_not_read_and_that_is_told() {
    let (node, found) = model(r#"{"className": "Part", "children": [{"className": "Part", "id": "a"}]}"#);
    assert_eq!(None, node.unwrap().children[0].id);
    assert_eq!(vec![(Severity::Warning, "unread-id", 58)], told(&found));
}

#[test]
fn keys_that_nothing_reads_are_told_with_what_was_meant() {
    let (_, found) = model(r#"{"className": "Part", "$properties": {}, "Attributes": {}, "Id": "a"}"#);
    let expected = ["was \"properties\" meant?", "was \"attributes\" meant?", "was \"id\" meant?"];
    assert_eq!(expected.to_vec(), found.iter().map(|it| it.help.as_str()).collect::<Vec<_>>());
    assert!(found.iter().all(|it| it.severity == Severity::Warning));
}

#[test]
fn an_instance_says_its_class_once() {
    assert_eq!(vec![(Severity::Error, "missing-key", 1)], told(&model("{}").1));
    assert_eq!(vec![(Severity::Error, "wrong-type", 15)], told(&model(r#"{"className": null}"#).1));
    let twice = r#"{"className": "Part", "ClassName": "Part"}"#;
    assert_eq!(vec![(Severity::Error, "twice", 23)], told(&model(twice).1));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let json = r#"{"className": "Part", "properties": {"Anchored": 1}, "children": [5, {}, {"className": 1, "children": null}]}"#;
    let expected = vec![
        (Severity::Error, "wrong-type", 67),
        (Severity::Error, "missing-key", 70),
        (Severity::Error, "wrong-type", 88),
        (Severity::Error, "wrong-type", 103),
        (Severity::Error, "wrong-value", 50),
    ];
    assert_eq!(expected, told(&model(json).1));
}

#[test]
fn bytes_that_are_no_json_are_told() {
    assert_eq!("not-utf8", code(Kind::JsonModel, b"\xFF"));
    code(Kind::JsonModel, b"{");
}

#[test]
fn a_file_that_is_all_wrong_is_told_so_much_of_it() {
    let wrong = r#"{"className": "Prt", "properties": {"Anchord": true}}"#;
    let json = format!(r#"{{"className": "Folder", "children": [{}]}}"#, vec![wrong; 20_000].join(","));
    let found = model(&json).1;
    assert_eq!((101, "too-many"), (found.len(), found.last().unwrap().code));
}
