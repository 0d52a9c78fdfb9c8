"""`toolboxai bundle pack`."""

import os
from pathlib import Path

import pytest

from core_rs import Bundle
from tests.unit.bridge.cli.conftest import Run

SEED = bytes(range(32))


def left(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_it_says_what_it_wrote(run: Run, lessons: Path) -> None:
    packed = run("bundle", "pack", "lessons", "1.tbx")

    bundle = Bundle.open("1.tbx")
    size = Path("1.tbx").stat().st_size
    assert (0, "") == (packed.code, packed.err)
    assert f"1.tbx: 2 files, 204 bytes in {size}; version {bundle.name.hex()[:16]}.\n" == packed.out
    assert ["1.tbx", "lessons"] == left(lessons.parent)


def test_in_json_it_says_all_of_it(run: Run, lessons: Path) -> None:
    (lessons / "empty").mkdir()

    told = run("bundle", "pack", "lessons", "1.tbx", "--json").told

    assert (2, 3, 204) == (told["files"], told["entries"], told["total_bytes"])
    assert (2, 2, 2) == (told["chunks"], told["carried_chunks"], told["files_read"])
    assert (None, []) == (told["signer"], told["skipped"])
    assert (told["name"], told["bytes"]) == (Bundle.open("1.tbx").name.hex(), Path("1.tbx").stat().st_size)


def test_what_changed_since_carries_only_that(run: Run, lessons: Path) -> None:
    run("bundle", "pack", "lessons", "1.tbx", "--memo", "memo")
    (lessons / "three.txt").write_text("three")

    packed = run("bundle", "pack", "lessons", "2.tbx", "--since", "1.tbx", "--memo", "memo")

    assert "; carries 1 of 3 chunks; version " in packed.out
    assert Bundle.open("1.tbx").name == Bundle.open("2.tbx").base
    assert Path("memo").stat().st_size > 0


def test_it_signs_and_says_with_what(run: Run, lessons: Path) -> None:
    assert lessons.is_dir()
    for number, secret in enumerate((SEED, SEED.hex().encode(), SEED.hex().upper().encode() + b"\r\n")):
        Path("key").touch(mode=0o600)
        Path("key").write_bytes(secret)

        packed = run("bundle", "pack", "lessons", f"{number}.tbx", "--sign-with", "key")

        assert (0, "") == (packed.code, packed.err)
        signer = Bundle.open(f"{number}.tbx").signer
        assert signer is not None
        assert f"; signed with {signer.hex()}.\n" in packed.out
        Bundle.open(f"{number}.tbx").check_signature(signer)


def test_links_are_left_out_and_the_first_ten_named(run: Run, lessons: Path) -> None:
    for number in range(12):
        (lessons / f"link{number:02}").symlink_to("two.txt")

    packed = run("bundle", "pack", "lessons", "1.tbx")
    in_json = run("bundle", "pack", "lessons", "2.tbx", "--json")

    warnings = packed.err.splitlines()
    assert "toolboxai: warning: link00 is not in the bundle: a link" == warnings[0]
    assert "toolboxai: warning: 2 more are not in the bundle; --json names all of them" == warnings[10]
    assert [f"link{number:02}" for number in range(12)] == [each["path"] for each in in_json.told["skipped"]]


def test_a_name_is_shown_without_what_a_terminal_would_obey(run: Run, lessons: Path) -> None:
    (lessons / "\x1b[2Jlink").symlink_to("two.txt")

    assert r"warning: \x1b[2Jlink is not" in run("bundle", "pack", "lessons", "1.tbx").err


def test_a_memo_that_cannot_be_used_or_kept_is_no_obstacle(run: Run, lessons: Path) -> None:
    (lessons.parent / "memo").write_bytes(b"nonsense")
    (lessons.parent / "folder").mkdir()

    damaged = run("bundle", "pack", "lessons", "1.tbx", "--memo", "memo")
    unkept = run("bundle", "pack", "lessons", "2.tbx", "--memo", "folder")

    assert (0, 0) == (damaged.code, unkept.code)
    assert "memo is not used, so every file is read: it is not a memo of this version" in damaged.err
    assert "the memo is not kept, so every file is read the next time: cannot write folder: " in unkept.err
    assert Path("memo").read_bytes().startswith(b"TBXMEMO")


def test_nothing_is_replaced_unless_asked_for(run: Run, lessons: Path) -> None:
    assert lessons.is_dir()
    Path("mine").write_text("mine")

    refused = run("bundle", "pack", "lessons", "mine")
    assert (2, "mine") == (refused.code, Path("mine").read_text())
    assert "toolboxai: mine is already there: name a new file, or add --replace\n" == refused.err

    assert 0 == run("bundle", "pack", "lessons", "mine", "--replace").code
    assert 2 == len(Bundle.open("mine"))


def test_names_that_do_not_unpack_everywhere_are_taken_when_asked_for(run: Run, lessons: Path) -> None:
    (lessons / "aux.txt").touch()

    refused = run("bundle", "pack", "lessons", "1.tbx")
    assert 12 == refused.code
    assert 'it has the part "aux.txt", which is a device on Windows: rename it, or let --any-name' in refused.err
    assert 0 == run("bundle", "pack", "lessons", "1.tbx", "--any-name").code


def test_our_own_files_are_not_packed_with_the_rest(run: Run, lessons: Path) -> None:
    (lessons / "key").write_bytes(SEED)
    (lessons.parent / "other").symlink_to("lessons")

    for words in (("--sign-with", "lessons/key"), ("--sign-with", "other/key"), ("--memo", "lessons/unit/memo")):
        refused = run("bundle", "pack", "lessons", "1.tbx", *words)
        assert 2 == refused.code
        assert f"toolboxai: {words[1]} is inside the folder, so " in refused.err
    assert ["lessons", "other"] == left(lessons.parent)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere who may read a file is not in its mode")
def test_a_secret_key_that_others_may_read_is_told_of(run: Run, lessons: Path) -> None:
    assert lessons.is_dir()
    Path("key").write_bytes(SEED)
    Path("key").chmod(0o640)

    packed = run("bundle", "pack", "lessons", "1.tbx", "--sign-with", "key")

    assert 0 == packed.code
    assert "warning: others may read the secret key in key: chmod 600 closes it to them" in packed.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nowhere", "1.tbx"), "cannot read nowhere: "),
        (("lessons/two.txt", "1.tbx"), "lessons/two.txt is not a folder"),
        (("lessons", "lessons"), "lessons is a folder: name the file to write"),
        (("lessons", "nowhere/1.tbx"), "cannot write nowhere/1.tbx: "),
        (("lessons", "lessons/1.tbx"), "lessons/1.tbx is inside the folder that is packed"),
        (("lessons", "1.tbx", "--since", "nowhere"), "cannot read nowhere: "),
        (("lessons", "1.tbx", "--sign-with", "nowhere"), "cannot read the key in nowhere: "),
        (("lessons", "1.tbx", "--sign-with", "long"), "long holds no secret key: that is 32 random bytes"),
    ],
)
def test_a_wrong_name_is_told_in_one_sentence_and_nothing_is_written(
    run: Run, lessons: Path, words: tuple[str, ...], sentence: str
) -> None:
    Path("long").touch(mode=0o600)
    Path("long").write_bytes(b"nonsense" * 40)

    refused = run("bundle", "pack", *words)

    assert 2 == refused.code
    assert refused.err.startswith(f"toolboxai: {sentence}")
    assert 1 == len(refused.err.splitlines())
    assert ["lessons", "long"] == left(lessons.parent)


def test_whoever_packs_very_much_learns_what_unpacking_it_takes(
    run: Run, lessons: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lessons.is_dir()
    monkeypatch.setattr("core_rs.MOST_UNPACKED_BYTES", 203)

    packed = run("bundle", "pack", "lessons", "1.tbx")

    assert "warning: whoever unpacks it has to allow its size: --most-bytes 204" in packed.err
