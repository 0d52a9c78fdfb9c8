"""Sessions at two workers of one bridge, while the commands work beside it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.gate.masters import SETTLED_SECONDS
from tests.integration.serve.bridge_process import BridgeProcess, of_workers
from tests.integration.serve.signed_app import WHO
from tests.integration.serve.test_commands_beside_it import toolboxai
from tests.integration.serve.test_signed import MODULE, PATIENCE_SECONDS, Connection, opened, to_each_worker
from tests.ledger.people import SCHOOL


@pytest.fixture
def bridge(tmp_path: Path, valkey_url: str) -> Iterator[BridgeProcess]:
    with BridgeProcess(tmp_path / "data", module=MODULE, settings=of_workers(2, valkey_url)).start() as started:
        started.wait_for_workers(other_than=[])
        first = Connection(started.port)
        first.post("/test/seed")
        first.close()
        yield started
        assert 0 == started.stop().code


def test_a_rotation_drops_no_session_and_a_new_one_is_known_to_both_at_once(bridge: BridgeProcess) -> None:
    first = Connection(bridge.port)
    before = opened(first, bridge.port)
    assert 1 == before.session.master_version
    with to_each_worker(bridge, before) as workers:
        toolboxai(bridge.data_dir, "keys", "rotate")
        until = time.monotonic() + SETTLED_SECONDS + PATIENCE_SECONDS
        version = 1
        # Each that is opened meanwhile, of the old version and of the new, is let in by whichever worker it comes to.
        while version == 1:
            assert time.monotonic() < until, "the new version was never used"
            signer = opened(first, bridge.port)
            version = signer.session.master_version
            for each in workers:
                assert 200 == each.send(signer.sign("POST", WHO))[0]
                assert 200 == each.send(before.sign("POST", WHO))[0]
    first.close()
    counted = toolboxai(bridge.data_dir, "keys", "list")["keys"]
    assert [(1, "kept"), (2, "in use")] == [(each["version"], each["state"]) for each in counted]
    assert all(each["sessions"] >= 1 for each in counted)


def test_a_session_that_a_command_ends_is_over_at_both_with_the_next_request(bridge: BridgeProcess) -> None:
    first = Connection(bridge.port)
    ended, other = opened(first, bridge.port), opened(first, bridge.port)
    with to_each_worker(bridge, ended) as workers:
        assert [200, 200] == [each.send(other.sign("POST", WHO))[0] for each in workers]
        toolboxai(bridge.data_dir, "sessions", "revoke", SCHOOL, ended.session.sid)
        told = [each.send(ended.sign("POST", WHO)) for each in workers]
        assert [(403, "revoked")] * 2 == [(status, body["code"]) for status, body in told]
        assert [200, 200] == [each.send(other.sign("POST", WHO))[0] for each in workers]
    first.close()
