"""The routes of API keys."""

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.acting import teller_of
from backend.accounts.keys.apikeys import service
from backend.accounts.keys.apikeys.schemas import (
    ApiKeySecretShown,
    ApiKeyShown,
    ApiKeysShown,
    NewApiKey,
)
from backend.accounts.keys.apikeys.store import ApiKey
from backend.accounts.keys.schemas import KeyPath, KeysPath, Rotation
from backend.accounts.people import matrix
from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.caller import CallerKind
from backend.web.keys import DATABASE, RIGHTS
from backend.web.paging import Cursors, PageQuery
from backend.web.route import IdempotentBy, Route

API_KEYS = "/api/v1/tenants/{tenant_id}/api-keys"
API_KEY = f"{API_KEYS}/{{key_id}}"
ROTATIONS = f"{API_KEY}/rotations"

_BY_AGE = Cursors("api_keys", str)


async def get_api_keys(call: Call[None, PageQuery, KeysPath]) -> Answer:
    query, tenant_id = call.query, call.params.tenant_id
    after = _BY_AGE.read(query)

    async def unit(tx: Transaction) -> ApiKeysShown:
        found = await service.KEYS.page(tx, tenant_id, after, query.limit + 1)
        page = _BY_AGE.page(found, [(each.id,) for each in found], query)
        return ApiKeysShown(tuple(map(_shown, page.rows)), page.next)

    return Answer(200, await call.app[DATABASE].read(unit, tenant=call.tenant))


async def get_api_key(call: Call[None, None, KeyPath]) -> Answer:
    async def unit(tx: Transaction) -> ApiKey:
        return await service.KEYS.key(tx, call.params.tenant_id, call.params.key_id)

    found = await call.app[DATABASE].read(unit, tenant=call.tenant)
    return Answer(200, _shown(found), version=found.version)


async def post_api_key(call: Call[NewApiKey, None, KeysPath], tx: Transaction) -> Answer:
    made, text = await service.create(tx, teller_of(call), matrix.load(), call.params.tenant_id, call.body)
    if call.caller.kind is CallerKind.PERSON:
        await call.app[ACCOUNTS].notices.key_created(tx, call.caller.id, made.name, made.id)
    location = API_KEY.format(tenant_id=call.params.tenant_id, key_id=made.id)
    shown = ApiKeySecretShown(_shown(made), text.reveal(), secret_shown=True)
    return Answer(201, shown, (("Location", location),), created_id=made.id)


async def api_key_again(call: Call[NewApiKey, None, KeysPath], tx: Transaction, key_id: str) -> Answer:
    found = await service.KEYS.key(tx, call.params.tenant_id, key_id)
    return Answer(200, ApiKeySecretShown(_shown(found), None, secret_shown=False))


async def post_rotation(call: Call[Rotation, None, KeyPath], tx: Transaction) -> Answer:
    place = call.params
    rotated, text = await service.KEYS.rotate(
        tx, teller_of(call), call.app[RIGHTS], place.tenant_id, place.key_id, call.body.overlap_hours
    )
    return Answer(201, ApiKeySecretShown(_shown(rotated), text.reveal(), secret_shown=True), created_id=rotated.id)


async def rotation_again(call: Call[Rotation, None, KeyPath], tx: Transaction, key_id: str) -> Answer:
    found = await service.KEYS.key(tx, call.params.tenant_id, key_id)
    return Answer(200, ApiKeySecretShown(_shown(found), None, secret_shown=False))


async def delete_api_key(call: Call[None, None, KeyPath], tx: Transaction) -> Answer:
    revoked = await service.KEYS.revoke(
        tx, teller_of(call), call.app[RIGHTS], call.params.tenant_id, call.params.key_id
    )
    return Answer(200, _shown(revoked), version=revoked.version)


def _shown(key: ApiKey) -> ApiKeyShown:
    return ApiKeyShown(
        key.id, key.name, key.scopes, key.created_at, key.ends_at, key.used_at, key.rotated_at, key.revoked_at
    )


ROUTES = (
    Route(
        method="GET",
        path=API_KEYS,
        handler=get_api_keys,
        params=KeysPath,
        query=PageQuery,
        answers={200: ApiKeysShown},
        permission="apikey.read",
        rate_class="read",
        summary="The API keys of a tenant, a page at a time",
    ),
    Route(
        method="POST",
        path=API_KEYS,
        handler=post_api_key,
        again=api_key_again,
        params=KeysPath,
        request=NewApiKey,
        answers={200: ApiKeySecretShown, 201: ApiKeySecretShown},
        permission="apikey.create",
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        summary="Make an API key, whose text is shown once",
    ),
    Route(
        method="GET",
        path=API_KEY,
        handler=get_api_key,
        params=KeyPath,
        answers={200: ApiKeyShown},
        permission="apikey.read",
        rate_class="read",
        versioned=True,
        summary="One API key",
    ),
    Route(
        method="DELETE",
        path=API_KEY,
        handler=delete_api_key,
        params=KeyPath,
        answers={200: ApiKeyShown},
        permission="apikey.revoke",
        rate_class="write",
        idempotent_by=IdempotentBy.STATE,
        versioned=True,
        summary="End an API key at once",
    ),
    Route(
        method="POST",
        path=ROTATIONS,
        handler=post_rotation,
        again=rotation_again,
        params=KeyPath,
        request=Rotation,
        answers={200: ApiKeySecretShown, 201: ApiKeySecretShown},
        permission="apikey.rotate",
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        summary="Give an API key a new text, which is shown once; the old one holds for some hours more",
    ),
)
