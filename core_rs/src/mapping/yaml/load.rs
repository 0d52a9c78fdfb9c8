//! The one document of a YAML text, built from the events of its parser.
//!
//! The loader of the parser's own follows aliases without bound and nests on the stack.

use std::collections::HashMap;

use yaml_rust2::parser::{Event, Parser, Tag};
use yaml_rust2::scanner::{Marker, TScalarStyle};
use yaml_rust2::yaml::Hash;
use yaml_rust2::{ScanError, Yaml};

use crate::diagnostic::Place;

/// Why there is no document.
pub(super) struct Wrong {
    pub(super) at: Place,
    pub(super) message: String,
}

const MOST_DEPTH: usize = 128;
/// Values and pieces of text, those that aliases and anchors copy as well. No table that is written comes near it.
const MOST_WEIGHT: usize = 2 << 20;
const BYTES_OF_A_PIECE: usize = 64;

/// The value of the document.
pub(super) fn load(text: &str) -> Result<Yaml, Wrong> {
    let mut parser = Parser::new_from_str(text);
    let mut loader = Loader::default();
    loop {
        let (event, mark) = parser.next_token().map_err(|error| scanned(&error))?;
        if event == Event::StreamEnd {
            break loader.whole.ok_or_else(|| wrong(&mark, "there is no document".to_owned()));
        }
        loader.take(event, &mark).map_err(|message| wrong(&mark, message))?;
    }
}

fn scanned(error: &ScanError) -> Wrong {
    wrong(error.marker(), error.info().to_owned())
}

fn wrong(mark: &Marker, message: String) -> Wrong {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Wrong { at: Place { line: number(mark.line()), column: number(mark.col() + 1) }, message }
}

#[derive(Default)]
struct Loader {
    open: Vec<Open>,
    anchors: HashMap<usize, (Yaml, usize)>,
    /// Of all that was made so far.
    weight: usize,
    whole: Option<Yaml>,
}

/// A list or mapping that is not at its end.
struct Open {
    value: Yaml,
    /// The key whose value is next.
    key: Option<Yaml>,
    anchor: usize,
    weight: usize,
}

impl Loader {
    fn take(&mut self, event: Event, mark: &Marker) -> Result<(), String> {
        match event {
            Event::SequenceStart(anchor, _) => self.open(Yaml::Array(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => self.open(Yaml::Hash(Hash::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(it) => self.put(it.value, it.anchor, it.weight),
                None => Ok(()),
            },
            Event::Scalar(text, style, anchor, tag) => {
                let weight = 1 + text.len() / BYTES_OF_A_PIECE;
                self.weigh(weight)?;
                self.put(scalar(text, style, tag)?, anchor, weight)
            }
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor);
                let weight = known.ok_or("an alias cannot stand inside of what it stands for")?.1;
                self.weigh(weight)?;
                // Looked up again after the weighing, which must come before the copy.
                let copy = self.anchors.get(&anchor).map_or(Yaml::Null, |(value, _)| value.clone());
                self.put(copy, 0, weight)
            }
            Event::DocumentStart if self.whole.is_some() => Err(format!(
                "a second document starts here, in line {}, and a module returns one",
                mark.line()
            )),
            _ => Ok(()),
        }
    }

    fn open(&mut self, value: Yaml, anchor: usize) -> Result<(), String> {
        if self.open.len() == MOST_DEPTH {
            return Err(format!("more than {MOST_DEPTH} lists and mappings are inside of each other"));
        }
        self.weigh(1)?;
        self.open.push(Open { value, key: None, anchor, weight: 1 });
        Ok(())
    }

    /// Count something that is about to be made.
    fn weigh(&mut self, weight: usize) -> Result<(), String> {
        self.weight += weight;
        if self.weight > MOST_WEIGHT {
            return Err(format!("the file holds more than {MOST_WEIGHT} values, aliases written out"));
        }
        Ok(())
    }

    /// Put a finished value where it belongs.
    fn put(&mut self, value: Yaml, anchor: usize, weight: usize) -> Result<(), String> {
        if anchor > 0 {
            self.weigh(weight)?;
            self.anchors.insert(anchor, (value.clone(), weight));
        }
        let Some(within) = self.open.last_mut() else {
            self.whole = Some(value);
            return Ok(());
        };
        within.weight += weight;
        match (&mut within.value, within.key.take()) {
            (Yaml::Hash(entries), Some(key)) => {
                if entries.contains_key(&key) {
                    return Err(format!("the key {} is there twice", told(&key)));
                }
                entries.insert(key, value);
            }
            (Yaml::Array(items), _) => items.push(value),
            (_, None) => within.key = Some(value),
            (_, Some(_)) => {}
        }
        Ok(())
    }
}

fn told(key: &Yaml) -> String {
    match key {
        Yaml::String(text) => format!("{text:?}"),
        Yaml::Real(text) => text.clone(),
        Yaml::Integer(number) => number.to_string(),
        Yaml::Boolean(truth) => truth.to_string(),
        _ => "that is no text".to_owned(),
    }
}

/// What a scalar is, by its tag or by how it is written.
fn scalar(text: String, style: TScalarStyle, tag: Option<Tag>) -> Result<Yaml, String> {
    if style != TScalarStyle::Plain {
        return Ok(Yaml::String(text));
    }
    let Some(tag) = tag else { return Ok(Yaml::from_str(&text)) };
    if tag.handle != "tag:yaml.org,2002:" {
        return Ok(Yaml::String(text));
    }
    let value = match tag.suffix.as_str() {
        "bool" => Some(Yaml::from_str(&text)).filter(|it| it.as_bool().is_some()),
        "int" => text.parse().ok().map(Yaml::Integer),
        "float" => Some(Yaml::Real(text.clone())).filter(|it| it.as_f64().is_some()),
        "null" => Some(Yaml::Null).filter(|_| ["~", "null"].contains(&&*text)),
        _ => return Ok(Yaml::String(text)),
    };
    value.ok_or_else(|| format!("{text:?} is no {}, as its tag says", tag.suffix))
}
