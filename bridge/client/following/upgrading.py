"""Opens streams, one after the other, and knows why none was opened so far."""

import asyncio
from collections.abc import Awaitable, Callable

from bridge.client.answers import Answer
from bridge.client.doing import Doing, Upgraded
from bridge.client.errors import ClientError
from bridge.client.session_keeper import SessionKeeper
from bridge.client.signing import Request, SignedHead


class Upgrading:
    def __init__(self, keeper: SessionKeeper) -> None:
        self._keeper = keeper
        self._doing: Doing | None = None

    async def opened(self, request: Request, send: Callable[[SignedHead], Awaitable[Answer]]) -> Upgraded:
        """Return a stream that the bridge has opened; a ClientError where another try is useless."""
        self._doing = Doing(self._keeper, request, send)
        # Following has no end; whoever waits for the first word bounds that.
        async with asyncio.timeout(None) as unlimited:
            return await self._doing.until_upgraded(unlimited)

    def failure(self, seconds: float) -> ClientError | None:
        return None if self._doing is None else self._doing.failure(seconds)
