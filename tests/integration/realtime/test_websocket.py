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
