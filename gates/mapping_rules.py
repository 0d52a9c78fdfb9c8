"""The rules of reading files that `make proof-gates` switches off, one by one: each has a test that notices."""

from typing import Final

from gates.rules import Rule

SCRIPT: Final = "mapping/script.rs"
JSON: Final = "mapping/json.rs"
LUAU: Final = "mapping/luau.rs"
TABLE: Final = "mapping/csv.rs"
TEXT: Final = "mapping/text.rs"
META: Final = "mapping/meta.rs"
TOLD: Final = "mapping/told.rs"
TREE: Final = "mapping/dom.rs"
YAML: Final = "mapping/yaml/load.rs"
CHUNKS: Final = "mapping/rbxm/container.rs"
CLAIMS: Final = "mapping/rbxm/claims.rs"
PARENTS: Final = "mapping/rbxm/parents.rs"
XML: Final = "mapping/rbxmx.rs"

MAPPING_RULES: Final = (
    Rule(
        "the lines of a script end with a line feed alone",
        SCRIPT,
        'text.replace("\\r\\n", "\\n")',
        "text.to_owned()",
        "lines_end_with_a_line_feed_and_a_lone_return_stays",
    ),
    Rule(
        "the keys of a JSON file are sorted",
        JSON,
        "members.sort_by(|one, other| one.key.cmp(&other.key));",
        "",
        "a_json_file_is_a_module_that_returns_it_with_its_keys_sorted",
    ),
    Rule(
        "the source of a module is bounded",
        LUAU,
        "(self.text.len() <= MOST_SOURCE_BYTES).then_some(())",
        "Some(())",
        "a_source_that_grows_beyond_the_cap_is_refused",
    ),
    Rule(
        "the contents of a table are bounded",
        TABLE,
        "if self.contents.len() > MOST_CONTENTS_BYTES {",
        "if false {",
        "a_table_that_grows_beyond_the_cap_is_refused",
    ),
    Rule(
        "a file is no larger than is read",
        TEXT,
        "let fits = input.bytes.len() as u64 <= most_bytes;",
        "let fits = true;",
        "a_file_beyond_the_cap_is_told_and_not_read",
    ),
    Rule(
        "the meta file of a folder does not change what an init file made",
        META,
        'else if node.class == "Folder" {',
        "else if true {",
        "a_folder_that_an_init_file_made_keeps_its_class",
    ),
    Rule(
        "an instance has one id",
        META,
        "(Some((_, at)), Some(known)) => found.push",
        "(Some((_, at)), Some(known)) if at.line == 0 => found.push",
        "an_instance_has_one_id",
    ),
    Rule(
        "warnings never hide an error",
        TOLD,
        "} else if diagnostic.severity == Severity::Error && ",
        "} else if false && ",
        "warnings_never_hide_an_error",
    ),
    Rule(
        "a tree is no deeper than a stack can walk",
        TREE,
        "if depth > MOST_DEPTH {",
        "if false {",
        "a_tree_is_read_to_a_depth_and_no_deeper",
    ),
    Rule(
        "aliases are counted for what they stand for",
        YAML,
        "if self.weight > MOST_WEIGHT {",
        "if false {",
        "a_bomb_of_aliases_is_refused",
    ),
    Rule(
        "a YAML file is no deeper than a stack can walk",
        YAML,
        "if self.open.len() == MOST_DEPTH {",
        "if false {",
        "a_deep_file_is_refused",
    ),
    Rule(
        "a chunk is not unpacked to more than it can hold",
        CHUNKS,
        "} else if claimed / MOST_LZ4_RATIO > packed.len() {",
        "} else if false {",
        "a_small_file_does_not_unpack_to_gigabytes",
    ),
    Rule(
        "a model is weighed before it is read",
        CLAIMS,
        "if self.weight > self.most_weight {",
        "if false {",
        "tags_that_all_instances_copy_are_weighed",
    ),
    Rule(
        "attributes of a binary model hold what they claim",
        CLAIMS,
        "attributes::check(text)?;",
        "",
        "attributes_that_lie_are_refused",
    ),
    Rule(
        "there are as many assets as instances that have one",
        CLAIMS,
        "if told(2) > addresses || told(4) > objects {",
        "if false {",
        "assets_that_are_fewer_than_those_who_have_one_are_refused",
    ),
    Rule(
        "an instance is placed once",
        PARENTS,
        "if !self.placed.insert(child) {",
        "if false && !self.placed.insert(child) {",
        "an_instance_is_placed_once_and_under_one_that_is_there",
    ),
    Rule(
        "attributes of an XML model hold what they claim",
        XML,
        "attributes::check(&decoded(&text)).map_err(|wrong| malformed(input, place, wrong))?;",
        "drop(decoded(&text));",
        "rbxmx::tests::attributes_that_lie_are_refused",
    ),
    Rule(
        "an XML model names no texts that stand for longer ones",
        XML,
        "Ok(XmlEvent::Doctype { .. }) => {",
        "Ok(XmlEvent::Doctype { .. }) if open.len() > 1 => {",
        "what_names_texts_that_stand_for_longer_ones_is_refused",
    ),
)
