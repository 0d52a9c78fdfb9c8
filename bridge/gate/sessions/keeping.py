"""A session that begins: its name, its record, and the window of its numbers."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from backend.db.unit import Database, Transaction, Unit
from backend.errors import NotProven, StoreUnavailable
from bridge.gate.masters import Masters
from bridge.gate.sessions import store
from bridge.gate.stores.store import GateStore, Spending
from core_rs import WindowRefused, session_id

_RANDOM_BYTES: Final = 16
# Every session of an installation with one store has this one.
_SHARD: Final = 0


@dataclass(frozen=True, slots=True)
class Name:
    """What a session is called, from which its key is made."""

    sid: str
    random: bytes
    epoch: str
    master_version: int

    @property
    def key_id(self) -> str:
        return f"{self.sid}.{self.epoch}"


@dataclass(frozen=True, slots=True)
class Room:
    """What openings work with."""

    masters: Masters
    store: GateStore
    database: Callable[[], Database]

    def new_name(self) -> Name:
        version, random = self.masters.newest(), secrets.token_bytes(_RANDOM_BYTES)
        return Name(session_id(version, _SHARD, random), random, self.store.epoch, version)

    async def begin(self, name: Name, keep: Unit[int], *, tenant_id: str) -> int:
        """Keep the record, then let its numbers be used; `keep` returns for how many seconds.

        In this order, as whoever has as many sessions as they may must not fill the table with windows.
        """
        life_seconds = await self.database().write(keep, tenant=tenant_id)
        try:
            # The store lets it answer for the overlap beyond that.
            await self.store.open_window(name.random, life_seconds=life_seconds)
        except (StoreUnavailable, WindowRefused) as refused:
            await self._forget(name)
            raise StoreUnavailable("There is no room for another session now; try again in a moment.") from refused
        except asyncio.CancelledError:
            # Given up between the two: a record without a window would count for its whole time.
            await asyncio.shield(self._forget(name))
            raise
        return life_seconds

    async def _forget(self, name: Name) -> None:
        async def unit(tx: Transaction) -> None:
            await store.forget(tx, name.sid)

        await self.database().write(unit)


def check_spent(spending: Spending) -> None:
    """Raise unless the challenge was used up here and now, by nobody else."""
    if spending in {"spent", "expired"}:
        raise NotProven
    if spending != "accepted":
        raise StoreUnavailable("There were very many openings of late; try again in a moment.")
