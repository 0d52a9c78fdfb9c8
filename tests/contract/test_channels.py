"""The vectors of channels: the bridge reads the same places, the core makes the same seals, the client has the rule.

The Luau client reads them too (plugin_lua/tests/position.spec.luau).
"""

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

from backend.errors import InvalidRequest
from bridge.client.fields import Fields
from bridge.client.following.items import Bye, Denied, Extended, Left, Welcome, read_item
from bridge.client.following.position import Position, Step
from bridge.realtime.cursor import Cursor, read_begin
from bridge.realtime.seals import Sealer
from core_rs import MacKey, session_use
from tests.contract.make_channels import VECTORS, text

VERDICTS = {Step.USE: "use", Step.LEAVE: "leave", Step.ANEW: "gap"}
FILE: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))


@pytest.mark.parametrize("told", FILE["cursors"]["right"])
def test_a_place_is_read_and_written_the_same(told: str) -> None:
    place = read_begin(told)

    assert isinstance(place, Cursor)
    assert str(place) == told


@pytest.mark.parametrize("told", FILE["cursors"]["wrong"])
def test_what_is_no_place_is_refused(told: str) -> None:
    with pytest.raises(InvalidRequest):
        read_begin(told)


def test_the_seals_of_the_file_are_what_the_generator_makes() -> None:
    assert text() == VECTORS.read_text("utf-8")


@pytest.mark.parametrize("case", [*FILE["seals"], *FILE["recorded"]], ids=lambda case: str(case["lines"][43:57]))
def test_a_seal_is_of_what_opened_its_stream_and_over_its_frames_in_order(case: dict[str, Any]) -> None:
    opened_by = case.get("opened_by", FILE["opened_by"])
    digests = [b64encode(sha256(frame.encode()).digest()).decode() for frame in case["frames"]]
    lines = "\n".join(("toolboxai-stream-1", FILE["stream"], opened_by, str(case["counter"]), *digests))
    key = MacKey(session_use(bytes.fromhex(case["session"]), "stream"))

    assert case["lines"] == lines
    sealer = Sealer(key, FILE["stream"], opened_by)
    made = [json.loads(sealer.seal("\n".join(digests).encode(), len(digests))) for _ in range(case["counter"])]
    assert case["proof"] == made[-1]["proof"]
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
