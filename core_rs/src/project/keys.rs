//! What may stand where something else stands.

use crate::values::nearest;

/// What Argon and habit call a key that has another name here.
const OTHER_NAMES: [(&str, &str); 8] = [
    ("port", "servePort"),
    ("host", "serveAddress"),
    ("address", "serveAddress"),
    ("ignoreGlobs", "globIgnorePaths"),
    ("placeIds", "servePlaceIds"),
    ("legacyScripts", "emitLegacyScripts"),
    ("$keepUnknowns", "$ignoreUnknownInstances"),
    ("syncback", "syncbackRules"),
];

/// The nearest of the known words if one is near, and all of them.
pub(super) fn what_may_stand(written: &str, known: &[&str]) -> String {
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == written).map(|(_, name)| *name);
    let other = other.filter(|name| known.contains(name));
    let meant = other.or_else(|| meant(written, known));
    let all = known.join(", ");
    match meant {
        Some(meant) => format!("was {meant:?} meant? what may stand here: {all}"),
        None => format!("what may stand here: {all}"),
    }
}

fn meant<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let bare = |key: &str| key.trim_start_matches('$').to_ascii_lowercase();
    let same = known.iter().find(|key| bare(key) == bare(written)).copied();
    same.or_else(|| nearest(written, known.iter().copied()))
}
