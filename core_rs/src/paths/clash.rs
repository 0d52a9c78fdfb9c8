//! Names that are one file.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::Platform;

/// Two names of a folder with one key are one file on a platform that folds names.
///
/// Some names are taken for equal that some system keeps apart, which is the safe side.
#[must_use]
pub fn clash_key(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    // Upper case first: it brings together what lower case alone keeps apart, such as the two small sigmas.
    name.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

/// The names of one folder that would be one file, each list in the order of the names; Linux has only equal names.
#[must_use]
pub fn clashes<'a>(names: &[&'a str], platform: Platform) -> Vec<Vec<&'a str>> {
    let mut lists: Vec<Vec<&str>> = Vec::new();
    let mut known = HashMap::new();
    for name in names {
        let key = if platform.folds_names() { clash_key(name) } else { (*name).to_owned() };
        let list = *known.entry(key).or_insert(lists.len());
        match lists.get_mut(list) {
            Some(list) => list.push(name),
            None => lists.push(vec![name]),
        }
    }
    lists.retain(|list| list.len() > 1);
    lists
}
