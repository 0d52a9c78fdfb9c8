//! `tests/contract/tree.json`, which Luau reads too.

use rbx_dom_weak::types::{
    Attributes, Axes, BinaryString, BrickColor, CFrame, Color3, Color3uint8, ColorSequence,
    ColorSequenceKeypoint, Content, CustomPhysicalProperties, Enum, Faces, Font, FontStyle, FontWeight,
    Matrix3, NumberRange, NumberSequence, NumberSequenceKeypoint, PhysicalProperties, Rect, Ref, Tags, UDim,
    UDim2, Variant, Vector2, Vector3,
};
use serde_json::Value;

use super::super::own;
use super::{hash, with_children};
use crate::hashing::hex;
use crate::tree::Node;

fn file() -> Value {
    serde_json::from_str(include_str!("../../../../tests/contract/tree.json")).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn double(value: &Value) -> f64 {
    match value.as_str() {
        Some("nan") => f64::NAN,
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        Some("-0") => -0.0,
        _ => value.as_f64().unwrap(),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "this is what a single is")]
fn singles(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|one| double(one) as f32).collect()
}

fn whole<T: TryFrom<i64>>(value: &Value) -> T {
    T::try_from(value.as_i64().unwrap()).ok().unwrap()
}

fn udim(scale: &Value, offset: &Value) -> UDim {
    #[allow(clippy::cast_possible_truncation, reason = "this is what a single is")]
    UDim::new(double(scale) as f32, whole(offset))
}

fn vector3(all: &[f32]) -> Vector3 {
    Vector3::new(all[0], all[1], all[2])
}

fn variant(kind: u64, value: &Value, somebody: &mut Option<(Ref, [u8; 16])>) -> Variant {
    let all = || singles(value);
    match kind {
        1 => Variant::Bool(value.as_bool().unwrap()),
        2 => Variant::Int32(whole(value)),
        3 => Variant::Int64(whole(value)),
        #[allow(clippy::cast_possible_truncation, reason = "this is what a single is")]
        4 => Variant::Float32(double(value) as f32),
        5 => Variant::Float64(double(value)),
        6 => value
            .as_str()
            .map_or_else(|| unread(bytes(text(&value["hex"]))), |plain| Variant::String(plain.to_owned())),
        7 => Variant::Enum(Enum::from_u32(whole(value))),
        8 => Variant::Vector2(Vector2::new(all()[0], all()[1])),
        9 => Variant::Vector3(vector3(&all())),
        10 => {
            let (at, rows) = (vector3(&all()), all());
            let rows = Matrix3::new(vector3(&rows[3..]), vector3(&rows[6..]), vector3(&rows[9..]));
            Variant::CFrame(CFrame::new(at, rows))
        }
        11 => Variant::Color3(Color3::new(all()[0], all()[1], all()[2])),
        12 => Variant::Color3uint8(Color3uint8::new(whole(&value[0]), whole(&value[1]), whole(&value[2]))),
        13 => Variant::BrickColor(BrickColor::from_number(whole(value)).unwrap()),
        14 => Variant::UDim(udim(&value[0], &value[1])),
        15 => Variant::UDim2(UDim2::new(udim(&value[0], &value[1]), udim(&value[2], &value[3]))),
        16 => Variant::Rect(Rect::new(Vector2::new(all()[0], all()[1]), Vector2::new(all()[2], all()[3]))),
        17 => Variant::NumberRange(NumberRange::new(all()[0], all()[1])),
        18 => {
            let points = value.as_array().unwrap().iter().map(singles);
            let points = points.map(|one| NumberSequenceKeypoint::new(one[0], one[1], one[2]));
            Variant::NumberSequence(NumberSequence { keypoints: points.collect() })
        }
        19 => {
            let points = value.as_array().unwrap().iter().map(singles);
            let points =
                points.map(|one| ColorSequenceKeypoint::new(one[0], Color3::new(one[1], one[2], one[3])));
            Variant::ColorSequence(ColorSequence { keypoints: points.collect() })
        }
        20 => {
            let (weight, style) =
                (FontWeight::from_u16(whole(&value[1])), FontStyle::from_u8(whole(&value[2])));
            Variant::Font(Font::new(text(&value[0]), weight.unwrap(), style.unwrap()))
        }
        21 if text(value).is_empty() => Variant::Content(Content::none()),
        21 => Variant::ContentId(text(value).into()),
        22 if value.is_null() => Variant::PhysicalProperties(PhysicalProperties::Default),
        22 => {
            let one = all();
            let custom = CustomPhysicalProperties::new(one[0], one[1], one[2], one[3], one[4], one[5]);
            Variant::PhysicalProperties(PhysicalProperties::Custom(custom))
        }
        23 => Variant::Faces(Faces::from_bits(whole(value)).unwrap()),
        24 => Variant::Axes(Axes::from_bits(whole(value)).unwrap()),
        25 => {
            let id: [u8; 16] = bytes(text(value)).try_into().unwrap();
            let referent = if id == [0; 16] { Ref::none() } else { Ref::new() };
            *somebody = Some((referent, id));
            Variant::Ref(referent)
        }
        26 => Variant::String(text(value).to_owned()),
        _ => unreachable!("a type without a test"),
    }
}

