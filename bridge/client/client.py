"""Does one thing at a bridge, once, whatever is lost on the way."""

import asyncio
import json as json_module
import logging
import re
import ssl
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bridge.client.address import BridgeAddress
from bridge.client.answers import Answer, JsonValue
from bridge.client.clock import BridgeClock
from bridge.client.device_file import DeviceFile
from bridge.client.doing import Doing
from bridge.client.fields import FieldWrong
from bridge.client.following.asked import STATE_PATH, check_begin, check_channel
from bridge.client.following.cursor import LATEST
from bridge.client.following.events import Event, State
from bridge.client.following.follower import Follower
from bridge.client.following.items import read_state
from bridge.client.following.roads import RoadName, open_road
from bridge.client.grants import wrong
from bridge.client.openers import DeviceOpener, GameKey, GameOpener, Opener
from bridge.client.opening import SESSION_PATH, Whereabouts
from bridge.client.session_keeper import SessionKeeper
from bridge.client.signing import READING_METHODS, Request, SignedHead
from bridge.client.transport import MOST_CONNECTIONS, Lost, Transport

REQUEST_SECONDS: Final = 30.0
# One sending; a bridge that hangs is asked again on another connection.
SENDING_SECONDS: Final = 10.0
# Until a channel that is to be followed has begun.
BEGIN_SECONDS: Final = 30.0
GOODBYE_SECONDS: Final = 2.0
_JSON_TYPE: Final = "application/json"
# No HEAD: an answer without a body has no code to act on.
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
# What a request line takes; of a fragment nothing would be sent.
_TARGET: Final = re.compile(r"/[!-\"$-~]*")
_IDEMPOTENCY_KEY: Final = re.compile(r"[A-Za-z0-9_.:+/=-]{16,128}")
_log: Final = logging.getLogger(__name__)


class Client:
    """Made by `open_device` or `open_game`; of one event loop."""

    def __init__(self, transport: Transport, opener: Opener, address: BridgeAddress, clock: BridgeClock) -> None:
        self._transport = transport
        self._clock = clock
        self._keeper = SessionKeeper(opener, address.authority, clock, is_tls=address.is_tls)
        # Numbers stay near each other, because nothing waits for a connection once it has one.
        # By the road that they take.
        self._followers: dict[RoadName, Follower] = {}
        self._under_way = asyncio.Semaphore(MOST_CONNECTIONS)

    @property
    def machine_differs_by_seconds(self) -> float:
        """How far the date of this machine is ahead of the bridge's; 0 until a session is open."""
        return self._clock.machine_differs_by_seconds

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: JsonValue = None,
        body: bytes = b"",
        content_type: str | None = None,
        idempotency_key: str | None = None,
        timeout_seconds: float = REQUEST_SECONDS,
        sending_seconds: float = SENDING_SECONDS,
    ) -> Answer:
        """Do one thing and return what the bridge answered, proven; a refusal is raised as Refused.

        `path` has its query with it, both as they stand in a request line. The key is made up where none is given; give
        one to do the same thing in another process or after a restart.
        """
        request = _request(
            method, path, json=json, body=body, content_type=content_type, idempotency_key=idempotency_key
        )

        async def send(head: SignedHead) -> Answer:
            return await self._transport.send(request, head.headers, seconds=sending_seconds)

        doing = Doing(self._keeper, request, send)
        try:
            async with asyncio.timeout(timeout_seconds) as limit, self._under_way:
                return await doing.until_answered(limit)
        except TimeoutError:
            raise doing.failure(timeout_seconds) from None

    def follow(
        self,
        channel: str,
        *,
        begin: str = LATEST,
        transport: RoadName = "websocket",
        begin_seconds: float | None = BEGIN_SECONDS,
    ) -> AsyncGenerator[Event, None]:
        """Follow a channel from a place on: a cursor, "earliest" for all that is kept, or "latest".

        Each message comes once and in order, or an event says that some are missing. It begins with the first step of
        the loop over it, and lasts, over whatever connections it takes, until the loop is left. A ClientError ends it
        where the bridge refuses it, or where it could not begin in `begin_seconds`; None waits for as long as it takes.
        """
        check_channel(channel)
        check_begin(begin)
        return self._follower(transport).follow(channel, begin, begin_seconds=begin_seconds)

    async def state(self, channel: str) -> State:
        """Read what holds in a channel: the last message of each key."""
        check_channel(channel)
        answer = await self.request("GET", f"{STATE_PATH}?channel={channel}")
        try:
            return read_state(answer.body)
        except FieldWrong as error:
            raise wrong(error) from None

    def _follower(self, transport: RoadName) -> Follower:
        if transport not in self._followers:
            self._followers[transport] = Follower(open_road(transport, self._transport, self._keeper), self._keeper)
        return self._followers[transport]

    async def close(self) -> None:
        """End the session at the bridge too, so that it does not count among those that are open."""
        for follower in self._followers.values():
            await follower.close()
        await self._keeper.close()
        session = self._keeper.current
        if session is None or session.is_over:
            return
        self._keeper.retire(session)
        request = _request("DELETE", SESSION_PATH)
        try:
            await self._transport.send(request, session.sign(request).headers, seconds=GOODBYE_SECONDS)
        except Lost as lost:
            _log.debug("the session was left to end by itself: %s", lost)


@asynccontextmanager
async def open_device(
    file: Path,
    *,
    whereabouts: Whereabouts | None = None,
    tls: ssl.SSLContext | None = None,
    clock: BridgeClock | None = None,
) -> AsyncIterator[Client]:
    """Talk to the bridge as the device that is kept in this file."""
    kept = DeviceFile(file)
    device = await asyncio.to_thread(kept.read)
    async with Transport(device.bridge, tls=tls) as transport:
        opener = DeviceOpener(transport, kept, device, whereabouts or Whereabouts(version("toolboxai")))
        client = Client(transport, opener, device.bridge, clock or BridgeClock())
        try:
            yield client
        finally:
            await client.close()


@asynccontextmanager
async def open_game(
    url: str,
    bearer: str,
    *,
    universe_id: int,
    place_id: int,
    job: str | None = None,
    tls: ssl.SSLContext | None = None,
    clock: BridgeClock | None = None,
) -> AsyncIterator[Client]:
    """Talk to the bridge as a game server of this place, which holds this game key."""
    address = BridgeAddress.parse(url)
    here = Whereabouts(version("toolboxai"), place_id=place_id, universe_id=universe_id, job=job)
    async with Transport(address, tls=tls) as transport:
        opener = GameOpener(transport, address, GameKey(bearer), here)
        client = Client(transport, opener, address, clock or BridgeClock())
        try:
            yield client
        finally:
            await client.close()


def _request(
    method: str,
    path: str,
    *,
    json: JsonValue = None,
    body: bytes = b"",
    content_type: str | None = None,
    idempotency_key: str | None = None,
) -> Request:
    if _TARGET.fullmatch(path) is None:
        raise ValueError("A path begins with / and is written in ASCII, with percent signs for all else.")
    if method not in _METHODS:
        raise ValueError(f"A method is one of {', '.join(sorted(_METHODS))}.")
    if json is not None:
        body, content_type = json_module.dumps(json, separators=(",", ":"), allow_nan=False).encode(), _JSON_TYPE
    if method in READING_METHODS:
        return Request(method, path, body, content_type, None)
    key = str(uuid.uuid4()) if idempotency_key is None else idempotency_key
    if _IDEMPOTENCY_KEY.fullmatch(key) is None:
        raise ValueError("An idempotency key has 16 to 128 of A-Z a-z 0-9 _ . : + / = -")
    return Request(method, path, body, content_type, key)
