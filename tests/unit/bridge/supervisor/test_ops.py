import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from backend.web.reply import Reply
from bridge.supervisor.ops import Ops, json_page


async def _page() -> Reply:
    return json_page(200, {"seen": True})


@pytest_asyncio.fixture
async def base() -> AsyncIterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    port = listener.getsockname()[1]
    ops = Ops({"/page": _page})
    await ops.open([listener])
    yield f"http://127.0.0.1:{port}"
    await ops.close()
    listener.close()


async def _status(base: str, path: str = "/page", **asked: object) -> int:
    method = asked.pop("method", "GET")
    async with aiohttp.ClientSession() as session, session.request(str(method), base + path, **asked) as answer:  # type: ignore[arg-type]
        await answer.read()
        return answer.status


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_page_is_read(base: str, method: str) -> None:
    assert await _status(base, method=method) == 200


async def test_a_query_is_no_matter(base: str) -> None:
    assert await _status(base, "/page?x=1") == 200


@pytest.mark.parametrize("path", ["/", "/pag", "/page/", "//page"])
async def test_there_is_nothing_else(base: str, path: str) -> None:
    assert await _status(base, path) == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_it_is_only_read(base: str, method: str) -> None:
    assert await _status(base, method=method) == 405


async def test_a_body_is_refused(base: str) -> None:
    assert await _status(base, data=b"x") == 413


@pytest.mark.parametrize(
    "host", ["rebound.example", "rebound.example:9464", "127.0.0.1.rebound.example", "localhost:1", "", "127.0.0.1"]
)
async def test_another_name_for_it_is_refused(base: str, host: str) -> None:
    assert await _status(base, headers={"Host": host}) == 421


async def test_the_names_of_the_loopback_are_its_names(base: str) -> None:
    port = base.rpartition(":")[2]

    assert [200, 200] == [
        await _status(base, headers={"Host": f"{name}:{port}"}) for name in ("localhost", "127.0.0.1")
    ]
