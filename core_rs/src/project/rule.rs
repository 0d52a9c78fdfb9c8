//! What files become, in place of what their names say.

use std::path::Path;

use globset::{Glob, GlobMatcher};

use super::fields::Fields;
use crate::diagnostic::Diagnostic;
use crate::jsonc::{Member, Spanned};
use crate::mapping::Kind;

const KEYS: [&str; 4] = ["pattern", "exclude", "use", "suffix"];

/// One rule of `syncRules`.
#[derive(Clone, Debug)]
pub struct SyncRule {
    /// The folder that the globs start from.
    base: Box<Path>,
    pattern: GlobMatcher,
    exclude: Option<GlobMatcher>,
    kind: Kind,
    suffix: Option<String>,
}

impl SyncRule {
    /// Whether the rule is for a file, which is written as the project's folder was, with more behind it.
    #[must_use]
    pub fn matches(&self, path: &Path) -> bool {
        path.strip_prefix(&self.base).is_ok_and(|inside| {
            self.pattern.is_match(inside) && !self.exclude.as_ref().is_some_and(|glob| glob.is_match(inside))
        })
    }

    /// How the file is read.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The name of the instance: without the suffix of the rule, or without the last ending if it has none.
    #[must_use]
    pub fn name_of<'a>(&self, file_name: &'a str) -> &'a str {
        if let Some(suffix) = &self.suffix {
            return file_name.strip_suffix(suffix.as_str()).unwrap_or(file_name);
        }
        match file_name.rsplit_once('.') {
            // A dot in front begins a name and ends none.
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => file_name,
        }
    }
}

/// None where the rule is not complete; it is said why.
pub(super) fn read(written: &Spanned, base: &Path, fields: &mut Fields<'_>) -> Option<SyncRule> {
    let members = fields.object(written, "a sync rule")?;
    let (mut pattern, mut exclude, mut kind, mut suffix) = (None, None, None, None);
    let mut is_whole = true;
    let mut has = [false; 2];
    for member in members {
        match member.key.as_str() {
            "pattern" => {
                has[0] = true;
                pattern = fields.text(member).and_then(|text| glob(&text, member, fields));
            }
            "use" => {
                has[1] = true;
                kind = fields.text(member).and_then(|word| read_kind(&word, member, fields));
            }
            "exclude" if !fields.is_null(member) => {
                exclude = fields.text(member).and_then(|text| glob(&text, member, fields));
                is_whole &= exclude.is_some();
            }
            "suffix" if !fields.is_null(member) => {
                suffix = fields.text(member);
                is_whole &= suffix.is_some();
            }
            "exclude" | "suffix" => {}
            _ => fields.unread(member, &KEYS),
        }
    }
    for (key, _) in ["pattern", "use"].into_iter().zip(has).filter(|(_, has)| !has) {
        fields.missing(written.at, key, "a sync rule");
    }
    let rule = SyncRule { base: base.into(), pattern: pattern?, exclude, kind: kind?, suffix };
    is_whole.then_some(rule)
}

fn glob(text: &str, member: &Member, fields: &mut Fields<'_>) -> Option<GlobMatcher> {
    match Glob::new(text) {
        Ok(glob) => Some(glob.compile_matcher()),
        Err(error) => {
            fields.bad_glob(member.value.at, text, &error);
            None
        }
    }
}

fn read_kind(word: &str, member: &Member, fields: &mut Fields<'_>) -> Option<Kind> {
    let kind = word.parse().ok();
    if kind.is_none() {
        let words: Vec<_> = Kind::words().collect();
        fields.found.push(Diagnostic::error(
            fields.path,
            Some(member.value.at),
            "unknown-kind",
            format!("{word:?} is no kind of file"),
            super::keys::what_may_stand(word, &words),
        ));
    }
    kind
}
