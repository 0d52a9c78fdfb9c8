"""The vectors of channels, which every client shares: the same rule, the same places and the same seals."""

import json
from typing import Any

import pytest

from bridge.client.fields import Fields, FieldWrong
from bridge.client.following.cursor import read_cursor
from bridge.client.following.items import OfChannel, read_item
from bridge.client.following.position import Position, Step
from bridge.client.following.seals import SealBroken, Seals
from core_rs import MacKey, session_use
from tests.contract.test_channels import FILE

STEPS = {"use": Step.USE, "leave": Step.LEAVE, "gap": Step.ANEW}


def read(item: dict[str, Any]) -> Any:
    found = read_item(Fields({"channel": "tenant/01m4", "snapshot": "/v1/state", **item}))
    assert isinstance(found, OfChannel)
    return found


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: str(case["case"]))
def test_each_item_is_used_left_or_shows_a_gap(case: dict[str, Any]) -> None:
    position = Position(case["begin"])
    steps = [position.take(read(step["item"])) for step in case["steps"]]

    assert [STEPS[step["is"]] for step in case["steps"]] == steps
    assert case["place"] == position.begin


@pytest.mark.parametrize("text", FILE["cursors"]["right"])
def test_a_place_is_read_and_written_the_same(text: str) -> None:
    assert text == str(read_cursor(text))


@pytest.mark.parametrize("text", FILE["cursors"]["wrong"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(FieldWrong):
        read_cursor(text)


def test_the_seals_of_one_stream_are_believed_over_its_two_sessions() -> None:
    keys = [MacKey(session_use(bytes.fromhex(case["session"]), "stream")) for case in FILE["seals"]]
    seals = Seals(FILE["stream"], FILE["opened_by"], keys[0])
    seals.expect(keys[-1])
    for case in FILE["seals"]:
        frames = [frame.encode() for frame in case["frames"]]
        told = {"type": "seal", "counter": case["counter"], "items": len(frames), "proof": case["proof"]}

        assert [[]] * len(frames) == [seals.take(frame) for frame in frames]
        assert len(frames) == len(seals.take(json.dumps(told).encode()))


@pytest.mark.parametrize("case", FILE["recorded"], ids=lambda case: str(case["opened_by"][:8]))
def test_what_opened_another_stream_of_the_session_opens_no_seal_of_this_one(case: dict[str, Any]) -> None:
    told = {"type": "seal", "counter": case["counter"], "items": len(case["frames"]), "proof": case["proof"]}
    key = MacKey(session_use(bytes.fromhex(case["session"]), "stream"))
    its, other = (Seals(FILE["stream"], opened_by, key) for opened_by in (case["opened_by"], FILE["opened_by"]))
    for frame in case["frames"]:
        its.take(frame.encode())
        other.take(frame.encode())

    assert len(case["frames"]) == len(its.take(json.dumps(told).encode()))
    with pytest.raises(SealBroken, match="not the bridge's"):
        other.take(json.dumps(told).encode())
