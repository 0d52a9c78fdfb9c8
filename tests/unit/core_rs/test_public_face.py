"""What the package shows, and that it shows it to type checkers too."""

from pathlib import Path

import core_rs
from core_rs import _core


def test_every_public_name_exists() -> None:
    assert set(core_rs.__all__) <= set(dir(core_rs))


def test_the_public_names_are_those_of_the_core_without_its_build_facts() -> None:
    assert set(core_rs.__all__) == set(_core.__all__) - {"DEBUG_BUILD", "SOURCES_DIGEST"}


def test_the_package_says_that_it_is_typed() -> None:
    assert Path(core_rs.__file__).with_name("py.typed").exists()
