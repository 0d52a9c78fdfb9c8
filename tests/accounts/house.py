"""A bridge with real people in it, and the browsers that they sit at."""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, web

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.acting import AUDIT
from backend.accounts.audit.event import Actor
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import SystemPart
from backend.accounts.keys.text_form import Kind
from backend.accounts.people.grants import service as grants
from backend.accounts.people.grants.schemas import NewGrant
from backend.accounts.people.store import StoredPerson, give_platform_role
from backend.accounts.signin import email_address, totp
from backend.accounts.signin.links import service as links
from backend.db.now import now_milliseconds
from backend.db.unit import Database, Transaction
from backend.secret import Secret
from backend.web.keys import DATABASE, RIGHTS

PASSWORD = "several unrelated words stand here"
OPERATOR = Actor.system(SystemPart.COMMAND_LINE)


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: Any
    json: Any
    text: str

    @property
    def code(self) -> str | None:
        return self.json.get("code") if isinstance(self.json, dict) else None


@dataclass(slots=True)
class Browser:
    """Keeps cookies as a browser does, and names its origin with what it sends."""

    client: ClientSession
    cookies: dict[str, str] = field(default_factory=dict)
    agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"

    async def ask(self, method: str, path: str, json: object = None, **headers: str) -> Answered:
        origin = str(self.client._base_url).rstrip("/")
        sent = {"Origin": origin, "User-Agent": self.agent, "Idempotency-Key": str(uuid4())}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.request(method, path, json=json, headers=sent) as response:
            text = (await response.read()).decode()
            told = await response.json(content_type=None) if text else None
            self._keep(response.headers.getall("Set-Cookie", []))
            return Answered(response.status, response.headers, told, text)

    async def sign_in(self, email: str, password: str = PASSWORD) -> Answered:
        return await self.ask("POST", "/api/v1/signins", {"email": email, "password": password})

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


@dataclass(frozen=True, slots=True)
class House:
    app: web.Application
    client: ClientSession
    folder: Path

    @property
    def database(self) -> Database:
        return self.app[DATABASE]

    def browser(self) -> Browser:
        return Browser(self.client)

    async def add_person(self, email: str, name: str = "Ada Byron", password: str = PASSWORD) -> StoredPerson:
        accounts = self.app[ACCOUNTS]
        hashed = await accounts.passwords.hashed(password, about=())

        async def unit(tx: Transaction) -> StoredPerson:
            return await accounts.people.add(tx, email_address.parse(email), name, locale="en", password_hash=hashed)

        return await self.database.write(unit)

    async def give(self, person: StoredPerson, role: str, tenant_id: str, **where: Any) -> str:
        async def unit(tx: Transaction) -> str:
            await grants.join(tx, tenant_id, person.id)
            wanted = NewGrant(person.id, role, **where)
            by = Teller(self.app[AUDIT], OPERATOR)
            return (await grants.give(tx, by, self.app[RIGHTS], self.app[ACCOUNTS].matrix, tenant_id, wanted)).id

        return await self.database.write(unit, tenant=tenant_id)

    async def make_operator(self, person: StoredPerson) -> None:
        await self.database.write(lambda tx: give_platform_role(tx, person.id, "platform_operator"))

    async def first_link(self) -> str:
        made = await self.database.write(lambda tx: links.make(tx, Kind.FIRST))
        return made.text.reveal()

    async def signed_in(self, email: str, *, second_factor: bool = False, step_up: bool = False) -> Browser:
        """Return a browser with a sign-in, with a second factor made for it if one is wanted."""
        browser = self.browser()
        assert (await browser.sign_in(email)).status == 201
        if second_factor:
            await self.enrol(browser)
        elif step_up:
            assert (await browser.ask("POST", "/api/v1/signins/current/step-up", {"password": PASSWORD})).status == 200
        return browser

    async def enrol(self, browser: Browser) -> tuple[Secret, list[str]]:
        """Set an authenticator up; the sign-in has a second factor and is stepped up afterwards."""
        stepped = await browser.ask("POST", "/api/v1/signins/current/step-up", {"password": PASSWORD})
        assert stepped.status == 200
        begun = await browser.ask("POST", "/api/v1/me/authenticator")
        assert begun.status == 201
        secret = Secret(begun.json["secret"])
        confirmed = await browser.ask("PUT", "/api/v1/me/authenticator", {"code": await self.code(secret)})
        assert confirmed.status == 200, confirmed.text
        return secret, confirmed.json["recovery_codes"]

    async def code(self, secret: Secret, *, steps: int = 0) -> str:
        """Return the code that an app shows by the database's clock, or some steps later."""
        now = await self.database.read(now_milliseconds)
        return totp.code_at(secret, now // 1000 // totp.STEP_SECONDS + steps)

    def letters(self) -> list[EmailMessage]:
        """Return the letters that lie in the folder, in the order in which they were written."""
        found = sorted((self.folder / "mail").glob("*.eml"))
        return [_read(each.read_bytes()) for each in found]


def words_of(letter: EmailMessage) -> str:
    """Return what a letter says in plain text."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _read(content: bytes) -> EmailMessage:
    read = message_from_bytes(content, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read
