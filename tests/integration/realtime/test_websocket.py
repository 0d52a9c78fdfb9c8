"""Following channels over a WebSocket, against the whole bridge."""

from backend.db.unit import Transaction
from bridge.keys import DATABASE
from bridge.realtime.publishing import publish
from tests.integration.gate.house import House
from tests.integration.realtime.reader import reading
from tests.ledger.people import SCHOOL

CHANNEL = f"tenant/{SCHOOL}"


async def tell(house: House, *data: object, channel: str = CHANNEL, key: str | None = None) -> None:
    """Have messages published as the product does it: with a change, in one unit each."""

    async def unit(tx: Transaction) -> None:
        for each in data:
            await publish(tx, channel, each, key=key)  # type: ignore[arg-type]

    await house.app[DATABASE].write(unit)


async def test_what_is_committed_reaches_whoever_follows(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        assert "following" == (await reader.follow(CHANNEL))["type"]
        await tell(house, 1, 2, 3)
        assert [1, 2, 3] == await reader.messages(3)


async def test_a_cursor_is_gone_on_from_without_a_gap(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(CHANNEL)
        await tell(house, "one", "two", "three")
        cursor = (await reader.message())["cursor"]
        await reader.messages(2)
    async with reading(house.bridge.client, signer) as again:
        assert cursor == (await again.follow(CHANNEL, cursor))["cursor"]
        assert ["two", "three"] == await again.messages(2)
