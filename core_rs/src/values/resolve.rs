//! A written value, and what it may be where it stands.

use rbx_dom_weak::types::{Variant, VariantType};
use rbx_reflection::DataType;

use crate::jsonc::{Spanned, Value};
use crate::values::forms::form;
use crate::values::{WrongValue, as_json, classes, explicit, implicit, nearest, roblox};

/// The value of a property of a class.
pub fn resolve(class: &str, property: &str, value: &Spanned) -> Result<Variant, WrongValue> {
    let known = roblox::property(class, property);
    let named = explicit::named(value).map(|(ty, member)| explicit::read(value, ty, member));
    let wrong = match named {
        Some(Ok(it)) => return all_attributes(value, it),
        Some(Err(wrong)) => Some(wrong),
        None => None,
    };
    // Attributes may be called like a type.
    if let Some(it) = known.and_then(|known| implicit::read(&as_json(value), &known.data_type)) {
        return all_attributes(value, it);
    }
    Err(wrong.unwrap_or_else(|| match known {
        Some(known) => unfit(class, property, value, &known.data_type),
        None => unknown(class, property, value),
    }))
}

/// The value of an attribute. It has no type but its own.
pub fn resolve_attribute(value: &Spanned) -> Result<Variant, WrongValue> {
    if let Some((ty, member)) = explicit::named(value) {
        let read = explicit::read(value, ty, member)?;
        return if is_attribute(&read) { Ok(read) } else { Err(no_attribute(value, &format!("{ty:?}"))) };
    }
    match as_json(value) {
        serde_json::Value::Bool(it) => Some(it.into()),
        serde_json::Value::String(it) => Some(it.into()),
        serde_json::Value::Number(it) => it.as_f64().map(Variant::Float64),
        _ => None,
    }
    .ok_or_else(|| no_attribute(value, &describe(value)))
}

/// What a model file can hold as the value of an attribute.
const ATTRIBUTE_TYPES: [VariantType; 19] = [
    VariantType::String,
    VariantType::BinaryString,
    VariantType::Bool,
    VariantType::Int32,
    VariantType::Float32,
    VariantType::Float64,
    VariantType::UDim,
    VariantType::UDim2,
    VariantType::BrickColor,
    VariantType::Color3,
    VariantType::Vector2,
    VariantType::Vector3,
    VariantType::CFrame,
    VariantType::EnumItem,
    VariantType::NumberSequence,
    VariantType::ColorSequence,
    VariantType::NumberRange,
    VariantType::Rect,
    VariantType::Font,
];

fn is_attribute(value: &Variant) -> bool {
    ATTRIBUTE_TYPES.contains(&value.ty())
}

/// A value, unless it is attributes that no model file can hold.
fn all_attributes(value: &Spanned, it: Variant) -> Result<Variant, WrongValue> {
    if let Variant::Attributes(attributes) = &it
        && let Some((name, wrong)) = attributes.iter().find(|(_, value)| !is_attribute(value))
    {
        return Err(no_attribute(value, &format!("{:?}, as of {name:?},", wrong.ty())));
    }
    Ok(it)
}

fn no_attribute(value: &Spanned, it: &str) -> WrongValue {
    let types: Vec<String> = ATTRIBUTE_TYPES.iter().map(|ty| format!("{ty:?}")).collect();
    WrongValue {
        at: value.at,
        message: format!("{it} cannot be the value of an attribute"),
        help: format!(
            r#"write a text, a number, true or false, or name the type, as in {{"Vector3": [x, y, z]}}; types are {}"#,
            types.join(", ")
        ),
    }
}

fn unfit(class: &str, property: &str, value: &Spanned, wanted: &DataType<'_>) -> WrongValue {
    let it = &describe(value);
    let (message, help) = match wanted {
        DataType::Enum(name) => match &value.value {
            Value::String(item) => {
                (format!("the enum {name} of {class}.{property} has no {item:?}"), items(name, Some(item)))
            }
            _ => {
                (format!("{class}.{property} takes an item of the enum {name}, not {it}"), items(name, None))
            }
        },
        DataType::Value(VariantType::Ref) => (
            format!("{class}.{property} points at an instance, which {it} cannot say"),
            format!("give that instance an id, and set the attribute \"Rojo_Target_{property}\" to the id"),
        ),
        wanted => {
            let ty = wanted.ty();
            (format!("{class}.{property} is of the type {ty:?}, which {it} is not"), form(ty).help(ty))
        }
    };
    WrongValue { at: value.at, message, help }
}

fn unknown(class: &str, property: &str, value: &Spanned) -> WrongValue {
    let typed = "name the type of the value, as in {\"Bool\": true}, if it is right";
    let (message, meant) = if classes().classes.contains_key(class) {
        (format!("{class} has no property {property:?}"), nearest(property, roblox::properties(class)))
    } else {
        let meant = nearest(class, classes().classes.keys().copied());
        (format!("{class:?} is no known class, so what {property:?} takes is not known"), meant)
    };
    let help = match meant {
        Some(meant) => format!("was {meant} meant? Otherwise {typed}"),
        None => typed.to_owned(),
    };
    WrongValue { at: value.at, message, help }
}

/// The items of an enum: the one that may have been meant, and the first of all.
fn items(name: &str, written: Option<&str>) -> String {
    const MOST_LISTED: usize = 30;
    let Some(known) = classes().enums.get(name) else { return String::new() };
    let mut items: Vec<&str> = known.items.keys().copied().collect();
    items.sort_unstable();
    let meant = written.and_then(|written| nearest(written, items.iter().copied()));
    let meant = meant.map(|meant| format!("was {meant} meant? ")).unwrap_or_default();
    let more = items.len().saturating_sub(MOST_LISTED);
    items.truncate(MOST_LISTED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{meant}The items are {}{more}", items.join(", "))
}

fn describe(value: &Spanned) -> String {
    let told = match &value.value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(..) if as_json(value).is_string() => "a number beyond all doubles",
        Value::Number(..) => "a number",
        Value::String(_) => "a text",
        Value::Array(items) if items.iter().all(|item| matches!(item.value, Value::Number(..))) => {
            "a list of numbers"
        }
        Value::Array(_) => "a list",
        Value::Object(members) => match members.as_slice() {
            [only] => return format!("an object of {:?}", only.key),
            _ => "an object",
        },
    };
    told.to_owned()
}
