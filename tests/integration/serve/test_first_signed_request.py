"""A device code at two workers of one bridge: after the first signed request it is worth nothing at either."""

from pathlib import Path

from backend.db.config import DatabaseConfig
from tests.integration.serve.served import served
from tests.integration.serve.signed_app import WHO
from tests.integration.serve.test_signed import to_each_worker
from tests.ledger.people import SCHOOL

EXPIRED = (410, "pairing_expired")


async def test_a_code_is_worth_nothing_at_any_worker_once_one_has_answered_a_signed_request(
    tmp_path: Path, database_config: DatabaseConfig, valkey_url: str
) -> None:
    async with served(tmp_path / "data", database_config, valkey_url) as bridge:
        # Each worker is known by another device, so that neither has seen this one.
        _, other = await bridge.pair()
        device_code, device = await bridge.pair()
        with to_each_worker(bridge.bridge, await bridge.opened(other)) as workers:
            signer = await bridge.opened(device)
            redeem = {"device_code": device_code}
            again = [worker.post_json("/v1/pair/redeem", redeem) for worker in workers]
            assert [200, 200] == [status for status, _ in again]

            assert 200 == workers[0].send(signer.sign("POST", WHO))[0]

            told = [worker.post_json("/v1/pair/redeem", redeem) for worker in workers]
            assert [EXPIRED] * 2 == [(status, body["code"]) for status, body in told]
            assert 200 == workers[1].send(signer.sign("POST", WHO))[0]
        listed = {each["id"]: each for each in bridge.toolboxai("devices", "list", SCHOOL)["devices"]}
        assert listed[device.id]["used_at"] is not None
