"""The vectors of channels: the bridge reads the same places, the core makes the same seals, the client has the rule.

The Luau client reads them too (plugin_lua/tests/position.spec.luau).
"""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from backend.errors import InvalidRequest
from bridge.client.fields import Fields
from bridge.client.following.items import Bye, Denied, Extended, Left, Welcome, read_item
from bridge.client.following.position import Position, Step
from bridge.realtime.cursor import Cursor, read_begin
from core_rs import MacKey, session_use

VERDICTS = {Step.USE: "use", Step.LEAVE: "leave", Step.ANEW: "gap"}
FILE: dict[str, Any] = json.loads((Path(__file__).parent / "channels.json").read_text("utf-8"))


@pytest.mark.parametrize("text", FILE["cursors"]["right"])
def test_a_place_is_read_and_written_the_same(text: str) -> None:
    place = read_begin(text)

    assert isinstance(place, Cursor)
    assert str(place) == text


@pytest.mark.parametrize("text", FILE["cursors"]["wrong"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        read_begin(text)


@pytest.mark.parametrize("case", FILE["seals"], ids=lambda case: str(case["counter"]))
def test_a_seal_is_over_its_frames_in_order(case: dict[str, Any]) -> None:
    digests = [b64encode(sha256(frame.encode()).digest()).decode() for frame in case["frames"]]
    lines = "\n".join(("toolboxai-stream-1", FILE["stream"], str(case["counter"]), *digests))
    key = MacKey(session_use(bytes.fromhex(case["session"]), "stream"))

    assert case["lines"] == lines
    assert case["proof"] == b64encode(key.mac(lines.encode())).decode()


def test_there_are_cases_of_every_kind() -> None:
    verdicts = {step["is"] for case in FILE["cases"] for step in case["steps"]}
    kinds = {step["item"]["type"] for case in FILE["cases"] for step in case["steps"]}

    assert verdicts == set(VERDICTS.values())
    assert kinds == {"following", "message", "reset", "coalesced", "stale", "live"}


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["case"])
def test_what_the_next_item_is(case: dict[str, Any]) -> None:
    position = Position(case["begin"])
    told = []
    for step in case["steps"]:
        item = read_item(Fields({"channel": "game/01m4/9801", **step["item"]}))
        assert item is not None
        assert not isinstance(item, Bye | Denied | Extended | Left | Welcome)
        told.append(VERDICTS[position.take(item)])

    assert told == [step["is"] for step in case["steps"]]
    assert position.begin == case["place"]
