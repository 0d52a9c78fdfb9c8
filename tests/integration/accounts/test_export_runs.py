"""The making of an export, killed or not, and the end of its file; on both databases."""

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.people.service import People, Person
from backend.accounts.people.store import StoredPerson
from backend.accounts.tenants.exports import outbox, store
from backend.accounts.tenants.exports.folder import EXPORTS, ExportFolder
from backend.accounts.tenants.exports.models import TenantExportRow
from backend.db.outbox import OutboxEntry
from backend.db.outbox_queue import ATTEMPTS
from backend.db.unit import Transaction
from tests.integration.accounts.acts import held_back as deletion_held_back
from tests.integration.accounts.conftest import School
from tests.integration.accounts.exporting import (
    EXPORTS_OF,
    MINE,
    OFFICER,
    ask,
    end_time_of,
    file_of,
    files_of,
    fill,
    handler,
    held_back,
    lines,
    look,
    opened,
    path_of,
    ready,
    work,
)
from tests.integration.accounts.trails import trails
from tests.integration.db.waiting import until_asked
from tests.ledger.people import SCHOOL


class Killed(Exception):
    """The process died here."""


class DiesAtPeople(People):
    def opened(self, stored: StoredPerson) -> Person:
        raise Killed(stored.id)


class DiesBeforeTheCommit(ExportFolder):
    def measure(self, tenant_id: str, export_id: str) -> tuple[int, str]:
        raise Killed(tenant_id, export_id)


@pytest.mark.parametrize("where", ["in the middle", "with the file in place"])
async def test_what_was_killed_begins_anew_and_leaves_nothing_but_its_file(school: School, where: str) -> None:
    await fill(school)
    export_id = await held_back(school)
    path = path_of(school, export_id)
    accounts = school.app[ACCOUNTS]
    killed = (
        handler(school, people=DiesAtPeople(accounts.vault))
        if where == "in the middle"
        else handler(school, folder=DiesBeforeTheCommit(path.parent.parent))
    )
    with pytest.raises(Killed):
        await killed(work(export_id))
    # What is left by a process that had no time to take it away.
    path.with_name(f".{path.name}.0123456789abcdef").write_bytes(b"half")
    assert "wanted" == (await look(school, export_id))["state"]

    await handler(school)(work(export_id))
    await handler(school)(work(export_id))

    assert "ready" == (await look(school, export_id))["state"]
    assert [path] == list(path.parent.iterdir())
    assert 1 == len(lines((await files_of(school, export_id))["people.jsonl"]))
    made = [each.kind for each in (await trails(school.database))[SCHOOL]].count("export.made")
    assert 1 == made


async def test_two_exports_of_the_same_rows_are_the_same_but_for_when_they_were_made(school: School) -> None:
    await fill(school)
    export_id = await held_back(school)
    made = []
    for _ in range(2):
        with pytest.raises(Killed):
            await handler(school, folder=DiesBeforeTheCommit(path_of(school, export_id).parent.parent))(work(export_id))
        made.append(dict(opened(path_of(school, export_id).read_bytes())))
    for each in made:
        assert json.loads(each.pop("about.json"))["made_at"] > 0

    assert made[0] == made[1]
    assert list(made[0]) == list(made[1])


async def test_what_would_be_too_large_fails_with_a_sentence_and_leaves_no_file(school: School) -> None:
    export_id = await held_back(school)
    await handler(school, largest_bytes=2_000)(work(export_id))
    shown, refused = await look(school, export_id), await file_of(school, export_id)

    assert ("failed", None) == (shown["state"], shown["sha256"])
    assert "64 MiB" in shown["problem"]
    assert (409, shown["problem"]) == (refused.status, refused.json["detail"])
    assert [] == list(path_of(school, export_id).parent.iterdir())
    assert "export.made" not in [each.kind for each in (await trails(school.database))[SCHOOL]]


async def test_what_failed_each_time_is_given_up_so_that_another_can_be_asked_for(school: School) -> None:
    export_id = await held_back(school)
    await handler(school)(work(export_id, attempts=ATTEMPTS))
    shown = await look(school, export_id)

    assert ("failed", True) == (shown["state"], bool(shown["problem"]))
    assert 202 == (await ask(school)).status


async def test_the_file_goes_when_its_time_is_over_and_is_not_given_out_after_it(school: School) -> None:
    export_id = await ready(school)
    await end_time_of(school, export_id)
    refused = await file_of(school, export_id)
    await outbox.ending(school.app[EXPORTS])(work(export_id, kind=outbox.END))

    assert (409, "conflict") == (refused.status, refused.code)
    assert not path_of(school, export_id).exists()


