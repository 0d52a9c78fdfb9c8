"""No token gets into a log line, an error, an address or what is kept for a repeat, whatever goes wrong."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.accounts.keys.apikeys.models import ApiKeyRow
from backend.db.claims import ClaimRow
from backend.db.unit import Transaction
from tests.integration.accounts.conftest import School
from tests.integration.accounts.test_api_keys import MINE, made
from tests.integration.accounts.test_tokens import FAMILIES, begun, refresh, status
from tests.integration.web.logged import Log, logged_to
from tests.ledger.people import SCHOOL

REFRESH = f"{FAMILIES}/refresh"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """What the bridge writes; it is asked for before `school`, which takes what it writes with."""
    with logged_to(tmp_path / "log") as found:
        yield found


def secrets_of(*pairs: Any) -> list[str]:
    return [pair[name].split("_")[3] for pair in pairs for name in ("access_token", "refresh_token")]


def all_said(caplog: pytest.LogCaptureFixture) -> str:
    """Return every record with all it brings, before anything is taken out of it."""
    assert caplog.records
    form = logging.Formatter()
    return "\n".join(f"{form.format(record)} {record.__dict__!r}" for record in caplog.records)


async def test_no_token_is_said_by_anything_that_goes_right_or_wrong(
    log: Log, school: School, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _, key = await made(school)
    first = await begun(school, key)
    second = (await refresh(school, first["refresh_token"])).json
    token = second["refresh_token"]
    await status(school, second["access_token"])
    answers = [
        await refresh(school, f"{token}x"),
        await refresh(school, token * 3),
        await refresh(school, token * 20),
        await school.ask("POST", REFRESH, {"refresh_token": [token]}, who="nobody"),
        await school.ask("POST", REFRESH, {"refresh_token": token, "more": token}, who="nobody"),
        await school.ask("POST", REFRESH, token, who="nobody"),
        await school.ask("POST", REFRESH, {"refresh_token": token}, who="nobody", Content_Type="text/plain"),
        await school.ask("GET", f"{FAMILIES}?refresh_token={token}", who=token),
        await school.ask("POST", f"{REFRESH}?refresh_token={token}", {"refresh_token": token}, who="nobody"),
        await school.ask("GET", f"{FAMILIES}/{token}", who=second["access_token"]),
        await school.ask("POST", FAMILIES, who=second["access_token"]),
        await school.ask("POST", FAMILIES, who=token),
        await refresh(school, first["refresh_token"]),
        await refresh(school, token),
        await school.ask("DELETE", f"{FAMILIES}/current", who=second["access_token"]),
    ]

    assert {400, 401, 403, 404, 405, 413, 415} >= {answer.status for answer in answers}
    said = log.text() + all_said(caplog) + repr([(answer.json, dict(answer.headers)) for answer in answers])
    assert len(answers) < len(log.requests())
    assert [first["family_id"]] == [line["row_id"] for line in log.lines() if "came again" in line["event"]]
    assert [] == [secret for secret in secrets_of(first, second) if secret in said]


async def test_no_token_is_said_by_a_fault_of_the_bridge(
    log: Log, school: School, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key_id, key = await made(school)
    pair = await begun(school, key)

    async def unit(tx: Transaction) -> None:
        this = (ApiKeyRow.tenant_id == SCHOOL, ApiKeyRow.id == key_id)
        await tx.execute(update(ApiKeyRow).where(*this).values(scopes="no JSON"))

    await school.database.write(unit, tenant=SCHOOL)
    answers = [
        await refresh(school, pair["refresh_token"]),
        await school.ask("GET", MINE, who=pair["access_token"]),
        await school.ask("POST", FAMILIES, who=key),
    ]

    assert [500, 500, 500] == [answer.status for answer in answers]
    said = log.text() + all_said(caplog) + repr([(answer.json, dict(answer.headers)) for answer in answers])
    assert "JSONDecodeError" in said
    assert [] == [secret for secret in secrets_of(pair) if secret in said]


async def test_nothing_is_kept_for_a_repeat_which_is_a_try_of_its_own(school: School) -> None:
    _, key = await made(school)
    same = "k" * 20
    pairs = [(await school.ask("POST", FAMILIES, who=key, Idempotency_Key=same)).json for _ in range(2)]

    async def unit(tx: Transaction) -> str:
        return repr((await tx.execute(select(ClaimRow.__table__))).all())

    assert 2 == len({pair["family_id"] for pair in pairs})
    claims = await school.database.read(unit)
    assert [] == [secret for secret in secrets_of(*pairs) if secret in claims]
    assert "token-families" not in claims
