"""What comes in from a Redis server, on a connection of its own that only listens.

A server tells its followers what is published and forgets it. So whenever the connection was gone, something may be
missing: the listener is told at once, and again when all that was listened to is listened to anew.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final

from hiredis import ReplyError

from backend.errors import SettingsError
from bridge.realtime.engines.engine import Listener
from bridge.realtime.engines.names import Names
from bridge.realtime.engines.record import read_told
from bridge.realtime.engines.words import WORDS
from bridge.redis_address import Address
from bridge.redis_server.ear import Ear
from bridge.redis_server.link import Link, LinkLost, connect, packed
from bridge.redis_server.login import StoreRefused, log_in

# A connection that is dead and does not say so is noticed within this and what an answer may take.
PING_SECONDS: Final = 2.0
_FIRST_WAIT_SECONDS: Final = 0.05
_LONGEST_WAIT_SECONDS: Final = 2.0
_PING: Final = packed("PING")

_log = logging.getLogger(__name__)


class Delivery:
    def __init__(
        self,
        address: Address,
        names: Names,
        *,
        life_now: Callable[[], str | None],
        life_found: Callable[[str], None],
        give_up_seconds: float,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._address = address
        self._names = names
        # Which life of the server the one who publishes knows of, and whom to tell of another.
        self._life_now = life_now
        self._life_found = life_found
        self._give_up_seconds = give_up_seconds
        self._ping_seconds = ping_seconds
        self._listener: Listener | None = None
        self._listened: set[str] = set()
        # There once all that is listened to comes.
        self._ear: Ear | None = None
        self._life: str | None = None
        self._gone = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    async def start(self, listener: Listener) -> None:
        """Begin to listen; SettingsError where the server does not let us. One that is away may come later."""
        self._listener = listener
        try:
            await self._connect()
        except StoreRefused as error:
            raise SettingsError(f"The server that redis_url names {error}.") from None
        except LinkLost as error:
            self._say_lost(str(error))
        self._keeping = asyncio.create_task(self._keep())
        self._keeping.add_done_callback(_tell_of_fault)

    async def close(self) -> None:
        ear, self._ear, self._listener = self._ear, None, None
        if ear is not None:
            ear.cut()
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])

    async def listen(self, channel: str) -> None:
        ear = self._ear
        if ear is None:
            raise WORDS.unavailable()
        was_listened = channel in self._listened
        # At once: who leaves it meanwhile comes after us, here and at the server.
        self._listened.add(channel)
        try:
            await _expect_followed(ear, self._names.told(channel))
        except (LinkLost, StoreRefused):
            if not was_listened:
                self._listened.discard(channel)
            raise WORDS.unavailable() from None

    def unlisten(self, channel: str) -> None:
        self._listened.discard(channel)
        if self._ear is not None:
            # Nobody waits for the answer; where the connection is lost, so is what was followed on it.
            self._ear.ask(packed("SUNSUBSCRIBE", self._names.told(channel)))

    def _heard(self, told_in: bytes, told: bytes) -> None:
        if self._listener is not None:
            self._listener.arrived(read_told(self._names.channel(told_in), told))

    def _lost(self, link: Link) -> None:
        if self._ear is link:
            self._ear = None
            self._say_lost("went away")
            self._gone.set()

    def _say_lost(self, why: str) -> None:
        _log.warning("%s %s: what is followed is stale until it is there", WORDS.name, why)
        if self._listener is not None:
            self._listener.lost()

    async def _keep(self) -> None:
        """Have the connection whenever it can be had."""
        while True:
            if self._ear is None:
                await self._connect_in_the_end()
            else:
                await self._watch(self._ear)

    async def _watch(self, ear: Ear) -> None:
        """Return when the connection is lost, or after a while in which it was seen to live."""
        try:
            async with asyncio.timeout(self._ping_seconds):
                await self._gone.wait()
        except TimeoutError:
            pass
        else:
            return
        if self._life_now() not in {None, self._life}:
            # What is published goes to another server by now.
            ear.cut()
            return
        try:
            await ear.ask(_PING)
        except LinkLost:
            return

    async def _connect_in_the_end(self) -> None:
        wait, refused = _FIRST_WAIT_SECONDS, ""
        while True:
            # Workers that lost it at the same time do not come back at the same time.
            await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311 - nothing is kept safe by it
            wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
            try:
                await self._connect()
            except LinkLost:
                continue
            except StoreRefused as error:
                if str(error) != refused:
                    _log.warning("%s %s", WORDS.name, error)
                refused = str(error)
                continue
            _log.info("%s is there again: what is followed comes", WORDS.name)
            if self._listener is not None:
                self._listener.found()
            return

    async def _connect(self) -> None:
        """Have a connection on which all that is listened to comes; LinkLost, StoreRefused."""
        ear = await connect(self._address, self._give_up_seconds, self._made)
        try:
            life = await log_in(ear, self._address, self._names.life, ())
            await self._follow_all(ear)
        except BaseException:
            ear.cut()
            raise
        if not ear.is_up:
            raise LinkLost("went away")
        self._ear, self._life = ear, life
        self._gone.clear()
        self._life_found(life)

    def _made(self) -> Ear:
        return Ear(self._give_up_seconds, self._lost, self._heard)

    async def _follow_all(self, ear: Ear) -> None:
        if not isinstance(await ear.ask(packed("SPUBLISH", self._names.nobody, b"")), int):
            raise StoreRefused("does not let its user publish: it needs &tbx:* and +@pubsub")
        await _expect_followed(ear, self._names.nothing)
        channels = tuple(self._listened)
        await asyncio.gather(*(_expect_followed(ear, self._names.told(channel)) for channel in channels))
        for channel in channels:
            if channel not in self._listened:
                ear.ask(packed("SUNSUBSCRIBE", self._names.told(channel)))


def _tell_of_fault(keeping: asyncio.Task[None]) -> None:
    """Nothing would be followed any more, and nobody would know."""
    if not keeping.cancelled() and (error := keeping.exception()) is not None:
        _log.critical("%s is not kept in touch with any more", WORDS.name, exc_info=error)


async def _expect_followed(ear: Ear, told_in: bytes) -> None:
    """Return once the server has said that what is told there comes."""
    if isinstance(await ear.ask(packed("SSUBSCRIBE", told_in)), ReplyError):
        raise StoreRefused("does not let its user follow channels: it needs &tbx:* and +@pubsub")
