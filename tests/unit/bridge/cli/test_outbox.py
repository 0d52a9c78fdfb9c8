"""`toolboxai outbox list` and `retry`."""

import asyncio
import shutil
from pathlib import Path

import pytest
from sqlalchemy import update

from backend.db.database import open_database
from backend.db.outbox import OutboxEntry, enqueue
from backend.db.unit import Transaction
from bridge.settings import Settings
from bridge.settings.database import database_config

from .conftest import Ended, Run


@pytest.fixture
def filled(home: Path, migrated_folder: Path) -> list[int]:
    """The ids of one pending and two dead rows."""
    shutil.copytree(migrated_folder, home / "data")

    async def unit(tx: Transaction) -> list[int]:
        ids = [await enqueue(tx, kind, {"to": "sesame"}) for kind in ("mail", "export", "event")]
        for each in ids[1:]:
            dead = {"state": "dead", "attempts": 9, "last_error": "no route", "lease_until": None, "lease_token": None}
            await tx.execute(update(OutboxEntry).where(OutboxEntry.id == each).values(**dead))
        return ids

    async def fill() -> list[int]:
        async with open_database(database_config(Settings(data_dir=home / "data"))) as database:
            return await database.write(unit)

    return asyncio.run(fill())


def outbox(run: Run, home: Path, *words: str) -> Ended:
    return run("outbox", words[0], "--data-dir", str(home / "data"), *words[1:])


def test_the_list_shows_each_piece_of_work_and_how_many_there_are(run: Run, home: Path, filled: list[int]) -> None:
    ended = outbox(run, home, "list")
    lines = ended.out.splitlines()

    assert (0, "") == (ended.code, ended.err)
    assert "1 pending, 0 done, 2 dead" == lines[0]
    assert ["ID", "STATE", "KIND", "TRIES", "DUE", "LAST", "ERROR"] == lines[1].split()
    assert [[str(each), "dead", "export", "9"] for each in filled[1:2]] == [lines[3].split()[:4]]
    assert lines[3].endswith("no route")
    assert "sesame" not in ended.out


def test_the_list_can_be_narrowed(run: Run, home: Path, filled: list[int]) -> None:
    by_state = outbox(run, home, "list", "--state", "dead", "--json").told
    by_limit = outbox(run, home, "list", "--limit", "1", "--json").told

    assert filled[1:] == [row["id"] for row in by_state["rows"]]
    assert filled[:1] == [row["id"] for row in by_limit["rows"]]
    assert {"pending": 1, "done": 0, "dead": 2} == by_state["counts"]
    assert {"id", "kind", "order_key", "tenant_id", "state", "attempts", "due_at", "last_error"} == set(
        by_state["rows"][0]
    )


def test_dead_work_is_tried_again(run: Run, home: Path, filled: list[int]) -> None:
    ended = outbox(run, home, "retry", *map(str, filled[1:]))

    assert (0, "2 will be tried again.\n", "") == (ended.code, ended.out, ended.err)
    assert {"pending": 3, "done": 0, "dead": 0} == outbox(run, home, "list", "--json").told["counts"]


def test_the_json_of_a_retry_names_what_is_tried_again(run: Run, home: Path, filled: list[int]) -> None:
    assert {"retried": [filled[1]]} == outbox(run, home, "retry", str(filled[1]), "--json").told


def test_nothing_is_retried_when_one_of_them_is_not_dead(run: Run, home: Path, filled: list[int]) -> None:
    ended = outbox(run, home, "retry", str(filled[1]), str(filled[0]))

    assert (2, "") == (ended.code, ended.out)
    assert ended.err.startswith(f"toolboxai: no dead work has the id {filled[0]}, so nothing was retried")
    assert 2 == outbox(run, home, "list", "--json").told["counts"]["dead"]


@pytest.mark.parametrize("words", [["list"], ["retry", "1"]])
def test_without_a_database_none_is_made(words: list[str], run: Run, home: Path) -> None:
    ended = outbox(run, home, *words)

    assert 7 == ended.code
    assert "there is no database at" in ended.err
    assert [] == list(home.iterdir())


@pytest.mark.parametrize("words", [["list"], ["retry", "1"]])
def test_a_database_that_is_away_is_one_sentence(words: list[str], run: Run) -> None:
    ended = run("outbox", *words, TOOLBOXAI_DATABASE_URL="postgresql://ada:sesame@127.0.0.1:1/school")

    assert (7, "") == (ended.code, ended.out)
    assert 1 == ended.err.count("\n")
    assert "sesame" not in ended.err


def test_a_number_that_is_none_is_refused(run: Run) -> None:
    assert 2 == run("outbox", "retry", "all").code
    assert 2 == run("outbox", "list", "--limit", "0").code
