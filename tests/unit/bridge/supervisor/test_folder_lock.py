import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.errors import AlreadyRunning, DataFolderError
from bridge.supervisor import folder_lock


def test_a_second_holder_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    with (
        folder_lock.held(tmp_path),
        pytest.raises(AlreadyRunning, match=rf"data folder {tmp_path} \(process {os.getpid()}\): stop it"),
        folder_lock.held(tmp_path),
    ):
        pytest.fail("two held it")


def test_the_holder_does_not_lose_it_to_one_who_was_refused(tmp_path: Path) -> None:
    with folder_lock.held(tmp_path):
        for _ in range(2):
            with pytest.raises(AlreadyRunning, match=str(os.getpid())), folder_lock.held(tmp_path):
                pytest.fail("two held it")


def test_it_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with folder_lock.held(tmp_path):
            pass


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from bridge.supervisor import folder_lock; import time\n"
        f"with folder_lock.held(Path({str(tmp_path)!r})): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-P", "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning, match=str(process.pid)), folder_lock.held(tmp_path):
            pytest.fail("two held it")
        process.kill()

    with folder_lock.held(tmp_path):
        assert f"{os.getpid()}\n" == (tmp_path / folder_lock.HOLDER_NAME).read_text()


def test_a_folder_where_it_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / folder_lock.LOCK_NAME).mkdir()

    with (
        pytest.raises(DataFolderError, match=rf"the lock {tmp_path / folder_lock.LOCK_NAME} cannot be opened"),
        folder_lock.held(tmp_path),
    ):
        pytest.fail("it was held")
