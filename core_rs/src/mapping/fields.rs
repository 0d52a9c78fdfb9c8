//! The keys of an object that a person writes.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::jsonc::{Member, Spanned, Value};
use crate::mapping::set::Values;
use crate::mapping::told::{is_over, tell};
use crate::values::nearest;

/// What is read, and what is found wrong with it.
pub(super) struct Fields<'a> {
    pub(super) path: &'a Path,
    pub(super) found: &'a mut Vec<Diagnostic>,
}

impl Fields<'_> {
    /// The members of an object.
    pub(super) fn object<'v>(&mut self, value: &'v Spanned, what: &str) -> Option<&'v [Member]> {
        match &value.value {
            Value::Object(members) => Some(members),
            _ => self.refuse(value, what, "an object, as in {\"key\": ...}"),
        }
    }

    /// A text, or null for none.
    pub(super) fn text(&mut self, member: &Member) -> Option<String> {
        match &member.value.value {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            _ => self.refuse(&member.value, &format!("{:?}", member.key), "a text"),
        }
    }

    /// A text.
    pub(super) fn needed_text(&mut self, member: &Member) -> Option<String> {
        match &member.value.value {
            Value::String(text) => Some(text.clone()),
            _ => self.refuse(&member.value, &format!("{:?}", member.key), "a text"),
        }
    }

    /// True or false, or null for neither.
    pub(super) fn truth(&mut self, member: &Member) -> Option<bool> {
        match member.value.value {
            Value::Bool(truth) => Some(truth),
            Value::Null => None,
            _ => self.refuse(&member.value, &format!("{:?}", member.key), "true or false"),
        }
    }

    /// Values by name, for properties and attributes.
    pub(super) fn values(&mut self, member: &Member) -> Values {
        let members = self.object(&member.value, &format!("{:?}", member.key)).unwrap_or_default();
        members.iter().map(|it| (it.key.clone(), it.key_at, it.value.clone())).collect()
    }

    /// A list.
    pub(super) fn list<'v>(&mut self, member: &'v Member) -> Option<&'v [Spanned]> {
        match &member.value.value {
            Value::Array(items) => Some(items),
            _ => self.refuse(&member.value, &format!("{:?}", member.key), "a list, as in [...]"),
        }
    }

    /// Whether nothing more that is found changes what is known of the file.
    pub(super) fn is_over(&self) -> bool {
        is_over(self.path, self.found)
    }

    /// A key that nothing reads.
    pub(super) fn unknown(&mut self, member: &Member, known: &[&str]) {
        let key = member.key.trim_start_matches('$');
        let meant = known.iter().find(|it| it.eq_ignore_ascii_case(key)).copied();
        let meant = meant.or_else(|| nearest(key, known.iter().copied()));
        self.warn(
            member,
            "unknown-key",
            format!("{:?} is not read here", member.key),
            meant.map_or_else(
                || format!("the keys are {}", known.join(", ")),
                |meant| format!("was {meant:?} meant?"),
            ),
        );
    }

    /// Something about a key that is told and built all the same.
    pub(super) fn warn(&mut self, member: &Member, code: &'static str, message: String, help: String) {
        tell(Diagnostic::warning(self.path, Some(member.key_at), code, message, help), self.found);
    }

    /// Something about a key that keeps a build from being made.
    pub(super) fn error(&mut self, member: &Member, code: &'static str, message: String, help: String) {
        tell(Diagnostic::error(self.path, Some(member.key_at), code, message, help), self.found);
    }

    /// A key that an object has to have.
    pub(super) fn missing(&mut self, value: &Spanned, key: &str) {
        let message = format!("{key:?} is missing here");
        tell(Diagnostic::error(self.path, Some(value.at), "missing-key", message, String::new()), self.found);
    }

    fn refuse<T>(&mut self, value: &Spanned, what: &str, wanted: &str) -> Option<T> {
        tell(
            Diagnostic::error(
                self.path,
                Some(value.at),
                "wrong-type",
                format!("{what} is to be {wanted}"),
                String::new(),
            ),
            self.found,
        );
        None
    }
}
