"""A core that was built from other sources is refused; a slow one is warned about."""

import shutil
import warnings
from pathlib import Path

import pytest

import core_rs
from core_rs import _core
from core_rs._freshness import StaleCoreError, check, sources_digest

PACKAGE = Path(core_rs.__file__).parent


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the crate, as it lies beside the package in a development tree."""
    shutil.copytree(PACKAGE / "src", tmp_path / "src")
    for name in ("Cargo.toml", "build.rs"):
        shutil.copy(PACKAGE / name, tmp_path / name)
    return tmp_path


def test_python_and_the_build_script_agree_on_the_digest() -> None:
    assert sources_digest(PACKAGE) == _core.SOURCES_DIGEST


def test_the_sources_that_it_was_built_from_are_accepted(sources: Path) -> None:
    check(_core.SOURCES_DIGEST, debug_build=False, root=sources)


@pytest.mark.parametrize("name", ["src/mac.rs", "src/py/mod.rs", "Cargo.toml", "build.rs"])
def test_a_changed_source_is_refused_with_the_cure(sources: Path, name: str) -> None:
    with (sources / name).open("a", encoding="utf-8") as file:
        file.write("\n")

    with pytest.raises(StaleCoreError, match="run `make build`"):
        check(_core.SOURCES_DIGEST, debug_build=False, root=sources)


def test_a_new_source_is_refused(sources: Path) -> None:
    (sources / "src" / "new.rs").touch()

    with pytest.raises(StaleCoreError):
        check(_core.SOURCES_DIGEST, debug_build=False, root=sources)


def test_a_renamed_source_is_refused(sources: Path) -> None:
    (sources / "src" / "mac.rs").rename(sources / "src" / "macs.rs")

    with pytest.raises(StaleCoreError):
        check(_core.SOURCES_DIGEST, debug_build=False, root=sources)


def test_a_wheel_without_sources_is_accepted(tmp_path: Path) -> None:
    check("of whatever it was built from", debug_build=False, root=tmp_path)


def test_a_debug_build_is_warned_about(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="debug build"):
        check("", debug_build=True, root=tmp_path)


def test_a_release_build_is_not_warned_about(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check("", debug_build=False, root=tmp_path)


def test_the_core_of_this_tree_is_a_release_build() -> None:
    assert _core.DEBUG_BUILD is False
