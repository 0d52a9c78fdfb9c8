"""The rules of sessions that are open: what they may do, how many there may be, and their end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from backend.accounts.audit.kinds import BridgeSessionsRevoked
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import RevocationReason
from backend.accounts.keys.gamekeys.store import GAME_KEYS, GameKey
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import NOTHING_HERE, NotFound, TooManySessions
from bridge.gate.places import Places
from bridge.gate.principal import Principal
from bridge.gate.sessions import store
from bridge.gate.sessions.life import LIFE_SECONDS, MOST_LIVE, MOST_OPENED, OVERLAP_SECONDS
from bridge.gate.sessions.store import NewRecord, Record

_MILLISECONDS: Final = 1000
# Each that is opened takes some away that are over, so that they never grow.
_SWEPT_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Found:
    """What the core is told of a session."""

    principal: Principal
    # By itself, with its device, its game key or its tenant.
    revoked: bool


async def find(tx: Transaction, sid: str) -> Found | None:
    """Return what a session is; None where there is none, or its time is over: it has to be opened anew."""
    record = await store.find(tx, sid)
    return _found(record)


async def find_all(tx: Transaction, sids: Sequence[str]) -> Mapping[str, Found]:
    """Return what each of these sessions is; of those that are nobody's any more there is nothing."""
    records = {record.sid: _found(record) for record in await store.find_all(tx, sids)}
    return {sid: found for sid, found in records.items() if found is not None}


def _found(record: Record | None) -> Found | None:
    if record is None or record.now >= record.ends_at + OVERLAP_SECONDS * _MILLISECONDS:
        return None
    return Found(principal_of(record), record.is_revoked)


async def ended(tx: Transaction, sids: Sequence[str]) -> Sequence[str]:
    """Return those of these sessions that were ended before their time."""
    return await store.ended(tx, sids)


async def placed(tx: Transaction, found: Found) -> Found:
    """Return a game server's session with where its key may be used; where there is no key, the session is over."""
    principal = found.principal
    return placed_at(found, await places(tx, principal.tenant_id, principal.holder_id))


async def places(tx: Transaction, tenant_id: str, key_id: str) -> Places | None:
    """Return where a game key may be used; None where there is no such key."""
    key = await GAME_KEYS.find(tx, tenant_id, key_id)
    return None if key is None else places_of(key)


def placed_at(found: Found, places: Places | None) -> Found:
    if places is None:
        return replace(found, revoked=True)
    return replace(found, principal=replace(found.principal, places=places))


def places_of(key: GameKey) -> Places:
    return Places(key.universes, key.places, key.networks)


def principal_of(record: Record) -> Principal:
    return Principal(
        sid=record.sid,
        key_id=f"{record.sid}.{record.epoch}",
        kind=record.kind,
        holder_id=record.holder_id,
        tenant_id=record.tenant_id,
        project_id=record.project_id,
        scopes=frozenset(record.scopes),
        place_id=record.place_id,
        universe_id=record.universe_id,
        ends_at=record.ends_at,
    )


async def check_room(tx: Transaction, tenant_id: str, kind: str, holder_id: str) -> None:
    """Raise TooManySessions where a holder has as many as it may; it has to be held if one is added to them."""
    live, opened = await store.count(tx, tenant_id, kind, holder_id)
    if live < MOST_LIVE[kind] and opened < MOST_OPENED[kind]:
        return
    left = await store.milliseconds_to_next_end(tx, tenant_id, kind, holder_id)
    seconds = max(1, min(LIFE_SECONDS, -(-left // _MILLISECONDS)))
    raise TooManySessions(
        f"There are {live} sessions of this {kind.replace('_', ' ')} that have not ended, as many as it may have; "
        "close those that are not used, or wait until one ends.",
        seconds,
    )


async def keep(tx: Transaction, new: NewRecord, *, life_milliseconds: int) -> None:
    """Keep a session, whose holder this unit has held."""
    await check_room(tx, new.tenant_id, new.kind, new.holder_id)
    await store.sweep(tx, at_most=_SWEPT_AT_ONCE)
    await store.add(tx, new, life_milliseconds=life_milliseconds)


async def live(tx: Transaction, tenant_id: str, *, holder_id: str | None, after: str, limit: int) -> Sequence[Record]:
    return await store.live(tx, tenant_id, holder_id=holder_id, after=after, limit=limit)


async def revoke(  # noqa: PLR0917
    tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, sid: str, reason: RevocationReason
) -> int:
    """End one session; NotFound where the tenant has none of this id that lives."""
    if not await store.end(tx, tenant_id, sid):
        raise NotFound(NOTHING_HERE)
    return await _told(tx, by, rights, tenant_id, 1, reason)


async def revoke_of_holder(  # noqa: PLR0917
    tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, holder_id: str, reason: RevocationReason
) -> int:
    """End the sessions of a device or a game key, which may open others; return how many there were."""
    return await _told(tx, by, rights, tenant_id, await store.end_of_holder(tx, tenant_id, holder_id), reason)


async def revoke_all(
    tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, reason: RevocationReason
) -> int:
    """End every session of a tenant; return how many there were."""
    return await _told(tx, by, rights, tenant_id, await store.end_of_tenant(tx, tenant_id), reason)


async def _told(  # noqa: PLR0917
    tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, ended: int, reason: RevocationReason
) -> int:
    if ended:
        await rights.changed(tx)
        await by.tell(tx, tenant_id, BridgeSessionsRevoked(reason, ended))
    return ended
