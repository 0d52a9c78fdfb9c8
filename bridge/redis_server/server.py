"""A Redis server as a worker sees it: a link that is made anew, and the life that is now."""

import asyncio
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from hiredis import ReplyError

from backend.errors import SettingsError, StoreUnavailable
from bridge.breakers.breaker import Breaker, BreakerOpen
from bridge.redis_address import Address
from bridge.redis_server.link import Link, LinkLost, connect
from bridge.redis_server.login import StoreRefused, begin_life, log_in
from bridge.redis_server.scripts import Scripts

# What a script answers with first where what is asked is of another life.
OTHER_LIFE: Final = 0

_Kind = TypeVar("_Kind", int, bytes, list[Any])

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a server in logs and errors, by what it is for."""

    name: str
    # What is so for as long as it is away.
    without: str
    # What whoever asked it for something is told.
    refusal: str

    def unavailable(self, seconds: float = 1.0) -> StoreUnavailable:
        error = StoreUnavailable(self.refusal)
        error.headers = (("Retry-After", str(max(1, math.ceil(seconds)))),)
        return error


class Server:
    def __init__(
        self,
        address: Address,
        life: bytes,
        scripts: Scripts,
        words: Words,
        breaker: Breaker,
        *,
        give_up_seconds: float,
    ) -> None:
        self.breaker = breaker
        # Of those that have one it is up.
        self.link: Link | None = None
        self._address = address
        self._life = life
        self._scripts = scripts
        self._words = words
        self._give_up_seconds = give_up_seconds
        self._connecting: asyncio.Task[Link] | None = None
        self._epoch: str | None = None
        self._is_closed = False
        self._is_away = False

    async def start(self) -> None:
        """Refuse a server that may not be relied on; one that is away may come later."""
        try:
            await self.reached()
        except StoreUnavailable as error:
            if isinstance(error.__cause__, StoreRefused):
                raise SettingsError(f"The server that redis_url names {error.__cause__}.") from None

    async def close(self) -> None:
        self._is_closed = True
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait([self._connecting])
        if self.link is not None:
            self.link.cut()

    @property
    def epoch(self) -> str:
        if self._epoch is None:
            # Whoever asks cannot wait; by the time that he comes again it may be known.
            if self.link is None:
                self._begin()
            raise self._words.unavailable()
        return self._epoch

    @property
    def known_epoch(self) -> str | None:
        """The life of the server that was asked last, if one was."""
        return self._epoch

    def expect_life(self, epoch: str) -> None:
        """Leave a server that is known to be of another life: what was reached just now is the one to be asked."""
        if self.link is not None and self._epoch != epoch:
            self.link.cut()

    async def told(self, name: str, *keys: bytes, arguments: Sequence[bytes | int | str]) -> list[Any]:
        """Run a script that begins with the life; what is told of another one is learned."""
        answer = await self.ask(self._scripts[name].call((self._life, *keys), arguments), list)
        if answer[0] == OTHER_LIFE:
            await self.learn(answer)
        return answer

    async def learn(self, answer: list[Any]) -> None:
        """Take the epoch that is now, or begin a life where the server has none of its own."""
        epoch = cast("bytes | None", answer[1])
        if epoch is None:
            epoch = await self.ask(begin_life(self._life), bytes)
        self._epoch = epoch.decode("ascii")

    async def ask(self, command: bytes, kind: type[_Kind]) -> _Kind:
        """Return an answer of the kind that it has to be; a server that gives another is left."""
        link = self.link or await self.reached()
        try:
            answer = await link.ask(command)
        except LinkLost:
            raise self._words.unavailable() from None
        if isinstance(answer, kind):
            if self.breaker.failures:
                self.breaker.succeeded()
            return answer
        if isinstance(answer, ReplyError):
            # Its first word only: the rest may repeat what it was told.
            word = str(answer).partition(" ")[0]
            _log.warning("%s answers %s: the link is made anew", self._words.name, word)
        link.cut()
        raise self._words.unavailable()

    async def reached(self) -> Link:
        """Return the link, made anew where it has to be: once for all that wait for it."""
        if self.link is not None:
            return self.link
        try:
            return await asyncio.shield(self._begin())
        except (LinkLost, StoreRefused) as error:
            raise self._words.unavailable() from error

    def _begin(self) -> asyncio.Task[Link]:
        if self._is_closed:
            raise self._words.unavailable()
        if self._connecting is None:
            try:
                self.breaker.enter()
            except BreakerOpen as error:
                raise self._words.unavailable(error.seconds) from None
            self._connecting = asyncio.create_task(self._connect())
            # Whoever waited for it may have gone; then nobody else looks at what it ended with.
            self._connecting.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._connecting

    async def _connect(self) -> Link:
        try:
            link = await self._opened()
        except (LinkLost, StoreRefused) as error:
            if not self._is_away:
                _log.warning("%s %s: %s until it is there", self._words.name, error, self._words.without)
            self._is_away = True
            raise
        finally:
            self._connecting = None
        if self._is_away:
            _log.info("%s is there again", self._words.name)
        self._is_away = False
        self.link = link
        return link

    async def _opened(self) -> Link:
        try:
            link = await connect(self._address, self._give_up_seconds, self._made)
        except LinkLost:
            self.breaker.failed()
            raise
        try:
            self._epoch = await log_in(link, self._address, self._life, self._scripts.all())
        except BaseException:
            link.cut()
            raise
        if not link.is_up:
            raise LinkLost("went away")
        return link

    def _made(self) -> Link:
        return Link(self._give_up_seconds, self._lost)

    def _lost(self, link: Link) -> None:
        if self.link is link:
            self.link = None
        if not self._is_closed:
            self.breaker.failed()
