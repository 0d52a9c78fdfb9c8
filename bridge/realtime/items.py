"""Items of a stream that are no messages (docs/protocol.md, 9)."""

from collections.abc import Mapping, Sequence

import orjson

from backend.errors import RequestError, ServiceError
from bridge.realtime.cursor import Cursor


def following(channel: str, at: Cursor) -> bytes:
    return _item("following", channel, cursor=str(at))


def reset(channel: str, at: Cursor, reason: str) -> bytes:
    snapshot = f"/v1/state?channel={channel}"
    return _item("reset", channel, cursor=str(at), reason=reason, snapshot=snapshot)


def coalesced(channel: str, offsets: Sequence[int]) -> bytes:
    return _item("coalesced", channel, offsets=offsets)


def stale(channel: str) -> bytes:
    return _item("stale", channel)


def live(channel: str, at: Cursor) -> bytes:
    return _item("live", channel, cursor=str(at))


def left(channel: str) -> bytes:
    return _item("left", channel)


def denied(channel: str, error: RequestError | ServiceError) -> bytes:
    return _item("denied", channel, status=error.status, code=error.code, detail=error.sentence)


def bye(code: str, detail: str, retry_after_seconds: float, places: Mapping[str, Cursor]) -> bytes:
    cursors = {channel: str(cursor) for channel, cursor in places.items()}
    told = {"code": code, "detail": detail, "retry_after_seconds": retry_after_seconds, "cursors": cursors}
    return orjson.dumps({"type": "bye"} | told)


def welcome(stream_id: str, *, is_sealed: bool, expires_in_seconds: int | None, now_milliseconds: int) -> bytes:
    told = {"stream": stream_id, "sealed": is_sealed, "expires_in_seconds": expires_in_seconds}
    return orjson.dumps({"type": "welcome"} | told | {"time_milliseconds": now_milliseconds})


def extended(expires_in_seconds: int | None) -> bytes:
    return orjson.dumps({"type": "extended", "expires_in_seconds": expires_in_seconds})


def pong(now_milliseconds: int) -> bytes:
    return orjson.dumps({"type": "pong", "time_milliseconds": now_milliseconds})


def _item(kind: str, channel: str, **told: object) -> bytes:
    return orjson.dumps({"type": kind, "channel": channel} | told)
