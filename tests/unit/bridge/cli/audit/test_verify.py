"""`toolboxai audit verify`, in the database and in a file."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from backend.accounts.audit.checkpoint import sign, to_line
from backend.accounts.audit.ids import PLATFORM
from backend.accounts.audit.keys import SigningKey
from tests.audit.samples import OTHER_SCHOOL, SCHOOL
from tests.unit.bridge.cli.conftest import Run

from .conftest import KEYS, LENGTHS, PUBLIC, Audit

STRANGER = SigningKey(bytes(32))


def tamper(home: Path, *statements: str, **values: object) -> None:
    """Do what somebody does who owns the file of the database."""
    with closing(sqlite3.connect(home / "data" / "toolboxai.db")) as raw:
        for trigger in ("update", "delete", "replace"):
            raw.execute(f"DROP TRIGGER IF EXISTS audit_events_no_{trigger}")
        for each in statements:
            raw.execute(each, values)
        raw.commit()


def cut(home: Path, kept: int) -> None:
    """Cut the tail of a school's trail, and set its head back to hide it."""
    tamper(
        home,
        "DELETE FROM audit_events WHERE tenant_id = :school AND number > :kept",
        "UPDATE audit_heads SET number = :kept, tag = "
        "(SELECT tag FROM audit_events WHERE tenant_id = :school AND number = :kept) WHERE tenant_id = :school",
        school=SCHOOL,
        kept=kept,
    )


@pytest.fixture
def exported(audit: Audit, filled: None, home: Path) -> Path:  # noqa: ARG001
    assert 0 == audit("export", "--to", str(home / "audit.jsonl")).code
    return home / "audit.jsonl"


@pytest.fixture
def checkpoint(audit: Audit, filled: None, home: Path) -> Path:  # noqa: ARG001
    assert 0 == audit("export", "--checkpoints-only", "--to", str(home / "checkpoint")).code
    return home / "checkpoint"


@pytest.mark.usefixtures("filled")
def test_whole_trails_are_counted(audit: Audit) -> None:
    ended = audit("verify")
    told = audit("verify", "--json").told

    assert (0, "") == (ended.code, ended.err)
    assert ["platform: 1 record, whole", f"{SCHOOL}: 5 records, whole", f"{OTHER_SCHOOL}: 3 records, whole"] == (
        ended.out.splitlines()
    )
    assert told["whole"] is True
    assert LENGTHS == {each["tenant_id"]: each["records"] for each in told["trails"]}
    assert {None} == {each["first_bad"] for each in told["trails"]}


@pytest.mark.usefixtures("filled")
def test_the_first_bad_record_is_named_and_the_other_trails_are_checked(audit: Audit, home: Path) -> None:
    tamper(home, "DELETE FROM audit_events WHERE number = 2 AND tenant_id = :school", school=SCHOOL)
    ended = audit("verify")
    told = audit("verify", "--json").told

    assert 12 == ended.code
    assert f"{SCHOOL}: record 2 is missing: the next one is 3" == ended.out.splitlines()[1]
    assert told["whole"] is False
    assert {"number": 2, "sentence": "record 2 is missing: the next one is 3"} == told["trails"][1]["first_bad"]
    assert [None, None] == [told["trails"][number]["first_bad"] for number in (0, 2)]


@pytest.mark.usefixtures("filled")
def test_one_trail_can_be_checked_alone(audit: Audit, home: Path) -> None:
    tamper(home, "UPDATE audit_events SET at = 1 WHERE tenant_id = :school", school=SCHOOL)

    assert 0 == audit("verify", "--tenant", OTHER_SCHOOL).code
    assert 12 == audit("verify", "--tenant", SCHOOL).code
    assert (2, "toolboxai: there is no audit trail of x\n") == (
        (ended := audit("verify", "--tenant", "x")).code,
        ended.err,
    )


