"""The list of the wheel's files is compared name by name; building it is shown by `make check`."""

import sys
import zipfile
from pathlib import Path

import pytest

import gates.wheel
from gates.wheel import changed, listed, unwanted

NAMES = [
    "backend/py.typed",
    "bridge/py.typed",
    "core_rs/_core.EXTENSION",
    "core_rs/py.typed",
    "toolboxai.dist-info/RECORD",
]


@pytest.mark.parametrize("extension", ["_core.abi3.so", "_core.pyd", "_core.cpython-311-darwin.so"])
def test_version_and_platform_do_not_count(extension: str) -> None:
    names = ["toolboxai-0.1.0.dist-info/RECORD", f"core_rs/{extension}", *NAMES[:2], NAMES[3]]

    assert NAMES == listed(names)


@pytest.mark.parametrize(
    "name",
    [
        "core_rs/src/lib.rs",
        "core_rs/Cargo.toml",
        "core_rs/build.rs",
        "core_rs/tests/x.rs",
        "core_rs/benches/x.rs",
        "tests/unit/x.py",
        "gates/check.py",
        "bridge/__pycache__/x.pyc",
    ],
)
def test_what_nobody_needs_in_a_wheel_is_refused(name: str) -> None:
    assert [name] == [finding.where for finding in unwanted([*NAMES, name])]


@pytest.mark.parametrize("package", ["backend", "bridge", "core_rs"])
def test_a_package_that_does_not_say_that_it_is_typed_is_refused(package: str) -> None:
    marker = f"{package}/py.typed"

    assert [marker] == [finding.where for finding in unwanted([name for name in NAMES if name != marker])]


def test_a_file_more_and_a_file_less_are_both_named() -> None:
    found = [
        str(finding).partition("\n")[0] for finding in changed([*NAMES, "bridge/new.py"], ["bridge/old.py", *NAMES])
    ]

    assert ["bridge/old.py: is gone in the wheel", "bridge/new.py: is new in the wheel"] == found


def test_the_same_files_are_fine() -> None:
    assert [] == [*changed(NAMES, NAMES), *unwanted(NAMES)]


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree whose wheel is packed from `content` instead of being built."""
    (tmp_path / "gates").mkdir()
    packed = tmp_path / "x.whl"
    with zipfile.ZipFile(packed, "w") as wheel:
        for name in NAMES:
            wheel.writestr(name.replace("toolboxai.dist", "toolboxai-0.1.0.dist").replace("EXTENSION", "abi3.so"), "")
    monkeypatch.setattr(gates.wheel, "build", lambda _root, _folder: packed)
    return tmp_path


def test_a_written_list_is_what_the_next_run_compares_with(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["wheel", "--write"])
    assert 0 == gates.wheel.main(built)
    assert NAMES == (built / gates.wheel.LIST).read_text().splitlines()

    monkeypatch.setattr(sys, "argv", ["wheel"])
    assert 0 == gates.wheel.main(built)
    (built / gates.wheel.LIST).write_text("".join(f"{name}\n" for name in NAMES[1:]))
    assert 1 == gates.wheel.main(built)
    assert "backend/py.typed: is new in the wheel" in capsys.readouterr().out


def test_a_wheel_that_cannot_be_built_is_red(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="the wheel could not be built"):
        gates.wheel.main(tmp_path)
