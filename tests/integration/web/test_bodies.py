"""What may stand in the body of a request, how much of it, and how slowly."""

import asyncio
import gzip
from time import monotonic

import orjson
import pytest
from aiohttp import hdrs

from tests.integration.web.conftest import Bridge, Start
from tests.integration.web.wire import Received, ask, connected, request

TOTAL = "/api/v1/ledger/total"
JSON = "Content-Type: application/json"


async def post(bridge: Bridge, body: bytes, headers: str = JSON, target: str = TOTAL) -> Received:
    return await ask(bridge.port, request(bridge.port, target, method="POST", body=body, headers=headers))


async def test_json_is_read_and_answered(bridge: Bridge) -> None:
    received = await post(bridge, b'{"amounts":[1,2,3]}')

    assert (200, {"total": 6}) == (received.status, received.json)


@pytest.mark.parametrize("headers", ["", "Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded"])
async def test_what_a_form_can_send_is_refused(bridge: Bridge, headers: str) -> None:
    received = await post(bridge, b'{"amounts":[1]}', headers)

    assert (415, "unsupported_media_type") == (received.status, received.json["code"])


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", 'application/json;charset="UTF-8"']
)
async def test_other_spellings_of_json_are_read(bridge: Bridge, content_type: str) -> None:
    assert 200 == (await post(bridge, b'{"amounts":[1]}', f"Content-Type: {content_type}")).status


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=latin-1", "application/jsonx", "application/json, a"]
)
async def test_other_types_that_begin_like_json_are_refused(bridge: Bridge, content_type: str) -> None:
    assert 415 == (await post(bridge, b'{"amounts":[1]}', f"Content-Type: {content_type}")).status


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity", "gzip, gzip"])
async def test_a_compressed_body_is_refused_and_never_unpacked(bridge: Bridge, coding: str) -> None:
    bomb = gzip.compress(b'{"amounts":[' + b" " * 10_000_000 + b"]}")

    received = await post(bridge, bomb, f"{JSON}\nContent-Encoding: {coding}")

    assert (415, "unsupported_media_type") == (received.status, received.json["code"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"amounts":[NaN]}',
        b'{"amounts":[Infinity]}',
        b'{"amounts":[1e999]}',
        b'{"amounts":[9007199254740992]}',
        b'{"amounts":[-9007199254740992]}',
        b'{"amounts":[99999999999999999999]}',
        b'{"amounts":[1],"amounts":[2]}',
        b'{"amounts":[1],"\\u0061mounts":[2]}',
        b'{"amounts":["\\ud800"]}',
        b'{"amounts":[1]} {}',
        b'{"amounts":[1],}',
        b"{'amounts':[1]}",
        b'{"amounts":[01]}',
        b'{"amounts":[1]}\x00',
        b'\xef\xbb\xbf{"amounts":[1]}',
        b"[" * 300 + b"]" * 300,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"amounts":[1.0]}',
        b'{"amounts":[true]}',
        b'{"amounts":["1"]}',
        b'{"amounts":null}',
        b'{"amounts":[1],"more":1}',
        b"[]",
        b"null",
        b'"amounts"',
    ],
)
async def test_json_that_is_wrong_or_means_two_things_is_refused(bridge: Bridge, body: bytes) -> None:
    received = await post(bridge, body or b" ")

    assert (400, "invalid_request") == (received.status, received.json["code"])


async def test_a_missing_body_is_refused(bridge: Bridge) -> None:
    received = await ask(bridge.port, request(bridge.port, TOTAL, method="POST", headers=JSON))

    assert 400 == received.status


async def test_the_largest_whole_number_that_a_double_holds_is_taken(bridge: Bridge) -> None:
    assert {"total": 2**53 - 1} == (await post(bridge, b'{"amounts":[9007199254740991]}')).json


async def test_all_wrong_fields_are_told_at_once_with_their_paths(bridge: Bridge) -> None:
    received = await post(bridge, b'{"amounts":[1,"2",3,4.5],"a/b~c":1}')

    assert ["/body/amounts/1", "/body/amounts/3", "/body/a~1b~0c"] == [
        error["path"] for error in received.json["errors"]
    ]


async def test_a_thousand_wrong_fields_make_no_long_answer(bridge: Bridge) -> None:
    received = await post(bridge, orjson.dumps({"amounts": ["x"] * 1000, "n" * 10_000: 1}))

    assert 50 == len(received.json["errors"])
    assert "1001 values" in received.json["detail"]
    assert len(received.body) < 10_000


async def test_what_was_sent_is_not_repeated_in_the_answer(bridge: Bridge) -> None:
    received = await post(bridge, b'{"amounts":["canary-7f3a"]}')

    assert 400 == received.status
    assert b"canary" not in received.body


async def test_a_body_at_its_limit_is_read_and_one_byte_more_is_not(start_bridge: Start) -> None:
    bridge = await start_bridge(body_limit_bytes=2000)
    body = b'{"amounts":[1]}'

    assert 200 == (await post(bridge, body.ljust(2000))).status
    received = await post(bridge, body.ljust(2001))
    assert (413, "too_large") == (received.status, received.json["code"])


