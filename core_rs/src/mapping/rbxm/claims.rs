//! Whether all that a model claims is there, and whether it fits into memory.

use std::collections::HashMap;

use super::container::Opened;
use super::cursor::Cursor;
use super::parents::Parents;
use crate::mapping::attributes::{self, ATTRIBUTE_WEIGHT, TAG_WEIGHT};
use crate::values::classes;

/// What a small file may take; a large one may take more.
const MOST_WEIGHT: usize = 1 << 30;
const WEIGHT_OF_A_BYTE: usize = 32;
/// What an instance takes beside its properties, and what a property takes beside the bytes it points at.
const INSTANCE_WEIGHT: usize = 400;
const PROPERTY_WEIGHT: usize = 96;

const STRING: u8 = 0x01;
const NUMBER_SEQUENCE: u8 = 0x15;
const COLOR_SEQUENCE: u8 = 0x16;
const SHARED_STRING: u8 = 0x1c;
const FONT: u8 = 0x20;
const CONTENT: u8 = 0x22;

/// The instances of one class.
struct Class {
    count: usize,
}

struct Claims {
    classes: HashMap<u32, Class>,
    parents: Parents,
    /// How long each shared text is.
    shared: Vec<usize>,
    weight: usize,
    most_weight: usize,
}

/// Walk through the chunks as `rbx_binary` is going to.
pub(super) fn check(opened: &Opened, file_bytes: usize) -> Result<(), String> {
    let mut claims = Claims {
        classes: HashMap::new(),
        parents: Parents::default(),
        shared: Vec::new(),
        weight: 0,
        most_weight: MOST_WEIGHT + WEIGHT_OF_A_BYTE * file_bytes,
    };
    for chunk in &opened.chunks {
        let mut rest = Cursor(&chunk.plain);
        match &chunk.name {
            b"META" => claims.meta(&mut rest)?,
            b"SSTR" => claims.shared_texts(&mut rest)?,
            b"INST" => claims.instances(&mut rest)?,
            b"PROP" => claims.property(&mut rest)?,
            b"PRNT" => claims.parents.check(&chunk.plain)?,
            _ => {}
        }
    }
    Ok(())
}

impl Claims {
    fn weigh(&mut self, count: usize, each: usize) -> Result<(), String> {
        self.weight = self.weight.saturating_add(count.saturating_mul(each));
        if self.weight > self.most_weight {
            return Err(format!("the model takes more than {} bytes of memory", self.most_weight));
        }
        Ok(())
    }

    fn meta(&mut self, rest: &mut Cursor<'_>) -> Result<(), String> {
        let count = rest.size()?;
        self.weigh(count, PROPERTY_WEIGHT)?;
        (0..count * 2).try_for_each(|_| rest.text().map(drop))
    }

    fn shared_texts(&mut self, rest: &mut Cursor<'_>) -> Result<(), String> {
        rest.bytes(4)?;
        for _ in 0..rest.size()? {
            rest.bytes(16)?;
            self.shared.push(rest.text()?.len());
            self.weigh(1, INSTANCE_WEIGHT)?;
        }
        Ok(())
    }

    fn instances(&mut self, rest: &mut Cursor<'_>) -> Result<(), String> {
        let number = rest.u32()?;
        let class = String::from_utf8_lossy(rest.text()?);
        rest.bytes(1)?;
        let count = rest.size()?;
        // Room for all the properties that the class has is made at once.
        let reserved = classes().classes.get(&*class).map_or(0, |class| class.default_properties.len());
        self.weigh(count, INSTANCE_WEIGHT + reserved.next_power_of_two() * PROPERTY_WEIGHT)?;
        self.parents.add(rest.referents(count)?)?;
        self.classes.insert(number, Class { count });
        Ok(())
    }

    fn property(&mut self, rest: &mut Cursor<'_>) -> Result<(), String> {
        let number = rest.u32()?;
        let name = rest.text()?;
        let Some(&Class { count }) = self.classes.get(&number) else { return Ok(()) };
        self.weigh(count, PROPERTY_WEIGHT)?;
        let Ok(&[ty]) = rest.bytes(1) else { return Ok(()) };
        match ty {
            STRING => self.texts(rest, name, count),
            NUMBER_SEQUENCE => (0..count).try_for_each(|_| rest.items(12).map(drop)),
            COLOR_SEQUENCE => (0..count).try_for_each(|_| rest.items(20).map(drop)),
            FONT => (0..count).try_for_each(|_| {
                rest.text()?;
                rest.bytes(3)?;
                rest.text().map(drop)
            }),
            CONTENT => self.contents(rest, count),
            SHARED_STRING if attributes::is_tags(name) => self.shared_tags(rest, count),
            _ => Ok(()),
        }
    }

    fn texts(&mut self, rest: &mut Cursor<'_>, name: &[u8], count: usize) -> Result<(), String> {
        let (is_attributes, is_tags) = (attributes::is_attributes(name), attributes::is_tags(name));
        for _ in 0..count {
            let text = rest.text()?;
            if is_attributes {
                attributes::check(text)?;
                self.weigh(text.len(), ATTRIBUTE_WEIGHT)?;
            } else if is_tags {
                self.weigh(text.len(), TAG_WEIGHT)?;
            }
        }
        Ok(())
    }

    /// Assets, told by what kind each is, then those that are addresses, then those that are instances.
    fn contents(&mut self, rest: &mut Cursor<'_>, count: usize) -> Result<(), String> {
        let kinds = rest.bytes(count.saturating_mul(4))?;
        let addresses = rest.size()?;
        self.weigh(addresses, PROPERTY_WEIGHT)?;
        (0..addresses).try_for_each(|_| rest.text().map(drop))?;
        let objects = rest.size()?;
        rest.referents(objects)?;
        rest.items(4)?;
        // The numbers 1 and 2 are written as 2 and 4, in the last of four planes; the other planes are empty.
        let last = kinds.get(count * 3..).unwrap_or_default();
        let told = |kind: u8| last.iter().fold(0, |told, it| told + usize::from(*it == kind));
        if told(2) > addresses || told(4) > objects {
            return Err("there are fewer assets than instances that have one".to_owned());
        }
        Ok(())
    }

    /// Tags are copied out of the shared text for each instance.
    fn shared_tags(&mut self, rest: &mut Cursor<'_>, count: usize) -> Result<(), String> {
        let bytes = rest.bytes(count.saturating_mul(4))?;
        for index in 0..count {
            let parts = [0, 1, 2, 3].map(|part| bytes[index + part * count]);
            let at = usize::try_from(u32::from_be_bytes(parts)).unwrap_or(usize::MAX);
            let length = self.shared.get(at).copied().ok_or("a shared text is not there")?;
            self.weigh(length, TAG_WEIGHT)?;
        }
        Ok(())
    }
}
