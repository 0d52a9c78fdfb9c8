"""Counts tries to sign in, and makes the next one wait: the rules are those of `delays`, this keeps their counters.

A counter stands under a keyed hash of what it counts, so that the table names neither people nor networks.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.accounts.signin import delays
from backend.accounts.signin.delays import FRESH, SECOND_FACTOR, Counter, Counters
from backend.accounts.signin.tries import store
from backend.db.now import now_milliseconds
from backend.db.unit import Transaction
from backend.errors import TooManyTries
from backend.sealing.key_ring import KeyRing

# Longer than the longest wait and than the time in which any counter is forgotten.
_KEPT_SECONDS: Final = 86_400.0
_FORGOTTEN_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Try:
    """One try that was counted: what it counted under, and how the counters stood then."""

    digests: Mapping[str, bytes]
    counters: Counters


class Tries:
    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    async def begin(self, tx: Transaction, account: str, network: str, device: str | None) -> Try:
        """Count a try before its hash is computed; TooManyTries says how long to wait, and nothing is counted."""
        digests = self._digests(account, network, device)
        await store.make(tx, list(digests.values()))
        found = await store.find(tx, list(digests.values()))
        counters = Counters(**{name: found.get(digest, FRESH) for name, digest in digests.items()})
        now = await now_milliseconds(tx) / 1000
        _refuse(delays.wait_seconds(counters, now))
        counted = Try(digests, delays.counted(counters, now))
        await self._keep(tx, counted)
        await store.forget(tx, before_seconds=now - _KEPT_SECONDS, at_most=_FORGOTTEN_AT_ONCE)
        return counted

    async def was_right(self, tx: Transaction, tried: Try) -> None:
        """Take the try back, from the counters as they stand by now."""
        digests = list(tried.digests.values())
        found = await store.find(tx, digests)
        counters = Counters(**{name: found.get(digest, FRESH) for name, digest in tried.digests.items()})
        await self._keep(tx, Try(tried.digests, delays.after_success(counters)))

    async def begin_second_factor(self, tx: Transaction, person_id: str) -> bytes:
        """Count a try of a code; TooManyTries says how long to wait."""
        digest = self._ring.digest(f"tries second factor {person_id}")
        await store.make(tx, [digest])
        counter = (await store.find(tx, [digest]))[digest]
        now = await now_milliseconds(tx) / 1000
        _refuse(SECOND_FACTOR.wait_seconds(counter, now))
        await store.keep(tx, {digest: SECOND_FACTOR.counted(counter, now)})
        return digest

    async def second_factor_was_right(self, tx: Transaction, digest: bytes) -> None:
        await store.keep(tx, {digest: FRESH})

    def _digests(self, account: str, network: str, device: str | None) -> dict[str, bytes]:
        if device is not None:
            # A known device meets no counter but its own, so that it makes others wait as little.
            return {"device": self._ring.digest(f"tries device {device} {account}")}
        return {
            "account_and_network": self._ring.digest(f"tries account network {network} {account}"),
            "account": self._ring.digest(f"tries account {account}"),
            "network": self._ring.digest(f"tries network {network}"),
            "everybody": self._ring.digest("tries everybody"),
        }

    async def _keep(self, tx: Transaction, tried: Try) -> None:
        counters: dict[bytes, Counter] = {
            digest: getattr(tried.counters, name) or FRESH for name, digest in tried.digests.items()
        }
        await store.keep(tx, counters)


def _refuse(wait_seconds: float) -> None:
    if wait_seconds > 0:
        raise TooManyTries(math.ceil(wait_seconds))
