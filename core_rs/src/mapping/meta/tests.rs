use rbx_dom_weak::types::{Attributes, Variant};

use super::*;
use crate::diagnostic::Severity;

fn node(class: &str) -> Node {
    Node::new("it", class)
}

/// The node under a meta file, and what is found wrong.
fn under(mut node: Node, meta: &str, is_folder: bool) -> (Node, Vec<Diagnostic>) {
    let mut found = Vec::new();
    if let Some(meta) = read_meta(meta.as_bytes(), Path::new("it.meta.json"), &mut found) {
        meta.apply(&mut node, is_folder, &mut found);
    }
    (node, found)
}

fn told(found: &[Diagnostic]) -> Vec<(Severity, &str, u32)> {
    found.iter().map(|it| (it.severity, it.code, it.place.map_or(0, |place| place.column))).collect()
}

#[test]
fn a_meta_file_sets_all_that_it_says() {
    let meta = r#"{
        // with comments
        "$schema": "s", "id": "one", "ignoreUnknownInstances": true,
        "properties": {"Disabled": true}, "attributes": {"A": 1, "B": {"Bool": true}},
    }"#;
    let (node, found) = under(node("Script"), meta, false);
    assert_eq!(Vec::<Diagnostic>::new(), found);
    assert_eq!((Some("one"), true), (node.id.as_deref(), node.keeps_unknown));
    assert_eq!(Some(&Variant::Bool(true)), node.get("Disabled"));
    let attributes = Attributes::new().with("A", 1.0).with("B", true);
    assert_eq!(Some(&Variant::Attributes(attributes)), node.get("Attributes"));
}

#[test]
fn null_says_nothing() {
    let meta = r#"{"$schema": null, "id": null, "ignoreUnknownInstances": null, "className": null}"#;
    assert_eq!((node("Folder"), Vec::new()), under(node("Folder"), meta, true));
}

#[test]
fn a_folder_may_be_of_another_class_and_its_properties_are_of_that_class() {
    let meta = r#"{"properties": {"Value": 5}, "className": "IntValue"}"#;
    let (node, found) = under(node("Folder"), meta, true);
    assert_eq!(("IntValue", Some(&Variant::Int64(5))), (node.class.as_str(), node.get("Value")));
    assert_eq!(Vec::<Diagnostic>::new(), found);
}

#[test]
fn a_folder_that_an_init_file_made_keeps_its_class() {
    let (node, found) = under(node("ModuleScript"), r#"{"className": "Model"}"#, true);
    assert_eq!("ModuleScript", node.class);
    assert_eq!(vec![(Severity::Error, "wrong-class", 15)], told(&found));
}

#[test]
fn the_class_of_a_file_is_not_told_by_its_meta() {
    let (node, found) = under(node("StringValue"), r#"{"className": "Model"}"#, false);
    assert_eq!("StringValue", node.class);
    assert_eq!(vec![(Severity::Warning, "unknown-key", 15)], told(&found));
}

#[test]
fn a_class_that_nobody_knows_is_taken_with_a_warning() {
    let (node, found) = under(node("Folder"), r#"{"className": "Modl"}"#, true);
    assert_eq!("Modl", node.class);
    assert_eq!(vec![(Severity::Warning, "unknown-class", 15)], told(&found));
    assert_eq!("was \"Model\" meant?", found[0].help);
}

#[test]
fn a_key_that_nothing_reads_is_a_warning_that_says_what_was_meant() {
    for (key, meant) in [
        ("$properties", "was \"properties\" meant?"),
        ("$className", "was \"className\" meant?"),
        ("Attributes", "was \"attributes\" meant?"),
        ("ignoreUnknownInstance", "was \"ignoreUnknownInstances\" meant?"),
        ("other", "the keys are className, id, ignoreUnknownInstances, properties, attributes, $schema"),
    ] {
        let (read, found) = under(node("Folder"), &format!("{{\"{key}\": {{}}}}"), true);
        assert_eq!(node("Folder"), read);
        assert_eq!(vec![(Severity::Warning, "unknown-key", 2)], told(&found));
        assert_eq!(meant, found[0].help);
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_the_rest_holds() {
    let meta = r#"{"id": 1, "properties": {"Anchored": 1, "CanCollide": false, "Nope": 2}, "attributes": {"A": null, "B": 1}}"#;
    let (node, found) = under(node("Part"), meta, false);
    assert_eq!(
        vec![
            (Severity::Error, "wrong-type", 8),
            (Severity::Error, "wrong-value", 38),
            (Severity::Error, "wrong-value", 70),
            (Severity::Error, "wrong-value", 94),
        ],
        told(&found)
    );
    assert_eq!(None, node.get("Anchored"));
    assert_eq!(Some(&Variant::Bool(false)), node.get("CanCollide"));
    assert_eq!(Some(&Variant::Attributes(Attributes::new().with("B", 1.0))), node.get("Attributes"));
}

#[test]
fn a_wrong_type_of_a_part_is_told() {
    for part in ["properties", "attributes"] {
        for wrong in ["null", "[]", "1"] {
            let (_, found) = under(node("Part"), &format!("{{\"{part}\": {wrong}}}"), false);
            assert_eq!(1, found.len(), "{part} {wrong}");
            assert_eq!(format!("{part:?} is to be an object, as in {{\"key\": ...}}"), found[0].message);
        }
    }
    assert_eq!("wrong-type", under(node("Part"), "[]", false).1[0].code);
    assert_eq!(Severity::Error, under(node("Part"), "{", false).1[0].severity);
}

#[test]
fn attributes_take_the_place_of_those_before_unless_there_are_none() {
    let mut before = node("Folder");
    let old: Variant = Attributes::new().with("Old", true).into();
    before.set(ustr("Attributes"), old.clone());
    assert_eq!(Some(&old), under(before.clone(), r#"{"attributes": {}}"#, true).0.get("Attributes"));
    let new: Variant = Attributes::new().with("New", true).into();
    let meta = r#"{"attributes": {"New": true}}"#;
    assert_eq!(Some(&new), under(before, meta, true).0.get("Attributes"));
}

#[test]
fn an_instance_has_one_id() {
    let mut known = node("Folder");
    known.id = Some("one".into());
    let (after, found) = under(known, r#"{"id": "two"}"#, true);
    assert_eq!(Some("one"), after.id.as_deref());
    assert_eq!(vec![(Severity::Error, "second-id", 8)], told(&found));
}
