"""A device is kept in a file of its owner alone, whole or not at all, and shows its key nowhere."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.client import Device, DeviceFile, DeviceFileFailed
from bridge.client.address import BridgeAddress
from bridge.client.encoding import base64_text

KEY = bytes(range(32))
DEVICE = Device(
    bridge=BridgeAddress("https", "bridge.school.example"),
    device_id="01m5",
    key=KEY,
    tenant_id="01m4",
    project_id=None,
    scopes=("sync", "read"),
    bridge_id="ab" * 16,
    bridge_public_key=bytes(32),
)


@pytest.fixture
def file(tmp_path: Path) -> DeviceFile:
    kept = DeviceFile(tmp_path / "device.json")
    kept.write(DEVICE)
    return kept


def test_what_was_written_is_read(file: DeviceFile) -> None:
    assert DEVICE == file.read()


def test_a_device_is_replaced_in_one_step_and_leaves_nothing_beside_it(file: DeviceFile) -> None:
    renewed = replace(DEVICE, key=bytes(32), project_id="01m6")
    file.write(renewed)

    assert renewed == file.read()
    assert [file.path] == list(file.path.parent.iterdir())


def test_a_write_that_fails_leaves_the_old_device(file: DeviceFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(DeviceFileFailed, match=r"cannot be written: No space left on device\."):
        file.write(replace(DEVICE, key=bytes(32)))

    assert DEVICE == file.read()
    assert [file.path] == list(file.path.parent.iterdir())


def test_only_the_owner_may_read_it(file: DeviceFile) -> None:
    assert 0o600 == stat.S_IMODE(file.path.stat().st_mode)


def test_a_file_that_others_may_read_is_refused_with_the_cure(file: DeviceFile) -> None:
    file.path.chmod(0o640)

    with pytest.raises(DeviceFileFailed, match=r"mode 0640\); close it with: chmod 600"):
        file.read()


def test_a_missing_file_says_to_pair_first(tmp_path: Path) -> None:
    with pytest.raises(DeviceFileFailed, match="pair this machine first"):
        DeviceFile(tmp_path / "none.json").read()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("form", "toolboxai device 2"),
        ("bridge", "http://bridge.school.example"),
        ("key", base64_text(bytes(31))),
        ("key", base64_text(KEY).rstrip("=")),
        ("scopes", [1]),
        ("bridge_public_key", None),
        ("device_id", 5),
    ],
)
def test_a_damaged_file_is_refused_by_its_field_and_without_its_secret(
    file: DeviceFile, field: str, value: object
) -> None:
    told = json.loads(file.path.read_text()) | {field: value}
    file.path.write_text(json.dumps(told))

    with pytest.raises(DeviceFileFailed, match="is damaged") as failure:
        file.read()

    assert base64_text(KEY)[:10] not in failure.value.sentence


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 60_000])
def test_a_file_that_is_no_device_is_refused(file: DeviceFile, content: bytes) -> None:
    file.path.write_bytes(content)

    with pytest.raises(DeviceFileFailed, match="is damaged"):
        file.read()


def test_a_device_does_not_show_its_key() -> None:
    assert "key=" not in repr(DEVICE).replace("public_key=", "")
