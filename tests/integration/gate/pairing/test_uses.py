"""What is noted of devices that sign requests: the first at once and for good, the others about once a minute."""

from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from backend.db.now import now_milliseconds
from backend.db.unit import Database
from backend.errors import DatabaseUnavailable
from bridge.gate.devices.uses import NOTED_AT_ONCE
from bridge.gate.gatehouse import GATEHOUSE, Gatehouse
from bridge.gate.oneself.routes import SESSION
from bridge.gate.tickets.routes import TICKETS
from tests.gate.device import Device
from tests.gate.taken import taken
from tests.integration.gate.pairing.conftest import GateHouse, let_in
from tests.integration.gate.pairing.test_devices import set_times, stored
from tests.integration.gate.signer import Signer, is_proven, send
from tests.integration.web.wire import Received, Wire, connected
from tests.ledger.people import SCHOOL


class Paired:
    """A device that was let in and has its key, at a bridge."""

    def __init__(self, house: GateHouse, asked: Any, device: Device, wire: Wire) -> None:
        self.house = house
        self.asked = asked
        self.device = device
        self._wire = wire

    @property
    def gate(self) -> Gatehouse:
        return self.house.app[GATEHOUSE]

    @property
    def port(self) -> int:
        return int(self.device.authority.rpartition(":")[2])

    async def opened(self) -> Signer:
        return taken(self.device, await self.device.open(), self.port)

    async def get(self, signer: Signer) -> Received:
        request = signer.sign("GET", SESSION)
        received = await send(self._wire, request)
        assert is_proven(signer.session, request, received)
        return received

    async def post(self, signer: Signer, path: str, body: bytes) -> Received:
        return await send(self._wire, signer.sign("POST", path, body))

    async def code_is_good(self) -> bool:
        answer = await self.house.redeem(self.asked)
        assert answer.status in {200, 410}
        return answer.status == 200

    async def used_at(self) -> int | None:
        return (await stored(self.house, self.device.id)).used_at


@asynccontextmanager
async def at(house: GateHouse) -> AsyncIterator[Paired]:
    asked = await house.pair()
    await let_in(await house.author(), asked)
    told = (await house.redeem(asked)).json
    port = house.client._base_url.port if house.client._base_url is not None else None
    assert port is not None
    device = Device(told["device_id"], b64decode(told["device_key"]), house.client, f"127.0.0.1:{port}")
    async with connected(port) as wire:
        yield Paired(house, asked, device, wire)


@pytest.fixture
async def paired(house: GateHouse) -> AsyncIterator[Paired]:
    async with at(house) as found:
        yield found


async def test_a_code_is_worth_nothing_once_the_first_signed_request_was_answered(paired: Paired) -> None:
    signer = await paired.opened()
    # An opening is no signed request: whoever lost the answer to it may ask for the key again.
    assert await paired.code_is_good()

    assert 200 == (await paired.get(signer)).status

    assert not await paired.code_is_good()
    noted = await stored(paired.house, paired.device.id)
    assert noted.signed_at is not None
    assert noted.signed_at == noted.used_at


async def test_a_first_request_that_is_refused_for_what_it_asks_shows_the_key_all_the_same(paired: Paired) -> None:
    refused = await paired.post(await paired.opened(), "/v1/session/nothing", b"")
    assert 404 == refused.status
    assert await paired.code_is_good()

    signer = await paired.opened()
    refused = await paired.post(signer, TICKETS, b"{}")
    assert 400 <= refused.status < 500
    assert not await paired.code_is_good()


class _NoWrites:
    """A database that can be read."""

    def __init__(self, database: Database) -> None:
        self.read = database.read

    async def write(self, *_unit: object, **_of: object) -> None:
        raise DatabaseUnavailable("The database takes nothing.")


async def test_a_first_request_that_cannot_be_noted_is_not_answered(
    paired: Paired, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = await paired.opened()
    closed = cast("Database", _NoWrites(paired.house.database))
    with monkeypatch.context() as patched:
        patched.setattr(paired.gate.uses, "_database", lambda: closed)
        refused = await paired.get(signer)
        assert (503, "database_unavailable") == (refused.status, refused.json["code"])
        assert await paired.code_is_good()

    assert 200 == (await paired.get(signer)).status
    assert not await paired.code_is_good()


async def test_no_request_after_the_first_waits_for_a_write_until_uses_are_written_down(
    paired: Paired, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = await paired.opened()
    await paired.get(signer)
    now = await paired.house.database.read(now_milliseconds)
    await set_times(paired.house, used_at=now - 61_000)
    with monkeypatch.context() as patched:
        closed = cast("Database", _NoWrites(paired.house.database))
        patched.setattr(paired.gate.uses, "_database", lambda: closed)
        assert [200] * 3 == [(await paired.get(signer)).status for _ in range(3)]
        assert now - 61_000 == await paired.used_at()
        # What cannot be written down is kept for the next time.
        with pytest.raises(DatabaseUnavailable):
            await paired.gate.uses.write_down()

    await paired.gate.uses.write_down()

    used_at = await paired.used_at()
    assert used_at is not None
    assert used_at >= now
    # Of who asked nothing since then nothing is noted.
    await set_times(paired.house, used_at=1)
    await paired.gate.uses.write_down()
    assert 1 == await paired.used_at()


async def test_a_use_that_was_noted_within_the_minute_is_not_written_again(paired: Paired) -> None:
    signer = await paired.opened()
    await paired.get(signer)
    soon = await paired.house.database.read(now_milliseconds) - 30_000
    await set_times(paired.house, used_at=soon)
    await paired.get(signer)
    await paired.gate.uses.write_down()

    assert soon == await paired.used_at()


async def test_many_devices_are_written_down_in_pieces_each_in_its_tenant(paired: Paired) -> None:
    uses = paired.gate.uses
    others = [f"{number:026}" for number in range(2 * NOTED_AT_ONCE)]
    for each in others:
        uses.note(SCHOOL if each < others[NOTED_AT_ONCE] else "0" * 26, each)
    uses.note(SCHOOL, paired.device.id)
    await uses.write_down()

    assert await paired.used_at() is not None
