//! Scripts.

use rbx_dom_weak::types::{Enum, Variant};
use rbx_dom_weak::ustr;

use crate::diagnostic::Diagnostic;
use crate::mapping::{Input, Kind, text};
use crate::tree::Node;

const LEGACY: u32 = 0;
const SERVER: u32 = 1;
const CLIENT: u32 = 2;
const PLUGIN: u32 = 3;

pub(super) fn read(kind: Kind, input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let text = text::utf8(input, found)?;
    let (class, context) = match (kind, input.legacy_scripts) {
        (Kind::ModuleScript, _) => ("ModuleScript", None),
        (Kind::ClientScript, true) | (Kind::LegacyClientScript, _) => ("LocalScript", None),
        (Kind::ClientScript, false) | (Kind::RunContextClientScript, _) => ("Script", Some(CLIENT)),
        (Kind::ServerScript, false) | (Kind::RunContextServerScript, _) => ("Script", Some(SERVER)),
        (Kind::PluginScript, _) => ("Script", Some(PLUGIN)),
        _ => ("Script", Some(LEGACY)),
    };
    let mut node = Node::new(input.name, class);
    // Roblox ends lines with a line feed alone, so a checkout of Windows is no change of every script.
    let source = if text.contains("\r\n") { text.replace("\r\n", "\n") } else { text.to_owned() };
    if let Some(context) = context {
        node.set(ustr("RunContext"), Variant::Enum(Enum::from_u32(context)));
    }
    node.set(ustr("Source"), Variant::String(source));
    Some(node)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::mapping;
    use crate::values::classes;

    fn script(kind: Kind, legacy_scripts: bool) -> (String, Option<Variant>) {
        let input = Input { path: Path::new("it.lua"), name: "it", bytes: b"print()", legacy_scripts };
        let node = mapping::read(kind, &input, &mut Vec::new()).unwrap();
        assert_eq!(Some(&Variant::String("print()".into())), node.get("Source"));
        (node.class.to_string(), node.get("RunContext").cloned())
    }

    fn context(name: &str) -> Option<Variant> {
        classes().enums["RunContext"].items.get(name).map(|item| Enum::from_u32(*item).into())
    }

    #[test]
    fn the_project_says_whether_scripts_are_legacy() {
        assert_eq!(("Script".into(), context("Legacy")), script(Kind::ServerScript, true));
        assert_eq!(("Script".into(), context("Server")), script(Kind::ServerScript, false));
        assert_eq!(("LocalScript".into(), None), script(Kind::ClientScript, true));
        assert_eq!(("Script".into(), context("Client")), script(Kind::ClientScript, false));
    }

    #[test]
    fn the_other_kinds_are_the_same_in_every_project() {
        for legacy in [true, false] {
            assert_eq!(("ModuleScript".into(), None), script(Kind::ModuleScript, legacy));
            assert_eq!(("Script".into(), context("Plugin")), script(Kind::PluginScript, legacy));
            assert_eq!(("Script".into(), context("Legacy")), script(Kind::LegacyServerScript, legacy));
            assert_eq!(("LocalScript".into(), None), script(Kind::LegacyClientScript, legacy));
            assert_eq!(("Script".into(), context("Server")), script(Kind::RunContextServerScript, legacy));
            assert_eq!(("Script".into(), context("Client")), script(Kind::RunContextClientScript, legacy));
        }
    }

    #[test]
    fn lines_end_with_a_line_feed_and_a_lone_return_stays() {
        let bytes = b"a\r\nb\rc\n\r\n\xEF\xBB\xBF";
        let input = Input { path: Path::new("it.lua"), name: "it", bytes, legacy_scripts: true };
        let node = mapping::read(Kind::ModuleScript, &input, &mut Vec::new()).unwrap();
        assert_eq!(Some(&Variant::String("a\nb\rc\n\n\u{feff}".into())), node.get("Source"));
    }
}
