"""Seals as docs/protocol.md describes them, worked out with nothing of ours."""

import base64
import hashlib
import hmac
import json

from bridge.realtime.digest import digest
from bridge.realtime.seals import Sealer
from core_rs import MacKey

KEY, NEXT_KEY = b"k" * 32, b"n" * 32
OPENED_BY = base64.b64encode(b"s" * 32).decode()


def proof(key: bytes, counter: int, *texts: bytes) -> str:
    digests = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in texts]
    lines = "\n".join(("toolboxai-stream-1", "the stream", OPENED_BY, str(counter), *digests))
    return base64.b64encode(hmac.new(key, lines.encode(), hashlib.sha256).digest()).decode()


def test_a_seal_proves_the_items_since_the_last_one() -> None:
    sealer = Sealer(MacKey(KEY), "the stream", OPENED_BY)
    first = sealer.seal(digest(b"welcome"), 1)
    second = sealer.seal(digest(b"a") + b"\n" + digest(b"b"), 2)

    assert {"type": "seal", "counter": 1, "items": 1, "proof": proof(KEY, 1, b"welcome")} == json.loads(first)
    assert {"type": "seal", "counter": 2, "items": 2, "proof": proof(KEY, 2, b"a", b"b")} == json.loads(second)


def test_an_extension_changes_the_key_and_neither_the_counter_nor_what_opened_the_stream() -> None:
    sealer = Sealer(MacKey(KEY), "the stream", OPENED_BY)
    sealer.seal(digest(b"welcome"), 1)
    sealer.go_on_with(MacKey(NEXT_KEY))

    assert {"type": "seal", "counter": 2, "items": 1, "proof": proof(NEXT_KEY, 2, b"a")} == json.loads(
        sealer.seal(digest(b"a"), 1)
    )
