"""Counts the codes that somebody types, and makes the next one wait, as tries to sign in are counted.

| counter | free tries | first wait | longest wait | one try is forgotten after |
|---|---|---|---|---|
| person | 5 | 2 s | 900 s | 1800 s |
| network | 30 | 1 s | 60 s | 60 s |

A code that was right gives its own try back and no more. Anybody can have a code made, so with one of their own
somebody could else begin anew after each few guesses.
"""

import math
from dataclasses import replace
from typing import Final

from backend.accounts.signin.delays import FRESH, Rule
from backend.accounts.signin.tries import store
from backend.db.now import now_milliseconds
from backend.db.unit import Transaction
from backend.errors import TooManyTries
from backend.sealing.key_ring import KeyRing

PERSON: Final = Rule(5, 2.0, 900.0, 1800.0)
NETWORK: Final = Rule(30, 1.0, 60.0, 60.0)


class CodeTries:
    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    async def begin(self, tx: Transaction, person_id: str, network: str) -> tuple[bytes, ...]:
        """Count a try before it is looked at; TooManyTries says how long to wait, and nothing is counted."""
        rules = {
            self._ring.digest(f"tries pairing person {person_id}"): PERSON,
            self._ring.digest(f"tries pairing network {network}"): NETWORK,
        }
        await store.make(tx, list(rules))
        found = await store.find(tx, list(rules))
        now = await now_milliseconds(tx) / 1000
        counters = {digest: found.get(digest, FRESH) for digest in rules}
        wait_seconds = max(rule.wait_seconds(counters[digest], now) for digest, rule in rules.items())
        if wait_seconds > 0:
            raise TooManyTries(math.ceil(wait_seconds))
        await store.keep(tx, {digest: rule.counted(counters[digest], now) for digest, rule in rules.items()})
        return tuple(rules)

    async def was_right(self, tx: Transaction, tried: tuple[bytes, ...]) -> None:
        found = await store.find(tx, tried)
        await store.keep(tx, {digest: replace(each, tries=max(0.0, each.tries - 1)) for digest, each in found.items()})
