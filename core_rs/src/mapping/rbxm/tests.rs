use rbx_binary::{CompressionType, Serializer};
use rbx_dom_weak::types::{
    Attributes, Color3, ColorSequence, ColorSequenceKeypoint, Content, Font, NumberSequence,
    NumberSequenceKeypoint, Ref, Tags, Variant,
};
use rbx_dom_weak::{InstanceBuilder, WeakDom};

use super::*;
use crate::mapping::Kind;
use crate::mapping::testing::{code, file};

/// A model with a property of every kind that claims a length.
fn model() -> WeakDom {
    let colour = ColorSequenceKeypoint::new(0.0, Color3::new(1.0, 0.0, 0.0));
    let number = NumberSequenceKeypoint::new(0.0, 1.0, 0.0);
    let child = InstanceBuilder::new("ParticleEmitter")
        .with_name("Child")
        .with_property("Color", ColorSequence { keypoints: vec![colour; 2] })
        .with_property("Size", NumberSequence { keypoints: vec![number; 2] })
        .with_property("Tags", Tags::from(vec!["a".to_owned(), "b".to_owned()]));
    let root = InstanceBuilder::new("ObjectValue")
        .with_name("Other")
        .with_property("Value", child.referent())
        .with_property("Attributes", Attributes::new().with("Rojo_Id", "one").with("N", 1.0));
    let text = InstanceBuilder::new("TextLabel").with_property("FontFace", Font::default());
    let mesh = InstanceBuilder::new("MeshPart").with_property("MeshContent", Content::from("rbxassetid://1"));
    WeakDom::new(InstanceBuilder::new("DataModel").with_child(root.with_children([child, text, mesh])))
}

fn packed(tree: &WeakDom, compression: CompressionType) -> Vec<u8> {
    let mut bytes = Vec::new();
    let roots = tree.root().children();
    Serializer::new().compression_type(compression).serialize(&mut bytes, tree, roots).unwrap();
    bytes
}

/// A chunk that is not packed.
fn chunk(name: &[u8], plain: &[u8]) -> Vec<u8> {
    let length = u32::try_from(plain.len()).unwrap().to_le_bytes();
    [name, &[0; 4], &length, &[0; 4], plain].concat()
}

fn file_of(chunks: &[Vec<u8>]) -> Vec<u8> {
    [&b"<roblox!\x89\xff\r\n\x1a\n\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0"[..], &chunks.concat()].concat()
}

fn referents(referents: &[i32]) -> Vec<u8> {
    let mut last = 0;
    let twisted = referents.iter().map(|it| {
        let distance: i32 = it - last;
        last = *it;
        ((distance << 1) ^ (distance >> 31)).to_be_bytes()
    });
    let twisted: Vec<_> = twisted.collect();
    (0..4).flat_map(|part| twisted.iter().map(move |bytes| bytes[part]).collect::<Vec<_>>()).collect()
}

fn instances(number: u32, class: &str, numbers: &[i32]) -> Vec<u8> {
    let length = u32::try_from(class.len()).unwrap().to_le_bytes();
    let count = u32::try_from(numbers.len()).unwrap().to_le_bytes();
    let head = [&number.to_le_bytes()[..], &length, class.as_bytes(), &[0], &count].concat();
    chunk(b"INST", &[head, referents(numbers)].concat())
}

fn parents(children: &[i32], parents: &[i32]) -> Vec<u8> {
    let count = u32::try_from(children.len()).unwrap().to_le_bytes();
    chunk(b"PRNT", &[&[0][..], &count, &referents(children), &referents(parents)].concat())
}

fn end() -> Vec<u8> {
    chunk(b"END\0", b"</roblox>")
}

fn message(bytes: &[u8]) -> String {
    let (node, found) = file(Kind::Rbxm, bytes);
    assert_eq!((None, 1), (node, found.len()), "{found:?}");
    found[0].message.clone()
}

