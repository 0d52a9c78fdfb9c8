"""The Python client against the real bridge: pairing, lost answers, restarts, clocks, rotations and withdrawals."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from backend.accounts.audit.acting import AUDIT
from backend.accounts.audit.event import Actor
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import RevocationReason, SystemPart
from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from backend.ids import new_id
from backend.sealing import key_file
from backend.web.keys import DATABASE, RIGHTS
from bridge.client import (
    Asked,
    Client,
    Device,
    DeviceFile,
    OutOfScope,
    PairingDenied,
    Refused,
    Revoked,
    open_device,
    pair,
)
from bridge.client.address import BridgeAddress
from bridge.client.clock import BridgeClock
from bridge.gate import limits
from bridge.gate.devices import service as devices_service
from bridge.gate.devices import store as devices
from bridge.gate.lifecycle import GATE
from bridge.gate.principal import Scope
from bridge.gate.sessions import service as sessions_service
from bridge.keys import SETTINGS
from tests.fakes.cutting_proxy import CuttingProxy
from tests.gate.key_file import look
from tests.integration.db.waiting import until
from tests.integration.gate.house import House, open_house
from tests.integration.web.wire import connected
from tests.ledger.notes.routes import NOTES
from tests.ledger.people import SCHOOL

# A client spreads its requests over what it was granted; these wait for no turn.
RULES = tuple(replace(rule, count=60_000, burst=60_000) if rule.name == "session" else rule for rule in limits.RULES)
# The proxy has a port of its own, which stands in the Host header.
BEHIND: dict[str, Any] = {"allowed_hosts": ("127.0.0.1",), "rules": RULES}
OPERATOR = Actor.system(SystemPart.COMMAND_LINE)


@dataclass
class Place:
    """A bridge behind a proxy that loses answers, and the file of a device that it let in."""

    folder: Path
    database: DatabaseConfig
    proxy: CuttingProxy
    stack: AsyncExitStack
    house: House

    @property
    def by(self) -> Teller:
        return Teller(self.house.app[AUDIT], OPERATOR)

    async def restart(self) -> None:
        """Put another bridge in the place of this one, on the same database, with a table of its own."""
        await self.stack.aclose()
        self.house = await self.stack.enter_async_context(
            open_house(self.folder, self.database, is_seeded=True, **BEHIND)
        )
        self.proxy.target = self.house.bridge.port

    async def device_file(self, *, scopes: tuple[Scope, ...] = (Scope.SYNC,)) -> DeviceFile:
        """Let a device in as an approval does, and keep it as a client does."""
        masters, device_id = self.house.app[GATE].masters, new_id()

        async def unit(tx: Transaction) -> None:
            await devices.add(
                tx,
                SCHOOL,
                device_id,
                kind="daemon",
                name="A",
                scopes=scopes,
                master_version=masters.newest(),
                by=OPERATOR,
            )

        await self.house.app[DATABASE].write(unit, tenant=SCHOOL)
        version = masters.newest()
        file = DeviceFile(self.folder / f"{device_id}.json")
        device = Device(
            bridge=BridgeAddress.parse(self.proxy.url),
            device_id=device_id,
            key=masters.device_key(version, device_id, 1),
            tenant_id=SCHOOL,
            project_id=None,
            scopes=tuple(scopes),
            bridge_id=masters.bridge_id.hex(),
            bridge_public_key=masters.public_key(version),
        )
        await asyncio.to_thread(file.write, device)
        return file

    async def approve(self, user_code: str) -> str:
        """Approve a pairing at the machine, and return what its person is shown."""
        app = self.house.app

        async def unit(tx: Transaction) -> str:
            found = await app[GATE].approvals.at_the_machine(tx, SCHOOL, user_code)
            approved = await app[GATE].approvals.approve(tx, self.by, SCHOOL, found.id, (Scope.SYNC,))
            return approved.digits

        return await app[DATABASE].write(unit, tenant=SCHOOL)

    async def deny(self, user_code: str) -> None:
        app = self.house.app

        async def unit(tx: Transaction) -> None:
            found = await app[GATE].approvals.at_the_machine(tx, SCHOOL, user_code)
            await app[GATE].approvals.deny(tx, self.by, SCHOOL, found.id)

        await app[DATABASE].write(unit, tenant=SCHOOL)

    async def revoke(self, device_id: str) -> None:
        app = self.house.app

        async def unit(tx: Transaction) -> None:
            await devices_service.revoke(tx, self.by, app[RIGHTS], SCHOOL, device_id)

        await app[DATABASE].write(unit, tenant=SCHOOL)

    async def end_sessions(self, device_id: str) -> int:
        """End what the device has open, and not the device; return how many there were."""
        app, reason = self.house.app, RevocationReason.BY_ADMIN

        async def unit(tx: Transaction) -> int:
            return await sessions_service.revoke_of_holder(tx, self.by, app[RIGHTS], SCHOOL, device_id, reason)

        return await app[DATABASE].write(unit, tenant=SCHOOL)

    def rotate(self) -> None:
        """Put another master key into the file, and have the bridge use it."""
        path, masters = self.house.app[SETTINGS].key_path, self.house.app[GATE].masters
        keys = key_file.read(path)
        before = masters.newest()
        key_file.write(path, keys.with_another(made_at=int(time.time()) - 60, in_use=True))
        look(self.house.app)
        assert masters.newest() > before


@pytest.fixture(autouse=True)
def _quick_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.client.waits.FIRST_LIMIT_SECONDS", 0.02)
    monkeypatch.setattr("bridge.client.waits.LAST_LIMIT_SECONDS", 0.2)


@pytest.fixture
async def place(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(tmp_path, sqlite_database, **BEHIND))
        async with CuttingProxy(house.bridge.port) as proxy:
            yield Place(tmp_path, sqlite_database, proxy, stack, house)


@asynccontextmanager
async def paired(place: Place, clock: BridgeClock | None = None) -> AsyncIterator[Client]:
    file = await place.device_file()
    async with open_device(file.path, clock=clock) as client:
        yield client


async def note(client: Client, text: str, *, key: str | None = None) -> str:
    answer = await client.request("POST", NOTES, json={"text": text}, idempotency_key=key)
    told = answer.json()
    assert isinstance(told, dict)
    return str(told["id"])


async def notes(client: Client) -> int:
    """How many notes stand in the school: what was done, whatever was answered."""
    told = (await client.request("GET", f"{NOTES}?limit=100")).json()
    assert isinstance(told, dict)
    found = told["notes"]
    assert isinstance(found, list)
    return len(found)


async def test_whoever_is_approved_compares_the_digits_and_signs(place: Place) -> None:
    approving: list[asyncio.Task[str]] = []

    def show(asked: Asked) -> None:
        approving.append(asyncio.create_task(place.approve(asked.user_code)))

    async def until_approved(_seconds: float) -> None:
        await approving[0]

    waiting = await pair(
        place.proxy.url, kind="daemon", name="Ada's laptop", version="0.1.0", show=show, sleep=until_approved
    )
    device = waiting.confirm(await approving[0])
    file = DeviceFile(place.folder / "device.json")
    await asyncio.to_thread(file.write, device)

    async with open_device(file.path) as client:
        await note(client, "three words here")
        own = (await client.request("GET", "/v1/session")).json()
        assert isinstance(own, dict)
        assert (device.device_id, SCHOOL, ["sync"]) == (own["device_id"], own["tenant_id"], own["scopes"])
        assert 1 == await notes(client)


async def test_whoever_is_refused_is_told(place: Place) -> None:
    refusing: list[asyncio.Task[None]] = []

    async def until_refused(_seconds: float) -> None:
        await refusing[0]

    with pytest.raises(PairingDenied):
        await pair(
            place.proxy.url,
            kind="daemon",
            name="A",
            version="0.1.0",
            show=lambda asked: refusing.append(asyncio.create_task(place.deny(asked.user_code))),
            sleep=until_refused,
        )


async def test_a_note_whose_answer_is_lost_again_and_again_is_left_once(place: Place) -> None:
    async with paired(place) as client:
        assert 0 == await notes(client)
        place.proxy.cuts = 3

        left = await client.request("POST", NOTES, json={"text": "once"})

        assert (201, True, 3) == (left.status, left.is_repeated, place.proxy.was_cut)
        assert 1 == await notes(client)


async def test_many_notes_at_once_over_a_line_that_loses_answers_are_each_left_once(place: Place) -> None:
    async with paired(place) as client:
        assert 0 == await notes(client)
        place.proxy.cuts = 15

        ids = await asyncio.gather(*(note(client, f"note {number}") for number in range(30)))

        assert 30 == len(set(ids))
        assert 30 == await notes(client)
    assert 15 == place.proxy.was_cut


async def test_bytes_that_somebody_recorded_do_nothing_a_second_time(place: Place) -> None:
    async with paired(place) as client:
        await note(client, "once")
        recorded = bytes(place.proxy.sent[-1])
        begin = recorded.index(f"POST {NOTES}".encode())

        async with connected(place.house.bridge.port) as attacker:
            await attacker.send(recorded[begin:])
            answer = await attacker.receive()

        assert (409, "replayed") == (answer.status, answer.json["code"])
        await note(client, "twice")
        assert 2 == await notes(client)


async def test_a_restart_of_the_bridge_costs_a_new_session_and_nothing_else(place: Place) -> None:
    async with paired(place) as client:
        first = await note(client, "before", key="a-note-before-and-after")
        await place.restart()

        assert first == await note(client, "before", key="a-note-before-and-after")
        await note(client, "after")
        assert 2 == await notes(client)


async def test_the_bridge_may_be_away_for_a_while(place: Place) -> None:
    async with paired(place) as client:
        await note(client, "before")
        target, place.proxy.target = place.proxy.target, 1
        place.proxy.cuts = 1
        waiting = asyncio.create_task(note(client, "while it was away"))
        await until(lambda: place.proxy.was_cut == 1)
        place.proxy.target = target

        await waiting
        assert 2 == await notes(client)


async def look_after(client: Client, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await client.request("GET", "/v1/session")


@pytest.mark.parametrize("hours", [-1, 1])
async def test_the_date_of_the_machine_may_be_an_hour_off(place: Place, hours: int) -> None:
    async with paired(place, BridgeClock(wall=lambda: time.time() + hours * 3600)) as client:
        await note(client, "a")
        assert 1 == await notes(client)
        assert hours * 3600 == pytest.approx(client.machine_differs_by_seconds, abs=5)


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_is_an_hour_off_in_a_session_is_set_right(place: Place, hours: int) -> None:
    clock = BridgeClock()
    async with paired(place, clock) as client:
        await note(client, "before")
        clock.learn(int((time.time() + hours * 3600) * 1000))

        await note(client, "after")
        assert 2 == await notes(client)


async def test_a_rotation_gives_the_device_its_new_key_and_loses_nothing(place: Place) -> None:
    file = await place.device_file()
    old = file.read()
    async with open_device(file.path) as client:
        await note(client, "before")
        place.rotate()
        await note(client, "in the old session")

    for number in range(2):
        async with open_device(file.path) as client:
            await note(client, f"with key {number}")

    renewed = file.read()
    assert old.key != renewed.key
    assert old.bridge_public_key != renewed.bridge_public_key
    assert place.house.app[GATE].masters.device_key(2, old.device_id, 1) == renewed.key
    # The old key is over, now that the new one was used.
    await asyncio.to_thread(file.write, replace(renewed, key=old.key))
    async with open_device(file.path) as client:
        with pytest.raises(Refused, match="does not know this device"):
            await client.request("GET", "/v1/session", timeout_seconds=0.5)


async def test_a_withdrawn_device_is_stopped_within_two_seconds(place: Place) -> None:
    file = await place.device_file()
    async with open_device(file.path) as client:
        await note(client, "before")
        await place.revoke(file.read().device_id)
        began = time.monotonic()

        with pytest.raises(Revoked):
            await asyncio.gather(*(look_after(client, tenths / 10) for tenths in range(19)))

        assert 2 > time.monotonic() - began
    async with open_device(file.path) as client:
        with pytest.raises(Revoked):
            await note(client, "after")


async def test_a_session_that_somebody_ended_is_followed_by_another(place: Place) -> None:
    file = await place.device_file()
    async with open_device(file.path) as client:
        await note(client, "before")
        device_id = file.read().device_id
        assert 1 == await place.end_sessions(device_id)

        await note(client, "after")
        assert 2 == await notes(client)
        assert 1 == await place.end_sessions(device_id)


async def test_what_the_device_was_not_let_in_for_is_refused(place: Place) -> None:
    file = await place.device_file(scopes=(Scope.READ,))
    async with open_device(file.path) as client:
        with pytest.raises(OutOfScope):
            await note(client, "a")


async def test_a_refusal_of_the_route_itself_is_told_and_not_sent_again(place: Place) -> None:
    async with paired(place) as client:
        with pytest.raises(Refused) as refusal:
            await note(client, "")

        assert (409, "conflict") == (refusal.value.status, refusal.value.code)
        assert 0 == await notes(client)
