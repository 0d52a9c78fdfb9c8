//! What Roblox keeps of a property that a file sets: under which name, and as which type.

use std::borrow::Cow;

use rbx_dom_weak::types::{BrickColor, Color3, Color3uint8, Content, Variant, VariantType};
use rbx_reflection::{
    ClassDescriptor, PropertyDescriptor, PropertyKind, PropertySerialization, ReflectionDatabase,
};

use super::own::Reason;

/// A property as the canonical form has it.
pub(super) struct Kept<'t> {
    pub name: &'t str,
    /// Or why it is not known what becomes of it.
    pub value: Result<Cow<'t, Variant>, Reason>,
    /// A name of the file that only stands for this one gives way to the name itself.
    pub is_stand_in: bool,
}

/// Add what becomes of a property: mostly one under the same name, several where an old one was split.
pub(super) fn keep<'t>(class: &str, name: &'t str, value: &'t Variant, into: &mut Vec<Kept<'t>>) {
    let database = rbx_reflection_database::get_bundled();
    let Some((owner, found)) = describe(database, class, name) else {
        into.push(Kept { name, value: unheard(value), is_stand_in: false });
        return;
    };
    let canonical = match &found.kind {
        PropertyKind::Alias { alias_for } => owner.properties.get(alias_for).unwrap_or(found),
        _ => found,
    };
    if let PropertyKind::Canonical { serialization: PropertySerialization::Migrate(migration) } =
        &canonical.kind
    {
        // What is of the new type already stays; whatever else is there does not fit.
        let moved = migration.perform(value).unwrap_or_else(|_| value.clone());
        for &target in migration.new_property_names() {
            let kind = describe(database, class, target).map(|(owner, found)| stored_type(owner, found));
            let value = kind.ok_or(Reason::Misfit).and_then(|kind| fit(&moved, kind));
            into.push(Kept {
                name: target,
                value: value.map(|it| Cow::Owned(it.into_owned())),
                is_stand_in: true,
            });
        }
        return;
    }
    let is_kept = !matches!(
        canonical.kind,
        PropertyKind::Canonical { serialization: PropertySerialization::DoesNotSerialize }
    );
    // The name of an instance is beside its properties.
    if !is_kept || canonical.name == "Name" {
        into.push(Kept {
            name: canonical.name,
            value: Err(Reason::Unkept),
            is_stand_in: canonical.name != name,
        });
        return;
    }
    into.push(Kept {
        name: canonical.name,
        value: fit(value, stored_type(owner, canonical)),
        is_stand_in: canonical.name != name,
    });
}

fn describe<'d>(
    database: &'d ReflectionDatabase<'d>,
    class: &str,
    property: &str,
) -> Option<(&'d ClassDescriptor<'d>, &'d PropertyDescriptor<'d>)> {
    let class = database.classes.get(class)?;
    database.superclasses_iter(class).find_map(|owner| Some((owner, owner.properties.get(property)?)))
}

/// The reflected type; for the colours of which 8 bits are stored, that.
fn stored_type(owner: &ClassDescriptor<'_>, property: &PropertyDescriptor<'_>) -> VariantType {
    let reflected = property.data_type.ty();
    if reflected == VariantType::Color3
        && let PropertyKind::Canonical { serialization: PropertySerialization::SerializesAs(stored) } =
            &property.kind
        && owner
            .properties
            .get(stored)
            .is_some_and(|stored| stored.data_type.ty() == VariantType::Color3uint8)
    {
        return VariantType::Color3uint8;
    }
    reflected
}

/// The value of a property that nobody knows: what a file keeps as bytes may have been anything.
fn unheard(value: &Variant) -> Result<Cow<'_, Variant>, Reason> {
    match value {
        Variant::String(_) | Variant::BinaryString(_) | Variant::ContentId(_) => Err(Reason::Type),
        _ => Ok(Cow::Borrowed(value)),
    }
}

/// The value as what a property of this type keeps. Bytes are for the engine alone: no script can read them.
fn fit(value: &Variant, to: VariantType) -> Result<Cow<'_, Variant>, Reason> {
    if to == VariantType::BinaryString {
        return Err(Reason::Type);
    }
    cast(value, to).ok_or(Reason::Misfit)
}

/// The value as this type; None where it cannot be one without a guess.
fn cast(value: &Variant, to: VariantType) -> Option<Cow<'_, Variant>> {
    if value.ty() == to {
        return Some(Cow::Borrowed(value));
    }
    let other = match (value, to) {
        (Variant::Color3(color), VariantType::Color3uint8) => Color3uint8::from(*color).into(),
        (Variant::Color3uint8(color), VariantType::Color3) => Color3::from(*color).into(),
        (Variant::BinaryString(bytes), VariantType::String) => {
            return Some(Cow::Owned(Variant::BinaryString(bytes.clone())));
        }
        (Variant::ContentId(uri), VariantType::Content) => content(uri.as_str()),
        (Variant::String(uri), VariantType::Content | VariantType::ContentId) => content(uri),
        (Variant::OptionalCFrame(Some(frame)), VariantType::CFrame) => (*frame).into(),
        // These have one form.
        (Variant::CFrame(_), VariantType::OptionalCFrame) | (Variant::Content(_), VariantType::ContentId) => {
            return Some(Cow::Borrowed(value));
        }
        (Variant::Int32(number), VariantType::BrickColor) => {
            BrickColor::from_number(u16::try_from(*number).ok()?)?.into()
        }
        (Variant::EnumItem(item), VariantType::Enum) => {
            rbx_dom_weak::types::Enum::from_u32(item.value).into()
        }
        _ => return number(value, to).map(Cow::Owned),
    };
    Some(Cow::Owned(other))
}

fn content(uri: &str) -> Variant {
    if uri.is_empty() { Content::none().into() } else { Content::from_uri(uri).into() }
}

/// Whole numbers and fractions become each other; one that is no whole number of the type becomes none.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "Roblox rounds in the same way"
)]
fn number(value: &Variant, to: VariantType) -> Option<Variant> {
    let (float, whole) = match value {
        Variant::Int32(number) => (f64::from(*number), Some(i64::from(*number))),
        Variant::Int64(number) => (*number as f64, Some(*number)),
        Variant::Float32(number) => (f64::from(*number), whole(f64::from(*number))),
        Variant::Float64(number) => (*number, whole(*number)),
        _ => return None,
    };
    Some(match to {
        VariantType::Float32 => Variant::Float32(float as f32),
        VariantType::Float64 => Variant::Float64(float),
        VariantType::Int32 => Variant::Int32(i32::try_from(whole?).ok()?),
        VariantType::Int64 => Variant::Int64(whole?),
        _ => return None,
    })
}

/// The whole number that a fraction is, as far as every one of them is told apart.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "it is within 53 bits")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= super::form::WHOLE_MOST as f64).then_some(number as i64)
}

/// What an attribute is kept as: every number is a double.
pub(super) fn attribute(value: &Variant) -> Cow<'_, Variant> {
    match value {
        Variant::Int32(_) | Variant::Int64(_) | Variant::Float32(_) => {
            number(value, VariantType::Float64).map_or(Cow::Borrowed(value), Cow::Owned)
        }
        _ => Cow::Borrowed(value),
    }
}