async def test_a_route_may_have_a_limit_of_its_own(bridge: Bridge) -> None:
    target = "/api/v1/ledger/accounts/a/entries/batch"
    data = request(bridge.port, target, method="PUT", body=b" " * 4097, headers=JSON)

    assert 413 == (await ask(bridge.port, data)).status


async def test_too_large_a_body_is_refused_before_it_is_sent(bridge: Bridge) -> None:
    async with connected(bridge.port) as wire:
        await wire.send(request(bridge.port, TOTAL, method="POST", headers=f"{JSON}\nContent-Length: 1048577"))

        assert 413 == (await wire.receive()).status


async def test_chunks_that_grow_beyond_the_limit_are_cut(start_bridge: Start) -> None:
    bridge = await start_bridge(body_limit_bytes=1024)
    async with connected(bridge.port) as wire:
        await wire.send(request(bridge.port, TOTAL, method="POST", headers=f"{JSON}\nTransfer-Encoding: chunked"))
        await wire.send(b"200\r\n" + b" " * 512 + b"\r\n")
        await wire.send(b"201\r\n" + b" " * 513 + b"\r\n")
        received = await wire.receive()

        assert (413, "close") == (received.status, received.header("Connection"))


async def test_a_slow_sender_is_cut_off(start_bridge: Start) -> None:
    bridge = await start_bridge(body_timeout_seconds=0.3)
    began = monotonic()
    async with connected(bridge.port) as wire:
        await wire.send(request(bridge.port, TOTAL, method="POST", headers=f"{JSON}\nContent-Length: 15"))

        async def drip() -> None:
            for byte in b'{"amounts":':
                await wire.send(bytes([byte]))
                await asyncio.sleep(0.1)

        dripping = asyncio.create_task(drip())
        received = await wire.receive()
        dripping.cancel()

        assert (408, "request_timed_out") == (received.status, received.json["code"])
        assert "close" == received.header("Connection")
        assert 0.3 <= monotonic() - began < 1.5


async def test_a_sender_that_leaves_halfway_ends_its_request_only(bridge: Bridge) -> None:
    async with connected(bridge.port) as wire:
        await wire.send(request(bridge.port, TOTAL, method="POST", headers=f"{JSON}\nContent-Length: 15"))
        await wire.send(b"{")

    assert 200 == (await post(bridge, b'{"amounts":[1]}')).status


async def test_continue_is_said_only_where_the_body_is_wanted(bridge: Bridge) -> None:
    wanted = request(bridge.port, TOTAL, method="POST", headers=f"{JSON}\nExpect: 100-continue\nContent-Length: 15")
    async with connected(bridge.port) as wire:
        await wire.send(wanted)
        assert 100 == (await wire.receive()).status
        await wire.send(b'{"amounts":[1]}')
        assert {"total": 1} == (await wire.receive()).json

    for refused in (
        wanted.replace(b"Content-Length: 15", b"Content-Length: 9999999"),
        wanted.replace(b"application/json", b"text/plain"),
        wanted.replace(b"/total", b"/nowhere"),
        wanted.replace(b"127.0.0.1:", b"evil.example:"),
        wanted.replace(b"\r\nExpect", b"\r\nOrigin: https://evil.example\r\nExpect"),
    ):
        assert (await ask(bridge.port, refused)).status >= 400


async def test_another_expectation_fails(bridge: Bridge) -> None:
    received = await post(bridge, b'{"amounts":[1]}', f"{JSON}\nExpect: the-unexpected")

    assert (417, "expectation_failed") == (received.status, received.json["code"])


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1&limit=2",
        "limit",
        "other=1",
        "limit=1&other=1",
        "limit=%ff",
        "a=1;b=2",
    ],
)
async def test_a_query_that_the_route_does_not_take_is_refused(bridge: Bridge, query: str) -> None:
    received = await ask(bridge.port, request(bridge.port, f"/api/v1/ledger/accounts/a/entries?{query}"))

    assert (400, "invalid_request") == (received.status, received.json["code"])


@pytest.mark.parametrize("account", ["A", "a%20b", "-a", "a" * 33, "%ff", "a%2Fb", "a%00"])
async def test_a_path_that_the_route_does_not_take_is_refused(bridge: Bridge, account: str) -> None:
    received = await ask(bridge.port, request(bridge.port, f"/api/v1/ledger/accounts/{account}"))

    assert (400, "invalid_request") == (received.status, received.json["code"])


async def test_an_ambiguous_key_is_refused(bridge: Bridge) -> None:
    for keys in ("", "Idempotency-Key: short", f"Idempotency-Key: {'k' * 129}", "Idempotency-Key: " + "k" * 15 + "é"):
        received = await post(bridge, b'{"name":"a"}', f"{JSON}\n{keys}".strip(), "/api/v1/ledger/accounts")
        assert (400, "invalid_request") == (received.status, received.json["code"]), keys

    twice = f"{JSON}\n{hdrs.DATE}: x\nIdempotency-Key: {'k' * 16}\nIdempotency-Key: {'j' * 16}"
    assert 400 == (await post(bridge, b'{"name":"a"}', twice, "/api/v1/ledger/accounts")).status
