"""A request that is right, for each route that takes parameters or a body: then only the permission decides.

What a path names is there in every place, the foreign tenant too, so that a 404 tells of rights and not of an empty
table. A domain adds its routes to REQUESTS.
"""

import asyncio
from collections.abc import Mapping
from itertools import count

from aiohttp import web

from backend.accounts.audit import routes as audit
from backend.accounts.keys.apikeys import routes as api_keys
from backend.accounts.keys.apikeys import service as api_keys_service
from backend.accounts.keys.apikeys.schemas import NewApiKey
from backend.accounts.keys.gamekeys import routes as game_keys
from backend.accounts.keys.gamekeys import service as game_keys_service
from backend.accounts.keys.gamekeys.schemas import NewGameKey
from backend.accounts.tenants import routes as tenants
from backend.accounts.tenants import store as tenant_store
from backend.accounts.tenants.store import Tenant
from backend.db.unit import Transaction
from backend.ids import new_id
from backend.web.keys import DATABASE
from backend.web.precondition import etag
from bridge.gate.devices import routes as devices
from bridge.gate.lifecycle import GATE
from bridge.gate.pairing import routes as pairing
from bridge.gate.pairing.codes import shown
from bridge.gate.pairing.store import Asking
from bridge.gate.principal import Scope
from bridge.gate.sessions import routes as sessions
from tests.audit.samples import TELLER
from tests.contract.access_table import Place
from tests.contract.account_requests import ACCOUNT_REQUESTS, Prepare, Prepared
from tests.ledger import routes as ledger
from tests.ledger import store as ledger_store
from tests.ledger.books import routes as books
from tests.ledger.books import store as book_store
from tests.ledger.people import MATRIX

_numbers = count(1)


def only(prepared: Prepared) -> Prepare:
    async def prepare(_app: web.Application, _place: Place) -> Prepared:
        return prepared

    return prepare


def with_account(json: object = None) -> Prepare:
    async def prepare(app: web.Application, _place: Place) -> Prepared:
        async def unit(tx: Transaction) -> None:
            await ledger_store.open_account(tx, "swept")

        await app[DATABASE].write(unit)
        return Prepared({"account": "swept"}, json)

    return prepare


async def new_account(_app: web.Application, _place: Place) -> Prepared:
    return Prepared(json={"name": f"new-{next(_numbers)}"})


def with_book(json: object = None) -> Prepare:
    async def prepare(app: web.Application, place: Place) -> Prepared:
        async def unit(tx: Transaction) -> book_store.Book:
            return await book_store.add(tx, place.tenant_id, f"book-{next(_numbers)}", place.class_id, "Sums")

        book = await app[DATABASE].write(unit, tenant=place.tenant_id)
        return Prepared({"book_id": book.id}, json, {"If-Match": etag(book.version)})

    return prepare


async def new_book(_app: web.Application, place: Place) -> Prepared:
    return Prepared(json={"class_id": place.class_id, "title": "Sums"})


async def version_of(app: web.Application, tenant_id: str) -> int | None:
    """Return the version of a tenant, made active again if a request before has left it otherwise; None without one."""

    async def unit(tx: Transaction) -> Tenant | None:
        found = await tenant_store.find(tx, tenant_id)
        if found is not None and found.state != "deleting":
            await tenant_store.change(tx, tenant_id, {"state": "active", "parent_id": None})
        return await tenant_store.find(tx, tenant_id)

    while True:
        found = await app[DATABASE].write(unit)
        # A deletion that was begun goes on by itself until there is nothing left of it.
        if found is None or found.state != "deleting":
            return None if found is None else found.version
        await asyncio.sleep(0.01)


def with_tenant(json: object = None) -> Prepare:
    async def prepare(app: web.Application, place: Place) -> Prepared:
        version = await version_of(app, place.tenant_id)
        return Prepared(json=json, headers={} if version is None else {"If-Match": etag(version)})

    return prepare


def with_api_key(json: object = None) -> Prepare:
    async def prepare(app: web.Application, place: Place) -> Prepared:
        await version_of(app, place.tenant_id)
        wanted = NewApiKey("Swept", ("lesson.read",))

        async def unit(tx: Transaction) -> str:
            await tenant_store.change(tx, place.tenant_id, {"limits": '{"api_keys":1000000}'})
            made, _ = await api_keys_service.create(tx, TELLER, MATRIX, place.tenant_id, wanted)
            return made.id

        return Prepared({"key_id": await app[DATABASE].write(unit, tenant=place.tenant_id)}, json)

    return prepare


def with_game_key(json: object = None) -> Prepare:
    async def prepare(app: web.Application, place: Place) -> Prepared:
        await version_of(app, place.tenant_id)

        async def unit(tx: Transaction) -> str:
            await tenant_store.change(tx, place.tenant_id, {"limits": '{"game_keys":1000000}'})
            wanted = NewGameKey("Swept", (1,))
            return (await game_keys_service.create(tx, TELLER, place.tenant_id, wanted))[0].id

        return Prepared({"key_id": await app[DATABASE].write(unit, tenant=place.tenant_id)}, json)

    return prepare


LAPTOP = Asking("studio", "Swept", "0.1.0", None, None, "192.0.2.0/24")


