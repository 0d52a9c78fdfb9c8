import hashlib
import json
from base64 import b64encode

from bridge.realtime.frames import text_frame
from bridge.realtime.message import DATA_LIMIT_BYTES, KEY_LIMIT, NewMessage
from tests.fakes.held_engine import EPOCH
from tests.unit.bridge.realtime.members import CHANNEL, message


def test_a_message_is_written_as_the_protocol_has_it() -> None:
    found = message(5, data=b'{"a":[1,2]}', key="k")

    assert {
        "type": "message",
        "channel": CHANNEL,
        "cursor": f"{EPOCH}.5",
        "at": 1_700_000_000_005,
        "key": "k",
        "data": {"a": [1, 2]},
    } == json.loads(found.item)
    assert text_frame(found.item) == found.frame
    assert f"id: {CHANNEL}@{EPOCH}.5\ndata: {found.item.decode()}\n\n" == found.event.decode()
    assert b64encode(hashlib.sha256(found.item).digest()) == found.digest


def test_its_bytes_are_made_once() -> None:
    found = message(1)

    assert all(getattr(found, name) is getattr(found, name) for name in ("item", "frame", "event", "digest"))


def test_the_largest_message_stays_below_the_limit_of_a_frame() -> None:
    largest = message(2**53 - 1, data=b'"%b"' % (b"x" * (DATA_LIMIT_BYTES - 2)), key='"' * KEY_LIMIT)

    assert len(largest.frame) < 64 * 1024


def test_null_ends_a_key_and_nothing_else_does() -> None:
    assert NewMessage(b"null", key="k").ends_key
    assert not NewMessage(b"null").ends_key
    assert not NewMessage(b'"null"', key="k").ends_key