async def test_the_end_of_the_file_is_planned_when_it_is_made(school: School) -> None:
    export_id = await ready(school)
    statement = select(OutboxEntry.body, OutboxEntry.due_at).where(OutboxEntry.kind == outbox.END)

    async def unit(tx: Transaction) -> list[Any]:
        return [(json.loads(row.body), row.due_at) for row in await tx.execute(statement)]

    ((body, due_at),) = await school.database.read(unit)
    assert {"tenant_id": SCHOOL, "export_id": export_id} == body
    assert (await look(school, export_id))["ends_at"] == pytest.approx(due_at, abs=1000)


async def test_a_file_that_is_over_its_time_goes_whoever_should_have_taken_it(school: School) -> None:
    old, new = await ready(school), await ready(school)
    os.utime(path_of(school, old), (1, 1))
    await ready(school)

    assert (False, True) == (path_of(school, old).exists(), path_of(school, new).exists())


@pytest.mark.parametrize("there", ["nothing", "another file"])
async def test_a_file_that_lies_on_another_host_is_refused_with_a_sentence(school: School, there: str) -> None:
    export_id = await ready(school)
    path_of(school, export_id).unlink()
    if there == "another file":
        path_of(school, export_id).write_bytes(b"else")
    refused = await file_of(school, export_id)

    assert (409, "conflict") == (refused.status, refused.code)
    assert "host" in refused.json["detail"]


async def test_the_deletion_of_the_tenant_takes_its_files(school: School) -> None:
    export_id = await ready(school)
    folder = path_of(school, export_id).parent
    assert 202 == (await school.ask("DELETE", MINE, who="platform_operator")).status

    async def is_there() -> bool:
        return bool(folder.exists())

    assert not await until_asked(is_there, lambda there: not there)


async def test_an_export_that_is_made_while_its_tenant_goes_leaves_no_file(school: School) -> None:
    export_id = await held_back(school)
    path = path_of(school, export_id)
    assert 202 == (await school.ask("DELETE", MINE, who="platform_operator")).status

    async def found(tx: Transaction) -> store.Export | None:
        return await store.find(tx, SCHOOL, export_id)

    await until_asked(lambda: school.database.read(found, tenant=SCHOOL), lambda export: export is None)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"of a run that was killed")
    await handler(school)(work(export_id))

    assert not path.exists()


class Meanwhile(ExportFolder):
    """Has something happen between the file and the commit."""

    def __init__(self, folder: Path, happens: Callable[[], Coroutine[Any, Any, None]]) -> None:
        super().__init__(folder)
        self._happens: Callable[[], Coroutine[Any, Any, None]] | None = happens
        self._loop = asyncio.get_running_loop()

    def measure(self, tenant_id: str, export_id: str) -> tuple[int, str]:
        measured = super().measure(tenant_id, export_id)
        happens, self._happens = self._happens, None
        if happens is not None:
            asyncio.run_coroutine_threadsafe(happens(), self._loop).result(20)
        return measured


async def test_an_export_whose_row_goes_while_it_is_made_leaves_no_file_and_is_not_told(school: School) -> None:
    export_id = await held_back(school)
    row = TenantExportRow

    async def unit(tx: Transaction) -> None:
        await tx.execute(delete(row).where(row.tenant_id == SCHOOL))

    async def goes() -> None:
        await school.database.write(unit, tenant=SCHOOL)

    path = path_of(school, export_id)
    await handler(school, folder=Meanwhile(path.parent.parent, goes))(work(export_id))

    assert not path.exists()
    assert ["export.asked"] == [each.kind for each in (await trails(school.database))[SCHOOL]]


async def test_of_two_runs_at_once_one_is_told_and_the_file_that_lies_there_is_given_out(school: School) -> None:
    export_id = await held_back(school)

    async def other_run() -> None:
        await handler(school)(work(export_id))

    await handler(school, folder=Meanwhile(path_of(school, export_id).parent.parent, other_run))(work(export_id))
    content = await school.fetch(f"{EXPORTS_OF}/{export_id}/file", who=OFFICER)

    assert len(content) == (await look(school, export_id))["bytes"]
    kinds = [each.kind for each in (await trails(school.database))[SCHOOL]]
    assert ["export.asked", "export.made"] == kinds


async def test_of_a_tenant_that_is_being_deleted_nothing_is_exported(school: School) -> None:
    await deletion_held_back(school)
    await school.ask("DELETE", MINE, who="platform_operator")
    refused = await ask(school)

    assert (409, "conflict") == (refused.status, refused.code)
