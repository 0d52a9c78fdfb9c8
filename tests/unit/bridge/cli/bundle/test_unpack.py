"""`toolboxai bundle unpack`."""

from pathlib import Path

import pytest

from core_rs import Bundle, pack_blobs
from tests.unit.bridge.cli.conftest import Run


@pytest.fixture
def bundle(run: Run, lessons: Path) -> Bundle:
    run("bundle", "pack", lessons.name, "1.tbx")
    return Bundle.open("1.tbx")


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_folder_comes_back(run: Run, lessons: Path, bundle: Bundle) -> None:
    unpacked = run("bundle", "unpack", "1.tbx", "copy")
    in_json = run("bundle", "unpack", "1.tbx", "other/", "--json").told

    assert (0, "", "2 files, 204 bytes, unpacked to copy.\n") == (unpacked.code, unpacked.err, unpacked.out)
    assert content(lessons) == content(Path("copy")) == content(Path("other"))
    assert (2, 204, "other", False) == tuple(in_json[key] for key in ("files", "bytes", "folder", "trusted"))
    assert bundle.name.hex() == in_json["name"]


def test_what_changed_unpacks_with_what_it_builds_on(run: Run, lessons: Path, bundle: Bundle) -> None:
    assert bundle.base is None
    (lessons / "three.txt").write_text("three")
    run("bundle", "pack", "lessons", "2.tbx", "--since", "1.tbx")

    assert 12 == run("bundle", "unpack", "2.tbx", "copy").code
    assert not Path("copy").exists()
    assert 0 == run("bundle", "unpack", "2.tbx", "copy", "--base", "1.tbx").code
    assert content(lessons) == content(Path("copy"))


def test_what_is_there_stays(run: Run, lessons: Path, bundle: Bundle) -> None:
    assert bundle.packs == 1
    before = content(lessons)
    refusals = [run("bundle", "unpack", "1.tbx", target) for target in ("lessons", "1.tbx", ".", "nowhere/copy")]

    assert [2, 2, 2, 2] == [refused.code for refused in refusals]
    already = "is already there: choose a name that is free, or an empty folder"
    assert f"toolboxai: lessons {already}\n" == refusals[0].err
    assert f"toolboxai: 1.tbx {already}\n" == refusals[1].err
    assert "toolboxai: . cannot be made: name a folder that is not there yet\n" == refusals[2].err
    assert refusals[3].err.startswith("toolboxai: cannot read nowhere: ")
    assert before == content(lessons)


def test_more_than_is_allowed_is_refused_and_allowed_when_asked_for(run: Run, bundle: Bundle) -> None:
    assert 204 == bundle.total_bytes
    refused = run("bundle", "unpack", "1.tbx", "copy", "--most-bytes", "203")

    assert 12 == refused.code
    assert (
        "toolboxai: 1.tbx: the bundle's files add up to 204 bytes, more than the 203 that are allowed: "
        "--most-bytes allows more, if you trust where it comes from\n"
    ) == refused.err
    assert 0 == run("bundle", "unpack", "1.tbx", "copy", "--most-bytes", "204").code


def test_names_that_not_every_system_takes_are_taken_when_asked_for(run: Run, here: Path) -> None:
    pack_blobs([("a:b", b"x")], "odd.tbx", any_name=True)

    refused = run("bundle", "unpack", "odd.tbx", "copy")

    assert 12 == refused.code
    assert "which Windows refuses in names: --any-name takes it where this system does\n" in refused.err
    assert ["odd.tbx"] == [path.name for path in here.iterdir()]
    assert 0 == run("bundle", "unpack", "odd.tbx", "copy", "--any-name").code
    assert {"a:b": b"x"} == content(Path("copy"))


def test_only_the_trusted_key_is_unpacked(run: Run, bundle: Bundle) -> None:
    assert bundle.signer is None
    refused = run("bundle", "unpack", "1.tbx", "copy", "--trust", "00" * 32)

    assert (12, False) == (refused.code, Path("copy").exists())
