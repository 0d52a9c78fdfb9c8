"""The native generator against the real bridge: every request that it counts was let in, and none twice."""

import asyncio

from tests.benchmarks import ceiling
from tests.benchmarks.ceiling import Measured, Plan, Signing
from tests.integration.gate.house import House
from tests.ledger.notes.routes import NOTES


async def measured(house: House, *, key: str | None = None, next_number: int = 1, target: str = NOTES) -> Measured:
    signer = await house.signer()
    session = Signing(signer.session.key_id, key or signer.session.key.hex(), next_number)
    address = f"127.0.0.1:{house.bridge.port}"
    plan = Plan(address, address, "POST", target, '{"text": "three words here"}', (session,))
    return await asyncio.to_thread(ceiling.run, plan, seconds=20, connections=4, count=100)


async def test_what_it_signs_is_let_in_and_done_once(house: House) -> None:
    told = await measured(house)

    assert (100, {}) == (told.requests, told.errors)


async def test_what_is_refused_is_counted_by_its_code(house: House) -> None:
    told = await measured(house, key="00" * 32)

    assert (0, {"not_proven": 100}) == (told.requests, told.errors)
