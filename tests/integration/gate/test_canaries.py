"""Nothing that lets anybody in gets into the log: no key, no signature, no id of a session, no ticket, no address."""

import base64
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import orjson
import pytest

from backend.db.config import DatabaseConfig
from bridge.gate.oneself.routes import SESSION
from bridge.gate.tickets.routes import TICKETS
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import send
from tests.integration.web.logged import Log, logged_to
from tests.integration.web.wire import connected
from tests.ledger.notes.routes import NOTES

CANARY = "canary-91d4"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with logged_to(tmp_path / "log", level="debug") as found:
        yield found


@pytest.fixture
async def watched(log: Log, tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    assert log.sink.lost == 0
    async with open_house(tmp_path, sqlite_database) as house:
        yield house


async def test_what_a_session_is_proven_with_is_never_logged(watched: House, log: Log) -> None:
    signer = await watched.signer()
    stranger = await watched.signer(with_window=False)
    requests = [
        signer.sign("POST", NOTES, orjson.dumps({"text": CANARY}), idempotency_key=f"{CANARY}-0123456789"),
        signer.sign("GET", f"{NOTES}?{CANARY}=1"),
        signer.sign("POST", NOTES, b"{" + CANARY.encode()),
        signer.sign("GET", NOTES, created=1),
        stranger.sign("GET", SESSION),
        ticketed := signer.sign("POST", TICKETS, orjson.dumps({"method": "GET", "path": f"/v1/blobs/{CANARY}"})),
        signer.sign("DELETE", SESSION),
        signer.sign("GET", SESSION),
    ]
    secret: set[str] = {CANARY}
    async with connected(watched.bridge.port) as wire:
        for request in requests:
            answer = await send(wire, request)
            secret |= {request.signature, request.content_digest, answer.header("Answer-Proof") or CANARY}
            if request is ticketed:
                secret.add(answer.json["ticket"])
    for session in (signer.session, stranger.session):
        keys = [session.key, session.master, session.random, *map(session.use, ("request", "answer"))]
        secret |= {session.sid, *(key.hex() for key in keys), *(base64.b64encode(key).decode() for key in keys)}

    text = log.text()

    assert len(requests) == len(log.requests())
    assert {"POST /v1/ledger/notes", "GET /v1/session"} <= {line["route"] for line in log.requests()}
    assert [] == [each for each in secret if each in text]
