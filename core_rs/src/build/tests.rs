//! Files as Roblox Studio opens them.

use std::fs;

use rbx_dom_weak::types::{Ref, Variant};
use rbx_dom_weak::{Instance, WeakDom, ustr};

use super::{BuildError, Built, FORMATS, Format, build};
use crate::tree::tests::House;
use crate::watch::Watch;

fn built(house: &House, format: Format) -> (Built, Vec<u8>) {
    let path = house.path("../built");
    let built = build(house.open().tree(), &path, format, &Watch::new()).unwrap();
    (built, fs::read(path).unwrap())
}

fn read(bytes: &[u8], format: Format) -> WeakDom {
    if format.is_xml() {
        rbx_xml::from_reader(bytes, rbx_xml::DecodeOptions::new()).unwrap()
    } else {
        rbx_binary::from_reader(bytes).unwrap()
    }
}

fn named<'a>(dom: &'a WeakDom, name: &str) -> &'a Instance {
    dom.descendants().find(|it| it.name == name).unwrap_or_else(|| panic!("there is no {name}"))
}

const PLACE: &str = r#"{"$className": "DataModel", "Workspace": {"a": {"$path": "src"}}}"#;

#[test]
fn a_place_is_what_is_below_the_root_and_a_model_is_the_root() {
    let house = House::new(PLACE, &[("src/b.txt", "b")]);
    for (_, format) in FORMATS {
        let (built, bytes) = built(&house, format);
        let dom = read(&bytes, format);
        let top = dom.get_by_ref(dom.root().children()[0]).unwrap();
        let expected = if format.is_place() { ("Workspace", 3) } else { ("Game", 4) };
        assert_eq!((expected, bytes.len() as u64), ((top.name.as_str(), built.instances), built.bytes));
        assert_eq!(Some(&Variant::String("b".into())), named(&dom, "b").properties.get(&ustr("Value")));
    }
}

#[test]
fn equal_trees_give_equal_bytes_wherever_they_lie() {
    let files = [
        ("a.txt", "a"),
        ("b/c.txt", "c"),
        ("b/init.lua", "b"),
        ("m.model.json", r#"{"className": "Model"}"#),
    ];
    let (one, two) = (House::of(&files), House::of(&[]));
    for (path, content) in files.iter().rev() {
        two.write(&format!("src/{path}"), content);
    }
    for (_, format) in FORMATS {
        assert_eq!(built(&one, format), built(&two, format), "{format:?}");
    }
}

#[test]
fn ids_point_at_one_instance_and_never_at_one_of_two() {
    let house = House::of(&[
        ("a.model.json", r#"{"className": "ObjectValue", "attributes": {"Rojo_Target_Value": "it"}}"#),
        ("b.model.json", r#"{"className": "ObjectValue", "attributes": {"Rojo_Target_Value": "two"}}"#),
        ("it.model.json", r#"{"className": "Folder", "id": "it"}"#),
        ("x.model.json", r#"{"className": "Folder", "id": "two"}"#),
        ("y.model.json", r#"{"className": "Folder", "attributes": {"Rojo_Id": "two"}}"#),
    ]);
    let dom = read(&built(&house, Format::Rbxm).1, Format::Rbxm);
    let target = |name: &str| named(&dom, name).properties.get(&ustr("Value")).cloned();
    assert_eq!(Some(Variant::Ref(named(&dom, "it").referent())), target("a"));
    assert!(matches!(target("b"), None | Some(Variant::Ref(_))));
    assert!(target("b").is_none_or(|target| target == Variant::Ref(Ref::none())));
}

#[test]
fn a_model_file_that_is_there_twice_points_into_itself_each_time() {
    use rbx_dom_weak::InstanceBuilder;
    let target = InstanceBuilder::new("Folder").with_name("target");
    let pointing =
        InstanceBuilder::new("ObjectValue").with_name("pointing").with_property("Value", target.referent());
    let root = InstanceBuilder::new("Folder").with_children([target, pointing]);
    let dom = WeakDom::new(InstanceBuilder::new("DataModel").with_child(root));
    let mut bytes = Vec::new();
    rbx_binary::to_writer(&mut bytes, &dom, dom.root().children()).unwrap();
    let house =
        House::new(r#"{"$className": "Folder", "a": {"$path": "m.rbxm"}, "b": {"$path": "m.rbxm"}}"#, &[]);
    fs::write(house.path("m.rbxm"), bytes).unwrap();
    let dom = read(&built(&house, Format::Rbxm).1, Format::Rbxm);
    for name in ["a", "b"] {
        let model = named(&dom, name);
        let child = |number: usize| dom.get_by_ref(model.children()[number]).unwrap();
        assert_eq!(
            Some(&Variant::Ref(child(0).referent())),
            child(1).properties.get(&ustr("Value")),
            "{name}"
        );
    }
}

#[test]
fn models_need_no_migration_of_pivots_unless_they_say_so() {
    let house = House::of(&[
        ("a.model.json", r#"{"className": "Model"}"#),
        ("b.model.json", r#"{"className": "Tool", "properties": {"NeedsPivotMigration": true}}"#),
        ("c.txt", ""),
    ]);
    let text = String::from_utf8(built(&house, Format::Rbxmx).1).unwrap();
    let migrates =
        |value: &str| text.matches(&format!("<bool name=\"NeedsPivotMigration\">{value}</bool>")).count();
    assert_eq!((1, 1), (migrates("false"), migrates("true")));
}

#[test]
fn nothing_is_built_of_a_project_with_errors() {
    let house = House::of(&[("a.model.json", "{")]);
    let path = house.path("../built");
    fs::write(&path, "old").unwrap();
    let refused = build(house.open().tree(), &path, Format::Rbxm, &Watch::new()).unwrap_err();
    assert!(matches!(&refused, BuildError::Refused(errors) if errors.len() == 1), "{refused}");
    assert_eq!("old", fs::read_to_string(path).unwrap());
}

#[test]
fn a_build_that_is_stopped_or_fails_leaves_nothing() {
    let house = House::of(&[("a.txt", "a")]);
    let reader = house.open();
    let stopped = Watch::new();
    stopped.cancel();
    let path = house.path("../built");
    assert!(matches!(build(reader.tree(), &path, Format::Rbxm, &stopped), Err(BuildError::Cancelled(_))));
    let nowhere = house.path("none/built");
    assert!(matches!(
        build(reader.tree(), &nowhere, Format::Rbxm, &Watch::new()),
        Err(BuildError::Write { .. })
    ));
    assert!(!path.exists());
}
