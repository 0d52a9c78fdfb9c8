import os
import stat
from pathlib import Path

import pytest

from backend.errors import DataFolderError
from bridge.supervisor.data_folder import open_folder, remove_if_empty
from tests.unit.bridge.supervisor.ordinary_account import ORDINARY_ACCOUNT, as_ordinary_account


def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "above" / "data"

    open_folder(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "kept").write_text("x")

    open_folder(folder)

    assert [folder / "kept"] == list(folder.iterdir())


def test_a_file_in_its_place_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.write_text("not a folder")

    with pytest.raises(DataFolderError, match=f"the data folder {folder} is a file: .*TOOLBOXAI_DATA_DIR"):
        open_folder(folder)


def test_a_file_above_it_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(DataFolderError, match=r"cannot be created \(not a directory\)"):
        open_folder(tmp_path / "file" / "data")


def test_a_link_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(tmp_path / "gone")

    with pytest.raises(DataFolderError):
        open_folder(tmp_path / "data")


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o770, 0o711])
def test_a_folder_that_is_open_to_others_is_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(mode)

    with pytest.raises(DataFolderError, match=f"mode {mode:04o}.: close it with: chmod 700 {folder}"):
        open_folder(folder)


def test_a_folder_of_another_account_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)

    with pytest.raises(DataFolderError, match="belongs to another account"):
        open_folder(folder)


@pytest.mark.parametrize("mode", [0o500, 0o300, 0o600])
def test_a_folder_that_cannot_be_written_is_refused(open_tmp_path: Path, mode: int) -> None:
    folder = open_tmp_path / "data"
    folder.mkdir()
    os.chown(folder, ORDINARY_ACCOUNT, -1)
    folder.chmod(mode)

    sentence = as_ordinary_account(lambda: open_folder(folder))

    folder.chmod(0o700)
    assert sentence.startswith(f"the data folder {folder} cannot be written by this account")


def test_a_folder_that_cannot_be_made_is_refused(open_tmp_path: Path) -> None:
    sentence = as_ordinary_account(lambda: open_folder(open_tmp_path / "data"))

    assert sentence.startswith(f"the data folder {open_tmp_path / 'data'} cannot be created (permission denied)")


def test_only_an_empty_folder_is_taken_back(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept").write_text("x")

    for name in ("empty", "full", "missing"):
        remove_if_empty(tmp_path / name)

    assert [tmp_path / "full"] == list(tmp_path.iterdir())
