"""What is revoked while both workers remember it and answer requests: no request that begins afterwards comes in."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from tests.integration.gate.signer import Signer
from tests.integration.serve.served import ADMIN, Served, served
from tests.integration.serve.signed_app import WHO
from tests.integration.serve.test_signed import PATIENCE_SECONDS, Connection, to_each_worker
from tests.ledger.people import SCHOOL

ASKED_AFTERWARDS = 20
PAUSE_SECONDS = 0.005
LAST_NUMBER = 2**20 + 960


@dataclass(slots=True)
class Asked:
    """One who goes on asking one worker: when each request began, and what it was answered."""

    worker: Connection
    signer: Signer
    numbers: range
    is_over: threading.Event
    answers: list[tuple[float, int, str | None]] = field(default_factory=list)

    def ask_until_over(self) -> None:
        """Ask until it is said to be over, and some times more."""
        more = ASKED_AFTERWARDS
        for number in self.numbers:
            more -= self.is_over.is_set()
            began = time.monotonic()
            status, body = self.worker.send(self.signer.sign("POST", WHO, number=number))
            self.answers.append((began, status, body.get("code")))
            if more < 0:
                return
            # The command that revokes needs a processor too.
            self.is_over.wait(PAUSE_SECONDS)


@contextmanager
def asking(workers: tuple[Connection, Connection], signer: Signer) -> Iterator[list[Asked]]:
    """Ask both workers in the name of one session, which both remember, while the block runs and a little longer."""
    # Numbers of one session may come out of order within 960; each has every second one.
    first = signer.number + 1
    is_over = threading.Event()
    asked = [Asked(worker, signer, range(first + at, 2**20, 2), is_over) for at, worker in enumerate(workers)]
    threads = [threading.Thread(target=each.ask_until_over) for each in asked]
    for thread in threads:
        thread.start()
    try:
        yield asked
    finally:
        is_over.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)


def wait_until_let_in(asked: list[Asked]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not all(len(each.answers) > ASKED_AFTERWARDS for each in asked):
        assert time.monotonic() < until, "nobody was let in"
        time.sleep(0.001)


def check(asked: list[Asked], revoked_at: float) -> None:
    for each in asked:
        before = [answer for answer in each.answers if answer[0] < revoked_at]
        after = [answer for answer in each.answers if answer[0] >= revoked_at]
        assert (200, None) in {answer[1:] for answer in before}
        assert {(403, "revoked")} == {answer[1:] for answer in after}
        assert len(after) >= ASKED_AFTERWARDS


def by_command(*words: str) -> Callable[[Served, Connection], None]:
    def revoke(bridge: Served, _worker: Connection) -> None:
        bridge.toolboxai(*words)

    return revoke


def by_route(path: str) -> Callable[[Served, Connection], None]:
    def revoke(_bridge: Served, worker: Connection) -> None:
        status, body = worker.ask("DELETE", f"/api/v1/tenants/{SCHOOL}/{path}", headers=ADMIN.authorization)
        assert status == 200, body

    return revoke


Revoke = Callable[[Served, Connection], None]


async def revocations(bridge: Served) -> list[tuple[Signer, Revoke]]:
    """Return each way to end a session, with a session of its own for it."""
    devices = [(await bridge.pair())[1] for _ in range(3)]
    of_devices = [await bridge.opened(each) for each in (*devices, devices[2])]
    key_ids, of_keys = zip(*[await bridge.game_server() for _ in range(2)], strict=True)
    own = of_devices[3]

    def end_itself(_bridge: Served, worker: Connection) -> None:
        assert 204 == worker.send(own.sign("DELETE", "/v1/session", number=LAST_NUMBER))[0]

    return [
        (of_devices[0], by_command("devices", "revoke", SCHOOL, devices[0].id)),
        (of_devices[1], by_route(f"devices/{devices[1].id}")),
        (of_devices[2], by_command("sessions", "revoke", SCHOOL, of_devices[2].session.sid)),
        (own, end_itself),
        (of_keys[0], by_command("gamekeys", "revoke", SCHOOL, key_ids[0])),
        (of_keys[1], by_route(f"game-keys/{key_ids[1]}")),
    ]


@pytest.mark.timeout(300)
async def test_nothing_that_was_revoked_comes_in_at_any_worker_from_then_on(
    tmp_path: Path, database_config: DatabaseConfig, valkey_url: str
) -> None:
    async with served(tmp_path / "data", database_config, valkey_url) as bridge:
        _, other = await bridge.pair()
        by = await bridge.opened(other)
        with to_each_worker(bridge.bridge, by) as workers:
            for signer, revoke in await revocations(bridge):
                for worker in workers:
                    assert 200 == worker.send(signer.sign("POST", WHO))[0]
                # A third connection, as these two are asked all the time.
                third = Connection(bridge.bridge.port)
                with asking(workers, signer) as asked:
                    wait_until_let_in(asked)
                    revoke(bridge, third)
                    revoked_at = time.monotonic()
                third.close()
                check(asked, revoked_at)
            # And nobody else was ended with them.
            assert [200, 200] == [worker.send(by.sign("POST", WHO))[0] for worker in workers]
