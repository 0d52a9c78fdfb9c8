"""What is built can be read again, as the same tree."""

import json
from pathlib import Path
from typing import Final

import pytest

from core_rs import CoreError, Project
from tests.rojo.binary import binary_models
from tests.rojo.case import MODELS, Case
from tests.rojo.dom import Reader
from tests.rojo.made_up import made_up

SEEDS: Final = range(200, 260)


def of_model(root: Path, model: Path, name: str) -> Project:
    """Open a project that is one model."""
    root.mkdir()
    told = {"name": name, "tree": {"$path": str(model)}}
    (root / "default.project.json").write_text(json.dumps(told), "utf-8")
    return Project.open(root)


@pytest.mark.parametrize("kind", MODELS)
def test_a_model_that_is_read_and_built_again_is_the_same(kind: str, tmp_path: Path, read: Reader) -> None:
    count = 0
    for seed in SEEDS:
        house = tmp_path / str(seed)
        house.mkdir()
        first, second = house / f"first.{kind}", house / f"second.{kind}"
        opened = Project.open(Case("", made_up(seed, binary_models())).write(house))
        try:
            opened.build(first)
        except CoreError:
            continue
        again = of_model(house / "again", first, opened.name)
        again.build(second)
        # A binary file holds a value for every instance of a class of which one sets it, so the first may gain some.
        assert again.tree_hash().digest == of_model(house / "third", second, opened.name).tree_hash().digest
        assert read.line(first) == read.line(second), f"seed {seed}"
        count += 1
    assert count > len(SEEDS) / 2
