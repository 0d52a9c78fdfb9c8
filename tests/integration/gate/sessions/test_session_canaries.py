"""No key of a session, a device or a game gets into a log, a metric, an error or a table."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from backend.db.config import DatabaseConfig
from bridge.keys import METRICS
from core_rs import device_use, session_use
from tests.gate.device import Answered
from tests.gate.house import UNIVERSE, GateHouse, gate_house
from tests.integration.compliance.test_erasure import rows_of
from tests.integration.gate.sessions.test_game_opening import HTTPS, ask
from tests.integration.web.logged import Log, logged_to


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with logged_to(tmp_path / "log", level="debug") as found:
        yield found


@pytest.fixture
async def house(log: Log, tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[GateHouse]:
    assert log.sink.lost == 0
    async with gate_house(tmp_path, database_config, trusted_proxies=("127.0.0.1/32",)) as found:
        yield found


def spellings(*secrets: bytes) -> Iterator[str]:
    for secret in secrets:
        yield from (secret.hex(), b64encode(secret).decode(), repr(secret)[2:-1])


async def test_no_key_is_told_to_who_should_not_know(house: GateHouse, log: Log) -> None:
    device = await house.device()
    sent = await device.open()
    again = await device.send(sent.challenge, sent.n, sent.body, sent.proof)
    wrong = await replace(device, key=bytes(range(32))).open()
    house.rotate()
    renewed = await device.open()
    _, text = await house.game_key()
    game = await ask(house, text)
    refused: list[Answered] = [
        again.answer,
        wrong.answer,
        await ask(house, text, {}),
        await ask(house, text[:-1], HTTPS),
        await ask(house, text, HTTPS, universe_id=UNIVERSE + 1),
        await ask(house, text, HTTPS, n=text),
        await ask(house, text, HTTPS, version=text),
    ]
    keys = [device.key, device.session_key(sent), device.session_key(renewed), b64decode(game.json["key"])]
    uses = [device_use(device.key, use) for use in ("open", "wrap", "grant", "check")]
    uses += [session_use(keys[1], use) for use in ("request", "answer", "stream")]
    secrets = [*spellings(*keys, *uses, *house.masters.all().values()), text, text.split("_")[3], sent.proof]

    assert all(400 <= each.status < 500 for each in refused), [each.status for each in refused]
    said = {
        "the log": log.text(),
        "the metrics": orjson.dumps(house.app[METRICS].snapshot()).decode(),
        "errors": "\n".join(each.body.decode() for each in refused),
        "the tables": await rows_of(house.database),
    }
    assert said["the log"].count("\n") > 8
    for place, told in said.items():
        for secret in secrets:
            assert secret.casefold() not in told.casefold(), place