async def new_pairing(app: web.Application) -> tuple[str, str, str]:
    """Return the id of a pairing that waits for somebody, and its codes."""
    gate = app[GATE]
    begun = await gate.pairings.begin(app[DATABASE], LAPTOP)
    user_code = shown(begun.user_code)
    found = await app[DATABASE].read(lambda tx: gate.approvals.at_the_machine(tx, None, user_code))
    return found.id, begun.device_code.reveal(), user_code


async def redemption(app: web.Application, place: Place) -> Prepared:
    pairing_id, device_code, _ = await new_pairing(app)
    await approved(app, place, pairing_id)
    return Prepared(json={"device_code": device_code})


async def typed_code(app: web.Application, _place: Place) -> Prepared:
    _, _, user_code = await new_pairing(app)
    return Prepared(json={"code": user_code})


async def approved(app: web.Application, place: Place, pairing_id: str) -> str:
    await version_of(app, place.tenant_id)

    async def unit(tx: Transaction) -> str:
        return (await app[GATE].approvals.approve(tx, TELLER, place.tenant_id, pairing_id, (Scope.SYNC,))).device.id

    return await app[DATABASE].write(unit, tenant=place.tenant_id)


def with_pairing(json: object = None) -> Prepare:
    async def prepare(app: web.Application, place: Place) -> Prepared:
        await version_of(app, place.tenant_id)
        return Prepared({"pairing_id": (await new_pairing(app))[0]}, json)

    return prepare


def with_device(json: object = None) -> Prepare:
    async def prepare(app: web.Application, place: Place) -> Prepared:
        device_id = await approved(app, place, (await new_pairing(app))[0])
        return Prepared({"device_id": device_id}, json, {"If-Match": etag(1)})

    return prepare


GATE_REQUESTS: Mapping[str, Prepare] = {
    f"POST {pairing.PAIR}": only(Prepared(json={"kind": "studio", "name": "Swept", "version": "0.1.0"})),
    f"POST {pairing.REDEEM}": redemption,
    f"POST {pairing.LOOK_UP}": typed_code,
    f"PUT {pairing.APPROVAL}": with_pairing({"scopes": ["sync"]}),
    f"PUT {pairing.DENIAL}": with_pairing(),
    f"POST {sessions.CHALLENGE}": only(Prepared(json={"device_id": new_id(), "n": "a text that is new"})),
    f"GET {devices.DEVICES}": with_tenant(),
    f"GET {devices.DEVICE}": with_device(),
    f"PATCH {devices.DEVICE}": with_device({"name": "Renamed"}),
    f"DELETE {devices.DEVICE}": with_device(),
}
TENANT_REQUESTS: Mapping[str, Prepare] = {
    f"POST {tenants.TENANTS}": only(Prepared(json={"kind": "school", "name": "New"})),
    f"GET {tenants.TENANT}": with_tenant(),
    f"PATCH {tenants.TENANT}": with_tenant({"name": "Renamed"}),
    f"DELETE {tenants.TENANT}": with_tenant(),
    f"GET {tenants.SCHOOLS}": with_tenant(),
    f"GET {tenants.USE}": with_tenant(),
    f"PUT {tenants.LIMITS}": with_tenant({"people": 7}),
    f"PUT {tenants.SUSPENSION}": with_tenant(),
    f"DELETE {tenants.SUSPENSION}": with_tenant(),
    f"GET {api_keys.API_KEYS}": with_tenant(),
    f"POST {api_keys.API_KEYS}": with_api_key({"name": "Swept", "scopes": ["lesson.read"]}),
    f"GET {api_keys.API_KEY}": with_api_key(),
    f"DELETE {api_keys.API_KEY}": with_api_key(),
    f"POST {api_keys.ROTATIONS}": with_api_key({}),
    f"GET {game_keys.GAME_KEYS}": with_tenant(),
    f"POST {game_keys.GAME_KEYS}": with_game_key({"name": "Swept", "universes": [1]}),
    f"GET {game_keys.GAME_KEY}": with_game_key(),
    f"DELETE {game_keys.GAME_KEY}": with_game_key(),
    f"POST {game_keys.ROTATIONS}": with_game_key({}),
    f"GET {audit.EVENTS}": with_api_key(),
    f"GET {audit.CHECKPOINT}": with_api_key(),
}
REQUESTS: Mapping[str, Prepare] = {
    **TENANT_REQUESTS,
    **ACCOUNT_REQUESTS,
    **GATE_REQUESTS,
    f"POST {ledger.ACCOUNTS}": new_account,
    f"GET {ledger.ACCOUNT}": with_account(),
    f"POST {ledger.ENTRIES}": with_account({"amount": 1}),
    f"GET {ledger.ENTRIES}": with_account(),
    f"PUT {ledger.ENTRIES}/batch": with_account({"entries": [{"id": "entry-0001", "amount": 1}]}),
    "POST /api/v1/ledger/total": only(Prepared(json={"amounts": [1]})),
    f"GET {books.BOOKS}": only(Prepared()),
    f"POST {books.BOOKS}": new_book,
    f"GET {books.BOOK}": with_book(),
    f"PATCH {books.BOOK}": with_book({"title": "Fractions"}),
    f"DELETE {books.BOOK}": with_book(),
    f"POST {books.SEALS}": with_book(),
    f"GET {books.OF_CLASS}": only(Prepared()),
}
