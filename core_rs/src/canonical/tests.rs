//! What both sides agree on, and what the form keeps or leaves out.

use std::io::Cursor;
use std::sync::Arc;

use rbx_dom_weak::types::{
    Attributes, BinaryString, BrickColor, Color3, Content, Enum, Font, Ref, Region3int16, SharedString, Tags,
    UDim2, Variant, Vector3, Vector3int16,
};
use rbx_dom_weak::{InstanceBuilder, WeakDom};

use super::*;
use crate::build::{Format, dom, encode};
use crate::tree::Node;

fn node(class: &str, properties: &[(&str, Variant)]) -> Node {
    let mut node = Node::new("it", class);
    for (name, value) in properties {
        node.set((*name).into(), value.clone());
    }
    node
}

fn with_children(mut node: Node, children: Vec<Node>) -> Node {
    node.children = children.into_iter().map(Arc::new).collect();
    node
}

fn named(name: &str, mut node: Node) -> Node {
    node.name = name.into();
    node
}

fn digest(node: &Node) -> crate::hashing::Digest {
    hash(node).digest
}

fn is_same(class: &str, one: (&str, Variant), other: (&str, Variant)) -> bool {
    digest(&node(class, &[one])) == digest(&node(class, &[other]))
}

fn left_out(node: &Node) -> Vec<NotProven> {
    hash(node).not_proven.into_iter().map(|(_, one)| one).collect()
}

fn attributes(name: &str, value: Variant) -> Variant {
    Variant::Attributes(Attributes::new().with(name, value))
}

#[test]
fn zero_has_no_sign_and_nan_is_one() {
    let number = |value: f32| ("Value", Variant::Float64(f64::from(value)));
    assert!(is_same("NumberValue", number(0.0), number(-0.0)));
    let other_nan = Variant::Float64(f64::from_bits(0xfff8_0000_0000_0001));
    assert!(is_same("NumberValue", number(f32::NAN), ("Value", other_nan)));
    assert!(!is_same("NumberValue", number(f32::INFINITY), number(f32::NEG_INFINITY)));
}

#[test]
fn a_number_is_what_its_property_keeps() {
    assert!(is_same(
        "Part",
        ("Transparency", Variant::Float64(0.1)),
        ("Transparency", Variant::Float32(0.1))
    ));
    assert!(is_same("IntValue", ("Value", Variant::Float64(5.0)), ("Value", Variant::Int64(5))));
    assert!(is_same(
        "Folder",
        ("Attributes", attributes("a", Variant::Float32(0.5))),
        ("Attributes", attributes("a", Variant::Float64(0.5)))
    ));
    assert!(!is_same("NumberValue", ("Value", Variant::Float64(0.1)), ("Value", Variant::Float32(0.1))));
}

#[test]
fn what_does_not_fit_its_property_is_not_proven() {
    let misfit = |name: &str| vec![NotProven { name: name.into(), reason: Reason::Misfit }];
    assert_eq!(misfit("Value"), left_out(&node("IntValue", &[("Value", Variant::Float64(0.5))])));
    assert_eq!(misfit("Anchored"), left_out(&node("Part", &[("Anchored", Variant::String("yes".into()))])));
    assert_eq!(misfit("Attributes"), left_out(&node("Folder", &[("Attributes", Variant::Bool(true))])));
}

#[test]
fn what_has_no_form_is_not_proven() {
    let far = (1 << 53) + 1;
    let corner = Vector3int16::new(0, 0, 0);
    for (name, class, value) in [
        ("Value", "IntValue", Variant::Int64(far)),
        ("PhysicsGrid", "Part", Variant::BinaryString(BinaryString::from(b"x".to_vec()))),
        ("MaterialColors", "Terrain", Variant::BinaryString(BinaryString::from(b"x".to_vec()))),
        ("Position", "Part", Vector3::new(1.0, 2.0, 3.0).into()),
        ("Unheard", "Part", Variant::SharedString(SharedString::new(vec![1]))),
        ("Unheard", "Part", Variant::Region3int16(Region3int16::new(corner, corner))),
    ] {
        let told = left_out(&node(class, &[(name, value)]));
        assert_eq!([name], *told.iter().map(|one| one.name.as_str()).collect::<Vec<_>>());
    }
    let engine = left_out(&node("Folder", &[("Attributes", attributes("RBX_Own", Variant::Bool(true)))]));
    assert_eq!([NotProven { name: "@RBX_Own".into(), reason: Reason::Engine }], *engine);
}

