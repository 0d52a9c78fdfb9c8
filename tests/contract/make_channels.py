"""Writes the seals of channels.json: worked bytes of one stream, and of those that a recording would be.

`python -P -m tests.contract.make_channels` makes them anew, and leaves the cursors and cases before them as they are; a
test holds that the file is what this makes.
"""

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from typing import Any, Final

from tests.contract.make_requests import BRIDGE_ID, CREATED, MASTERS
from tests.contract.signing import Session, mac, sign

VECTORS: Final = Path(__file__).with_name("channels.json")
# The session of the first grant of protocol.json, and the one that the stream goes on with.
SESSION: Final = Session(MASTERS[1], BRIDGE_ID, 1, 0, bytes(range(16)), "00000000000000ab")
NEXT_SESSION: Final = Session(MASTERS[255], BRIDGE_ID, 255, 0xFFFE, bytes(range(0xF0, 0x100)), "fedcba9876543210")
STREAM: Final = "c3RyZWFtLW9mLXZlY3RvcnM"
# Of the form of one: whoever seals reads nothing of it.
TICKET: Final = urlsafe_b64encode(bytes(range(115))).decode().rstrip("=")
_FIRST: Final = ' "stream": '
_WELCOME: Final = {
    "type": "welcome",
    "stream": STREAM,
    "sealed": True,
    "expires_in_seconds": 960,
    "time_milliseconds": 1_700_000_000_123,
}
_GAME: Final = {"channel": "game/01m4/9801"}
_MESSAGE: Final = {"cursor": "5f3a00c1d2e3f405.5", "at": 1_700_000_000_123, "key": None, "data": "\u00e9\n"}
_ITEMS: Final[tuple[tuple[dict[str, object], ...], ...]] = (
    ({"type": "following", **_GAME, "cursor": "5f3a00c1d2e3f405.4"}, {"type": "message", **_GAME, **_MESSAGE}),
    ({"type": "extended", "expires_in_seconds": 960},),
)


def opened_by(number: int) -> str:
    """Return the base64 of the signature of an upgrade by the session."""
    key, created = SESSION.use("request"), CREATED + number
    signed = sign(
        key,
        SESSION.key_id,
        number=number,
        created=created,
        method="GET",
        target="/v1/stream",
        body=b"",
        idempotency_key=None,
    )
    return signed.signature.split(":")[1]


def seal(session: Session, opener: str, counter: int, *items: dict[str, object]) -> dict[str, object]:
    frames = [json.dumps(item, separators=(",", ":"), ensure_ascii=False) for item in items]
    digests = [b64encode(hashlib.sha256(frame.encode()).digest()).decode() for frame in frames]
    lines = "\n".join(("toolboxai-stream-1", STREAM, opener, str(counter), *digests))
    proof = b64encode(mac(session.use("stream"), lines.encode())).decode()
    return {"session": session.key.hex(), "counter": counter, "frames": frames, "lines": lines, "proof": proof}


def seals() -> dict[str, Any]:
    own, others = opened_by(3), (opened_by(4), TICKET)
    return {
        "stream": STREAM,
        "opened_by": own,
        "seals": [
            seal(SESSION, own, 1, _WELCOME),
            seal(SESSION, own, 2, *_ITEMS[0]),
            # An extension changes the key, and not what opened it.
            seal(NEXT_SESSION, own, 3, *_ITEMS[1]),
        ],
        # Of the same session, stream id and frames: right for whoever opened them, and for nobody else.
        "recorded": [{"opened_by": each, **seal(SESSION, each, 1, _WELCOME)} for each in others],
    }


def text() -> str:
    """Return the file as it has to be: one seal a line, as its cases stand."""
    before, found, _ = VECTORS.read_text("utf-8").partition(_FIRST)
    assert found
    made = seals()
    rows = {name: ",\n".join(f"  {_line(each)}" for each in made[name]) for name in ("seals", "recorded")}
    return (
        f'{before}{_FIRST}{_line(made["stream"])},\n "opened_by": {_line(made["opened_by"])},\n'
        f' "seals": [\n{rows["seals"]}\n ],\n "recorded": [\n{rows["recorded"]}\n ]\n}}\n'
    )


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    VECTORS.write_text(text(), encoding="utf-8")