#[test]
fn a_model_is_called_by_its_file_and_keeps_what_points_within_it() {
    for compression in [CompressionType::Lz4, CompressionType::Zstd, CompressionType::None] {
        let (node, found) = file(Kind::Rbxm, &packed(&model(), compression));
        assert_eq!(Vec::<Diagnostic>::new(), found);
        let node = node.unwrap();
        assert_eq!(("it", "ObjectValue"), (&*node.name, node.class.as_str()));
        let [child, text, mesh] = node.children.as_slice() else { panic!("{node:?}") };
        assert_eq!("Child", &*child.name);
        assert_ne!(Ref::none(), child.referent);
        assert_eq!(Some(&Variant::Ref(child.referent)), node.get("Value"));
        assert_eq!(Some("one"), crate::mapping::id_of(&node));
        assert_eq!(Some(&Variant::Tags(Tags::from(vec!["a".to_owned(), "b".to_owned()]))), child.get("Tags"));
        assert_eq!(Some(&Variant::Font(Font::default())), text.get("FontFace"));
        assert_eq!(Some(&Variant::Content("rbxassetid://1".into())), mesh.get("MeshContent"));
        let names: Vec<_> = child.properties.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.is_sorted(), "{names:?}");
    }
}

#[test]
fn a_model_has_one_instance_at_its_top() {
    let none = file_of(&[parents(&[], &[]), end()]);
    assert_eq!("not-one-instance", code(Kind::Rbxm, &none));
    let two = [instances(0, "Folder", &[0, 1]), parents(&[0, 1], &[-1, -1]), end()];
    assert_eq!("the model has 2 instances at its top, and a file is one instance", message(&file_of(&two)));
    let one = [instances(0, "Folder", &[0, 1]), parents(&[0, 1], &[-1, 0]), end()];
    assert!(file(Kind::Rbxm, &file_of(&one)).0.is_some());
}

#[test]
fn an_instance_is_placed_once_and_under_one_that_is_there() {
    let all = || instances(0, "Folder", &[0, 1]);
    for (children, of, expected) in [
        (vec![0, 1, 1], vec![-1, 0, 0], "an instance is placed twice"),
        (vec![0, 7], vec![-1, 0], "an instance is placed that is not there, or under one that is not there"),
        (vec![0, 1], vec![-1, 7], "an instance is placed that is not there, or under one that is not there"),
    ] {
        assert_eq!(expected, message(&file_of(&[all(), parents(&children, &of), end()])));
    }
    assert_eq!("two instances have one number", message(&file_of(&[instances(0, "Folder", &[3, 3]), end()])));
    let circle = [all(), parents(&[0, 1], &[1, 0]), end()];
    assert_eq!(
        "the model has 0 instances at its top, and a file is one instance",
        message(&file_of(&circle))
    );
}

#[test]
fn a_tree_is_read_to_a_depth_and_no_deeper() {
    let chain = |length: i32| {
        let numbers: Vec<i32> = (0..length).collect();
        let of: Vec<i32> = (-1..length - 1).collect();
        file_of(&[instances(0, "Folder", &numbers), parents(&numbers, &of), end()])
    };
    let most = i32::try_from(dom::MOST_DEPTH).unwrap();
    assert!(file(Kind::Rbxm, &chain(most)).0.is_some());
    assert_eq!("too-deep", code(Kind::Rbxm, &chain(most + 1)));
    assert_eq!("too-deep", code(Kind::Rbxm, &chain(200_000)));
}

#[test]
fn a_length_that_lies_is_a_diagnostic_wherever_it_stands() {
    let plain = container::open(&packed(&model(), CompressionType::None)).unwrap().plain();
    let mut refused = 0;
    for at in 16..plain.len() - 4 {
        for lie in [[0xff, 0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0xff], [0x00, 0x00, 0x00, 0x40]] {
            let mut lying = plain.clone();
            lying[at..at + 4].copy_from_slice(&lie);
            let (node, found) = file(Kind::Rbxm, &lying);
            refused += usize::from(node.is_none());
            assert!(found.iter().all(|it| !it.message.contains("gave up")), "at {at}: {found:?}");
        }
    }
    assert!(refused > 500, "{refused}");
}

