"""What a page in a browser can make arrive here, and which of it is answered."""

import pytest

from tests.integration.web.conftest import Bridge, Start
from tests.integration.web.wire import ask, request

EVERYWHERE = ["/api/v1/about", "/health/live", "/health/ready", "/no/such/page", "/", "/api/v1/ledger/accounts"]


def with_host(host: str, target: str = "/health/live", method: str = "GET") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST", "LocalHost"])
async def test_its_own_names_are_answered(bridge: Bridge, name: str) -> None:
    assert 200 == (await ask(bridge.port, with_host(f"{name}:{bridge.port}"))).status


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "localhost",
        "localhost:1",
        "localhost:0{port}",
        "localhost.:{port}",
        "user@localhost:{port}",
        "localhost:{port}@evil.example",
        "localhost:{port}.evil.example",
        "localhost:{port},evil.example",
        "evil.example, localhost:{port}",
        "localhost:{port}/",
        "127.0.0.1.nip.example:{port}",
        "127.1:{port}",
        "2130706433:{port}",
        "0x7f.0.0.1:{port}",
        "0.0.0.0:{port}",
        "[::]:{port}",
        "[::ffff:127.0.0.1]:{port}",
        "[0:0:0:0:0:0:0:1]:{port}",
        "::1:{port}",
        "",
        ":{port}",
        "http://localhost:{port}",
        "\u217cocalhost:{port}",
    ],
)
async def test_any_other_name_is_refused_whatever_is_asked_for(bridge: Bridge, host: str) -> None:
    for target in EVERYWHERE:
        received = await ask(bridge.port, with_host(host.format(port=bridge.port), target))

        assert (421, "unknown_host") == (received.status, received.json["code"]), target


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "TRACE", "PROPFIND"])
async def test_a_foreign_name_is_refused_with_every_method(bridge: Bridge, method: str) -> None:
    assert 421 == (await ask(bridge.port, with_host("evil.example", method=method))).status


async def test_a_missing_name_is_refused(bridge: Bridge) -> None:
    assert 400 == (await ask(bridge.port, b"GET /health/live HTTP/1.1\r\n\r\n")).status
    assert 421 == (await ask(bridge.port, b"GET /health/live HTTP/1.0\r\n\r\n")).status


async def test_two_names_are_refused(bridge: Bridge) -> None:
    twice = f"GET /health/live HTTP/1.1\r\nHost: localhost:{bridge.port}\r\nHost: evil.example\r\n\r\n"

    received = await ask(bridge.port, twice.encode())

    assert (400, "invalid_request") == (received.status, received.json["code"])


async def test_a_configured_name_is_answered_with_any_port_or_none(start_bridge: Start) -> None:
    bridge = await start_bridge(allowed_hosts=("bridge.school.example",))

    for host in ("bridge.school.example", "Bridge.School.Example:443", "bridge.school.example:1"):
        assert 200 == (await ask(bridge.port, with_host(host))).status
    for host in ("bridge.school.example:443a", "bridge.school.example:", "x.bridge.school.example:443", "evil.example"):
        assert 421 == (await ask(bridge.port, with_host(host))).status


@pytest.mark.parametrize(
    "line",
    [
        "GET http://localhost:{port}/health/live HTTP/1.1",
        "GET http://evil.example/health/live HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "CONNECT localhost:{port} HTTP/1.1",
        "GET /health/live#fragment HTTP/1.1",
        "GET /h\xebalth HTTP/1.1",
    ],
)
async def test_an_address_that_is_more_than_a_path_is_refused(bridge: Bridge, line: str) -> None:
    data = f"{line.format(port=bridge.port)}\r\nHost: localhost:{bridge.port}\r\n\r\n".encode()

    received = await ask(bridge.port, data)

    assert (400, "invalid_request") == (received.status, received.json["code"])


@pytest.mark.parametrize(
    "target",
    [
        "/%68ealth/live",
        "/health%2flive",
        "/health/./live",
        "/health/x/../live",
        "//health/live",
        "/health//live",
        "/health/live/",
        "/health/live;x=1",
        "/HEALTH/live",
        "//evil.example/health/live",
    ],
)
async def test_a_resource_has_one_spelling(bridge: Bridge, target: str) -> None:
    assert 404 == (await ask(bridge.port, request(bridge.port, target))).status


OWN = "Origin: http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    "headers",
    [
        "",
        OWN,
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: none",
        f"{OWN}\nSec-Fetch-Site: same-origin\nSec-Fetch-Mode: cors",
        "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document",
    ],
)
async def test_programs_and_its_own_pages_are_answered(bridge: Bridge, headers: str) -> None:
    data = request(bridge.port, headers=headers.format(port=bridge.port))

    assert 200 == (await ask(bridge.port, data)).status


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: ",
        "Origin: http://localhost:{port}",
        "Origin: http://127.0.0.1:1",
        "Origin: http://127.0.0.1:{port}.evil.example",
        "Origin: http://127.0.0.1:{port}/",
        "Origin: file://127.0.0.1:{port}",
        "Origin: 127.0.0.1:{port}",
        f"{OWN}\nOrigin: https://evil.example",
        f"Origin: https://evil.example\n{OWN}",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site\nSec-Fetch-Mode: cors",
        "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: iframe",
        "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: image",
        f"{OWN}\nSec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-origin\nSec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: something-new",
    ],
)
async def test_what_pages_of_other_origins_send_is_refused(bridge: Bridge, headers: str, method: str) -> None:
    for target in ("/health/live", "/no/such/page"):
        data = request(bridge.port, target, method=method, headers=headers.format(port=bridge.port))

        received = await ask(bridge.port, data)

        assert 403 == received.status
        assert method == "HEAD" or received.json["code"] == "foreign_origin"


async def test_a_form_that_another_page_submits_is_refused(bridge: Bridge) -> None:
    navigation = "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document"
    for headers in (navigation, f"Origin: https://evil.example\n{navigation}"):
        received = await ask(bridge.port, request(bridge.port, method="POST", headers=headers))

        assert 403 == received.status


async def test_no_answer_allows_another_origin_anything(bridge: Bridge) -> None:
    for origin in ("https://evil.example", f"http://127.0.0.1:{bridge.port}"):
        headers = f"Origin: {origin}\nAccess-Control-Request-Method: POST"
        received = await ask(bridge.port, request(bridge.port, method="OPTIONS", headers=headers))

        assert [] == [name for name, _ in received.headers if name.lower().startswith("access-control")]
