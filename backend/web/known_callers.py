"""The Authenticator of a domain that looks credentials up: reads them strictly, keeps what was found for a while."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from backend.web.caller import ANYONE, Caller
from backend.web.credentials import Credentials, only_credential, read_credentials, wrong_credentials
from backend.web.exchange import Exchange
from backend.web.rights_cache import RightsCache
from core_rs import blake3


@dataclass(frozen=True, slots=True)
class Found:
    caller: Caller
    # Until the first of their grants, their sign-in or their key ends by its date; None if none has one.
    seconds: float | None = None


# None for what does not hold. It has to take the same work for what is unknown as for what is wrong.
LookUp = Callable[[Credentials], Awaitable[Found | None]]


class KnownCallers:
    def __init__(self, look_up: LookUp, cache: RightsCache[Caller]) -> None:
        self._look_up = look_up
        self._cache = cache

    def known(self, exchange: Exchange) -> Caller | None:
        mark = only_credential(exchange)
        return None if mark is None else self._cache.find(blake3(mark))

    async def caller(self, exchange: Exchange) -> Caller:
        credentials = read_credentials(exchange)
        if credentials is None:
            return ANYONE
        # The secret itself is not kept, and how long a comparison with it takes tells nothing.
        key = blake3(credentials.mark())
        known = self._cache.find(key)
        if known is not None:
            return known
        read_in = self._cache.generation()
        found = await self._look_up(credentials)
        if found is None:
            # Not kept: strangers may send as many of these as they like.
            raise wrong_credentials()
        self._cache.keep(key, found.caller, read_in, seconds=found.seconds)
        return found.caller
