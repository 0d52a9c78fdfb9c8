"""The rules of token families: a refresh token is used once, and one that comes again ends its family.

Whoever changes anything of a family locks its row first. So a reuse and a refresh of a descendant that come at the same
moment stand in a row: what the descendant was given is revoked with the rest, or it is given nothing.
"""

import logging
from dataclasses import dataclass, field
from typing import Final

from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import TokensBegun, TokensEnded
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import RevocationReason
from backend.accounts.keys.apikeys.holding import Holding, holding
from backend.accounts.keys.text_form import Credential, CredentialRefused, Kind, hash_secret, parse
from backend.accounts.keys.tokens import store
from backend.accounts.keys.tokens.lives import ACCESS_MILLISECONDS, LIFE_MILLISECONDS, MOST_FAMILIES
from backend.accounts.keys.tokens.store import Family, Lookup
from backend.accounts.tenants import store as tenants
from backend.db.now import now_milliseconds
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database, Transaction
from backend.errors import LimitReached
from backend.ids import new_id
from backend.secret import Secret

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pair:
    """What a program is given; the texts are told nobody again."""

    family: Family
    access_token: Secret
    access_ends_at: int
    refresh_token: Secret


@dataclass(frozen=True, slots=True)
class Held:
    """What an access token amounts to just now."""

    tenant_id: str
    family_id: str
    of_key: Holding
    ends_at: int
    now: int


@dataclass(frozen=True, slots=True)
class _Token:
    """A token as it is looked up."""

    kind: Kind
    family_id: str
    digest: bytes = field(repr=False)

    async def find(self, tx: Transaction) -> Lookup | None:
        return await store.look_up(tx, self.kind, self.family_id, self.digest)


async def begin(database: Database, by: Teller, tenant_id: str, key_id: str) -> Pair | None:
    """Make a family of a key, None if the key does not hold; LimitReached where it has as many as it may."""

    async def unit(tx: Transaction) -> Pair | None:
        # Locked, so that two at once do not both find room for one, and none is added to a tenant that is deleted.
        key = await holding(tx, tenant_id, key_id, for_update=True)
        at = await now_milliseconds(tx)
        if key is None or key.key.ends_at <= at:
            return None
        if await store.count(tx, tenant_id, key_id) >= MOST_FAMILIES:
            raise LimitReached(
                f"This key has {MOST_FAMILIES} token families that hold, as many as it may; end one of them with its "
                "access token, or wait until one ends that nobody refreshes."
            )
        await store.remove_dead(tx, tenant_id, key_id)
        family_id, ends_at = new_id(), min(at + LIFE_MILLISECONDS, key.key.ends_at)
        family = await store.add(tx, tenant_id, family_id, key_id, at=at, ends_at=ends_at)
        pair = await _pair(tx, tenant_id, family)
        await by.tell(tx, tenant_id, TokensBegun(as_id(key_id), as_id(family_id)))
        return pair

    return await database.write(unit, tenant=tenant_id)


async def refresh(database: Database, by: Teller, rights: RightsChanges, text: str) -> Pair | None:
    """Spend a refresh token for a new pair; None, in all cases alike, if it gives nothing."""
    token = _read(text, Kind.REFRESH)
    lookup = None if token is None else await database.read(token.find)
    if token is None or lookup is None:
        return None
    tenant_id = lookup.tenant_id

    async def unit(tx: Transaction) -> Pair | Family | None:
        """Return a pair, or the family that a reuse has ended."""
        family = await store.lock(tx, tenant_id, token.family_id)
        if family is None or not family.holds:
            return None
        # Read once more: another may have spent it while this unit waited for the family.
        found = await token.find(tx)
        if found is None:
            return None
        if found.spent_at is not None:
            # Returned and not raised, or the revocation would be rolled back.
            await _revoke(tx, by, rights, tenant_id, family, RevocationReason.REUSED_TOKEN)
            return family
        key = await holding(tx, tenant_id, family.key_id)
        if key is None or key.key.ends_at <= family.now:
            return None
        await store.spend(tx, token.digest)
        return await _pair(tx, tenant_id, await store.refreshed(tx, tenant_id, family))

    given = await database.write(unit, tenant=tenant_id)
    if isinstance(given, Family):
        _log.warning("a spent refresh token came again, and its family was revoked", extra={"row_id": given.id})
        return None
    return given


async def end(database: Database, by: Teller, rights: RightsChanges, tenant_id: str, family_id: str) -> None:
    """End a family at once; one that has ended already stays as it is."""

    async def unit(tx: Transaction) -> None:
        family = await store.lock(tx, tenant_id, family_id)
        if family is not None and family.revoked_at is None:
            await _revoke(tx, by, rights, tenant_id, family, RevocationReason.SIGNED_OUT)

    await database.write(unit, tenant=tenant_id)


async def held(database: Database, text: str) -> Held | None:
    """Return what an access token amounts to; None, in all cases alike, if it is nothing."""
    token = _read(text, Kind.ACCESS)
    lookup = None if token is None else await database.read(token.find)
    if token is None or lookup is None:
        return None

    async def unit(tx: Transaction) -> Held | None:
        family = await store.find(tx, lookup.tenant_id, lookup.family_id)
        if family is None or not family.holds:
            return None
        key = await holding(tx, lookup.tenant_id, family.key_id)
        if key is None:
            return None
        ends_at = min(lookup.ends_at, family.ends_at, key.key.ends_at)
        return Held(lookup.tenant_id, family.id, key, ends_at, family.now) if family.now < ends_at else None

    return await database.read(unit, tenant=lookup.tenant_id)


async def _revoke(  # noqa: PLR0917
    tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, family: Family, reason: RevocationReason
) -> None:
    """End a family, which this unit has locked. That its tokens go too only makes room: its row says what holds."""
    await store.revoke(tx, tenant_id, family.id, is_reuse=reason is RevocationReason.REUSED_TOKEN)
    await store.remove_of_family(tx, tenant_id, family.id)
    tenant = await tenants.find(tx, tenant_id, for_update=True)
    await rights.changed(tx)
    # Nothing is added to the trail of a tenant that is being deleted: it would begin another.
    if tenant is not None and tenant.state in {"active", "suspended"}:
        await by.tell(tx, tenant_id, TokensEnded(as_id(family.key_id), as_id(family.id), reason))


async def _pair(tx: Transaction, tenant_id: str, family: Family) -> Pair:
    """Give a family, which this unit has made or locked, two new tokens."""
    await store.remove_ended(tx)
    ends_at = min(family.now + ACCESS_MILLISECONDS, family.ends_at)
    access = Credential.for_id(Kind.ACCESS, family.id)
    next_one = Credential.for_id(Kind.REFRESH, family.id)
    await store.add_token(tx, Kind.ACCESS, tenant_id, family.id, hash_secret(access.secret), ends_at)
    await store.add_token(tx, Kind.REFRESH, tenant_id, family.id, hash_secret(next_one.secret), family.ends_at)
    return Pair(family, Secret(access.text()), ends_at, Secret(next_one.text()))


def _read(text: str, kind: Kind) -> _Token | None:
    try:
        read = parse(text, kind)
    except CredentialRefused:
        return None  # told in the same words as every other that does not hold
    return _Token(kind, read.id, hash_secret(read.secret))
