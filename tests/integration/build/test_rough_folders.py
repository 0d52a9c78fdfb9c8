"""Folders as they should not be: what is wrong is told at its path, the rest is read, and nothing hangs or dies."""

import os
import socket
import subprocess
import threading
from pathlib import Path
from typing import Final

import pytest

from core_rs import CoreError, Project
from tests.integration.build.projects import errors, folder_project, names
from tests.rojo.dom import Reader

LEVELS: Final = 1_000
MANY: Final = 100_000
ROUNDS: Final = 60
HUGE_BYTES: Final = 8 << 30
SCRIPT: Final = "return 1\n"


def test_links_that_go_round_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    src = folder_project(tmp_path, {"a.lua": SCRIPT})
    (src / "round").symlink_to(src)
    (src / "one").symlink_to("two")
    (src / "two").symlink_to("one")

    opened = Project.open(tmp_path)

    assert "round" in names(errors(opened))
    with pytest.raises(CoreError):
        opened.build(tmp_path / "built.rbxm", "rbxm")
    assert not (tmp_path / "built.rbxm").exists()


def test_a_thousand_folders_in_one_another_are_built(tmp_path: Path, read: Reader) -> None:
    src = folder_project(tmp_path, {})
    here = os.open(src, os.O_RDONLY)
    for _ in range(LEVELS):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("a.lua", os.O_CREAT, dir_fd=here))
    os.close(here)

    try:
        Project.open(tmp_path).build(tmp_path / "built.rbxm", "rbxm")
    finally:
        # What clears the folders of tests away goes down level by level, on a stack that is too small for them.
        subprocess.run(("rm", "-r", src), check=True)

    told = read.line(tmp_path / "built.rbxm")
    assert LEVELS == told.count('"name":"d"')
    assert 1 == told.count('"class":"ModuleScript"')


def test_a_hundred_thousand_files_in_one_folder_are_built(tmp_path: Path, read: Reader) -> None:
    src = folder_project(tmp_path, {})
    for number in range(MANY):
        (src / f"{number}.lua").touch()

    Project.open(tmp_path).build(tmp_path / "built.rbxm", "rbxm")

    assert MANY == read.line(tmp_path / "built.rbxm").count('"class":"ModuleScript"')


def test_a_name_that_is_not_utf_8_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    src = folder_project(tmp_path, {"a.lua": SCRIPT, "b/c.lua": SCRIPT})
    Path(os.fsdecode(os.fsencode(src) + b"/\xff.lua")).touch()
    Path(os.fsdecode(os.fsencode(src) + b"/b/\xfe")).mkdir()

    found = errors(Project.open(tmp_path))

    assert 2 == len(found)
    assert {src, src / "b"} == {Path(one.path).parent for one in found}


@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_what_is_no_file_is_told_and_never_waited_for(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    src = folder_project(tmp_path, {"b.lua": SCRIPT})
    path = src / "a.lua"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "socket":
            # The whole path is longer than the address of a socket may be.
            monkeypatch.chdir(src)
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(path.name)
        case _:
            path.symlink_to("/dev/zero")

    assert [path] == [Path(found.path) for found in errors(Project.open(tmp_path))]


def test_a_file_of_eight_gigabytes_is_told_and_not_read(tmp_path: Path) -> None:
    src = folder_project(tmp_path, {"b.lua": SCRIPT})
    for name in ("a.lua", "a.json", "a.rbxm", "a.meta.json"):
        with (src / name).open("wb") as file:
            file.truncate(HUGE_BYTES)

    assert 3 <= len(errors(Project.open(tmp_path)))


def test_files_that_vanish_while_they_are_read_end_in_a_tree_or_in_words(tmp_path: Path) -> None:
    src = folder_project(tmp_path, {f"d{number}/a.lua": SCRIPT for number in range(200)})
    done = threading.Event()
    turns = threading.Thread(target=coming_and_going, args=(src, done))
    turns.start()
    try:
        for number in range(ROUNDS):
            output = tmp_path / f"{number}.rbxm"
            try:
                Project.open(tmp_path).build(output, "rbxm")
            except CoreError:
                assert not output.exists()
    finally:
        done.set()
        turns.join()

    assert [] == errors(Project.open(tmp_path))


def coming_and_going(src: Path, done: threading.Event) -> None:
    """Rename, remove and make anew, until it is done; what is there at the end is whole."""
    number = 0
    while not done.is_set():
        folder = src / f"d{number % 200}"
        folder.rename(src / "away")
        (src / "away" / "a.lua").unlink()
        (src / "away" / "init.lua").write_text(SCRIPT)
        (src / "away" / "init.lua").rename(src / "away" / "a.lua")
        (src / "away").rename(folder)
        number += 1


def test_what_is_wrong_in_one_file_hides_nothing_of_another(tmp_path: Path) -> None:
    wrong = {
        "a.json": "{",
        "b.toml": "=",
        "c.yml": "[",
        "d.csv": "a\nb,c\n",
        "e.model.json": "{}",
        "f.rbxmx": "<",
        "g.rbxm": "x",
    }
    folder_project(
        tmp_path, {"z.lua": SCRIPT, **wrong, "h.lua": SCRIPT, "h.meta.json": '{"properties": {"NoSuch": 1}}'}
    )

    found = errors(Project.open(tmp_path))

    assert [*sorted(wrong), "h.meta.json"] == sorted(names(found))
