"""Pages, versions, and secrets that are shown once (both databases)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.db.claims import ClaimRow
from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from bridge.keys import DATABASE
from bridge.settings import Settings
from tests.integration.web.conftest import Bridge, serving
from tests.integration.web.test_idempotency import Answered
from tests.ledger.books import store
from tests.ledger.books.routes import BOOKS, OF_CLASS
from tests.ledger.people import CLASS, OTHER_CLASS, SCHOOL, Directory, one_of_each
from tests.ledger.worker import create_app

PEOPLE = one_of_each()
TO_BOOKS = BOOKS.format(tenant_id=SCHOOL)


@pytest.fixture
async def bridge(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[Bridge]:
    """A bridge on each database in turn, which knows somebody for each role."""
    settings = Settings(data_dir=tmp_path, database_url=database_config.url)
    async with serving(create_app(settings, directory=Directory(PEOPLE.values()))) as started:
        yield started


async def send(
    bridge: Bridge, method: str, target: str, json: object = None, *, who: str = "teacher", **headers: str
) -> Answered:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"Idempotency-Key": str(uuid4()), **PEOPLE[who].authorization, **named}
    async with bridge.client.request(method, target, json=json, headers=sent) as response:
        body = await response.read()
        return Answered(response, body, await response.json(content_type=None) if body else None)


async def opened(bridge: Bridge, title: str = "Sums", class_id: str = CLASS) -> Answered:
    made = await send(bridge, "POST", TO_BOOKS, {"class_id": class_id, "title": title})
    assert 201 == made.status
    return made


def book(made: Answered) -> str:
    return f"{TO_BOOKS}/{made.json['id']}"


async def pages(bridge: Bridge, target: str, *, who: str = "teacher") -> list[list[Any]]:
    """Read a list to its end."""
    found: list[list[Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        mark = "&" if "?" in target else "?"
        page = await send(bridge, "GET", f"{target}{mark}cursor={cursor}" if cursor else target, who=who)
        assert 200 == page.status
        found.append([each["title"] for each in page.json["books"]])
        cursor = page.json["next"]
    return found


async def test_pages_follow_one_another_without_a_gap_or_a_repeat(bridge: Bridge) -> None:
    titles = [f"book {number}" for number in range(7)]
    for title in titles:
        await opened(bridge, title)

    found = await pages(bridge, f"{TO_BOOKS}?limit=3")

    assert [3, 3, 1] == [len(page) for page in found]
    # Books of the same millisecond stand in the order of their ids.
    assert sorted(titles) == sorted(title for page in found for title in page)


async def test_what_is_added_and_removed_meanwhile_moves_no_other(bridge: Bridge) -> None:
    made = [await opened(bridge, f"book {number}") for number in range(4)]
    first = await send(bridge, "GET", f"{TO_BOOKS}?limit=2")
    shown = {each["id"] for each in first.json["books"]}
    gone = next(each for each in made if each.json["id"] in shown)
    assert 204 == (await send(bridge, "DELETE", book(gone), If_Match=gone.headers["ETag"])).status
    added = await opened(bridge, "added")

    rest = await send(bridge, "GET", f"{TO_BOOKS}?limit=9&cursor={first.json['next']}")

    assert {each.json["id"] for each in (*made, added)} - shown == {each["id"] for each in rest.json["books"]}


async def test_an_empty_list_is_one_page(bridge: Bridge) -> None:
    assert [[]] == await pages(bridge, TO_BOOKS)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=nonsense", "cursor=" + "x" * 1025])
async def test_a_page_that_cannot_be_is_refused_by_the_name_of_its_field(bridge: Bridge, query: str) -> None:
    refused = await send(bridge, "GET", f"{TO_BOOKS}?{query}")

    assert (400, [f"/query/{query.partition('=')[0]}"]) == (
        refused.status,
        [error["path"] for error in refused.json["errors"]],
    )


async def test_a_cursor_of_another_list_leaves_no_hole_in_silence(bridge: Bridge) -> None:
    for number in range(2):
        await opened(bridge, f"book {number}")
    cursor = (await send(bridge, "GET", f"{TO_BOOKS}?limit=1")).json["next"]

    assert 400 == (await send(bridge, "GET", f"{TO_BOOKS}?limit=1&class_id={CLASS}&cursor={cursor}")).status


async def test_a_list_shows_an_assistant_only_their_class(bridge: Bridge) -> None:
    for class_id in (CLASS, OTHER_CLASS):
        await opened(bridge, class_id, class_id)

    assert [[CLASS]] == await pages(bridge, TO_BOOKS, who="assistant")
    assert [[]] == await pages(bridge, f"{TO_BOOKS}?class_id={OTHER_CLASS}", who="assistant")
    assert [[CLASS]] == await pages(bridge, OF_CLASS.format(tenant_id=SCHOOL, class_id=CLASS), who="assistant")
    other = await send(bridge, "GET", OF_CLASS.format(tenant_id=SCHOOL, class_id=OTHER_CLASS), who="assistant")
    assert 404 == other.status


async def test_an_edit_that_names_what_is_there_is_made_and_tells_the_new_version(bridge: Bridge) -> None:
    made = await opened(bridge)
    changed = await send(bridge, "PATCH", book(made), {"title": "Fractions"}, If_Match=made.headers["ETag"])
    read = await send(bridge, "GET", book(made))

    assert ('"1"', 200, '"2"') == (made.headers["ETag"], changed.status, changed.headers["ETag"])
    assert ("Fractions", '"2"') == (read.json["title"], read.headers["ETag"])


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (None, 428, "precondition_required"),
        ('"1"', 412, "precondition_failed"),
        ('"3"', 412, "precondition_failed"),
        ('W/"2"', 412, "precondition_failed"),
        ('"02"', 412, "precondition_failed"),
        ('"-2"', 412, "precondition_failed"),
        ('"' + "9" * 60 + '"', 412, "precondition_failed"),
        ('""', 412, "precondition_failed"),
        ("*", 400, "invalid_request"),
        ("2", 400, "invalid_request"),
        ('"1", "2"', 400, "invalid_request"),
        ('"2', 400, "invalid_request"),
    ],
)
async def test_an_edit_that_names_anything_else_changes_nothing(
    bridge: Bridge, method: str, given: str | None, status: int, code: str
) -> None:
    made = await opened(bridge)
    await send(bridge, "PATCH", book(made), {"title": "Fractions"}, If_Match='"1"')
    headers = {} if given is None else {"If_Match": given}

    refused = await send(bridge, method, book(made), {"title": "Lost"} if method == "PATCH" else None, **headers)

    assert (status, code) == (refused.status, refused.json["code"])
    assert "Fractions" == (await send(bridge, "GET", book(made))).json["title"]


async def test_of_two_edits_of_one_version_one_is_made(bridge: Bridge) -> None:
    made = await opened(bridge)
    edits = await asyncio.gather(
        *(send(bridge, "PATCH", book(made), {"title": f"{number}"}, If_Match='"1"') for number in range(8))
    )

    assert [200] + [412] * 7 == sorted(edit.status for edit in edits)
    (kept,) = (edit for edit in edits if edit.status == 200)
    assert kept.json == (await send(bridge, "GET", book(made))).json


async def test_an_edit_of_what_is_not_there_is_a_404_whatever_it_names(bridge: Bridge) -> None:
    assert 404 == (await send(bridge, "DELETE", f"{TO_BOOKS}/nothing", If_Match='"1"')).status


async def test_a_secret_is_shown_once_and_kept_nowhere(bridge: Bridge) -> None:
    seals, key = f"{book(await opened(bridge))}/seals", str(uuid4())
    first = await send(bridge, "POST", seals, who="school_admin", Idempotency_Key=key)
    again = [await send(bridge, "POST", seals, who="school_admin", Idempotency_Key=key) for _ in range(2)]

    assert (201, True, None) == (first.status, first.json["secret_shown"], first.replayed)
    assert [(200, "true")] * 2 == [(each.status, each.replayed) for each in again]
    assert [{"id": first.json["id"], "secret": None, "secret_shown": False}] * 2 == [each.json for each in again]

    async def unit(tx: Transaction) -> tuple[list[object], int]:
        claims = (await tx.execute(select(ClaimRow.headers, ClaimRow.body))).all()
        return [value for claim in claims for value in claim], await store.count_seals(tx, SCHOOL)

    kept, seals_made = await bridge.app[DATABASE].read(unit, tenant=SCHOOL)
    assert first.json["id"].encode() in kept
    assert first.json["secret"] not in repr(kept)
    assert 1 == seals_made


async def test_many_at_once_with_one_key_make_one_secret_and_one_is_told_it(bridge: Bridge) -> None:
    seals, key = f"{book(await opened(bridge))}/seals", str(uuid4())
    answers = await asyncio.gather(
        *(send(bridge, "POST", seals, who="school_admin", Idempotency_Key=key) for _ in range(8))
    )

    assert [200] * 7 + [201] == sorted(answer.status for answer in answers)
    assert 1 == len({answer.json["id"] for answer in answers})
    assert 1 == sum(answer.json["secret"] is not None for answer in answers)


async def test_a_repeat_after_the_right_was_lost_shows_nothing(bridge: Bridge) -> None:
    """The check of permissions stands before the claims."""
    seals, key = f"{book(await opened(bridge))}/seals", str(uuid4())
    await send(bridge, "POST", seals, who="school_admin", Idempotency_Key=key)

    assert 403 == (await send(bridge, "POST", seals, who="teacher", Idempotency_Key=key)).status


async def test_a_key_of_somebody_else_is_another_key(bridge: Bridge) -> None:
    target, key, body = TO_BOOKS, str(uuid4()), {"class_id": CLASS, "title": "Sums"}
    made = [
        await send(bridge, "POST", target, body, who=who, Idempotency_Key=key)
        for who in ("teacher", "curriculum_author")
    ]

    assert [(201, None)] * 2 == [(each.status, each.replayed) for each in made]
