"""Where the record of a session is read from, when a worker does not remember it or may not rely on what it does."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from backend.db.unit import Database
from bridge.gate.places import Places
from bridge.gate.principal import GAME_KEY
from bridge.gate.sessions import service
from bridge.gate.sessions.service import Found


class Records(Protocol):
    async def find(self, sid: str) -> Found | None:
        """Return what the session may do now; DatabaseUnavailable where nobody can say."""
        ...

    async def find_all(self, sids: Sequence[str]) -> Mapping[str, Found]:
        """Return what each of these sessions may do now, those that are there; DatabaseUnavailable."""
        ...

    async def ended(self, sids: Sequence[str]) -> Sequence[str]:
        """Return those of them that were ended by themselves; DatabaseUnavailable where nobody can say."""
        ...


class StoredRecords:
    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    async def find(self, sid: str) -> Found | None:
        database = self._database()
        found = await database.read(lambda tx: service.find(tx, sid))
        if found is None or found.principal.kind != GAME_KEY:
            return found
        # Where its key may be used stands in the tenant, which is known only now.
        return await database.read(partial(service.placed, found=found), tenant=found.principal.tenant_id)

    async def find_all(self, sids: Sequence[str]) -> Mapping[str, Found]:
        database = self._database()
        found = dict(await database.read(partial(service.find_all, sids=sids)))
        # The servers of one experience have one key, whose lists are read once for all of them.
        lists: dict[tuple[str, str], Places | None] = {}
        for sid, each in found.items():
            principal = each.principal
            if principal.kind != GAME_KEY:
                continue
            key = principal.tenant_id, principal.holder_id
            if key not in lists:
                asked = partial(service.places, tenant_id=key[0], key_id=key[1])
                lists[key] = await database.read(asked, tenant=key[0])
            found[sid] = service.placed_at(each, lists[key])
        return found

    async def ended(self, sids: Sequence[str]) -> Sequence[str]:
        return await self._database().read(partial(service.ended, sids=sids)) if sids else ()
