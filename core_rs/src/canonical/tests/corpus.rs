//! Every small project that Rojo was asked about: what is built of it and read again has the hash that it had before.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rbx_xml::{DecodeOptions, DecodePropertyBehavior};
use serde_json::{Map, Value};

use super::super::{Ids, InDom, Instance, Listed, hash, own};
use crate::build::{Format, dom, encode};
use crate::tree::{Reader, Tree};
use crate::watch::Watch;

const FILES: [&str; 10] = [
    include_str!("../../../../tests/contract/rojo/by_seed.json"),
    include_str!("../../../../tests/contract/rojo/data.json"),
    include_str!("../../../../tests/contract/rojo/files.json"),
    include_str!("../../../../tests/contract/rojo/models.json"),
    include_str!("../../../../tests/contract/rojo/nested.json"),
    include_str!("../../../../tests/contract/rojo/nodes.json"),
    include_str!("../../../../tests/contract/rojo/projects.json"),
    include_str!("../../../../tests/contract/rojo/references.json"),
    include_str!("../../../../tests/contract/rojo/rules.json"),
    include_str!("../../../../tests/contract/rojo/values.json"),
];

/// None: the case holds what is no plain file.
fn tree(files: &Map<String, Value>) -> Option<Tree> {
    let house = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = house.path().join("project").join(Path::new(path));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let bytes = match content {
            Value::String(text) => text.as_bytes().to_vec(),
            other => STANDARD.decode(other["base64"].as_str()?).unwrap(),
        };
        fs::write(path, bytes).unwrap();
    }
    let reader = Reader::open(&house.path().join("project"), &Watch::new()).unwrap().ok()?;
    Some(reader.tree().clone()).filter(|tree| !tree.has_errors())
}

fn told<'t>(one: impl Instance<'t>) -> Vec<String> {
    let mut all = Vec::new();
    one.tell_properties(&mut |name, value| all.push(format!("{name} = {value:?}")));
    all.sort();
    all
}

/// The first instance that is another, and the values that are.
fn differing<'t, I: Instance<'t>, J: Instance<'t>>(before: I, after: J) -> String {
    let (ids, others) = (Ids::of(before), Ids::of(after));
    let (one, other) = (own(before, &|it| ids.get(it)), own(after, &|it| others.get(it)));
    if one.bytes == other.bytes && one.not_proven == other.not_proven {
        let below = (0..).map_while(|at| Some((before.child(at)?, after.child(at)?)));
        return below
            .map(|(before, after)| differing(before, after))
            .find(|it| !it.is_empty())
            .unwrap_or_default();
    }
    let (values, seen) = (told(before), told(after));
    let lost: Vec<_> = values.iter().filter(|it| !seen.contains(it)).collect();
    let new: Vec<_> = seen.iter().filter(|it| !values.contains(it)).collect();
    format!("{} {}: {lost:?} became {new:?}", before.class(), before.name())
}

#[test]
fn what_is_built_and_read_again_has_its_hash() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    // A case stands on one line; one that is deeper than serde reads is not needed here.
    let lines = FILES.iter().flat_map(|text| text.lines()).map(|line| line.trim_end_matches(','));
    for case in lines.filter_map(|line| serde_json::from_str::<Value>(line).ok()).filter(Value::is_object) {
        let Some(tree) = tree(case["files"].as_object().unwrap()) else { continue };
        let made = dom(&tree.root);
        let before = InDom::new(&made, made.root_ref()).unwrap();
        for (format, is_xml) in [("rbxm", false), ("rbxmx", true)] {
            let mut bytes = Vec::new();
            if encode(&mut bytes, &made, Format::of_word(format).unwrap()).is_err() {
                continue;
            }
            let read = if is_xml {
                // XML has no form for some characters, and one for all ends of lines.
                let options = DecodeOptions::new().property_behavior(DecodePropertyBehavior::ReadUnknown);
                let Ok(read) = rbx_xml::from_reader(Cursor::new(&bytes), options) else { continue };
                if bytes.contains(&b'\r') {
                    continue;
                }
                read
            } else {
                rbx_binary::from_reader(Cursor::new(bytes)).unwrap()
            };
            let after = InDom::new(&read, read.root().children()[0]).unwrap();
            let after = Listed::new(after, before);
            // In XML a property called Name stands beside the name, and whoever reads it takes one of them.
            if is_xml && case["case"] == "json: the property Name" {
                continue;
            }
            if hash(before).digest != hash(after).digest {
                wrong.push(format!("{format} of {}: {}", case["case"], differing(before, after)));
            }
            compared += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} differ\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 500, "only {compared} were compared");
}
