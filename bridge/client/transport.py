"""One sending over HTTP: the bytes that were signed go out once, and what comes back is not trusted yet."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType, ClientMiddlewareType
from yarl import URL

from bridge.client.address import BridgeAddress
from bridge.client.answers import Answer
from bridge.client.signing import Request

MOST_ANSWER_BYTES: Final = 64 * 1024 * 1024
MOST_CONNECTIONS: Final = 64


class Lost(Exception):
    """No whole answer came. What was sent may have been done."""


class Transport:
    """Keeps connections to one bridge. It follows nothing, unpacks nothing and remembers no cookie."""

    def __init__(self, address: BridgeAddress, *, tls: ssl.SSLContext | None = None) -> None:
        self.address = address
        self._tls = tls

    async def __aenter__(self) -> Self:
        self._http = self.new_http(most_connections=MOST_CONNECTIONS)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    def new_http(
        self, *, most_connections: int, middlewares: tuple[ClientMiddlewareType, ...] = ()
    ) -> aiohttp.ClientSession:
        """Return connections of their own to the same bridge; whoever asked for them closes them."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=most_connections, ssl=self._tls if self._tls is not None else True),
            cookie_jar=aiohttp.DummyCookieJar(),
            # The digest covers the bytes as they are sent, so they are taken as they are sent.
            auto_decompress=False,
            skip_auto_headers=("Accept-Encoding", "User-Agent"),
            raise_for_status=False,
            middlewares=middlewares,
            # What takes long is bounded by whoever waits for it.
            timeout=aiohttp.ClientTimeout(total=None),
        )

    def url(self, target: str) -> URL:
        return URL(self.address.url + target, encoded=True)

    def headers(self, request: Request, headers: Mapping[str, str]) -> dict[str, str]:
        return {"Host": self.address.authority, "Accept-Encoding": "identity", **request.headers, **headers}

    async def send(self, request: Request, headers: Mapping[str, str], *, seconds: float) -> Answer:
        """Send once; Lost where no whole answer came in time."""
        with lost_where_it_fails(seconds):
            async with (
                asyncio.timeout(seconds),
                self._http.request(
                    request.method,
                    self.url(request.target),
                    headers=self.headers(request, headers),
                    # An empty body too has its length, whatever the method.
                    data=request.body if request.body or request.method not in {"GET", "HEAD"} else None,
                    allow_redirects=False,
                    middlewares=(Once(),),
                ) as response,
            ):
                return await whole_answer(response)


@contextmanager
def lost_where_it_fails(seconds: float) -> Iterator[None]:
    """Tell each failure of a connection as Lost."""
    try:
        yield
    except TimeoutError:
        raise Lost(f"no answer in {seconds:.0f} seconds") from None
    except aiohttp.ClientConnectorError as error:
        raise Lost(f"no connection: {error.os_error.strerror or type(error.os_error).__name__}") from None
    except (aiohttp.ClientError, OSError) as error:
        # Only what kind of failure it was: its text may quote headers.
        raise Lost(f"the connection failed ({type(error).__name__})") from None


class Once:
    """Keeps aiohttp from sending a PUT, a DELETE or a GET again by itself: its number is used up."""

    def __init__(self) -> None:
        self._is_sent = False

    async def __call__(self, request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        if self._is_sent:
            raise aiohttp.ClientConnectionError("it was sent already")
        self._is_sent = True
        return await handler(request)


async def whole_answer(response: aiohttp.ClientResponse) -> Answer:
    return Answer(response.status, _single(response), await _whole_body(response))


async def _whole_body(response: aiohttp.ClientResponse) -> bytes:
    chunks = bytearray()
    async for chunk in response.content.iter_any():
        chunks += chunk
        if len(chunks) > MOST_ANSWER_BYTES:
            raise Lost("the answer is longer than this program takes")
    return bytes(chunks)


def _single(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the headers that came once: which of two was meant is not for a client to guess."""
    named = [(name.lower(), value) for name, value in response.headers.items()]
    times = Counter(name for name, _ in named)
    return {name: value for name, value in named if times[name] == 1}
