"""Whom the proofs know, with grants of the real matrix: a stand-in for the tables of accounts."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

from aiohttp import web

from backend.accounts.people import matrix
from backend.accounts.people.rights import Grant, held
from backend.web.access import Authenticator
from backend.web.caller import Caller, CallerKind, Reach, Rights
from backend.web.credentials import SIGNIN_COOKIE, CredentialKind, Credentials
from backend.web.keys import RIGHTS
from backend.web.known_callers import Found, KnownCallers
from backend.web.rights_cache import RightsCache

DISTRICT = "d1".rjust(26, "0")
SCHOOL = "a1".rjust(26, "0")
FOREIGN = "b1".rjust(26, "0")
CLASS = "c1".rjust(26, "0")
OTHER_CLASS = "c2".rjust(26, "0")
SCHOOLS = {DISTRICT: [SCHOOL]}
MATRIX = matrix.load()
_LETTERS = frozenset("abcdefghjkmnpqrstvwxyz")
A_YEAR_MILLISECONDS = 365 * 86_400_000
_PROOF_KEPT_SECONDS = 60.0


def now() -> int:
    return int(time.time() * 1000)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    grants: tuple[Grant, ...] = ()
    has_second_factor: bool = True
    stepped_up_at: int | None = None
    # Proves anew who they are whenever it is asked, so that a slow run does not outlive their proof.
    proves_anew: bool = False
    kind: CallerKind = CallerKind.PERSON
    # What a key of the school may do.
    scopes: frozenset[str] = frozenset()
    # Where there is an account behind them.
    person_id: str | None = None
    signin_id: str | None = None

    @property
    def id(self) -> str:
        """Return an id that still shows whose it is, as the audit trail takes nothing else."""
        letters = "".join(each for each in self.name if each in _LETTERS)[:16]
        return f"0{letters}{sha256(self.name.encode()).hexdigest()}"[:26]

    @property
    def bearer(self) -> str:
        return f"tbx_test_{self.name:_>20}"

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.bearer}"}

    @property
    def signin(self) -> str:
        return f"{self.name:->43}".replace(".", "-")

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"{SIGNIN_COOKIE}={self.signin}"}

    def caller(self, at: int) -> tuple[Caller, int | None]:
        found = held(MATRIX, self.grants, schools=SCHOOLS, at=at)
        caller = Caller(
            kind=self.kind,
            id=self.person_id or self.id,
            tenant_id=SCHOOL,
            rights={SCHOOL: Rights(Reach(self.scopes))} if self.scopes else found.tenants,
            platform=found.platform,
            has_second_factor=self.has_second_factor,
            stepped_up_at=at if self.proves_anew else self.stepped_up_at,
            signin_id=self.signin_id,
        )
        return caller, found.ends_at


class Directory:
    """Knows people by their keys; whoever is taken out of it no longer is anybody."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people = {person.name: person for person in people}
        self.look_ups = 0

    def add(self, *people: Person) -> None:
        self.people |= {person.name: person for person in people}

    async def find(self, credentials: Credentials) -> Found | None:
        self.look_ups += 1
        for person in self.people.values():
            known = person.signin if credentials.kind is CredentialKind.SIGNIN else person.bearer
            if known == credentials.secret.reveal():
                at = now()
                caller, ends_at = person.caller(at)
                lasts = [] if ends_at is None else [(ends_at - at) / 1000]
                lasts += [_PROOF_KEPT_SECONDS] if person.proves_anew else []
                return Found(caller, min(lasts, default=None))
        return None

    def authenticator(self, app: Callable[[], web.Application]) -> Authenticator:
        """Return what a worker asks; the application is asked for when the first request comes."""

        async def look_up(credentials: Credentials) -> Found | None:
            return await self.find(credentials)

        rights = cache(lambda: app()[RIGHTS])
        return KnownCallers(look_up, RightsCache(lambda: rights().generation))


def one_of_each() -> dict[str, Person]:
    """Return somebody for each role, in the school and its district, with all that a person can prove."""
    places = {
        "platform_operator": Grant("platform_operator", "platform"),
        "district_admin": Grant("district_admin", "tenant", DISTRICT),
        "school_admin": Grant("school_admin", "tenant", SCHOOL),
        "privacy_officer": Grant("privacy_officer", "tenant", SCHOOL),
        "curriculum_author": Grant("curriculum_author", "tenant", SCHOOL),
        "teacher": Grant("teacher", "tenant", SCHOOL),
        "assistant": Grant("assistant", "class", SCHOOL, CLASS, now() + A_YEAR_MILLISECONDS),
        "guardian": Grant("guardian", "tenant", SCHOOL),
        "pupil": Grant("pupil", "class", SCHOOL, CLASS),
    }
    return {name: Person(name, (grant,), proves_anew=True) for name, grant in places.items()}


def everybody() -> dict[str, Person]:
    """Return somebody for each role, and those in whom something is missing."""
    each = one_of_each()
    special = (
        replace(each["teacher"], name="teacher_of_one_class", grants=(Grant("teacher", "class", SCHOOL, CLASS),)),
        replace(each["teacher"], name="teacher_one_factor", has_second_factor=False),
        replace(
            each["school_admin"],
            name="admin_proved_long_ago",
            proves_anew=False,
            stepped_up_at=now() - 3_600_000,
        ),
        replace(each["assistant"], name="assistant_until_now", grants=(replace(each["assistant"].grants[0], until=0),)),
        Person("api_key", kind=CallerKind.API_KEY, scopes=MATRIX.for_keys),
    )
    return each | {person.name: person for person in special}
