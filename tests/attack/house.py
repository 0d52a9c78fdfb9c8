"""The bridge that is attacked: on a real socket, with a ledger to write into, and with all that it must not tell."""

import base64
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from backend.accounts.audit.event import Actor
from backend.accounts.audit.words import SystemPart
from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from backend.ids import new_id
from bridge.gate.devices import store as devices
from bridge.gate.gatehouse import Gatehouse
from bridge.gate.masters import raw_id
from bridge.gate.principal import Scope
from bridge.keys import DATABASE, METRICS
from tests.contract import signing
from tests.contract.signing import Session, Signed
from tests.gate.device import Device, Sent
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import Signer, send, written
from tests.integration.web.conftest import Bridge
from tests.integration.web.logged import Log
from tests.integration.web.wire import Received, connected
from tests.ledger.notes.routes import NOTES
from tests.ledger.people import SCHOOL

NOTE = b'{"text":"three words here"}'
OPERATOR = Actor.system(SystemPart.COMMAND_LINE)
# Roblox's numbers of a place and an experience, in a form that stands nowhere by chance.
PLACE, UNIVERSE = 952_068_814_377, 980_155_120_931


@dataclass(slots=True)
class WatchedSigner(Signer):
    """A client of the signed protocol, all of whose signatures are kept to be looked for in the log."""

    secrets: set[str] = field(default_factory=set)

    def sign(self, method: str, target: str, body: bytes = b"", **changed: Any) -> Signed:
        # In two words, as a class with slots is another one than the one that was written here.
        signed = Signer.sign(self, method, target, body, **changed)
        self.secrets |= {signed.signature, signed.content_digest}
        return signed


@dataclass(frozen=True, slots=True)
class AttackedHouse:
    house: House
    log: Log
    database_path: Path
    secrets: set[str] = field(default_factory=set)

    @property
    def bridge(self) -> Bridge:
        return self.house.bridge

    @property
    def port(self) -> int:
        return self.bridge.port

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def app(self) -> web.Application:
        return self.house.app

    @property
    def gate(self) -> Gatehouse:
        return self.house.gate

    def watch(self, session: Session) -> WatchedSigner:
        keys = [session.key, session.raw_sid, session.random, *map(session.use, ("request", "answer", "stream"))]
        self.secrets.update((session.sid, *spellings(*keys)))
        return WatchedSigner(session, self.port, secrets=self.secrets)

    async def signer(self, **changed: Any) -> WatchedSigner:
        """Open a session of a new device; what is given stands in its record."""
        where = {"place_id": PLACE, "universe_id": UNIVERSE}
        return self.watch((await self.house.signer(**where | changed)).session)

    async def device(self, tenant_id: str = SCHOOL) -> Device:
        """Let a device in, and hand it its key."""
        device_id, version = new_id(), self.gate.masters.newest()

        async def unit(tx: Transaction) -> None:
            scopes = (Scope.SYNC,)
            await devices.add(
                tx, tenant_id, device_id, kind="studio", name="A", scopes=scopes, master_version=version, by=OPERATOR
            )

        await self.app[DATABASE].write(unit, tenant=tenant_id)
        masters = self.gate.masters
        key = signing.device_key(masters.key(version), masters.bridge_id, raw_id(device_id), 1)
        self.secrets.update(spellings(key))
        return Device(device_id, key, self.bridge.client, self.authority)

    def opened(self, sent: Sent) -> WatchedSigner:
        """Return what signs with the session that a device has opened."""
        assert 201 == sent.answer.status, sent.answer.body
        sid, _, epoch = sent.answer.json["key_id"].partition(".")
        raw, masters = base64.urlsafe_b64decode(f"{sid}=="), self.gate.masters
        session = Session(masters.key(raw[0]), masters.bridge_id, raw[0], int.from_bytes(raw[1:3]), raw[3:], epoch)
        self.secrets.update((sent.proof, sent.answer.headers["Grant-Proof"]))
        return self.watch(session)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return what stands in every table but that of leases, which the bridge renews by itself."""
        with closing(sqlite3.connect(f"file:{self.database_path}?mode=ro", uri=True)) as database:
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            names.remove("leases")
            return {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in sorted(names)}  # noqa: S608

    def notes(self) -> int:
        return len(self.rows()["ledger_notes"])

    async def ask(self, data: bytes, *, to_head: bool = False) -> Received:
        """Send these bytes on a connection of their own and return the first answer."""
        async with connected(self.port) as wire:
            await wire.send(data)
            return await wire.receive(to_head=to_head)

    async def send(self, request: Signed, **changed: Any) -> Received:
        async with connected(self.port) as wire:
            return await send(wire, request, **changed)

    async def leave_note(self, signer: Signer, **changed: Any) -> Received:
        return await self.send(signer.sign("POST", NOTES, NOTE, **changed))

    def verdicts(self) -> dict[str, float]:
        """Return how often the gate said what, as the metrics tell it."""
        told = self.app[METRICS].snapshot()["toolboxai_gate_verdicts_total"]
        return {labels["verdict"]: value for _, labels, value in told}

    def told_too_much(self) -> list[str]:
        """Return the secrets that stand in the log."""
        text = self.log.text()
        return [each for each in (*self.secrets, str(PLACE), str(UNIVERSE)) if each in text]


def spellings(*keys: bytes) -> Iterator[str]:
    """Every way in which these bytes might be written."""
    for key in keys:
        yield from (key.hex(), base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode().rstrip("="))


def refusal(received: Received) -> tuple[int, str]:
    return received.status, received.json["code"]


def rewritten(request: Signed, old: str, new: str) -> bytes:
    """Return the bytes of a request in which one text stands for another, which has to be there once."""
    data = written(request)
    assert 1 == data.count(old.encode("latin-1")), old
    return data.replace(old.encode("latin-1"), new.encode("latin-1"))


@asynccontextmanager
async def attacked(folder: Path, database: DatabaseConfig, log: Log, **changed: Any) -> AsyncIterator[AttackedHouse]:
    async with open_house(folder, database, **changed) as house:
        found = AttackedHouse(house, log, folder / "toolboxai.db")
        yield found
        found.secrets.update(spellings(*found.gate.masters.all().values()))
    assert [] == found.told_too_much()