/// Bytes that are no text come from files of Roblox alone.
fn unread(bytes: Vec<u8>) -> Variant {
    Variant::BinaryString(BinaryString::from(bytes))
}

#[test]
fn every_instance_has_the_bytes_of_the_vectors() {
    let file = file();
    let told = file["instances"].as_array().unwrap();
    assert!(told.len() > 50);
    for one in told {
        let mut somebody = None;
        let mut node = Node::new(text(&one["name"]), text(&one["class"]));
        let values = |list: &str, somebody: &mut _| {
            let all = one[list].as_array().unwrap().iter();
            all.map(|it| {
                let kind = it["type"].as_u64().unwrap();
                (text(&it["name"]).to_owned(), variant(kind, &it["value"], somebody))
            })
            .collect::<Vec<_>>()
        };
        for (name, value) in values("properties", &mut somebody) {
            node.set(name.as_str().into(), value);
        }
        let attributes = values("attributes", &mut somebody).into_iter();
        let attributes = attributes.fold(Attributes::new(), |set, (name, value)| set.with(name, value));
        node.set("Attributes".into(), Variant::Attributes(attributes));
        let tags = one["tags"].as_array().unwrap().iter().map(|tag| text(tag).to_owned());
        node.set("Tags".into(), Variant::Tags(Tags::from(tags.collect::<Vec<_>>())));

        let made = own(&node, &|target| match somebody {
            Some((referent, id)) if referent == target => id,
            _ => [0xff; 16],
        });

        assert_eq!(text(&one["bytes"]), hex(&made.bytes), "{}", one["name"]);
        assert_eq!(text(&one["digest"]), hex(&made.digest()), "{}", one["name"]);
        assert!(made.not_proven.is_empty(), "{}", one["name"]);
    }
}

fn read(told: &Value) -> Node {
    let children = told["children"].as_array().unwrap().iter().map(read).collect();
    with_children(Node::new(text(&told["name"]), text(&told["class"])), children)
}

#[test]
fn every_tree_has_the_digest_of_the_vectors() {
    let file = file();
    let told = file["trees"].as_array().unwrap();
    assert!(told.len() >= 5);
    for one in told {
        assert_eq!(text(&one["digest"]), hex(&hash(&read(one)).digest), "{}", one["name"]);
    }
}

#[test]
fn every_path_has_the_id_of_the_vectors() {
    let file = file();
    let told = file["ids"].as_array().unwrap();
    assert!(told.len() >= 5);
    for one in told {
        let referent = Ref::new();
        let mut target = None;
        for level in one["path"].as_array().unwrap().iter().rev() {
            let mut node = Node::new(text(&level[1]), text(&level[0]));
            match target.take() {
                None => node.referent = referent,
                Some(below) => node = with_children(node, below),
            }
            let ordinal: usize = whole(&level[2]);
            let mut siblings = vec![Node::new(text(&level[1]), text(&level[0])); ordinal];
            siblings.push(node);
            target = Some(siblings);
        }
        let mut root = with_children(Node::new("root", "Folder"), target.unwrap_or_default());
        if one["path"].as_array().unwrap().is_empty() {
            root.referent = referent;
        }
        root.set("Points".into(), Variant::Ref(referent));
        assert_eq!(text(&one["id"]), hex(&super::Ids::of(&root).get(referent)), "{}", one["path"]);
    }
}
