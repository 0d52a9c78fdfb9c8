//! Values whose type is told by the property they stand for.

use rbx_dom_weak::types::{
    Attributes, CFrame, Color3, Content, ContentId, Enum, Matrix3, Tags, Variant, VariantType, Vector2,
    Vector3,
};
use rbx_reflection::DataType;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::values::roblox::classes;

/// The value as a property's type has it, if it can be.
pub(super) fn read(json: &Json, wanted: &DataType<'_>) -> Option<Variant> {
    match wanted {
        DataType::Enum(name) => {
            let items = &classes().enums.get(name)?.items;
            items.get(json.as_str()?).map(|item| Enum::from_u32(*item).into())
        }
        DataType::Value(ty) => value(json, *ty),
        _ => None,
    }
}

fn value(json: &Json, ty: VariantType) -> Option<Variant> {
    Some(match ty {
        VariantType::Bool => json.as_bool()?.into(),
        VariantType::Float32 => narrow(json.as_f64()?).into(),
        VariantType::Float64 => json.as_f64()?.into(),
        VariantType::Int32 => whole32(json.as_f64()?).into(),
        VariantType::Int64 => whole64(json.as_f64()?).into(),
        VariantType::String => json.as_str()?.to_owned().into(),
        VariantType::Content => Content::from(json.as_str()?).into(),
        VariantType::ContentId => ContentId::from(json.as_str()?).into(),
        VariantType::Tags => Tags::from(texts(json)?).into(),
        VariantType::Vector2 => {
            let [x, y] = numbers(json)?;
            Vector2::new(x, y).into()
        }
        VariantType::Vector3 => {
            let [x, y, z] = numbers(json)?;
            Vector3::new(x, y, z).into()
        }
        VariantType::Color3 => {
            let [red, green, blue] = numbers(json)?;
            Color3::new(red, green, blue).into()
        }
        VariantType::CFrame => {
            let numbers: [f32; 12] = numbers(json)?;
            let row = |at: usize| Vector3::new(numbers[at], numbers[at + 1], numbers[at + 2]);
            CFrame::new(row(0), Matrix3::new(row(3), row(6), row(9))).into()
        }
        VariantType::Attributes => Variant::Attributes(Attributes::deserialize(json).ok()?),
        // An empty object sets no attributes, whatever it stands for, and a list of texts is a list of tags.
        VariantType::Font if texts(json).is_none() => Variant::Font(Deserialize::deserialize(json).ok()?),
        VariantType::MaterialColors if json.as_object().is_none_or(|it| !it.is_empty()) => {
            Variant::MaterialColors(Deserialize::deserialize(json).ok()?)
        }
        _ => return None,
    })
}

fn texts(json: &Json) -> Option<Vec<String>> {
    json.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn numbers<const N: usize>(json: &Json) -> Option<[f32; N]> {
    let numbers: Option<Vec<f32>> = json.as_array()?.iter().map(|item| item.as_f64().map(narrow)).collect();
    numbers?.try_into().ok()
}

#[allow(clippy::cast_possible_truncation, reason = "the nearest there is")]
fn narrow(number: f64) -> f32 {
    number as f32
}

#[allow(clippy::cast_possible_truncation, reason = "without its fraction, and at most the largest there is")]
fn whole32(number: f64) -> i32 {
    number as i32
}

#[allow(clippy::cast_possible_truncation, reason = "without its fraction, and at most the largest there is")]
fn whole64(number: f64) -> i64 {
    number as i64
}
