"""A process of its own that offers the same numbers as others do; it is told what on its standard input.

It prints what was let in, as JSON, when it has offered everything.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from backend.errors import StoreUnavailable
from core_rs import Table
from tests.contract.signing import Session, Signed
from tests.integration.gate.store_house import MASTER, StoreHouse, signed, store_house

# Between two tries at a store that is away.
_AWAY_SECONDS = 0.02


async def offer_all(house: StoreHouse, session: Session, order: dict[str, Any]) -> dict[str, Any]:
    admitted: list[int] = []
    codes: Counter[str] = Counter()
    copies = _copies(session, order)

    async def some() -> None:
        for number, request in copies:
            try:
                code = (await house.offer(session, number, request=request))[0]
            except StoreUnavailable:
                code = "unavailable"
                await asyncio.sleep(_AWAY_SECONDS)
            codes[code] += 1
            if code == "admitted":
                admitted.append(number)

    await asyncio.gather(*(some() for _ in range(order["at_once"])))
    return {"admitted": admitted, "codes": codes}


def _copies(session: Session, order: dict[str, Any]) -> Iterator[tuple[int, Signed]]:
    for number in range(1, order["last"] + 1):
        request = signed(session, number)
        for _ in range(order["copies"]):
            yield number, request


async def main() -> None:
    order = json.loads(sys.stdin.readline())
    given = order["session"]
    bridge_id = bytes.fromhex(order["bridge_id"])
    session = Session(MASTER, bridge_id, 1, 0, bytes.fromhex(given["random"]), given["epoch"])
    table = None if order["descriptor"] is None else Table.open_shared(order["descriptor"], order["table_epoch"])
    opened = store_house(
        order["kind"], order["url"], bridge_id=bridge_id, table=table, give_up_seconds=order["give_up_seconds"]
    )
    async with opened as house:
        print("ready", flush=True)  # noqa: T201 - whoever started it reads this
        await asyncio.to_thread(sys.stdin.readline)
        told = await offer_all(house, session, order)
    print(json.dumps(told), flush=True)  # noqa: T201 - the same


if __name__ == "__main__":
    asyncio.run(main())
