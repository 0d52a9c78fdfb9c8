//! `syncbackRules`: read and checked, so that a project of Rojo opens, and used by nothing.

use super::fields::{Fields, quoted};
use super::globs::IgnoreGlob;
use crate::jsonc::Member;

const KEYS: [&str; 7] = [
    "ignoreTrees",
    "ignorePaths",
    "ignoreProperties",
    "syncCurrentCamera",
    "syncUnscriptable",
    "ignoreReferents",
    "createIgnoreDirPaths",
];

pub(super) fn check(rules: &Member, fields: &mut Fields<'_>) {
    for member in fields.object(&rules.value, &quoted(&rules.key)).unwrap_or_default() {
        match member.key.as_str() {
            "ignoreTrees" => drop(fields.texts(member)),
            "ignorePaths" => check_globs(member, fields),
            "ignoreProperties" => {
                for class in fields.object(&member.value, &quoted(&member.key)).unwrap_or_default() {
                    drop(fields.texts(class));
                }
            }
            "syncCurrentCamera" | "syncUnscriptable" | "ignoreReferents" | "createIgnoreDirPaths" => {
                if !fields.is_null(member) {
                    fields.truth(member);
                }
            }
            _ => fields.unknown(member, &KEYS),
        }
    }
}

fn check_globs(member: &Member, fields: &mut Fields<'_>) {
    for (glob, at) in fields.texts(member) {
        if let Err(error) = IgnoreGlob::new(&glob) {
            // Rojo reads such a project and fails once it syncs back.
            fields.doubt_glob(at, &glob, &error);
        }
    }
}
