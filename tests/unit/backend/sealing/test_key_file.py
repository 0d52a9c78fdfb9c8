"""The file with the master keys."""

import json
import sys
from pathlib import Path

import pytest

from backend.errors import FilesError
from backend.sealing import key_file
from backend.sealing.key_file import KeyFileMissing
from backend.sealing.master_keys import first


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_what_was_written_is_read(path: Path) -> None:
    keys = first(7).with_another(made_at=8, in_use=False)
    key_file.write(path, keys)

    assert keys == key_file.read(path)


@pytest.mark.skipif(sys.platform == "win32", reason="a profile folder is its user's there")
def test_it_is_its_owners_alone(path: Path) -> None:
    key_file.write(path, first(0))

    assert 0o600 == path.stat().st_mode & 0o777
    path.chmod(0o640)
    with pytest.raises(FilesError, match="chmod 600"):
        key_file.read(path)


def test_one_that_is_there_is_not_replaced_by_a_new_one(path: Path) -> None:
    key_file.write(path, first(0), is_new=True)
    before = path.read_bytes()

    with pytest.raises(FileExistsError):
        key_file.write(path, first(1), is_new=True)
    assert before == path.read_bytes()
    assert [path] == [*path.parent.iterdir()]


def test_one_that_is_missing_is_named(path: Path) -> None:
    with pytest.raises(KeyFileMissing, match=r"keys\.json is missing"):
        key_file.read(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told | {"form": "other"},
        lambda told: told | {"keys": []},
        lambda told: told | {"keys": None},
        lambda told: {**told, "keys": [{**told["keys"][0], "version": "1"}]},
        lambda told: {**told, "keys": [{**told["keys"][0], "secret": "00"}]},
        lambda told: {**told, "keys": [{**told["keys"][0], "secret": "zz"}]},
        lambda told: {**told, "keys": told["keys"] * 2},
        lambda told: {"form": told["form"]},
        lambda told: [told],
    ],
)
def test_one_that_is_damaged_is_refused_and_not_repeated(path: Path, change: object) -> None:
    key_file.write(path, first(0))
    told = json.loads(path.read_text())
    secret = told["keys"][0]["secret"]
    path.write_text(json.dumps(change(told)))  # type: ignore[operator]

    with pytest.raises(FilesError, match="is damaged") as refused:
        key_file.read(path)
    assert secret not in str(refused.value)


def test_what_is_no_json_is_refused(path: Path) -> None:
    path.touch(mode=0o600)

    with pytest.raises(FilesError, match="is damaged"):
        key_file.read(path)
