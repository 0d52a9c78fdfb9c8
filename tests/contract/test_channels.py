"""The vectors of channels: the bridge reads the same places, and the core makes the same seals."""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from backend.errors import InvalidRequest
from bridge.realtime.cursor import Cursor, read_begin
from core_rs import MacKey, session_use

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


def test_the_cases_are_of_their_form() -> None:
    assert len(FILE["cases"]) >= 30
    for case in FILE["cases"]:
        assert {step["is"] for step in case["steps"]} <= {"use", "leave", "gap"}
        assert isinstance(read_begin(case["place"]), Cursor)
        read_begin(case["begin"])
