"""Items of a stream that are no messages (docs/protocol.md, 9)."""

from collections.abc import Mapping, Sequence

import orjson

from backend.errors import RequestError, ServiceError
from bridge.realtime.cursor import Begin, Cursor
from bridge.realtime.told import Told

FOLLOWING = "following"
STALE = "stale"


def following(channel: str, at: Cursor) -> Told:
    return _told(FOLLOWING, channel, at, cursor=str(at))


def reset(channel: str, at: Cursor, reason: str) -> Told:
    snapshot = f"/v1/state?channel={channel}"
    return _told("reset", channel, at, cursor=str(at), reason=reason, snapshot=snapshot)


def coalesced(channel: str, offsets: Sequence[int]) -> Told:
    return _told("coalesced", channel, offsets=offsets)


def stale(channel: str) -> Told:
    return _told(STALE, channel)


def live(channel: str, at: Cursor) -> Told:
    return _told("live", channel, cursor=str(at))


def left(channel: str) -> Told:
    return _told("left", channel)


def denied(channel: str, error: RequestError | ServiceError) -> Told:
    return _told("denied", channel, status=error.status, code=error.code, detail=error.sentence)


def bye(code: str, detail: str, retry_after_seconds: float, places: Mapping[str, Begin]) -> Told:
    cursors = {channel: str(place) for channel, place in places.items() if isinstance(place, Cursor)}
    return _alone("bye", code=code, detail=detail, retry_after_seconds=retry_after_seconds, cursors=cursors)


def welcome(stream_id: str, *, is_sealed: bool, expires_in_seconds: int | None, now_milliseconds: int) -> Told:
    told = {"sealed": is_sealed, "expires_in_seconds": expires_in_seconds, "time_milliseconds": now_milliseconds}
    return _alone("welcome", stream=stream_id, **told)


def extended(expires_in_seconds: int | None) -> Told:
    return _alone("extended", expires_in_seconds=expires_in_seconds)


def pong(now_milliseconds: int) -> Told:
    return _alone("pong", time_milliseconds=now_milliseconds)


def _told(kind: str, channel: str, at: Cursor | None = None, **told: object) -> Told:
    return Told(orjson.dumps({"type": kind, "channel": channel} | told), kind, channel, at)


def _alone(kind: str, **told: object) -> Told:
    return Told(orjson.dumps({"type": kind} | told), kind)