#[test]
fn what_is_not_proven_is_told_with_its_path() {
    let part = named("Wall", node("IntValue", &[("Value", Variant::Int64(i64::MAX))]));
    let root = with_children(
        Node::new("root", "Folder"),
        vec![with_children(Node::new("Map", "Folder"), vec![part])],
    );
    let proof = hash(&root);
    let expected = NotProven { name: "Value".into(), reason: Reason::Type };
    assert_eq!([(vec!["Map".to_owned(), "Wall".to_owned()], expected)], *proof.not_proven);
    assert_eq!(3, proof.instances);
}

#[test]
fn other_names_of_a_property_are_the_property() {
    let size = Variant::Vector3(Vector3::new(1.0, 2.0, 3.0));
    assert!(is_same("Part", ("size", size.clone()), ("Size", size)));
    assert!(is_same(
        "TextLabel",
        ("Font", Enum::from_u32(3).into()),
        ("FontFace", Font::regular("rbxasset://fonts/families/SourceSansPro.json").into())
    ));
    assert!(is_same(
        "Part",
        ("BrickColor", BrickColor::BrightRed.into()),
        ("Color", BrickColor::BrightRed.to_color3uint8().into())
    ));
    let both = node(
        "Part",
        &[("Size", Vector3::new(1.0, 1.0, 1.0).into()), ("size", Vector3::new(2.0, 2.0, 2.0).into())],
    );
    assert_eq!(digest(&node("Part", &[("Size", Vector3::new(1.0, 1.0, 1.0).into())])), digest(&both));
}

#[test]
fn colours_that_a_part_stores_alike_are_one() {
    assert!(is_same(
        "Part",
        ("Color", Color3::new(0.5, 0.0, 0.0).into()),
        ("Color", Color3::new(0.5001, 0.0, 0.0).into())
    ));
    assert!(!is_same(
        "PointLight",
        ("Color", Color3::new(0.5, 0.0, 0.0).into()),
        ("Color", Color3::new(0.5001, 0.0, 0.0).into())
    ));
}

#[test]
fn the_ends_of_lines_are_no_part_of_a_script() {
    let source = |text: &str| ("Source", Variant::String(text.into()));
    assert!(is_same("ModuleScript", source("a\r\nb\r\n"), source("a\nb\n")));
    assert!(!is_same("ModuleScript", source("a\rb"), source("a\nb")));
    assert!(!is_same("ModuleScript", source("a\n"), source("a")));
    assert!(!is_same(
        "StringValue",
        ("Value", Variant::String("a\r\n".into())),
        ("Value", Variant::String("a\n".into()))
    ));
}

#[test]
fn the_order_of_siblings_is_no_part_of_a_tree_and_their_number_is() {
    let child = |name: &str| Node::new(name, "Folder");
    let root = |children| with_children(child("root"), children);
    assert_eq!(digest(&root(vec![child("a"), child("b")])), digest(&root(vec![child("b"), child("a")])));
    assert_ne!(digest(&root(vec![child("a"), child("a")])), digest(&root(vec![child("a")])));
    assert_ne!(
        digest(&root(vec![with_children(child("a"), vec![child("b")])])),
        digest(&root(vec![child("a"), child("b")]))
    );
}

#[test]
fn tags_are_a_set() {
    let tagged = |tags: &[&str]| {
        ("Tags", Variant::Tags(Tags::from(tags.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>())))
    };
    assert!(is_same("Folder", tagged(&["b", "a", "b"]), tagged(&["a", "b"])));
    assert!(!is_same("Folder", tagged(&["a"]), tagged(&["a", "b"])));
    assert_eq!(digest(&node("Folder", &[])), digest(&node("Folder", &[tagged(&[""])])));
}

