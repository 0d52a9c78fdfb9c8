//! XML models.
//!
//! `rbx_xml` reads them, on its stack and by what attributes claim; so what a file nests and claims is looked at first.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rbx_xml::{DecodeOptions, DecodePropertyBehavior};
use xml::attribute::OwnedAttribute;
use xml::reader::{ParserConfig, XmlEvent};

use crate::diagnostic::{Diagnostic, Place};
use crate::mapping::attributes::{self, TAG_WEIGHT};
use crate::mapping::{Input, dom};
use crate::tree::Node;

/// What tags that are held once may take where many instances copy them.
const MOST_TAGS_WEIGHT: usize = 1 << 30;
/// A value has parts, and parts of parts.
const MOST_ELEMENTS_DEPTH: usize = dom::MOST_DEPTH + 8;

pub(super) fn read(input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    check(input).map_err(|wrong| found.push(wrong)).ok()?;
    let options = DecodeOptions::new().property_behavior(DecodePropertyBehavior::ReadUnknown);
    let read = dom::unless_it_panics(|| rbx_xml::from_reader(input.bytes, options));
    let tree = read.map_err(|message| found.push(malformed(input, None, message))).ok()?;
    dom::only_root(tree, input, found)
}

fn malformed(input: &Input<'_>, place: Option<Place>, message: String) -> Diagnostic {
    let help = "save the model again with Roblox Studio".to_owned();
    Diagnostic::error(input.path, place, "malformed-model", message, help)
}

/// An element that is not at its end.
struct Open {
    is_attributes: bool,
    shared: Shared,
    text: String,
}

/// What a text inside of an element is about.
enum Shared {
    Nothing,
    /// The text names shared tags.
    Tags,
    /// The text is what is shared under this name.
    Held(String),
}

fn check(input: &Input<'_>) -> Result<(), Diagnostic> {
    let mut reader = ParserConfig::new().ignore_comments(true).create_reader(input.bytes);
    let mut open: Vec<Open> = Vec::new();
    let mut shared: HashMap<String, usize> = HashMap::new();
    let mut asked: HashMap<String, usize> = HashMap::new();
    loop {
        let event = reader.next();
        let at = xml::common::Position::position(&reader);
        let number = |number: u64| u32::try_from(number + 1).unwrap_or(u32::MAX);
        let place = Some(Place { line: number(at.row), column: number(at.column) });
        match event {
            Ok(XmlEvent::StartElement { name, attributes, .. }) => {
                if open.len() == MOST_ELEMENTS_DEPTH {
                    return Err(dom::too_deep(input));
                }
                open.push(opened(&name.local_name, &attributes));
            }
            Ok(XmlEvent::Characters(text) | XmlEvent::CData(text)) => {
                if let Some(inner) = open.last_mut().filter(|it| it.is_looked_at()) {
                    inner.text.push_str(&text);
                }
            }
            Ok(XmlEvent::EndElement { .. }) => {
                match open.pop() {
                    Some(Open { is_attributes: true, text, .. }) => {
                        attributes::check(&decoded(&text)).map_err(|wrong| malformed(input, place, wrong))?;
                    }
                    Some(Open { shared: Shared::Tags, text, .. }) => {
                        *asked.entry(text.trim().to_owned()).or_default() += 1;
                    }
                    Some(Open { shared: Shared::Held(name), text, .. }) => {
                        shared.insert(name.trim().to_owned(), text.len());
                    }
                    _ => {}
                }
                if open.is_empty() {
                    // What stands behind the model is read by nobody.
                    break;
                }
            }
            Ok(XmlEvent::EndDocument) => break,
            // It could name texts that stand for longer ones; Studio writes none.
            Ok(XmlEvent::Doctype { .. }) => {
                return Err(malformed(input, place, "a model has no DOCTYPE".to_owned()));
            }
            Ok(_) => {}
            Err(error) => return Err(malformed(input, place, error.msg())),
        }
    }
    let weight = asked.iter().map(|(name, times)| {
        let length = shared.get(name).copied().unwrap_or_default();
        length.saturating_mul(*times).saturating_mul(TAG_WEIGHT)
    });
    if weight.fold(0, usize::saturating_add) > MOST_TAGS_WEIGHT {
        let message = format!("the tags of the model take more than {MOST_TAGS_WEIGHT} bytes of memory");
        return Err(malformed(input, None, message));
    }
    Ok(())
}

fn opened(element: &str, attributes: &[OwnedAttribute]) -> Open {
    let said =
        |name: &str| attributes.iter().find(|it| it.name.local_name == name).map(|it| it.value.as_str());
    let property = said("name").unwrap_or_default().as_bytes();
    let shared = match said("md5") {
        Some(name) if element == "SharedString" => Shared::Held(name.to_owned()),
        _ if attributes::is_tags(property) => Shared::Tags,
        _ => Shared::Nothing,
    };
    Open { is_attributes: attributes::is_attributes(property), shared, text: String::new() }
}

impl Open {
    fn is_looked_at(&self) -> bool {
        self.is_attributes || !matches!(self.shared, Shared::Nothing)
    }
}

/// What the reader is going to make of it; what is no base64 it refuses.
fn decoded(text: &str) -> Vec<u8> {
    let plain: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    STANDARD.decode(plain).unwrap_or_default()
}

#[cfg(test)]
mod tests;