def test_a_cut_tail_with_its_head_is_found_by_a_checkpoint(audit: Audit, checkpoint: Path, home: Path) -> None:
    cut(home, 3)
    ended = audit("verify", "--checkpoint", str(checkpoint))

    assert 0 == audit("verify").code
    assert 12 == ended.code
    assert f"{SCHOOL}: records 4 to 5 are missing, which the checkpoint of " in ended.out


def test_a_trail_that_is_gone_with_its_head_is_found_by_a_checkpoint(
    audit: Audit, checkpoint: Path, home: Path
) -> None:
    tamper(
        home,
        "DELETE FROM audit_events WHERE tenant_id = :school",
        "DELETE FROM audit_heads WHERE tenant_id = :school",
        school=SCHOOL,
    )

    assert 0 == audit("verify").code
    assert f"{SCHOOL}: records 1 to 5 are missing" in audit("verify", "--checkpoint", str(checkpoint)).out


def test_an_export_serves_as_a_checkpoint(audit: Audit, exported: Path, home: Path) -> None:
    cut(home, 3)

    assert 0 == audit("verify", "--checkpoint", str(exported), "--tenant", OTHER_SCHOOL).code
    assert 12 == audit("verify", "--checkpoint", str(exported)).code


@pytest.mark.usefixtures("filled")
def test_a_checkpoint_of_a_stranger_is_refused(audit: Audit, home: Path) -> None:
    (home / "false").write_text(to_line(sign(STRANGER, SCHOOL, 1, bytes(32), at=1)))
    ended = audit("verify", "--checkpoint", str(home / "false"))

    assert (12, "") == (ended.code, ended.out)
    assert "not signed with the trusted key" in ended.err


def test_a_file_is_checked_by_the_public_key_alone(run: Run, exported: Path, home: Path) -> None:
    (home / "data" / "toolboxai.db").unlink()
    ended = run("audit", "verify", "--file", str(exported), "--trust", PUBLIC)

    assert (0, "") == (ended.code, ended.err)
    assert f"{SCHOOL}: 5 records, whole" in ended.out


def test_a_file_is_checked_without_the_parts_for_databases(exported: Path) -> None:
    program = (
        "import sys; from bridge.cli import main; code = main(sys.argv[1:]);"
        "print(code, sorted({'sqlalchemy', 'alembic', 'asyncpg'} & sys.modules.keys()))"
    )
    words = ["audit", "verify", "--file", str(exported), "--trust", PUBLIC]
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, *words], capture_output=True, text=True, check=True, timeout=60
    )

    assert "0 []" == done.stdout.splitlines()[-1]


def test_another_key_is_not_trusted(run: Run, exported: Path) -> None:
    ended = run("audit", "verify", "--file", str(exported), "--trust", STRANGER.public.hex())

    assert 12 == ended.code
    assert "its checkpoint is not signed with the trusted key and proves nothing" in ended.out


Change = Callable[[list[str]], list[str]]


def edit(number: int, column: str, value: object) -> Change:
    def change(lines: list[str]) -> list[str]:
        told = json.loads(lines[number]) | {column: value}
        return [*lines[:number], json.dumps(told, separators=(",", ":")), *lines[number + 1 :]]

    return change


