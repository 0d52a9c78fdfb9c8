"""`toolboxai bundle delta`."""

from pathlib import Path

import pytest

from core_rs import Bundle
from tests.unit.bridge.cli.conftest import Run


@pytest.fixture
def versions(run: Run, lessons: Path) -> None:
    """Pack `1.tbx`, and `2.tbx` with one file more, signed."""
    Path("key").touch(mode=0o600)
    Path("key").write_bytes(bytes(range(32)))
    run("bundle", "pack", "lessons", "1.tbx")
    (lessons / "three.txt").write_text("three")
    run("bundle", "pack", "lessons", "2.tbx", "--sign-with", "key")


@pytest.mark.usefixtures("versions")
def test_what_changed_can_be_put_together_again(run: Run) -> None:
    made = run("bundle", "delta", "1.tbx", "2.tbx", "changes.tbx")
    joined = run("bundle", "delta", "--apply", "1.tbx", "changes.tbx", "whole.tbx", "--json").told

    assert (0, "") == (made.code, made.err)
    assert "; carries 1 of 3 chunks; version " in made.out
    assert Path("2.tbx").read_bytes() == Path("whole.tbx").read_bytes()
    assert (3, 3) == (joined["carried_chunks"], joined["chunks"])
    signer = Bundle.open("2.tbx").signer
    assert signer is not None
    assert signer.hex() == joined["signer"]


@pytest.mark.usefixtures("versions")
def test_what_the_new_one_builds_on_may_be_named(run: Run) -> None:
    run("bundle", "delta", "1.tbx", "2.tbx", "changes.tbx")

    alone = run("bundle", "delta", "2.tbx", "changes.tbx", "nothing.tbx")
    with_base = run("bundle", "delta", "2.tbx", "changes.tbx", "nothing.tbx", "--base", "1.tbx")

    assert (12, 0) == (alone.code, with_base.code)
    assert 0 == Bundle.open("nothing.tbx").carried_chunks


@pytest.mark.usefixtures("versions")
def test_arguments_in_the_wrong_order_cost_nobody_a_bundle(run: Run) -> None:
    before = Path("2.tbx").read_bytes()

    refused = run("bundle", "delta", "changes.tbx", "1.tbx", "2.tbx")

    assert 2 == refused.code
    assert "toolboxai: 2.tbx is already there: name a new file, or add --replace\n" == refused.err
    assert before == Path("2.tbx").read_bytes()
    assert 0 == run("bundle", "delta", "1.tbx", "2.tbx", "2.tbx", "--replace").code
    assert 1 == Bundle.open("2.tbx").carried_chunks
