"""What ours is compared with is built once, in one version, and no other is taken for it."""

import os
from pathlib import Path

import pytest

from gates import rojo


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def cargo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cargo that lays a program down which says this version, and notes what it is asked."""
    folder = tmp_path / "tools"
    program = f"printf '#!/bin/sh\\necho Rojo {rojo.VERSION}\\n'"
    lay = f"mkdir -p {folder}/bin $CARGO_TARGET_DIR && {program} >{folder}/bin/rojo && chmod +x {folder}/bin/rojo"
    found = script(tmp_path / "bin" / "cargo", f'echo "$*" >>{tmp_path}/asked\n{lay}')
    monkeypatch.setenv("PATH", f"{found.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv(rojo.VARIABLE, raising=False)
    monkeypatch.setattr(rojo, "FOLDER", folder)
    monkeypatch.setattr(rojo, "PROGRAM", folder / "bin" / "rojo")
    return tmp_path


def test_it_is_built_once_and_nothing_is_left_of_the_build(cargo: Path) -> None:
    for _ in range(2):
        assert 0 == rojo.main()
    asked = (cargo / "asked").read_text().splitlines()
    assert 1 == len(asked)
    assert f"--version ={rojo.VERSION} rojo" in asked[0]
    assert "--locked" in asked[0]
    assert ["bin"] == [path.name for path in (cargo / "tools").iterdir()]


def test_one_that_is_named_is_taken_if_it_is_of_the_version(cargo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = script(cargo / "mine", f"echo Rojo {rojo.VERSION}")
    monkeypatch.setenv(rojo.VARIABLE, str(named))
    assert str(named) == rojo.program()
    assert not (cargo / "asked").exists()


def test_another_version_is_refused_by_name(cargo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rojo.VARIABLE, str(script(cargo / "mine", "echo Rojo 7.4.0")))
    with pytest.raises(rojo.OtherVersionError, match=rf"7\.4\.0.*{rojo.VERSION}"):
        rojo.program()
