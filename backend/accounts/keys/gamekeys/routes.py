"""The routes of game keys."""

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.acting import teller_of
from backend.accounts.keys.gamekeys import service
from backend.accounts.keys.gamekeys.schemas import (
    GameKeySecretShown,
    GameKeyShown,
    GameKeysShown,
    NewGameKey,
)
from backend.accounts.keys.gamekeys.store import GameKey
from backend.accounts.keys.schemas import KeyPath, KeysPath, Rotation
from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.caller import CallerKind
from backend.web.keys import DATABASE, RIGHTS
from backend.web.paging import Cursors, PageQuery
from backend.web.route import IdempotentBy, Route

GAME_KEYS = "/api/v1/tenants/{tenant_id}/game-keys"
GAME_KEY = f"{GAME_KEYS}/{{key_id}}"
ROTATIONS = f"{GAME_KEY}/rotations"

_BY_AGE = Cursors("game_keys", str)


async def get_game_keys(call: Call[None, PageQuery, KeysPath]) -> Answer:
    query, tenant_id = call.query, call.params.tenant_id
    after = _BY_AGE.read(query)

    async def unit(tx: Transaction) -> GameKeysShown:
        found = await service.KEYS.page(tx, tenant_id, after, query.limit + 1)
        page = _BY_AGE.page(found, [(each.id,) for each in found], query)
        return GameKeysShown(tuple(map(_shown, page.rows)), page.next)

    return Answer(200, await call.app[DATABASE].read(unit, tenant=call.tenant))


async def get_game_key(call: Call[None, None, KeyPath]) -> Answer:
    async def unit(tx: Transaction) -> GameKey:
        return await service.KEYS.key(tx, call.params.tenant_id, call.params.key_id)

    found = await call.app[DATABASE].read(unit, tenant=call.tenant)
    return Answer(200, _shown(found), version=found.version)


async def post_game_key(call: Call[NewGameKey, None, KeysPath], tx: Transaction) -> Answer:
    made, text = await service.create(tx, teller_of(call), call.params.tenant_id, call.body)
    if call.caller.kind is CallerKind.PERSON:
        await call.app[ACCOUNTS].notices.key_created(tx, call.caller.id, made.name, made.id)
    location = GAME_KEY.format(tenant_id=call.params.tenant_id, key_id=made.id)
    shown = GameKeySecretShown(_shown(made), text.reveal(), secret_shown=True)
    return Answer(201, shown, (("Location", location),), created_id=made.id)


async def game_key_again(call: Call[NewGameKey, None, KeysPath], tx: Transaction, key_id: str) -> Answer:
    found = await service.KEYS.key(tx, call.params.tenant_id, key_id)
    return Answer(200, GameKeySecretShown(_shown(found), None, secret_shown=False))


async def post_rotation(call: Call[Rotation, None, KeyPath], tx: Transaction) -> Answer:
    place = call.params
    rotated, text = await service.KEYS.rotate(
        tx, teller_of(call), call.app[RIGHTS], place.tenant_id, place.key_id, call.body.overlap_hours
    )
    return Answer(201, GameKeySecretShown(_shown(rotated), text.reveal(), secret_shown=True), created_id=rotated.id)


async def rotation_again(call: Call[Rotation, None, KeyPath], tx: Transaction, key_id: str) -> Answer:
    found = await service.KEYS.key(tx, call.params.tenant_id, key_id)
    return Answer(200, GameKeySecretShown(_shown(found), None, secret_shown=False))


async def delete_game_key(call: Call[None, None, KeyPath], tx: Transaction) -> Answer:
    revoked = await service.KEYS.revoke(
        tx, teller_of(call), call.app[RIGHTS], call.params.tenant_id, call.params.key_id
    )
    return Answer(200, _shown(revoked), version=revoked.version)


def _shown(key: GameKey) -> GameKeyShown:
    return GameKeyShown(
        id=key.id,
        name=key.name,
        universes=key.universes,
        places=key.places,
        networks=key.networks,
        created_at=key.created_at,
        ends_at=key.ends_at,
        used_at=key.used_at,
        rotated_at=key.rotated_at,
        revoked_at=key.revoked_at,
    )


ROUTES = (
    Route(
        method="GET",
        path=GAME_KEYS,
        handler=get_game_keys,
        params=KeysPath,
        query=PageQuery,
        answers={200: GameKeysShown},
        permission="gamekey.read",
        rate_class="read",
        summary="The keys of game servers of a tenant, a page at a time",
    ),
    Route(
        method="POST",
        path=GAME_KEYS,
        handler=post_game_key,
        again=game_key_again,
        params=KeysPath,
        request=NewGameKey,
        answers={200: GameKeySecretShown, 201: GameKeySecretShown},
        permission="gamekey.create",
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        summary="Make a game key, whose text is shown once",
    ),
    Route(
        method="GET",
        path=GAME_KEY,
        handler=get_game_key,
        params=KeyPath,
        answers={200: GameKeyShown},
        permission="gamekey.read",
        rate_class="read",
        versioned=True,
        summary="One game key",
    ),
    Route(
        method="DELETE",
        path=GAME_KEY,
        handler=delete_game_key,
        params=KeyPath,
        answers={200: GameKeyShown},
        permission="gamekey.revoke",
        rate_class="write",
        idempotent_by=IdempotentBy.STATE,
        versioned=True,
        summary="End a game key at once",
    ),
    Route(
        method="POST",
        path=ROTATIONS,
        handler=post_rotation,
        again=rotation_again,
        params=KeyPath,
        request=Rotation,
        answers={200: GameKeySecretShown, 201: GameKeySecretShown},
        permission="gamekey.rotate",
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        summary="Give a game key a new text, which is shown once; the old one holds for some hours more",
    ),
)
