//! The bytes of an instance without what is below it.

use std::borrow::Cow;
use std::ops::Range;

use rbx_dom_weak::types::{Attributes, Ref, Variant};

use super::form::Bytes;
use super::ids::Id;
use super::instance::Instance;
use super::kept::{self, Kept};
use crate::hashing::{Digest, blake3};

const OWN: u8 = 1;
/// The engine's own attributes: it sets them as it likes.
const ENGINE_ATTRIBUTE: &str = "RBX";

/// What a build writes into every model so that Studio leaves its pivot alone; no script sees it.
const NOTE_TO_STUDIO: &str = "NeedsPivotMigration";

/// Something of an instance that its hash says nothing of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotProven {
    /// A property, or an attribute behind `@`.
    pub name: String,
    #[allow(missing_docs, reason = "the type says it")]
    pub reason: Reason,
}

/// Why nothing is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Values of this type are not hashed.
    Type,
    /// The value does not fit the property, so it cannot be known what becomes of it.
    Misfit,
    /// No file of Roblox keeps the property: it follows from others, or belongs to a place that runs.
    Unkept,
    /// The engine's own.
    Engine,
}

impl Reason {
    /// A stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Misfit => "misfit",
            Self::Unkept => "unkept",
            Self::Engine => "engine",
        }
    }
}

/// An instance in canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Canonical form 1.
    pub bytes: Vec<u8>,
    /// Sorted by name.
    pub not_proven: Vec<NotProven>,
}

impl Own {
    #[must_use]
    #[allow(missing_docs, reason = "the name says it")]
    pub fn digest(&self) -> Digest {
        blake3(&self.bytes)
    }
}

/// The canonical form of an instance, in which `id_of` says who references point at.
pub fn own<'t, I: Instance<'t>>(one: I, id_of: &dyn Fn(Ref) -> Id) -> Own {
    let class = one.class();
    let mut entries = Entries::default();
    let mut attributes = None;
    let mut tags = Vec::new();
    let mut kept: Vec<Kept<'t>> = Vec::new();
    let mut not_proven = Vec::new();
    one.tell_properties(&mut |name, value| match (name, value) {
        ("Attributes", Variant::Attributes(set)) => attributes = Some(set),
        ("Tags", Variant::Tags(set)) => tags = set.iter().filter(|tag| !tag.is_empty()).collect(),
        ("Attributes" | "Tags", _) => {
            not_proven.push(NotProven { name: name.to_owned(), reason: Reason::Misfit });
        }
        (NOTE_TO_STUDIO, _) => (),
        _ => kept::keep(class, name, value, &mut kept),
    });
    kept.sort_by_key(|one| (one.name, one.is_stand_in));
    kept.dedup_by_key(|one| one.name);
    for Kept { name, value, .. } in kept {
        let reason = match value {
            Ok(value) if is_source(class, name) && entries.source(name, &value) => continue,
            Ok(value) if entries.add(name, &value, id_of) => continue,
            Ok(_) => Reason::Type,
            Err(reason) => reason,
        };
        not_proven.push(NotProven { name: name.to_owned(), reason });
    }

    let mut bytes = Bytes::default();
    bytes.0.push(OWN);
    bytes.text(class.as_bytes());
    bytes.text(own_name(class, one.name()).as_bytes());
    entries.write(&mut bytes);
    attribute_entries(attributes, id_of, &mut not_proven).write(&mut bytes);
    tags.sort_unstable();
    tags.dedup();
    bytes.count(tags.len());
    for tag in tags {
        bytes.text(tag.as_bytes());
    }
    not_proven.sort();
    Own { bytes: bytes.0, not_proven }
}

/// A place is called as Roblox likes, so its name is nobody's.
fn own_name<'t>(class: &str, name: &'t str) -> &'t str {
    if class == "DataModel" { "" } else { name }
}

fn is_source(class: &str, name: &str) -> bool {
    name == "Source" && matches!(class, "Script" | "LocalScript" | "ModuleScript")
}

fn attribute_entries<'t>(
    attributes: Option<&'t Attributes>,
    id_of: &dyn Fn(Ref) -> Id,
    not_proven: &mut Vec<NotProven>,
) -> Entries<'t> {
    let mut entries = Entries::default();
    for (name, value) in attributes.into_iter().flat_map(Attributes::iter) {
        let value: Cow<'_, Variant> = kept::attribute(value);
        let reason = if name.starts_with(ENGINE_ATTRIBUTE) {
            Reason::Engine
        } else if entries.add(name, &value, id_of) {
            continue;
        } else {
            Reason::Type
        };
        not_proven.push(NotProven { name: format!("@{name}"), reason });
    }
    entries
}

/// Names with their values, sorted as they come.
#[derive(Default)]
struct Entries<'t> {
    values: Bytes,
    named: Vec<(&'t str, Range<usize>)>,
}

impl<'t> Entries<'t> {
    fn add(&mut self, name: &'t str, value: &Variant, id_of: &dyn Fn(Ref) -> Id) -> bool {
        let begin = self.values.0.len();
        let is_hashed = self.values.value(value, id_of);
        if is_hashed {
            self.named.push((name, begin..self.values.0.len()));
        }
        is_hashed
    }

    fn source(&mut self, name: &'t str, value: &Variant) -> bool {
        let text = match value {
            Variant::String(text) => text.as_bytes(),
            Variant::BinaryString(text) => text.as_ref(),
            _ => return false,
        };
        let begin = self.values.0.len();
        self.values.source(text);
        self.named.push((name, begin..self.values.0.len()));
        true
    }

    fn write(self, into: &mut Bytes) {
        into.count(self.named.len());
        for (name, value) in self.named {
            into.text(name.as_bytes());
            into.0.extend(&self.values.0[value]);
        }
    }
}
