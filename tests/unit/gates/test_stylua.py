"""The formatter of Luau is what npm's lock pins, and is installed again when the lock changes."""

import json
import os
from pathlib import Path

import pytest

from gates import stylua
from gates.tree import ROOT


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that lays a package down, and a lock of ours."""
    script = tmp_path / "bin" / "npm"
    script.parent.mkdir()
    package = "node_modules/@johnnymorganz/stylua-bin-linux-x64"
    script.write_text(
        f'#!/bin/sh\necho "$*" >>{tmp_path}/asked\nmkdir -p {package}\ncp package.json {package}/stylua\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    lock = tmp_path / "lock"
    lock.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (lock / name).write_text(f"one {name}")
    monkeypatch.setattr(stylua, "LOCK", lock)
    monkeypatch.setattr(stylua, "FOLDER", tmp_path / "tools" / "stylua")
    monkeypatch.setattr(stylua, "PROGRAM", tmp_path / "tools" / "bin" / stylua.NAME)
    return tmp_path


def test_it_is_installed_once_and_again_when_the_lock_changes(npm: Path) -> None:
    for _ in range(2):
        assert 0 == stylua.main()
    assert os.access(stylua.PROGRAM, os.X_OK)
    assert ["ci --silent --no-audit --no-fund --ignore-scripts"] == (npm / "asked").read_text().splitlines()

    (npm / "lock" / "package-lock.json").write_text("another")
    assert not stylua.present()
    stylua.main()
    assert 2 == len((npm / "asked").read_text().splitlines())


def test_the_lock_pins_every_package_by_its_hash_and_names_no_host() -> None:
    text = (ROOT / "locks" / "stylua" / "package-lock.json").read_text("utf-8")
    packages = json.loads(text)["packages"]

    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)
    assert "://" not in text
