"""The rules of project files, of paths and of watching that `make proof-gates` switches off, each with its test."""

from typing import Final

from gates.rules import Rule

JSON: Final = "jsonc/parse.rs"
PLACES: Final = "jsonc/places.rs"
GLOBS: Final = "project/globs.rs"
NODE: Final = "project/node.rs"
LOCATE: Final = "project/locate.rs"
RELATIVE: Final = "paths/relative.rs"
COALESCER: Final = "watching/coalescer.rs"
EVENT: Final = "watching/event.rs"
FOLDERS: Final = "watching/folders.rs"
LINKS: Final = "watching/links.rs"
WATCHER: Final = "watching/watcher.rs"

PROJECT_RULES: Final = (
    Rule(
        "what came to JSON after Rojo's parser is refused",
        JSON,
        "        allow_bare_decimal_point_numbers: false,\n",
        "",
        "what_rojo_refuses_is_refused",
    ),
    Rule(
        "of a name that stands twice the last value holds",
        JSON,
        "Some(earlier) => *earlier = member,",
        "Some(_) => {}",
        "of_a_name_that_stands_twice_the_last_value_holds",
    ),
    Rule(
        "a place is counted from the one before it",
        PLACES,
        "self.at = self.at.max(at);",
        "",
        "names_and_values_know_their_places",
    ),
    Rule(
        "of the globs that match the last one holds",
        GLOBS,
        "matching.into_iter().max()",
        "matching.into_iter().min()",
        "of_the_globs_that_match_the_last_one_holds",
    ),
    Rule(
        "the globs of a project inside come last",
        GLOBS,
        "self.layers.iter().rev().find_map",
        "self.layers.iter().find_map",
        "globs_of_a_project_inside_come_after_those_around_it",
    ),
    Rule(
        "children are sorted as Rojo sorts them",
        NODE,
        "    node.children.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));\n",
        "",
        "children_are_sorted_by_the_bytes_of_their_names",
    ),
    Rule(
        "a folder that is called like a project is none",
        LOCATE,
        "entries.filter(|entry| entry.file_type().is_ok_and(|found| !found.is_dir()))",
        "entries",
        "a_folder_without_a_default_names_the_projects_that_are_there",
    ),
    Rule(
        "a path does not leave its folder, though it comes back",
        RELATIVE,
        "names.pop().ok_or(PathFault::Outside)?",
        "names.pop()",
        "a_path_stays_in_its_folder",
    ),
    Rule(
        "a path with a drive is absolute on Windows",
        RELATIVE,
        "starts_at_the_root || has_drive",
        "starts_at_the_root",
        "windows_has_drives_and_servers",
    ),
    Rule(
        "lost events are told",
        EVENT,
        "return Meaning::Rescan;",
        "return Meaning::Nothing;",
        "events_that_were_lost_are_told_and_later_ones_are_seen",
    ),
    Rule(
        "reading is no change",
        EVENT,
        "EventKind::Access(_) => Meaning::Nothing,",
        "EventKind::Access(_) => Meaning::Changed,",
        "reading_is_not_told",
    ),
    Rule(
        "every folder is watched before it is listed",
        FOLDERS,
        "const EACH_BY_ITSELF: bool = TELLS_CLOSE;",
        "const EACH_BY_ITSELF: bool = false;",
        "a_moved_folder_is_seen_under_its_new_name_and_a_new_one_under_the_old",
    ),
    Rule(
        "what is not wanted is not looked into",
        FOLDERS,
        "if !is_root && !(self.wanted)(path) {",
        "if false {",
        "what_is_not_wanted_is_not_looked_into",
    ),
    Rule(
        "after lost events all folders are watched anew",
        WATCHER,
        "        if batch.needs_rescan {\n            folders.watch_all(&mut burst.faults);\n        }\n",
        "",
        "events_that_were_lost_are_told_and_later_ones_are_seen",
    ),
    Rule(
        "new folders are watched",
        WATCHER,
        "for folder in &batch.appeared {",
        "for folder in batch.appeared.iter().take(0) {",
        "nothing_is_missed_in_a_folder_that_is_filled_as_soon_as_it_is_made",
    ),
    Rule(
        "a root that goes is told",
        WATCHER,
        "burst.faults.insert(Fault::RootGone(root.clone()));",
        "",
        "a_root_that_goes_is_told_and_can_be_watched_again",
    ),
    Rule(
        "a folder with an empty file waits for it",
        WATCHER,
        "!waited.contains(folder) && ",
        "false && ",
        "an_empty_file_is_told_after_its_wait",
    ),
    Rule(
        "a folder that was told waits no longer",
        COALESCER,
        "self.held.remove(folder);",
        "let _ = folder;",
        "a_file_that_is_filled_while_it_is_waited_for_is_told_at_once",
    ),
    Rule(
        "a folder is told under every path that leads to it",
        LINKS,
        "if steps <= self.pairs.len() {",
        "if steps > usize::MAX - 1 {",
        "a_folder_is_told_under_every_path_that_leads_to_it",
    ),
    Rule(
        "where a link led is watched after it is gone",
        FOLDERS,
        "for other in self.links.forget(path) {",
        "for other in self.links.forget(path).into_iter().take(0) {",
        "a_folder_is_seen_when_a_link_to_it_is_removed_or_leads_elsewhere",
    ),
)
