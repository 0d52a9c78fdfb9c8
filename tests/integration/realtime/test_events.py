"""Following channels by server-sent events, against the whole bridge."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.timing import Timing
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import is_proven
from tests.integration.realtime.channels import OF_PROJECT, TENANT, put, tell
from tests.integration.realtime.reader import EventReader, events, headers_of
from tests.integration.web.waiting import until
from tests.integration.web.wire import connected, request
from tests.ledger.people import Directory

BOTH = ("read", "sync")


async def test_events_are_what_a_browser_reads(house: House, directory: Directory) -> None:
    officer = directory.people["privacy_officer"]
    async with connected(house.bridge.port) as wire:
        cookie = f"Cookie: {officer.cookie['Cookie']}"
        await wire.send(request(house.bridge.port, f"/v1/events?follow={TENANT}", headers=cookie))
        head = await wire.receive()

    assert (200, "text/event-stream", "no") == (
        head.status,
        head.header("Content-Type"),
        head.header("X-Accel-Buffering"),
    )
    assert ("close", None, "no-store") == tuple(
        head.header(name) for name in ("Connection", "Content-Length", "Cache-Control")
    )


async def test_the_head_is_proven_as_that_of_an_answer_without_a_body(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    signed = signer.sign("GET", f"/v1/events?follow={TENANT}")
    lines = [f"{name.decode()}: {value.decode()}" for name, value in signed.headers if name != b"Content-Type"]
    async with connected(house.bridge.port) as wire:
        await wire.send("\r\n".join((f"GET {signed.target} HTTP/1.1", *lines, "", "")).encode())
        assert is_proven(signer.session, signed, await wire.receive())


async def test_what_is_committed_reaches_whoever_follows_under_seals(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with events(house.bridge.client, TENANT, signer=signer) as reader:
        assert reader.welcome["sealed"]
        assert "following" == (await reader.item())["type"]
        await tell(house, 1, 2, 3)
        assert [1, 2, 3] == await reader.messages(3)


async def test_the_id_of_an_event_is_where_its_reader_stands_in_all_channels(house: House) -> None:
    signer = await house.signer(scopes=BOTH)
    [at_tenant] = await put(house, "t")
    [at_project] = await put(house, "p", channel=OF_PROJECT)
    async with events(house.bridge.client, f"{TENANT}@earliest,{OF_PROJECT}@earliest", signer=signer) as reader:
        while (await reader.item())["type"] != "message" or not reader.last_id.endswith(str(at_project)):
            continue

        assert f"{TENANT}@{at_tenant},{OF_PROJECT}@{at_project}" == reader.last_id
        await put(house, "t2")
        await reader.messages(1)
        assert f"{TENANT}@{at_tenant.epoch}.2,{OF_PROJECT}@{at_project}" == reader.last_id


async def test_whoever_is_cut_off_at_the_beginning_comes_back_for_all_channels(house: House) -> None:
    signer = await house.signer(scopes=BOTH)
    async with events(house.bridge.client, f"{TENANT},{OF_PROJECT}@earliest", signer=signer) as reader:
        # The welcome came before anything was followed.
        assert f"{TENANT}@latest,{OF_PROJECT}@earliest" == reader.last_id


async def test_what_is_denied_is_not_asked_for_again(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with events(house.bridge.client, f"{OF_PROJECT},{TENANT}", signer=signer) as reader:
        assert "denied" == (await reader.item())["type"]
        following = await reader.item()
        assert f"{TENANT}@{following['cursor']}" == reader.last_id


async def test_what_a_browser_saw_last_goes_before_the_query(house: House, directory: Directory) -> None:
    client, officer = house.bridge.client, directory.people["privacy_officer"]
    cursors = await put(house, 1, 2, 3)
    headers = officer.cookie | {"Last-Event-ID": f"{TENANT}@{cursors[0]}"}
    async with events(client, f"{TENANT}@latest", headers=headers) as reader:
        assert str(cursors[0]) == (await reader.item())["cursor"]
        assert [2, 3] == await reader.messages(2)
        last_id = reader.last_id
    await put(house, 4)
    async with events(client, f"{TENANT}@latest", headers=officer.cookie | {"Last-Event-ID": last_id}) as reader:
        await reader.item()
        assert [4] == await reader.messages(1)
    # A browser that has seen nothing sends none, or an empty one.
    async with events(client, f"{TENANT}@earliest", headers=officer.cookie | {"Last-Event-ID": ""}) as reader:
        await reader.item()
        assert [1, 2, 3, 4] == await reader.messages(4)


async def test_a_reset_is_told_before_it_begins_there(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    await put(house, 1)
    async with events(house.bridge.client, f"{TENANT}@{'0' * 16}.1", signer=signer) as reader:
        reset, following = await reader.item(), await reader.item()

    assert ("reset", "epoch", "following") == (reset["type"], reset["reason"], following["type"])
    assert reset["cursor"] == following["cursor"]


@pytest.mark.parametrize("follow", ["", ",", f"{TENANT},{TENANT}", ",".join(f"{TENANT}{n}" for n in range(17))])
async def test_what_asks_for_no_channels_is_refused(house: House, follow: str) -> None:
    signer = await house.signer(scopes=("read",))
    target = f"/v1/events?follow={follow}"
    async with house.bridge.client.get(target, headers=headers_of(signer, target)) as response:
        assert response.status in {200, 400}
        if response.status == 200:
            assert follow == ","


@pytest.fixture
async def talkative(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    parts = {"timing": Timing(look_seconds=0.01, comment_seconds=0.05), "history": HistoryLimits(messages=2)}
    async with open_house(tmp_path, sqlite_database, parts=parts) as opened:
        yield opened


async def test_a_comment_shows_that_the_line_is_there(talkative: House) -> None:
    signer = await talkative.signer(scopes=("read",))
    async with events(talkative.bridge.client, TENANT, signer=signer) as reader:
        await reader.item()

        async def has_commented() -> bool:
            await put(talkative, 1)
            await reader.messages(1)
            return reader.comments >= 2

        await until(has_commented)


def test_a_comment_comes_at_least_each_fifteen_seconds() -> None:
    assert Timing().comment_seconds + Timing().look_seconds < 15


async def test_a_reader_that_goes_away_is_let_go(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with events(house.bridge.client, TENANT, signer=signer) as reader:
        assert isinstance(reader, EventReader)
        reader.response.close()
    await until(lambda: 0 == house.bridge.connections())
