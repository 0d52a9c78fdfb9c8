"""Two schools to try things with: a district, people in different roles, and a key of each kind."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.accounts.accounts import Accounts
from backend.accounts.audit.teller import Teller
from backend.accounts.keys.apikeys import service as apikeys
from backend.accounts.keys.apikeys.schemas import NewApiKey
from backend.accounts.keys.gamekeys import service as gamekeys
from backend.accounts.keys.gamekeys.schemas import NewGameKey
from backend.accounts.people import platform_roles
from backend.accounts.people import store as people_store
from backend.accounts.people.first_link import OPERATOR
from backend.accounts.people.grants import service as grants
from backend.accounts.people.grants.schemas import NewGrant
from backend.accounts.signin import email_address
from backend.accounts.tenants import service as tenants
from backend.accounts.tenants.schemas import NewTenant
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database, Transaction
from backend.errors import Conflict
from backend.secret import Secret

DISTRICT: Final = "North District"
LAKESIDE: Final = "Lakeside School"
HILL: Final = "Hill School"
_PASSWORD_BYTES: Final = 15


@dataclass(frozen=True, slots=True)
class Wanted:
    address: str
    name: str
    role: str
    # None is the platform.
    tenant: str | None


PEOPLE: Final = (
    Wanted("operator@demo.example", "Olive Marsh", OPERATOR, None),
    Wanted("district@demo.example", "Dana North", "district_admin", DISTRICT),
    Wanted("privacy@demo.example", "Percy Vale", "privacy_officer", DISTRICT),
    Wanted("head@lakeside.example", "Helen Brook", "school_admin", LAKESIDE),
    Wanted("teacher@lakeside.example", "Tom Reed", "teacher", LAKESIDE),
    Wanted("head@hill.example", "Hugo Stone", "school_admin", HILL),
    Wanted("author@hill.example", "Amy Field", "curriculum_author", HILL),
)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of the demo, with what they sign in with: it is kept nowhere."""

    wanted: Wanted
    id: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Demo:
    tenants: dict[str, str]
    people: Sequence[Account]
    api_key: Secret
    game_key: Secret


async def fill(database: Database, accounts: Accounts, by: Teller, rights: RightsChanges, *, universe_id: int) -> Demo:
    """Fill a database in which nobody and nothing is yet; Conflict where something is."""
    await database.read(_check_empty)
    passwords = [Secret(secrets.token_urlsafe(_PASSWORD_BYTES)) for _ in PEOPLE]
    hashes = [
        await accounts.passwords.hashed(password.reveal(), about=(each.name, each.address))
        for each, password in zip(PEOPLE, passwords, strict=True)
    ]

    async def begin(tx: Transaction) -> tuple[dict[str, str], list[str]]:
        # Once more, as somebody may have begun meanwhile.
        await _check_empty(tx)
        return await _add_tenants(tx, by), await _add_people(tx, accounts, by, rights, hashes)

    ids, person_ids = await database.write(begin)
    for name, tenant_id in ids.items():

        async def place(tx: Transaction, name: str = name, tenant_id: str = tenant_id) -> None:
            for each, person_id in zip(PEOPLE, person_ids, strict=True):
                if each.tenant == name:
                    await grants.join(tx, tenant_id, person_id)
                    wanted = NewGrant(person_id, each.role)
                    await grants.give(tx, by, rights, accounts.matrix, tenant_id, wanted)

        await database.write(place, tenant=tenant_id)
    lakeside = ids[LAKESIDE]

    async def add_keys(tx: Transaction) -> tuple[Secret, Secret]:
        wanted = NewApiKey("Demo", ("class.read", "tenant.read"))
        _, api_key = await apikeys.create(tx, by, accounts.matrix, lakeside, wanted)
        _, game_key = await gamekeys.create(tx, by, lakeside, NewGameKey("Demo", (universe_id,)))
        return api_key, game_key

    api_key, game_key = await database.write(add_keys, tenant=lakeside)
    made = [Account(*each) for each in zip(PEOPLE, person_ids, passwords, strict=True)]
    return Demo(ids, made, api_key, game_key)


async def _check_empty(tx: Transaction) -> None:
    if await tenants.page(tx, None, 1) or await people_store.page(tx, after="", limit=1):
        raise Conflict("There are schools or people in this database already; the demo goes into an empty one alone.")


async def _add_tenants(tx: Transaction, by: Teller) -> dict[str, str]:
    district = await tenants.create(tx, by, NewTenant("district", DISTRICT))
    lakeside = await tenants.create(tx, by, NewTenant("school", LAKESIDE, district.id))
    hill = await tenants.create(tx, by, NewTenant("school", HILL))
    return {each.name: each.id for each in (district, lakeside, hill)}


async def _add_people(
    tx: Transaction, accounts: Accounts, by: Teller, rights: RightsChanges, hashes: Sequence[str]
) -> list[str]:
    made = []
    for each, hashed in zip(PEOPLE, hashes, strict=True):
        address = email_address.parse(each.address)
        person = await accounts.people.add(tx, address, each.name, locale="en", password_hash=hashed)
        if each.tenant is None:
            await platform_roles.make_operator(tx, by, rights, person.id)
        made.append(person.id)
    return made
