//! The members of an object that a person wrote, each of the type that it has to be.

use std::path::Path;

use super::keys::what_may_stand;
use crate::diagnostic::{Diagnostic, Place};
use crate::jsonc::{Member, Spanned, Value};
use crate::values::as_json;

/// The file that is read, and what is found wrong with it.
pub(super) struct Fields<'a> {
    pub(super) path: &'a Path,
    pub(super) found: &'a mut Vec<Diagnostic>,
}

impl Fields<'_> {
    /// Null stands for a key that is not there, where Rojo has a default.
    #[allow(clippy::unused_self, reason = "it reads as the others do")]
    pub(super) fn is_null(&self, member: &Member) -> bool {
        member.value.value == Value::Null
    }

    pub(super) fn object<'v>(&mut self, value: &'v Spanned, what: &str) -> Option<&'v [Member]> {
        match &value.value {
            Value::Object(members) => Some(members),
            _ => self.refuse(value.at, what, "an object, as in {\"key\": ...}"),
        }
    }

    pub(super) fn text(&mut self, member: &Member) -> Option<String> {
        self.text_of(&member.value, &quoted(&member.key))
    }

    pub(super) fn text_of(&mut self, value: &Spanned, what: &str) -> Option<String> {
        match &value.value {
            Value::String(text) => Some(text.clone()),
            _ => self.refuse(value.at, what, "a text"),
        }
    }

    pub(super) fn truth(&mut self, member: &Member) -> Option<bool> {
        match member.value.value {
            Value::Bool(truth) => Some(truth),
            _ => self.refuse(member.value.at, &quoted(&member.key), "true or false"),
        }
    }

    /// A whole number that is not written as a fraction, from 0 on.
    pub(super) fn whole<N: TryFrom<u64>>(&mut self, value: &Spanned, what: &str, wanted: &str) -> Option<N> {
        let number = matches!(value.value, Value::Number(..)).then(|| as_json(value).as_u64()).flatten();
        match number.and_then(|number| N::try_from(number).ok()) {
            Some(number) => Some(number),
            None => self.refuse(value.at, what, wanted),
        }
    }

    /// The items of a list.
    pub(super) fn list<'v>(&mut self, member: &'v Member, of: &str) -> &'v [Spanned] {
        if let Value::Array(items) = &member.value.value {
            return items;
        }
        let wanted = format!("a list of {of}, as in [...]");
        self.refuse(member.value.at, &quoted(&member.key), &wanted).unwrap_or_default()
    }

    /// The texts of a list, each with its place; one that is none is left out.
    pub(super) fn texts(&mut self, member: &Member) -> Vec<(String, Place)> {
        let what = format!("each of {}", quoted(&member.key));
        let items = self.list(member, "texts");
        items.iter().filter_map(|item| Some((self.text_of(item, &what)?, item.at))).collect()
    }

    /// A key that Rojo refuses.
    pub(super) fn unknown(&mut self, member: &Member, known: &[&str]) {
        self.found.push(Diagnostic::error(
            self.path,
            Some(member.key_at),
            "unknown-key",
            format!("there is no key {:?}", member.key),
            what_may_stand(&member.key, known),
        ));
    }

    /// A key that Rojo reads over.
    pub(super) fn unread(&mut self, member: &Member, known: &[&str]) {
        self.found.push(Diagnostic::warning(
            self.path,
            Some(member.key_at),
            "unknown-key",
            format!("{:?} is not read here", member.key),
            what_may_stand(&member.key, known),
        ));
    }

    pub(super) fn missing(&mut self, at: Place, key: &str, what: &str) {
        self.found.push(Diagnostic::error(
            self.path,
            Some(at),
            "missing-key",
            format!("{what} has no {}", quoted(key)),
            format!("write {}: ...", quoted(key)),
        ));
    }

    /// A glob that is used.
    pub(super) fn bad_glob(&mut self, at: Place, glob: &str, error: &globset::Error) {
        let (message, help) = about_glob(glob, error);
        self.found.push(Diagnostic::error(self.path, Some(at), "bad-glob", message, help));
    }

    /// A glob that is not used.
    pub(super) fn doubt_glob(&mut self, at: Place, glob: &str, error: &globset::Error) {
        let (message, help) = about_glob(glob, error);
        self.found.push(Diagnostic::warning(self.path, Some(at), "bad-glob", message, help));
    }

    pub(super) fn refuse<T>(&mut self, at: Place, what: &str, wanted: &str) -> Option<T> {
        let message = format!("{what} is to be {wanted}");
        self.found.push(Diagnostic::error(self.path, Some(at), "wrong-type", message, String::new()));
        None
    }
}

fn about_glob(glob: &str, error: &globset::Error) -> (String, String) {
    let message = format!("the glob {glob:?} is not right: {}", error.kind());
    let help = "write one as in \"**/*.spec.luau\"; a \\ before a sign takes its meaning from it";
    (message, help.to_owned())
}

pub(super) fn quoted(key: &str) -> String {
    format!("{key:?}")
}
