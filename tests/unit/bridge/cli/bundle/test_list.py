"""`toolboxai bundle list`."""

import json
from pathlib import Path

from core_rs import Bundle, pack_blobs
from tests.unit.bridge.cli.conftest import Run


def test_it_shows_the_files_and_what_version_it_is(run: Run, lessons: Path) -> None:
    (lessons / "empty").mkdir()
    (lessons / "tool").write_text("#!/bin/sh\n" * 200)
    (lessons / "tool").chmod(0o755)
    run("bundle", "pack", "lessons", "1.tbx")

    listed = run("bundle", "list", "1.tbx")

    name = Bundle.open("1.tbx").name.hex()[:16]
    assert (0, "") == (listed.code, listed.err)
    assert [
        "    0  empty/",
        "2,000  tool*",
        "    4  two.txt",
        "  200  unit/one.txt",
        f"version {name}; 4 paths, 2,204 bytes; not signed",
    ] == listed.out.splitlines()


def test_in_json_it_has_everything(run: Run, lessons: Path) -> None:
    run("bundle", "pack", "lessons", "1.tbx")
    (lessons / "three.txt").write_text("three")
    run("bundle", "pack", "lessons", "2.tbx", "--since", "1.tbx")

    told = run("bundle", "list", "2.tbx", "--json").told

    assert {"path": "three.txt", "kind": "file", "size": 5} == told["entries"][0]
    assert (Bundle.open("1.tbx").name.hex(), None) == (told["base"], told["signer"])
    assert (209, 3, 1, 1) == (told["total_bytes"], told["chunks"], told["carried_chunks"], told["packs"])


def test_it_says_what_it_builds_on_and_who_says_to_have_signed_it(run: Run, lessons: Path) -> None:
    Path("key").touch(mode=0o600)
    Path("key").write_bytes(bytes(range(32)))
    run("bundle", "pack", "lessons", "1.tbx")
    (lessons / "three.txt").write_text("three")
    run("bundle", "pack", "lessons", "2.tbx", "--since", "1.tbx", "--sign-with", "key")

    sentence = run("bundle", "list", "2.tbx").out.splitlines()[-1]

    signer = Bundle.open("2.tbx").signer
    assert signer is not None
    assert f"; carries only what changed since {Bundle.open('1.tbx').name.hex()[:16]}; " in sentence
    assert sentence.endswith(f"; signed with {signer.hex()}")


def test_a_name_is_shown_without_what_a_terminal_would_obey(run: Run, here: Path) -> None:
    assert here.is_dir()
    pack_blobs([("\x1b]0;title\x07", b"x"), ("two\nlines", b"x")], "1.tbx", any_name=True)

    listed = run("bundle", "list", "1.tbx").out.splitlines()

    assert [r"1  \x1b]0;title\x07", r"1  two\nlines"] == listed[:2]


def test_what_is_no_bundle_is_named(run: Run, lessons: Path) -> None:
    missing = run("bundle", "list", "nowhere")
    folder = run("bundle", "list", "lessons")
    other = run("bundle", "list", str(lessons / "two.txt"), "--json")
    (lessons / "long").write_bytes(bytes(1_000))
    long = run("bundle", "list", "lessons/long")

    assert (2, 2, 12, 12) == (missing.code, folder.code, other.code, long.code)
    assert missing.err.startswith("toolboxai: cannot read nowhere: ")
    assert "toolboxai: lessons is not a file\n" == folder.err
    assert "toolboxai: lessons/long: this is not a bundle: it does not begin like one\n" == long.err
    assert ("check_failed", 12) == tuple(json.loads(other.out)["error"][key] for key in ("code", "exit_code"))