# The lines: 0 is the platform's record, 1 its checkpoint, 2 to 6 the school's, 7 its checkpoint, 8 to 11 the other's.
DAMAGED: dict[str, tuple[Change, int, int]] = {
    # What, the first bad record by the public key, and by the audit key.
    "edited": (edit(4, "detail", "{}"), 1, 3),
    "deleted": (lambda lines: [*lines[:4], *lines[5:]], 3, 3),
    "doubled": (lambda lines: [*lines[:5], *lines[4:]], 3, 3),
    "swapped": (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], 2, 2),
    "cut": (lambda lines: [*lines[:6], *lines[7:]], 5, 5),
    "checkpoint edited": (edit(7, "number", 4), 5, 5),
    "checkpoint of another": (lambda lines: [*lines[:7], lines[1], *lines[8:]], 6, 6),
    "moved to another": (edit(4, "tenant_id", OTHER_SCHOOL), 3, 3),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_file_that_was_changed_is_found(what: str, audit: Audit, exported: Path) -> None:
    change, by_public, by_key = DAMAGED[what]
    lines = change(exported.read_text().splitlines())
    exported.write_text("\n".join(lines) + "\n")

    for number, trust in ((by_public, ["--trust", PUBLIC]), (by_key, [])):
        told = audit("verify", "--file", str(exported), "--json", *trust).told
        bad = next(each["first_bad"] for each in told["trails"] if each["first_bad"])
        assert told["whole"] is False
        assert number == bad["number"], bad["sentence"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"hello\n", "line 1 is no line of an export: it is not JSON"),
        (b"[" * 50_000, "line 1 is no line of an export: it is not JSON"),
        (b"{}\n", "it is neither a record nor a checkpoint"),
        (b"7\n", "it is neither a record nor a checkpoint"),
        (b"x" * 100_000, "line 1 is longer than any line of an export"),
        (b'{"form":"toolboxai audit checkpoint 1"}\n', "this is no checkpoint of the form"),
    ],
)
def test_what_is_no_export_is_refused(audit: Audit, home: Path, content: bytes, sentence: str) -> None:
    (home / "file").write_bytes(content)

    for option in ("--file", "--checkpoint"):
        ended = audit("verify", option, str(home / "file"))
        assert (12, "") == (ended.code, ended.out)
        assert sentence in ended.err


@pytest.mark.parametrize("kept", [0, 3, 7, 11])
def test_a_file_whose_end_is_missing_is_found(audit: Audit, exported: Path, kept: int) -> None:
    lines = exported.read_text().splitlines(keepends=True)
    exported.write_text("".join(lines[:kept]))

    assert 12 == audit("verify", "--file", str(exported)).code


def test_a_trail_that_is_missing_from_a_file_is_found_by_a_checkpoint(
    audit: Audit, checkpoint: Path, exported: Path
) -> None:
    lines = exported.read_text().splitlines(keepends=True)
    # Those of the platform, whose trail also tells of the checkpoints, and those of the other school.
    exported.write_text("".join(lines[:3] + lines[9:]))
    ended = audit("verify", "--file", str(exported), "--checkpoint", str(checkpoint))

    assert 0 == audit("verify", "--file", str(exported)).code
    assert 12 == ended.code
    assert f"{SCHOOL}: records 1 to 5 are missing" in ended.out


def test_checkpoints_alone_are_no_export(audit: Audit, checkpoint: Path) -> None:
    ended = audit("verify", "--file", str(checkpoint))

    assert 12 == ended.code
    assert "its checkpoint was signed alone" in ended.out


def test_a_file_that_is_not_there_is_named(audit: Audit, home: Path) -> None:
    for option in ("--file", "--checkpoint"):
        ended = audit("verify", option, str(home / "gone"))
        assert (2, f"toolboxai: cannot read {home / 'gone'}: No such file or directory\n") == (ended.code, ended.err)


def test_a_tenant_is_not_chosen_in_a_file(audit: Audit, home: Path) -> None:
    assert 2 == audit("verify", "--file", str(home / "x"), "--tenant", PLATFORM).code


def test_without_a_database_none_is_made(audit: Audit, home: Path) -> None:
    ended = audit("verify")

    assert 7 == ended.code
    assert "there is no database at" in ended.err
    assert [] == list(home.iterdir())


def test_a_database_without_records_is_whole(audit: Audit, run: Run, home: Path) -> None:
    run("migrate", "--data-dir", str(home / "data"))

    assert (0, "There is no record yet.\n") == ((ended := audit("verify")).code, ended.out)


def test_the_keys_of_the_tests_are_those_that_signed() -> None:
    assert 64 == len(PUBLIC) == len(KEYS.signing().public.hex())
