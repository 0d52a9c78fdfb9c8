"""Every request of the product that changes something, once as it is right: what it is, and what the trail is told.

`test_recording.py` sends them, and fails where a route that changes something has no act here.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.keys.apikeys import routes as api_keys
from backend.accounts.keys.gamekeys import routes as game_keys
from backend.accounts.people.break_glass import routes as break_glass
from backend.accounts.people.grants import routes as people
from backend.accounts.people.invitations import routes as invitations
from backend.accounts.signin.second_factor import routes as second_factor
from backend.accounts.signin.sessions import routes as sessions
from backend.accounts.signin.sessions.service import open_signin
from backend.accounts.tenants import routes as tenants
from backend.accounts.tenants.exports import routes as exports
from backend.accounts.tenants.exports.service import order_of
from backend.db.outbox import enqueue
from backend.db.unit import Transaction
from backend.web.precondition import etag
from bridge.gate.devices import routes as devices
from bridge.gate.oneself import routes as oneself
from bridge.gate.pairing import routes as pairing
from bridge.realtime import routes as streams
from tests.contract.access_requests import with_device, with_pairing
from tests.contract.access_table import Place
from tests.contract.account_requests import Prepare as AccountsPrepare
from tests.contract.account_requests import new_grant, new_invitation, with_grant, with_invitation, with_member
from tests.integration.accounts.conftest import School
from tests.ledger.people import DISTRICT, SCHOOL

NAME = "Zzyzx-Canary"
"""What everything is called that is made here, and what no trail may hold."""
GLASS = {"reason": "support", "role": "privacy_officer", "minutes": 30}
LIMITS = {"people": 3, "pupils": 4, "classes": 5, "api_keys": 6, "game_keys": 7}


@dataclass(frozen=True, slots=True)
class Request:
    """What an act sends, once what it needs is there."""

    values: Mapping[str, str] = field(default_factory=lambda: {"tenant_id": SCHOOL})
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


Prepare = Callable[[School], Awaitable[Request]]
Detail = Callable[[Request, Any], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Act:
    route: str
    kind: str
    who: str
    prepare: Prepare
    detail: Detail
    """The detail of its event, from what was sent and what was answered."""
    platform_too: bool = False

    @property
    def method(self) -> str:
        return self.route.split()[0]

    def target(self, values: Mapping[str, str]) -> str:
        return self.route.split()[1].format(**values)


def only(request: Request) -> Prepare:
    async def prepare(_school: School) -> Request:
        return request

    return prepare


def at_version(json: object) -> Prepare:
    async def prepare(school: School) -> Request:
        seen = await school.ask("GET", tenants.TENANT.format(tenant_id=SCHOOL))
        return Request(json=json, headers={"If_Match": seen.headers["ETag"]})

    return prepare


async def suspended(school: School) -> Request:
    assert 200 == (await school.ask("PUT", tenants.SUSPENSION.format(tenant_id=SCHOOL), who="district_admin")).status
    return Request()


async def held_back(school: School) -> Request:
    """Have work of the tenant wait before its deletion, which would take the trail away while a test looks at it."""
    return await _waiting(school, f"tenant {SCHOOL}")


async def export_held_back(school: School) -> Request:
    """Have the export wait, which would tell the trail that it is made while a test looks at it."""
    return await _waiting(school, order_of(SCHOOL))


async def _waiting(school: School, order_key: str) -> Request:
    async def unit(tx: Transaction) -> None:
        await enqueue(tx, "test.later", {}, order_key=order_key, delay_seconds=3600)

    await school.database.write(unit)
    return Request()


def with_key(path: str, wanted: object, json: object = None) -> Prepare:
    async def prepare(school: School) -> Request:
        made = await school.ask("POST", path.format(tenant_id=SCHOOL), wanted)
        assert 201 == made.status
        return Request({"tenant_id": SCHOOL, "key_id": key_of(made.json)}, json)

    return prepare


def of_accounts(prepare: AccountsPrepare) -> Prepare:
    async def prepared(school: School) -> Request:
        found = await prepare(school.app, Place("own"))
        return Request({"tenant_id": SCHOOL, **found.values}, found.json)

    return prepared


async def suspended_member(school: School) -> Request:
    request = await of_accounts(with_member())(school)
    path = f"{people.PERSON}/suspension".format(**request.values)
    assert 200 == (await school.ask("PUT", path)).status
    return request


async def member_with_authenticator(school: School) -> Request:
    request = await of_accounts(with_member())(school)
    person_id = request.values["person_id"]
    await school.database.write(lambda tx: school.app[ACCOUNTS].second_factor.begin(tx, person_id))
    return request


async def member_signed_in(school: School) -> Request:
    request = await of_accounts(with_member())(school)
    person_id = request.values["person_id"]
    await school.database.write(lambda tx: open_signin(tx, person_id, device="A program"))
    return request


async def device_seen(school: School) -> Request:
    request = await of_accounts(with_device({"name": NAME}))(school)
    return replace(request, headers={"If_Match": etag(1)})


async def broken_glass(school: School) -> Request:
    path = break_glass.BREAK_GLASS.format(tenant_id=SCHOOL)
    opened = await school.ask("POST", path, GLASS, who="platform_operator")
    assert opened.status == 201
    return Request({"tenant_id": SCHOOL, "grant_id": opened.json["grant_id"]})


def nothing(_request: Request, _answer: Any) -> Mapping[str, object]:
    return {}


def key_of(answer: Any) -> str:
    found: str = (answer.get("api_key") or answer.get("game_key"))["id"]
    return found


def of_tenant(**more: object) -> Detail:
    return lambda request, _answer: {"tenant": request.values["tenant_id"], **more}


def of_key(**more: object) -> Detail:
    return lambda request, _answer: {"key": request.values["key_id"], **more}


def of_device(request: Request, _answer: Any) -> Mapping[str, object]:
    return {"device": request.values["device_id"]}


def of_new_key(**more: object) -> Detail:
    return lambda _request, answer: {"key": key_of(answer), **more}


NEW_SCHOOL = {"kind": "school", "name": NAME, "parent_id": DISTRICT}
API_KEY = {"name": NAME, "scopes": ["lesson.read", "tenant.read"], "days": 7}
GAME_KEY = {"name": NAME, "universes": [98765432123], "places": [7, 8], "networks": ["128.116.0.0/17"], "days": 30}

ACTS_OF_ACCOUNTS = (
    Act(
        f"POST {tenants.TENANTS}",
        "tenant.created",
        "platform_operator",
        only(Request({}, NEW_SCHOOL)),
        lambda _request, answer: {"tenant": answer["id"], "kind": "school", "parent": DISTRICT},
        platform_too=True,
    ),
    Act(
        f"PATCH {tenants.TENANT}",
        "tenant.changed",
        "school_admin",
        at_version({"name": NAME, "locale": "en"}),
        of_tenant(name=True, locale=False, time_zone=False),
    ),
    Act(
        f"PUT {tenants.LIMITS}",
        "tenant.limited",
        "platform_operator",
        at_version(LIMITS),
        of_tenant(**LIMITS),
        platform_too=True,
    ),
    Act(
        f"PUT {tenants.SUSPENSION}",
        "tenant.suspended",
        "district_admin",
        only(Request()),
        of_tenant(),
        platform_too=True,
    ),
    Act(f"DELETE {tenants.SUSPENSION}", "tenant.resumed", "district_admin", suspended, of_tenant(), platform_too=True),
    Act(
        f"DELETE {tenants.TENANT}",
        "tenant.deletion_begun",
        "platform_operator",
        held_back,
        of_tenant(),
        platform_too=True,
    ),
    Act(
        f"POST {exports.EXPORTS_OF}",
        "export.asked",
        "privacy_officer",
        export_held_back,
        lambda _request, answer: {"export": answer["id"], "kind": "tenant"},
    ),
    Act(
        f"POST {api_keys.API_KEYS}",
        "apikey.created",
        "school_admin",
        only(Request(json=API_KEY)),
        of_new_key(scopes=2, days=7),
    ),
    Act(
        f"POST {api_keys.ROTATIONS}",
        "apikey.rotated",
        "school_admin",
        with_key(api_keys.API_KEYS, API_KEY, {"overlap_hours": 3}),
        of_key(overlap_hours=3),
    ),
    Act(
        f"DELETE {api_keys.API_KEY}",
        "apikey.revoked",
        "school_admin",
        with_key(api_keys.API_KEYS, API_KEY),
        of_key(),
    ),
    Act(
        f"POST {game_keys.GAME_KEYS}",
        "gamekey.created",
        "school_admin",
        only(Request(json=GAME_KEY)),
        of_new_key(universes=1, places=2, networks=1, days=30),
    ),
    Act(
        f"POST {game_keys.ROTATIONS}",
        "gamekey.rotated",
        "school_admin",
        with_key(game_keys.GAME_KEYS, GAME_KEY, {"overlap_hours": 0}),
        of_key(overlap_hours=0),
    ),
    Act(
        f"DELETE {game_keys.GAME_KEY}",
        "gamekey.revoked",
        "school_admin",
        with_key(game_keys.GAME_KEYS, GAME_KEY),
        of_key(),
    ),
    Act(f"PATCH {people.PERSON}", "person.renamed", "school_admin", of_accounts(with_member({"name": NAME})), nothing),
    Act(f"PUT {people.PERSON}/suspension", "member.suspended", "school_admin", of_accounts(with_member()), nothing),
    Act(f"DELETE {people.PERSON}/suspension", "member.resumed", "school_admin", suspended_member, nothing),
    Act(
        f"POST {people.PERSON}/password-resets",
        "password.link_sent",
        "school_admin",
        of_accounts(with_member()),
        nothing,
    ),
    Act(
        f"DELETE {people.PERSON}/authenticator",
        "second_factor.changed",
        "school_admin",
        member_with_authenticator,
        lambda _request, _answer: {"method": "totp", "change": "reset"},
    ),
    Act(
        f"DELETE {people.PERSON}/signins",
        "signin.revoked",
        "school_admin",
        member_signed_in,
        lambda _request, _answer: {"reason": "by_admin", "sessions": 1},
    ),
    Act(
        f"POST {people.GRANTS}",
        "grant.given",
        "school_admin",
        of_accounts(new_grant),
        lambda _request, answer: {
            "grant": answer["id"],
            "role": "privacy_officer",
            "scope": "school",
            "scope_id": SCHOOL,
            "days": None,
        },
    ),
    Act(
        f"DELETE {people.GRANT}",
        "grant.withdrawn",
        "school_admin",
        of_accounts(with_grant),
        lambda request, _answer: {
            "grant": request.values["grant_id"],
            "role": "privacy_officer",
            "scope": "school",
            "scope_id": SCHOOL,
        },
    ),
    Act(
        f"POST {break_glass.BREAK_GLASS}",
        "break_glass.opened",
        "platform_operator",
        only(Request(json=GLASS)),
        lambda _request, answer: {"case": answer["grant_id"], "reason": "support", "minutes": 30},
        platform_too=True,
    ),
    Act(
        f"DELETE {break_glass.BREAK_GLASS}",
        "break_glass.closed",
        "platform_operator",
        broken_glass,
        lambda request, _answer: {"case": request.values["grant_id"]},
        platform_too=True,
    ),
    Act(
        f"POST {invitations.INVITATIONS}",
        "person.invited",
        "school_admin",
        of_accounts(new_invitation),
        lambda _request, answer: {"invitation": answer["id"], "role": "privacy_officer"},
    ),
    Act(
        f"DELETE {invitations.INVITATION}",
        "invitation.revoked",
        "school_admin",
        of_accounts(with_invitation),
        lambda request, _answer: {"invitation": request.values["invitation_id"]},
    ),
)
GATE_ACTS = (
    Act(
        f"PUT {pairing.APPROVAL}",
        "device.approved",
        "curriculum_author",
        of_accounts(with_pairing({"scopes": ["sync", "read"]})),
        lambda _request, answer: {"device": answer["device"]["id"], "kind": "studio", "scopes": 2},
    ),
    Act(
        f"PUT {pairing.DENIAL}",
        "pairing.denied",
        "curriculum_author",
        of_accounts(with_pairing()),
        lambda request, _answer: {"pairing": request.values["pairing_id"], "kind": "studio"},
    ),
    Act(f"PATCH {devices.DEVICE}", "device.renamed", "curriculum_author", device_seen, of_device),
    Act(f"DELETE {devices.DEVICE}", "device.revoked", "school_admin", of_accounts(with_device()), of_device),
)
ACTS = (*ACTS_OF_ACCOUNTS, *GATE_ACTS)
OWN_SIGNINS = "what people do with their own sign-ins is told to the platform: test_own_trail.py"
UNRECORDED: Mapping[str, str] = {
    f"DELETE {sessions.CURRENT}": OWN_SIGNINS,
    f"DELETE {sessions.MY_SIGNINS}": OWN_SIGNINS,
    f"DELETE {sessions.MY_SIGNINS}/{{signin_id}}": OWN_SIGNINS,
    f"DELETE {second_factor.AUTHENTICATOR}": OWN_SIGNINS,
    f"DELETE {oneself.SESSION}": "a session of a device ends itself, as each does after a quarter of an hour",
    f"POST {streams.EXTEND}": "a stream that lives on hears what it heard before; its session is told of already",
}
"""Routes that change something and tell no trail, each with its reason."""
