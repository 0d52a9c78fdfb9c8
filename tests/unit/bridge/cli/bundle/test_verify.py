"""`toolboxai bundle verify`."""

from pathlib import Path

import pytest

from core_rs import Bundle
from tests.unit.bridge.cli.conftest import Run


@pytest.fixture
def signer(run: Run, lessons: Path) -> str:
    """Pack `1.tbx` unsigned and `2.tbx`, what changed since, signed; return the public key."""
    Path("key").touch(mode=0o600)
    Path("key").write_bytes(bytes(range(32)))
    run("bundle", "pack", "lessons", "1.tbx")
    (lessons / "three.txt").write_text("three")
    run("bundle", "pack", "lessons", "2.tbx", "--since", "1.tbx", "--sign-with", "key")
    key = Bundle.open("2.tbx").signer
    assert key is not None
    return key.hex()


def test_a_whole_bundle_is_called_whole(run: Run, signer: str) -> None:
    unsigned = run("bundle", "verify", "1.tbx")
    signed = run("bundle", "verify", "2.tbx", "--base", "1.tbx")
    trusted = run("bundle", "verify", "2.tbx", "--base", "1.tbx", "--trust", signer)

    assert (0, "") == (unsigned.code, unsigned.err)
    assert "1.tbx is whole: 2 files, 204 bytes; not signed.\n" == unsigned.out
    whole = "2.tbx is whole: 3 files, 209 bytes; signed with"
    assert f"{whole} {signer} (--trust KEY refuses any other).\n" == signed.out
    assert f"{whole} the trusted key.\n" == trusted.out


def test_in_json_it_says_whether_somebody_was_trusted(run: Run, signer: str) -> None:
    words = ("bundle", "verify", "2.tbx", "--base", "1.tbx", "--json")
    told, trusted = run(*words).told, run(*words, "--trust", signer.upper()).told

    assert (3, 209, signer) == (told["files"], told["bytes"], told["signer"])
    assert (False, True) == (told["trusted"], trusted["trusted"])


def test_without_what_it_builds_on_it_is_not_whole(run: Run, signer: str) -> None:
    assert signer
    base = Bundle.open("1.tbx").name.hex()[:16]

    refused = run("bundle", "verify", "2.tbx")

    assert 12 == refused.code
    assert (
        f"toolboxai: 2.tbx: the bundle lacks 2 of its chunks: it carries only what changed since {base}, "
        "which is needed too: name it with --base\n"
    ) == refused.err


def test_another_signature_than_the_trusted_one_is_refused(run: Run, signer: str) -> None:
    assert signer
    other = run("bundle", "verify", "2.tbx", "--base", "1.tbx", "--trust", "00" * 32)
    unsigned = run("bundle", "verify", "1.tbx", "--trust", signer)
    malformed = run("bundle", "verify", "1.tbx", "--trust", "xyz")

    assert (12, 12, 2) == (other.code, unsigned.code, malformed.code)
    refused = "the signature is refused: the bundle is"
    assert f"toolboxai: 2.tbx: {refused} signed with another key than the one that is trusted\n" == other.err
    assert f"toolboxai: 1.tbx: {refused} not signed\n" == unsigned.err
    assert "a public key is 64 hexadecimal digits" in malformed.err


def test_damage_is_found_and_named(run: Run, signer: str) -> None:
    assert signer
    content = bytearray(Path("1.tbx").read_bytes())
    content[20] ^= 1
    Path("1.tbx").write_bytes(content)

    refused = run("bundle", "verify", "2.tbx", "--base", "1.tbx")

    assert 12 == refused.code
    told = "toolboxai: 1.tbx: the bundle is damaged: pack 1 of 1 is not what it was: fetch or pack it again\n"
    assert told == refused.err
