"""A checkpoint holds for exactly what it says, and only by the key that is trusted."""

import json
from dataclasses import replace
from typing import Any

import pytest

from backend.accounts.audit.checkpoint import Checkpoint, NotACheckpoint, from_json, sign, to_line
from backend.accounts.audit.keys import AuditKey, SigningKey
from tests.audit.samples import OTHER_SCHOOL, SCHOOL

KEY = SigningKey(bytes(range(32)))
SIGNED = sign(KEY, SCHOOL, 5, b"\1" * 32, at=1_700_000_000_000, lines_sha256=b"\2" * 32)
ALONE = sign(KEY, SCHOOL, 5, b"\1" * 32, at=1_700_000_000_000)
OTHERS: dict[str, Any] = {
    "tenant_id": OTHER_SCHOOL,
    "number": 4,
    "tag": b"\3" * 32,
    "at": 1_700_000_000_001,
    "lines_sha256": None,
    "signature": b"\4" * 64,
}


@pytest.mark.parametrize("checkpoint", [SIGNED, ALONE])
def test_it_goes_through_json_and_is_checked_with_the_public_key(checkpoint: Checkpoint) -> None:
    read = from_json(json.loads(to_line(checkpoint)))

    assert checkpoint == read
    assert read.is_signed_by(KEY.public)
    assert "\n" not in to_line(checkpoint)


@pytest.mark.parametrize("field", OTHERS)
def test_nothing_in_it_can_be_changed(field: str) -> None:
    assert not replace(SIGNED, **{field: OTHERS[field]}).is_signed_by(KEY.public)


def test_whose_key_it_names_does_not_matter() -> None:
    stranger = SigningKey(bytes(32))
    forged = replace(sign(stranger, SCHOOL, 5, b"\1" * 32, at=1), public_key=KEY.public)

    assert not forged.is_signed_by(KEY.public)
    assert replace(SIGNED, public_key=stranger.public).is_signed_by(KEY.public)


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        {"form": "toolboxai audit checkpoint 2"},
        *(
            json.loads(to_line(SIGNED)) | change
            for change in (
                {"form": "x"},
                {"more": 1},
                {"number": -1},
                {"number": True},
                {"number": "5"},
                {"at": 10**18},
                {"at": 1.5},
                {"tenant_id": None},
                {"tag": "00"},
                {"tag": None},
                {"tag": "zz" * 32},
                {"lines_sha256": ""},
                {"signature": "00" * 32},
                {"public_key": 7},
            )
        ),
    ],
    ids=str,
)
def test_what_is_no_checkpoint_is_refused(told: object) -> None:
    with pytest.raises(NotACheckpoint):
        from_json(told)


def test_a_missing_field_is_refused() -> None:
    for name in json.loads(to_line(SIGNED)):
        told = json.loads(to_line(SIGNED))
        del told[name]
        with pytest.raises(NotACheckpoint):
            from_json(told)


def test_keys_do_not_show_themselves_and_have_their_length() -> None:
    assert "secret" not in repr(AuditKey(3, b"s" * 32))
    assert "ssss" not in repr(AuditKey(3, b"s" * 32))
    assert "SigningKey()" == repr(KEY)
    for short in (b"", b"s" * 31, b"s" * 33):
        with pytest.raises(ValueError, match="32 bytes"):
            AuditKey(1, short)
        with pytest.raises(ValueError, match="32 bytes"):
            SigningKey(short)