#[test]
fn a_reference_is_who_it_points_at() {
    let pointing = |to: &str| {
        let (first, second) = (Ref::new(), Ref::new());
        let mut children = [("first", first), ("second", second)]
            .map(|(name, referent)| {
                let mut one = Node::new(name, "Part");
                one.referent = referent;
                one
            })
            .to_vec();
        let target = match to {
            "first" => first,
            "second" => second,
            "none" => Ref::none(),
            _ => Ref::new(),
        };
        children.push(named("pointer", node("ObjectValue", &[("Value", Variant::Ref(target))])));
        digest(&with_children(Node::new("root", "Folder"), children))
    };
    assert_eq!(pointing("first"), pointing("first"));
    assert_ne!(pointing("first"), pointing("second"));
    assert_eq!(pointing("none"), pointing("outside"));
}

#[test]
fn a_deep_tree_takes_no_stack() {
    let mut dom = WeakDom::new(InstanceBuilder::new("Folder"));
    let mut at = dom.root_ref();
    for _ in 0..100_000 {
        at = dom.insert(at, InstanceBuilder::new("Folder"));
    }
    let proof = hash(InDom::new(&dom, dom.root_ref()).unwrap());
    assert_eq!(100_001, proof.instances);
}

fn varied() -> Node {
    let target = Ref::new();
    let mut part = node(
        "Part",
        &[
            ("Anchored", Variant::Bool(true)),
            ("BrickColor", BrickColor::BrightRed.into()),
            ("Transparency", Variant::Float32(0.1)),
            ("Size", Vector3::new(1.0, -0.0, 3.5).into()),
        ],
    );
    part.referent = target;
    let label = node(
        "TextLabel",
        &[
            ("Text", Variant::String("über".into())),
            (
                "Size",
                UDim2::new(rbx_dom_weak::types::UDim::new(0.5, 3), rbx_dom_weak::types::UDim::new(0.0, -7))
                    .into(),
            ),
            ("TextColor3", Color3::new(0.1, 0.2, 0.3).into()),
        ],
    );
    let decal = node("Decal", &[("Texture", Variant::ContentId("rbxassetid://1".into()))]);
    let value = node(
        "ObjectValue",
        &[("Value", Variant::Ref(target)), ("Attributes", attributes("a", Variant::Float64(2.5)))],
    );
    let plain = named(
        "other",
        node("Part", &[("Tags", Variant::Tags(Tags::from(vec!["b".to_owned(), "a".to_owned()])))]),
    );
    let script = node(
        "Script",
        &[("Source", Variant::String("return 1\n".into())), ("RunContext", Enum::from_u32(2).into())],
    );
    with_children(Node::new("root", "Model"), vec![part, label, decal, value, plain, script])
}

#[test]
fn a_tree_that_was_built_and_read_again_has_its_hash() {
    let node = Arc::new(varied());
    let expected = hash(&*node);
    assert_eq!(Vec::<(Vec<String>, NotProven)>::new(), expected.not_proven);
    let made = dom(&node);
    let root = InDom::new(&made, made.root_ref()).unwrap();
    assert_eq!(expected.digest, hash(root).digest);

    for format in ["rbxm", "rbxmx"] {
        let mut bytes = Vec::new();
        encode(&mut bytes, &made, Format::of_word(format).unwrap()).unwrap();
        let read = if format == "rbxm" {
            rbx_binary::from_reader(Cursor::new(bytes)).unwrap()
        } else {
            rbx_xml::from_reader_default(Cursor::new(bytes)).unwrap()
        };
        let top = InDom::new(&read, read.root().children()[0]).unwrap();
        assert_eq!(expected.digest, hash(Listed::new(top, root)).digest, "{format}");
    }
}

#[test]
fn a_place_has_no_name() {
    let one = named("Game", Node::new("", "DataModel"));
    assert_eq!(digest(&one), digest(&named("Place1", one.clone())));
}

#[test]
fn content_is_its_text() {
    let texture = |value: Variant| ("Texture", value);
    assert!(is_same(
        "Decal",
        texture(Variant::ContentId("a".into())),
        texture(Variant::Content(Content::from_uri("a")))
    ));
}

mod corpus;
mod vectors;
