"""A bridge of two workers whose single use is kept on a Redis server."""

from pathlib import Path

from backend.db.config import DatabaseConfig
from tests.integration.serve.served import served
from tests.integration.serve.signed_app import WHO
from tests.integration.serve.test_signed import to_each_worker


async def test_two_workers_with_one_redis_take_each_number_once_between_them(
    tmp_path: Path, sqlite_database: DatabaseConfig, valkey_url: str
) -> None:
    shared = {
        "TOOLBOXAI_GATE_STORE": "redis",
        "TOOLBOXAI_REDIS_GIVE_UP_SECONDS": "5",
    }
    async with served(tmp_path / "data", sqlite_database, valkey_url, **shared) as bridge:
        _, device = await bridge.pair()
        signer = await bridge.opened(device)
        with to_each_worker(bridge.bridge, signer) as (one, other):
            first, second = signer.sign("POST", WHO), signer.sign("POST", WHO)
            statuses = [worker.send(request)[0] for request in (first, second) for worker in (one, other)]
        assert [200, 409, 200, 409] == statuses
        assert valkey_url not in bridge.bridge.log