#[test]
fn a_file_that_ends_early_is_a_diagnostic() {
    let whole = packed(&model(), CompressionType::Lz4);
    let end = container::open(&whole).unwrap().chunks.pop().unwrap();
    assert_eq!(b"END\0", &end.name);
    for length in 0..whole.len() {
        let (node, found) = file(Kind::Rbxm, &whole[..length]);
        assert_eq!((None, 1), (node, found.len()), "{length}: {found:?}");
    }
}

#[test]
fn a_small_file_does_not_unpack_to_gigabytes() {
    let claim = |packed: &[u8], plain: u32| {
        let length = u32::try_from(packed.len()).unwrap().to_le_bytes();
        [&b"PROP"[..], &length, &plain.to_le_bytes(), &[0; 4], packed].concat()
    };
    let lz4 = claim(&[0x1f; 64], 400 << 20);
    assert_eq!("a chunk claims to be larger than it can be", message(&file_of(&[lz4])));
    let lz4 = claim(&[0x1f; 64], 1_000);
    assert_eq!("a chunk does not unpack to what it claims", message(&file_of(&[lz4])));
    let zstd = zstd::bulk::compress(&vec![0; 1 << 20], 1).unwrap();
    assert_eq!("a chunk does not unpack to what it claims", message(&file_of(&[claim(&zstd, 1 << 21)])));
    let beyond = claim(&zstd, 600 << 20);
    assert!(message(&file_of(&[beyond])).starts_with("unpacked, the file takes more than "));
}

#[test]
fn a_small_file_does_not_make_instances_by_the_million() {
    let numbers: Vec<i32> = (0..200_000).collect();
    let many = instances(0, "Part", &numbers);
    let packed = zstd::bulk::compress(&many[16..], 1).unwrap();
    let lengths = [packed.len(), many.len() - 16].map(|it| u32::try_from(it).unwrap().to_le_bytes());
    let chunk = [&b"INST"[..], &lengths.concat(), &[0; 4], &packed].concat();
    assert!(message(&file_of(&[chunk, end()])).starts_with("the model takes more than "));
}

#[test]
fn attributes_that_lie_are_refused() {
    let property = [&0u32.to_le_bytes()[..], &19u32.to_le_bytes(), b"AttributesSerialize", &[1]].concat();
    let value = b"\x01\0\0\0\x01\0\0\0a\x19\xff\xff\0\0";
    let value = [&u32::try_from(value.len()).unwrap().to_le_bytes()[..], value].concat();
    let lying = [instances(0, "Folder", &[0]), chunk(b"PROP", &[property, value].concat()), end()];
    assert_eq!("attributes are longer than what holds them", message(&file_of(&lying)));
}

#[test]
fn tags_that_all_instances_copy_are_weighed() {
    let numbers: Vec<i32> = (0..100).collect();
    let long = vec![b'a'; 1 << 20];
    let length = u32::try_from(long.len()).unwrap().to_le_bytes();
    let shared = [&[0; 4][..], &1u32.to_le_bytes(), &[0; 16], &length, &long].concat();
    let property = [&0u32.to_le_bytes()[..], &4u32.to_le_bytes(), b"Tags", &[0x1c], &[0; 400]].concat();
    let chunks =
        [chunk(b"SSTR", &shared), instances(0, "Folder", &numbers), chunk(b"PROP", &property), end()];
    assert!(message(&file_of(&chunks)).starts_with("the model takes more than "));
}

#[test]
fn another_file_is_told_as_such() {
    assert_eq!("the file does not begin as a binary model does", message(b"<roblox xmlns=\"\"></roblox>"));
    assert_eq!("the file does not begin as a binary model does", message(b""));
}

#[test]
fn assets_that_are_fewer_than_those_who_have_one_are_refused() {
    let property = [&0u32.to_le_bytes()[..], &11u32.to_le_bytes(), b"MeshContent", &[0x22]].concat();
    for kind in [2, 4] {
        let value = [&[0, 0, 0, kind][..], &[0; 12]].concat();
        let property = [property.as_slice(), &value].concat();
        let lying = [instances(0, "MeshPart", &[0]), chunk(b"PROP", &property), parents(&[0], &[-1]), end()];
        assert_eq!("there are fewer assets than instances that have one", message(&file_of(&lying)));
    }
}
