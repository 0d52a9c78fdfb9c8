"""The checker of Luau is built from a crate's sources with one option more, whole or not at all."""

import subprocess
from pathlib import Path

import pytest

from gates import luau_analyzer
from gates.luau_analyzer import DEFINITIONS, FROZEN, MAKEFILE


@pytest.fixture
def crate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sources that build in no time: the program is what became of the two files that are changed."""
    folder = tmp_path / "crate" / "luau"
    (folder / "CLI" / "src").mkdir(parents=True)
    lines = [old for old, _ in MAKEFILE]
    recipe = "luau-analyze:\n\tcat Makefile CLI/src/Analyze.cpp >luau-analyze\n"
    (folder / "Makefile").write_text("\r\n".join(lines) + "\r\n" + recipe, newline="")
    (folder / "CLI" / "src" / "Analyze.cpp").write_text(f"before\n{FROZEN}after\n".replace("\n", "\r\n"), newline="")
    monkeypatch.setattr(luau_analyzer, "sources", lambda _folder: folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def test_it_is_built_once_with_its_option(crate: Path) -> None:
    assert not luau_analyzer.present()
    assert 0 == luau_analyzer.main()
    built = luau_analyzer.program().read_text("utf-8")
    assert all(new in built and old not in built for old, new in MAKEFILE)
    assert DEFINITIONS + FROZEN in built

    (crate / "Makefile").unlink()
    assert 0 == luau_analyzer.main()


def test_a_build_that_fails_leaves_nothing(crate: Path) -> None:
    (crate / "CLI" / "src" / "Analyze.cpp").write_text("another release")
    with pytest.raises(SystemExit, match=r"Analyze\.cpp"):
        luau_analyzer.main()

    (crate / "CLI" / "src" / "Analyze.cpp").write_text(FROZEN)
    (crate / "Makefile").write_text("\n".join(old for old, _ in MAKEFILE) + "\nluau-analyze:\n\tfalse\n")
    with pytest.raises(subprocess.CalledProcessError):
        luau_analyzer.main()
    assert not luau_analyzer.present()


def test_the_sources_are_those_of_the_pinned_crate(tmp_path: Path) -> None:
    found = luau_analyzer.sources(tmp_path)

    assert f"{luau_analyzer.CRATE}-{luau_analyzer.VERSION}" == found.parent.name
    assert (found / "Makefile").is_file()
