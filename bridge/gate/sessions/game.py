"""How a game server opens a session: with its game key, over https alone."""

from dataclasses import dataclass
from typing import Final

from backend.accounts.callers import USE_NOTED_APART_MILLISECONDS
from backend.accounts.keys.gamekeys.store import GAME_KEYS, GameKey
from backend.accounts.keys.lookups import store as lookups
from backend.accounts.keys.lookups.store import Lookup
from backend.accounts.keys.text_form import CredentialRefused, Kind, hash_secret, parse
from backend.accounts.tenants import store as tenants
from backend.db.now import now_milliseconds
from backend.db.unit import Transaction
from backend.errors import Insecure, NotProven, Revoked
from backend.ids import new_id
from backend.secret import Secret
from bridge.gate.principal import ALL_SCOPES, GAME_KEY, OF_GAME_KEYS
from bridge.gate.sessions import service
from bridge.gate.sessions.grant import Signer, signer
from bridge.gate.sessions.keeping import Name, Room
from bridge.gate.sessions.life import LIFE_SECONDS
from bridge.gate.sessions.store import NewRecord

_NO_TENANT: Final = "0" * 26
_SCOPES: Final = tuple(scope for scope in ALL_SCOPES if scope in OF_GAME_KEYS)


@dataclass(frozen=True, slots=True)
class GameOpening:
    """What a game server sent to open a session, and how it came."""

    bearer: Secret
    universe_id: int
    place_id: int
    address: str | None
    by_https: bool


@dataclass(frozen=True, slots=True)
class GameGranted:
    name: Name
    key: Secret
    life_seconds: int
    record: NewRecord
    signer: Signer


@dataclass(frozen=True, slots=True)
class _Held:
    """A key that holds, of a tenant that may not be active."""

    tenant_id: str
    key: GameKey
    # Of the text that was sent.
    digest: bytes
    # Of the key, or of the text that was sent.
    ends_at: int


class GameOpenings:
    def __init__(self, room: Room) -> None:
        self._room = room

    async def open(self, opening: GameOpening) -> GameGranted:
        if not opening.by_https:
            # Not even looked at: whether it is one of ours is told to nobody on the way.
            raise Insecure("A game key came over plain http, where others may have read it; make another one.")
        held = await self._held(opening.bearer)
        service.places_of(held.key).check(opening.universe_id, opening.place_id, opening.address)
        name = self._room.new_name()
        record = NewRecord(
            sid=name.sid,
            epoch=name.epoch,
            tenant_id=held.tenant_id,
            kind=GAME_KEY,
            holder_id=held.key.id,
            project_id=None,
            scopes=_SCOPES,
            place_id=opening.place_id,
            universe_id=opening.universe_id,
            master_version=name.master_version,
        )

        async def keep(tx: Transaction) -> int:
            now = await _hold(tx, held)
            life_milliseconds = min(LIFE_SECONDS * 1000, held.ends_at - now)
            await service.keep(tx, record, life_milliseconds=life_milliseconds)
            await GAME_KEYS.touch(tx, held.tenant_id, held.key.id, apart_milliseconds=USE_NOTED_APART_MILLISECONDS)
            return max(1, life_milliseconds // 1000)

        life_seconds = await self._room.begin(name, keep, tenant_id=held.tenant_id)
        masters = self._room.masters
        key = Secret(masters.session_key(name.master_version, name.key_id).hex())
        return GameGranted(name, key, life_seconds, record, signer(masters, masters.newest()))

    async def _held(self, bearer: Secret) -> _Held:
        """Return the key; NotProven for all that is none, after the same work."""
        try:
            text = parse(bearer.reveal(), Kind.GAME)
            key_id, digest = text.id, hash_secret(text.secret)
        except CredentialRefused:
            key_id, digest = new_id(), hash_secret(Secret(""))

        async def by_digest(tx: Transaction) -> Lookup | None:
            return await lookups.find(tx, Kind.GAME, key_id, digest)

        database = self._room.database()
        lookup = await database.read(by_digest)
        tenant_id = _NO_TENANT if lookup is None else lookup.tenant_id

        async def of_tenant(tx: Transaction) -> tuple[GameKey | None, str | None]:
            tenant = await tenants.find(tx, tenant_id)
            return await GAME_KEYS.find(tx, tenant_id, key_id), None if tenant is None else tenant.state

        key, state = await database.read(of_tenant, tenant=tenant_id)
        if lookup is None or key is None or key.revoked_at is not None:
            raise NotProven
        ends_at = key.ends_at if lookup.ends_at is None else min(key.ends_at, lookup.ends_at)
        if ends_at <= lookup.now:
            raise NotProven
        if state != "active":
            raise Revoked("What this key belongs to is suspended; ask whoever runs this bridge.")
        return _Held(tenant_id, key, digest, ends_at)


async def _hold(tx: Transaction, held: _Held) -> int:
    """Keep the key as it was found until the unit ends, and return what time it is."""
    # The tenant first, as whatever adds to one does.
    tenant = await tenants.find(tx, held.tenant_id, for_update=True)
    key = await GAME_KEYS.find(tx, held.tenant_id, held.key.id, for_update=True)
    # A rotation between the two may have ended this text.
    lookup = await lookups.find(tx, Kind.GAME, held.key.id, held.digest)
    now = await now_milliseconds(tx)
    if key is None or key.revoked_at is not None or lookup is None or held.ends_at <= now:
        raise NotProven
    if tenant is None or tenant.state != "active":
        raise Revoked("What this key belongs to is suspended; ask whoever runs this bridge.")
    return now
