"""`toolboxai audit export`."""

import json
import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from backend.accounts.audit.checkpoint import from_json
from backend.accounts.audit.ids import PLATFORM
from backend.accounts.audit.keys import AuditKey
from backend.errors import CheckFailed
from tests.audit.keys import FixedKeys
from tests.audit.samples import OTHER_SCHOOL, SCHOOL

from .conftest import KEYS, LENGTHS, PUBLIC, Audit
from .test_verify import tamper

pytestmark = pytest.mark.usefixtures("filled")


def test_every_trail_is_written_and_each_ends_with_what_is_signed(audit: Audit, home: Path) -> None:
    target = home / "audit.jsonl"
    ended = audit("export", "--to", str(target))
    lines = target.read_bytes().splitlines(keepends=True)
    told = [json.loads(line) for line in lines]

    assert (0, "") == (ended.code, ended.err)
    assert f"{target}: all of 3 trails, 9 records; signed with {PUBLIC}." == ended.out.splitlines()[0]
    assert sum(LENGTHS.values()) + 3 == len(lines)
    begin = 0
    for number, each in enumerate(told):
        if "form" in each:
            signed = from_json(each)
            assert signed.is_signed_by(KEYS.signing().public)
            assert sha256(b"".join(lines[begin:number])).digest() == signed.lines_sha256
            assert LENGTHS[signed.tenant_id] == signed.number == number - begin
            begin = number + 1
    assert begin == len(lines)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_nobody_else_can_read_it_and_nothing_is_left_beside_it(audit: Audit, home: Path) -> None:
    folder = home / "out"
    folder.mkdir()
    before = os.umask(0)
    try:
        audit("export", "--to", str(folder / "audit.jsonl"))
    finally:
        os.umask(before)

    assert [folder / "audit.jsonl"] == list(folder.iterdir())
    assert 0o600 == stat.S_IMODE((folder / "audit.jsonl").stat().st_mode)


def test_the_trail_of_one_tenant_can_be_written_alone(audit: Audit, home: Path) -> None:
    told = audit("export", "--tenant", OTHER_SCHOOL, "--to", str(home / "one"), "--json").told

    assert PUBLIC == told["signer"]
    assert [(OTHER_SCHOOL, 3)] == [(each["tenant_id"], each["records"]) for each in told["trails"]]
    assert {OTHER_SCHOOL} == {json.loads(line)["tenant_id"] for line in (home / "one").read_text().splitlines()}


def test_the_checkpoints_can_be_written_alone(audit: Audit, home: Path) -> None:
    ended = audit("export", "--checkpoints-only", "--to", str(home / "small"))
    signed = [from_json(json.loads(line)) for line in (home / "small").read_text().splitlines()]

    assert ended.out.startswith(f"{home / 'small'}: checkpoints of 3 trails, 9 records; signed with ")
    assert [PLATFORM, SCHOOL, OTHER_SCHOOL] == [each.tenant_id for each in signed]
    assert [None] * 3 == [each.lines_sha256 for each in signed]
    assert 2000 > (home / "small").stat().st_size


@pytest.mark.parametrize("small", [[], ["--checkpoints-only"]])
def test_a_damaged_trail_is_not_signed_and_nothing_is_written(audit: Audit, home: Path, small: list[str]) -> None:
    tamper(home, "UPDATE audit_events SET at = 1 WHERE number = 2 AND tenant_id = :school", school=OTHER_SCHOOL)
    before = set(home.iterdir())
    ended = audit("export", "--to", str(home / "audit.jsonl"), *small)

    assert (12, "") == (ended.code, ended.out)
    assert (
        f"toolboxai: nothing was exported, because the trail of {OTHER_SCHOOL} is not whole: record 2 is not what was "
        "written: its tag does not fit what it says\n"
    ) == ended.err
    assert before == set(home.iterdir())


def test_a_file_that_is_there_is_replaced_only_when_asked(audit: Audit, home: Path) -> None:
    target = home / "audit.jsonl"
    target.write_text("mine")

    assert 2 == audit("export", "--to", str(target)).code
    assert "mine" == target.read_text()
    assert 0 == audit("export", "--to", str(target), "--replace").code
    assert "mine" != target.read_text()


def test_a_folder_that_is_not_there_is_named(audit: Audit, home: Path) -> None:
    ended = audit("export", "--to", str(home / "gone" / "x"))

    assert 2 == ended.code
    assert "No such file or directory" in ended.err


def test_a_tenant_without_a_trail_is_named(audit: Audit, home: Path) -> None:
    ended = audit("export", "--tenant", "nobody", "--to", str(home / "x"))

    assert (2, "toolboxai: there is no audit trail of nobody\n") == (ended.code, ended.err)
    assert not (home / "x").exists()


def test_what_cannot_be_recorded_is_not_handed_out(audit: Audit, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class OnlyOldKeys(FixedKeys):
        def current(self) -> AuditKey:
            raise CheckFailed("there is no key to record with")

    monkeypatch.setattr("bridge.audit_keys.audit_keys", lambda _settings: OnlyOldKeys())
    before = set(home.iterdir())
    ended = audit("export", "--to", str(home / "audit.jsonl"))

    assert (12, "") == (ended.code, ended.out)
    assert before == set(home.iterdir())
