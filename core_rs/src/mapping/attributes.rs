//! Attributes and tags as model files hold them: bytes that claim lengths of their own.

use std::collections::HashSet;
use std::sync::LazyLock;

use rbx_dom_weak::types::VariantType;
use rbx_reflection::PropertyKind;

use crate::values::classes;

/// What a byte of attributes, or of tags, may take in memory at the most.
pub(super) const ATTRIBUTE_WEIGHT: usize = 24;
pub(super) const TAG_WEIGHT: usize = 32;

/// Whether a property of this name may hold attributes.
pub(super) fn is_attributes(name: &[u8]) -> bool {
    static NAMES: LazyLock<HashSet<&[u8]>> = LazyLock::new(|| names(VariantType::Attributes));
    NAMES.contains(name)
}

/// Whether a property of this name may hold tags.
pub(super) fn is_tags(name: &[u8]) -> bool {
    static NAMES: LazyLock<HashSet<&[u8]>> = LazyLock::new(|| names(VariantType::Tags));
    NAMES.contains(name)
}

/// All that such properties are called, in any class.
fn names(ty: VariantType) -> HashSet<&'static [u8]> {
    let all = classes().classes.values();
    let named = all.flat_map(|class| {
        class.properties.values().filter(move |property| {
            let canonical = match property.kind {
                PropertyKind::Alias { alias_for } => class.properties.get(alias_for),
                _ => None,
            };
            property.data_type.ty() == ty || canonical.is_some_and(|it| it.data_type.ty() == ty)
        })
    });
    named.map(|property| property.name.as_bytes()).collect()
}

/// Whether attributes hold what they claim. What is of a kind that is not known ends the walk, as it ends the reading.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let mut rest = bytes;
    let Some(count) = size(&mut rest) else { return Ok(()) };
    for _ in 0..count {
        if rest.is_empty() {
            return Ok(());
        }
        let wrong = || "attributes are longer than what holds them".to_owned();
        text(&mut rest).ok_or_else(wrong)?;
        let Some((ty, after)) = rest.split_first() else { return Ok(()) };
        rest = after;
        if !value(*ty, &mut rest).ok_or_else(wrong)? {
            return Ok(());
        }
    }
    Ok(())
}

/// Go past a value. False: its kind is not known.
fn value(ty: u8, rest: &mut &[u8]) -> Option<bool> {
    let fixed = match ty {
        0x02 => return text(rest).map(|()| true),
        0x03 => 1,
        0x04 | 0x05 | 0x0e => 4,
        0x06 | 0x09 | 0x10 | 0x1b => 8,
        0x0a | 0x1c => 16,
        0x0f | 0x11 => 12,
        0x14 => {
            let is_turned = *rest.get(12)? == 0;
            13 + if is_turned { 36 } else { 0 }
        }
        0x15 => {
            text(rest)?;
            4
        }
        0x17 => size(rest)?.checked_mul(12)?,
        0x19 => size(rest)?.checked_mul(20)?,
        0x21 => {
            skip(3, rest)?;
            text(rest)?;
            return text(rest).map(|()| true);
        }
        _ => return Some(false),
    };
    skip(fixed, rest).map(|()| true)
}

fn size(rest: &mut &[u8]) -> Option<usize> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

fn text(rest: &mut &[u8]) -> Option<()> {
    let length = size(rest)?;
    skip(length, rest)
}

fn skip(count: usize, rest: &mut &[u8]) -> Option<()> {
    *rest = rest.get(count..)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use rbx_dom_weak::types::{
        Attributes, BrickColor, CFrame, Color3, ColorSequence, ColorSequenceKeypoint, EnumItem, Font,
        Matrix3, NumberRange, NumberSequence, NumberSequenceKeypoint, Rect, UDim, UDim2, Vector2, Vector3,
    };

    use super::*;

    /// Attributes of every kind.
    fn every() -> Vec<u8> {
        let turned = Matrix3::new(
            Vector3::new(0.1, 0.2, 0.3),
            Vector3::new(0.0, 1.0, 0.0),
            Vector3::new(0.0, 0.0, 1.0),
        );
        let colour = ColorSequenceKeypoint::new(0.0, Color3::new(1.0, 0.0, 0.0));
        let number = NumberSequenceKeypoint::new(0.0, 1.0, 0.0);
        let attributes = Attributes::new()
            .with("a", "text")
            .with("b", true)
            .with("c", 1i32)
            .with("d", 1f32)
            .with("e", 1f64)
            .with("f", UDim::new(0.5, 1))
            .with("g", UDim2::new(UDim::new(0.5, 1), UDim::new(0.5, 1)))
            .with("h", BrickColor::White)
            .with("i", Color3::new(0.0, 0.5, 1.0))
            .with("j", Vector2::new(1.0, 2.0))
            .with("k", Vector3::new(1.0, 2.0, 3.0))
            .with("l", CFrame::new(Vector3::new(1.0, 2.0, 3.0), Matrix3::identity()))
            .with("m", CFrame::new(Vector3::new(1.0, 2.0, 3.0), turned))
            .with("n", EnumItem { ty: "Material".into(), value: 256 })
            .with("o", NumberSequence { keypoints: vec![number; 3] })
            .with("p", ColorSequence { keypoints: vec![colour; 3] })
            .with("q", NumberRange::new(0.0, 1.0))
            .with("r", Rect::new(Vector2::new(0.0, 0.0), Vector2::new(1.0, 1.0)))
            .with("s", Font { cached_face_id: Some("face".into()), ..Font::default() });
        let mut bytes = Vec::new();
        attributes.to_writer(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn attributes_of_every_kind_hold_what_they_claim() {
        let bytes = every();
        assert_eq!(Ok(()), check(&bytes));
        let mut rest = &bytes[4..];
        for _ in 0..19 {
            text(&mut rest).unwrap();
            let ty = rest[0];
            rest = &rest[1..];
            assert_eq!(Some(true), value(ty, &mut rest));
        }
        assert_eq!(&[0u8; 0], rest);
    }

    #[test]
    fn what_passes_is_read_in_the_memory_that_it_holds() {
        let bytes = every();
        let mut refused = 0;
        for at in 4..bytes.len() - 4 {
            let mut lying = bytes.clone();
            lying[at..at + 4].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f]);
            if check(&lying).is_ok() {
                // It would end the process here if it asked for what the lie claims.
                let _ = Attributes::from_reader(lying.as_slice());
            } else {
                refused += 1;
            }
        }
        assert!(refused > 50, "{refused}");
        for lying in [&b"\x01\0\0\0\xff\xff\xff\x7f"[..], b"\x01\0\0\0\0\0\0\0\x19\xff\xff\xff\x7f"] {
            assert!(check(lying).is_err());
        }
    }

    #[test]
    fn empty_and_unknown_attributes_end_the_walk() {
        assert_eq!(Ok(()), check(b""));
        assert_eq!(Ok(()), check(b"\0\0\0\0"));
        assert_eq!(Ok(()), check(b"\xff\xff\xff\xff"));
        assert_eq!(Ok(()), check(b"\x01\0\0\0\0\0\0\0\x7f"));
    }

    #[test]
    fn the_properties_of_such_bytes_are_known_by_all_their_names() {
        for name in ["Attributes", "AttributesSerialize"] {
            assert!(is_attributes(name.as_bytes()), "{name}");
        }
        assert!(is_tags(b"Tags") && !is_tags(b"Name") && !is_attributes(b"Name"));
    }
}
