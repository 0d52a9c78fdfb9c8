"""The rules of trees that `make proof-gates` switches off: what a hash says and leaves out, what a patch keeps."""

from typing import Final

from gates.rules import Rule

FORM: Final = "canonical/form.rs"
OWN: Final = "canonical/own.rs"
KEPT: Final = "canonical/kept.rs"
PAIR: Final = "diff/pair.rs"
MOVES: Final = "diff/moves.rs"

TREE_RULES: Final = (
    Rule(
        "no zero of a single has a sign",
        FORM,
        "0x7fc0_0000 } else { (number + 0.0).to_bits() }",
        "0x7fc0_0000 } else { number.to_bits() }",
        "every_instance_has_the_bytes_of_the_vectors",
    ),
    Rule(
        "there is one NaN",
        FORM,
        "if number.is_nan() { 0x7ff8_0000_0000_0000 } else",
        "if number.is_infinite() { 0x7ff8_0000_0000_0000 } else",
        "zero_has_no_sign_and_nan_is_one",
    ),
    Rule(
        "whole numbers that Luau cannot tell apart are not hashed",
        FORM,
        "if (-WHOLE_MOST..=WHOLE_MOST).contains(number) =>",
        "if *number != 0 || *number == 0 =>",
        "what_has_no_form_is_not_proven",
    ),
    Rule(
        "the ends of lines are no part of a script that the core hashes",
        FORM,
        'position(|two| two == b"\\r\\n")',
        'position(|two| two == b"\\r\\r")',
        "the_ends_of_lines_are_no_part_of_a_script",
    ),
    Rule(
        "properties are sorted",
        OWN,
        "kept.sort_by_key(|one| (one.name, one.is_stand_in));",
        "kept.sort_by_key(|one| one.is_stand_in);",
        "a_tree_that_was_built_and_read_again_has_its_hash",
    ),
    Rule(
        "the attributes of the engine are not hashed",
        OWN,
        "if name.starts_with(ENGINE_ATTRIBUTE) {",
        'if name == "RBX" {',
        "what_has_no_form_is_not_proven",
    ),
    Rule(
        "a place has no name",
        OWN,
        'if class == "DataModel" { "" } else { name }',
        'if class == "Place" { "" } else { name }',
        "a_place_has_no_name",
    ),
    Rule(
        "what does not fit its property is not proven",
        KEPT,
        "cast(value, to).ok_or(Reason::Misfit)",
        "Ok(cast(value, to).unwrap_or(Cow::Borrowed(value)))",
        "what_does_not_fit_its_property_is_not_proven",
    ),
    Rule(
        "a colour is as exact as it is stored",
        KEPT,
        "return VariantType::Color3uint8;",
        "return VariantType::Color3;",
        "colours_that_a_part_stores_alike_are_one",
    ),
    Rule(
        "a move is beyond doubt",
        MOVES,
        "(Some([from]), Some([_])) =",
        "(Some([from, ..]), Some([_, ..])) =",
        "what_is_there_twice_is_not_known_again",
    ),
    Rule(
        "an id that is declared goes before a name",
        PAIR,
        "    pairs.by(|node| Some((node.class, node.id.clone()?)), is_alone);\n",
        "",
        "a_declared_id_goes_before_the_name",
    ),
    Rule(
        "siblings of one name are told apart by what they are",
        PAIR,
        "shared.contains(&name).then(|| (name, Likeness::of(node).nameless))",
        "shared.contains(&name).then(|| (name, Likeness::of(node).nameless.map(|_| 0)))",
        "siblings_of_one_name_are_told_apart_by_what_they_are",
    ),
)
