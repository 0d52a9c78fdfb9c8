//! Values that name their type.

use rbx_dom_weak::types::{Variant, VariantType};
use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};

use crate::jsonc::{Member, Spanned, Value};
use crate::values::forms::form;
use crate::values::{WrongValue, as_json};

/// The type that a value names and what stands under the name, if that is what the value does.
pub(super) fn named(value: &Spanned) -> Option<(VariantType, &Member)> {
    let Value::Object(members) = &value.value else { return None };
    let [member] = members.as_slice() else { return None };
    let ty = VariantType::deserialize(StrDeserializer::<Error>::new(&member.key)).ok()?;
    Some((ty, member))
}

/// The value under the name of a type.
pub(super) fn read(value: &Spanned, ty: VariantType, member: &Member) -> Result<Variant, WrongValue> {
    Variant::deserialize(as_json(value)).map_err(|error| WrongValue {
        at: member.value.at,
        message: format!("what stands under {ty:?} is none: {error}"),
        help: format!(r#"write {{"{ty:?}": {}}}"#, form(ty).explicit),
    })
}
