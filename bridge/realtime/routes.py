"""How channels are followed, and asked for what holds in them."""

from typing import Any, Final

import orjson

from backend.errors import NOTHING_HERE, NotFound
from backend.web.call import Answer, Call
from backend.web.route import PUBLIC, SIGNED, SIGNED_IN, IdempotentBy, Route
from bridge.gate.principal import Principal
from bridge.gate.signed.naming import name_of
from bridge.gate.signed.signed_by import signed_by
from bridge.realtime.desk import DESK
from bridge.realtime.followers import CallerFollower, Follower, SessionFollower
from bridge.realtime.names import read_name
from bridge.realtime.places import read_wanted
from bridge.realtime.schemas import (
    ChannelQuery,
    Entry,
    EventsQuery,
    Extended,
    PresenceShown,
    PresentShown,
    StateShown,
    StreamPath,
    StreamQuery,
    UpdatesQuery,
)
from bridge.realtime.transports import events, websocket
from bridge.realtime.transports.events import EventStream
from bridge.realtime.transports.polling import Poll
from bridge.realtime.transports.websocket import WebSocketStream, accepted

EXTEND: Final = "/v1/streams/{stream_id}/extend"


def _follower(call: Call[None, Any, None]) -> Follower:
    desk = call.app[DESK]
    if isinstance(call.principal, Principal):
        return SessionFollower(call.principal, desk.gatehouse, call.sender.address)
    return CallerFollower(call.caller, call.sender, desk.authenticator)


def _opened_by(call: Call[None, Any, None]) -> str | None:
    """Return what the seals of a stream name as having opened it; None where it has none."""
    if call.sender.by_https or not isinstance(call.principal, Principal):
        return None
    signature = call.sender.only("Signature")
    if signature is not None:
        return name_of(signature)
    if call.query.ticket is None:
        raise TypeError("a session opens a stream by a signature or by a ticket")
    return str(call.query.ticket)


async def get_stream(call: Call[None, StreamQuery, None]) -> Answer:
    desk = call.app[DESK]
    accept = accepted(call.sender)
    principal = call.principal if isinstance(call.principal, Principal) else None
    if principal is None:
        desk.check_door()
    else:
        desk.check_room()
    return Answer(101, stream=WebSocketStream(desk, call.sender, accept, principal, opened_by=_opened_by(call)))


async def get_events(call: Call[None, EventsQuery, None]) -> Answer:
    desk = call.app[DESK]
    wanted = read_wanted(call.sender.only("Last-Event-ID") or call.query.follow)
    desk.check_room()
    stream = EventStream(desk, _follower(call), wanted, opened_by=_opened_by(call))
    return Answer(200, stream=stream)


async def get_updates(call: Call[None, UpdatesQuery, None]) -> Answer:
    poll = Poll(call.app[DESK], _follower(call), call.sender)
    await poll.want(read_wanted(call.query.follow))
    return Answer(200, await poll.answer(call.query.wait))


async def get_state(call: Call[None, ChannelQuery, None]) -> Answer:
    name = read_name(call.query.channel)
    _follower(call).check(name)
    state = await call.app[DESK].engine.state(name.text)
    entries = tuple(
        Entry(entry.key or "", entry.at, str(entry.cursor), orjson.loads(entry.data)) for entry in state.entries
    )
    return Answer(200, StateShown(name.text, str(state.top), entries))


async def get_presence(call: Call[None, ChannelQuery, None]) -> Answer:
    name = read_name(call.query.channel)
    _follower(call).check(name)
    present = await call.app[DESK].engine.present(name.text)
    # One who follows it several times is shown once, since the first.
    first: dict[tuple[str, str], int] = {}
    for each in sorted(present, key=lambda one: one.since):
        first.setdefault((each.kind, each.id.partition(".")[0]), each.since)
    shown = tuple(PresentShown(kind, holder, since) for (kind, holder), since in first.items())
    return Answer(200, PresenceShown(name.text, shown))


async def extend_stream(call: Call[None, None, StreamPath]) -> Answer:
    following = call.app[DESK].find(call.params.stream_id)
    principal = signed_by(call)
    if following is None or not following.is_of(principal):
        raise NotFound(NOTHING_HERE)
    following.extend(principal)
    return Answer(200, Extended(following.expires_in_seconds or 0))


ROUTES: Final = (
    Route(
        method="GET",
        path=websocket.PATH,
        handler=get_stream,
        query=StreamQuery,
        answers={101: None},
        permission=PUBLIC,
        also_signed=(),
        takes_tickets=True,
        streams=True,
        rate_class="read",
        summary="Follow channels over a WebSocket",
    ),
    Route(
        method="GET",
        path="/v1/events",
        handler=get_events,
        query=EventsQuery,
        answers={200: bytes},
        content_type=events.CONTENT_TYPE,
        permission=SIGNED_IN,
        also_signed=(),
        takes_tickets=True,
        streams=True,
        rate_class="read",
        summary="Follow channels by server-sent events",
    ),
    Route(
        method="GET",
        path="/v1/updates",
        handler=get_updates,
        query=UpdatesQuery,
        answers={200: bytes},
        permission=SIGNED_IN,
        also_signed=(),
        rate_class="read",
        summary="What is new in channels since a place, at once or when it comes",
    ),
    Route(
        method="GET",
        path="/v1/state",
        handler=get_state,
        query=ChannelQuery,
        answers={200: StateShown},
        permission=SIGNED_IN,
        also_signed=(),
        rate_class="read",
        summary="What holds in a channel: the last message of each key",
    ),
    Route(
        method="GET",
        path="/v1/presence",
        handler=get_presence,
        query=ChannelQuery,
        answers={200: PresenceShown},
        permission=SIGNED_IN,
        also_signed=(),
        rate_class="read",
        summary="Who follows a channel",
    ),
    Route(
        method="POST",
        path=EXTEND,
        handler=extend_stream,
        params=StreamPath,
        answers={200: Extended},
        permission=SIGNED,
        signed=(),
        rate_class="write",
        idempotent_by=IdempotentBy.STATE,
        # Streams are of this process; no unit has them.
        own_units=True,
        summary="Have a stream go on with a new session",
    ),
)
