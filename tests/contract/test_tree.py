"""The vectors of trees are what is worked out here, apart from the core; Rust and Luau read them too."""

import json

from tests.contract.make_tree import PAYLOADS, VECTORS, file_text


def test_the_file_is_what_the_generator_makes() -> None:
    assert file_text() == VECTORS.read_text("utf-8")


def test_every_type_stands_in_it() -> None:
    instances = json.loads(VECTORS.read_text("utf-8"))["instances"]

    assert set(PAYLOADS) == {value["type"] for one in instances for value in one["properties"]}
