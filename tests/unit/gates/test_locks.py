"""A lock that names a place or another installer is refused; whether it is current is shown by `make proof-gates`."""

import sys
from pathlib import Path

import pytest

from gates import locks
from gates.faults import HOST
from gates.tree import ROOT

LINE = "idna==3.10 \\\n    --hash=sha256:12f65c9b470abda6dc35cf8e63cc574b1c52b11df2c86030af0ac09b01b13ea9\n"
INSTALLER = "uv==0.13.8 \\\n    --hash=sha256:0b3e8b1a4f5e405e31e2ff33de8af4744831e9f7338539671efbd8c3c94e791d\n"


def planted(tmp_path: Path, runtime: str = LINE + INSTALLER, uv: str = INSTALLER) -> Path:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks/runtime.txt").write_text(runtime)
    (tmp_path / "locks/uv.txt").write_text(uv)
    return tmp_path


def test_a_lock_of_names_pins_and_hashes_is_fine(tmp_path: Path) -> None:
    assert [] == list(locks.naming_places(planted(tmp_path)))


@pytest.mark.parametrize(
    "line",
    [
        f"--index-url {HOST}",
        "--extra-index-url somewhere",
        "--find-links /opt/wheels",
        "-f wheels",
        "-i somewhere",
        "idna @ https://packages.example/idna.whl",
        "idna @ file:wheels/idna.whl",
    ],
)
def test_a_lock_that_names_a_place_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    assert ["locks/runtime.txt:3"] == [
        finding.where for finding in locks.naming_places(planted(tmp_path, f"{LINE}{line}\n"))
    ]


def test_the_installer_has_the_pin_of_the_runtime_lock_and_nothing_else(tmp_path: Path) -> None:
    assert INSTALLER == locks.installer_lock(planted(tmp_path, f"{LINE}{INSTALLER}{LINE.replace('idna', 'zope')}"))


def test_the_locks_of_this_tree_name_no_place() -> None:
    assert [] == list(locks.naming_places(ROOT))


def test_an_index_that_cannot_be_asked_is_said_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = planted(tmp_path)
    (root / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\ndependencies = ["idna"]\n')
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))

    found = [str(finding) for finding in locks.out_of_date(root) if finding.where == "locks/runtime.txt"]

    assert ["could not be compared"] == [word for word in ("could not be compared",) if word in found[0]]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree whose installer answers with the pins of `pins`, whatever it is asked."""
    root = planted(tmp_path)
    (root / "pins").write_text(LINE + INSTALLER)
    for name in ("test", "load", "bench"):
        (root / f"locks/{name}.txt").write_text(LINE + INSTALLER)
    (root / "Cargo.toml").write_text(
        '[package]\nname = "x"\nversion = "1.0.0"\nedition = "2024"\n[lib]\npath = "x.rs"\n'
    )
    (root / "Cargo.lock").write_text('version = 4\n\n[[package]]\nname = "x"\nversion = "1.0.0"\n')
    (root / "x.rs").touch()
    script = root / "uv"
    script.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$*" >>{root}/asked\ncp {root}/pins "$last"\n')
    script.chmod(0o755)
    monkeypatch.setattr(locks, "uv", lambda: str(script))
    monkeypatch.setattr("sys.argv", ["locks"])
    return root


def test_locks_that_come_out_the_same_are_current(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == locks.main(tree)
    assert "are current" in capsys.readouterr().out


def test_a_lock_that_would_come_out_otherwise_is_named_with_the_cure(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "pins").write_text(INSTALLER)

    assert 1 == locks.main(tree)
    said = capsys.readouterr().out
    assert "locks/runtime.txt: does not say what pyproject.toml asks for" in said
    assert "locks/test.txt: does not say what pyproject.toml asks for" in said
    assert "run `make locks`" in said


def test_an_installer_of_another_version_is_named(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "locks/uv.txt").write_text(INSTALLER.replace("0.13.8", "0.13.7"))

    assert 1 == locks.main(tree)
    assert "locks/uv.txt: pins another installer" in capsys.readouterr().out


def test_a_cargo_lock_behind_its_manifest_is_named(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = (tree / "Cargo.toml").read_text()
    (tree / "Cargo.toml").write_text(manifest.replace("1.0.0", "2.0.0"))

    assert 1 == locks.main(tree)
    assert "Cargo.lock: " in capsys.readouterr().out


def test_writing_makes_all_of_them_and_upgrades_only_when_asked(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = INSTALLER.replace("0.13.8", "0.14.0")
    (tree / "pins").write_text(LINE + newer)
    monkeypatch.setattr("sys.argv", ["locks", "--write"])

    assert 0 == locks.main(tree)
    assert {LINE + newer} == {(tree / f"locks/{name}.txt").read_text() for name in ("runtime", "test", "load", "bench")}
    assert newer == (tree / "locks/uv.txt").read_text()
    assert "--upgrade" not in (tree / "asked").read_text()

    monkeypatch.setattr("sys.argv", ["locks", "--write", "--upgrade"])
    assert 0 == locks.main(tree)
    assert "--upgrade" in (tree / "asked").read_text()


def test_the_installer_is_the_one_beside_this_interpreter() -> None:
    assert Path(sys.executable).parent / "uv" == Path(locks.uv())
