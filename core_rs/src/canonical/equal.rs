//! Whether two values are one to whoever compares trees.

use rbx_dom_weak::types::Variant;

use super::form::Bytes;

/// Equal, or of one form: no NaN is equal to itself, and would be a change for ever.
pub(crate) fn is_same(one: &Variant, other: &Variant) -> bool {
    one == other || (one.ty() == other.ty() && is_one_form(one, other))
}

fn is_one_form(one: &Variant, other: &Variant) -> bool {
    if matches!(one, Variant::Ref(_)) {
        return false;
    }
    let (mut left, mut right) = (Bytes::default(), Bytes::default());
    left.value(one, &|_| [0; 16]) && right.value(other, &|_| [0; 16]) && left.0 == right.0
}
