import pytest

from backend.web.caller_address import CallerAddress

PROXIES = CallerAddress(["10.0.0.0/8", "2001:db8::/32"])


@pytest.mark.parametrize(
    ("expected", "peer", "forwarded"),
    [
        ("198.51.100.7", "198.51.100.7", []),
        ("198.51.100.7", "198.51.100.7", ["203.0.113.1"]),
        ("10.0.0.1", "10.0.0.1", []),
        ("203.0.113.1", "10.0.0.1", ["203.0.113.1"]),
        ("203.0.113.1", "10.0.0.1", ["192.0.2.66, 203.0.113.1"]),
        ("203.0.113.1", "10.0.0.1", ["203.0.113.1, 10.0.0.2"]),
        ("203.0.113.1", "10.0.0.1", ["192.0.2.66", "203.0.113.1", "10.0.0.2,10.0.0.3"]),
        ("10.0.0.2", "10.0.0.1", ["10.0.0.2"]),
        ("2001:db9::1", "2001:db8::1", ["2001:db9::1"]),
        ("203.0.113.1", "::ffff:10.0.0.1", ["203.0.113.1"]),
    ],
)
def test_the_nearest_address_that_is_no_trusted_proxy_counts(expected: str, peer: str, forwarded: list[str]) -> None:
    assert expected == PROXIES.behind(peer, forwarded)


@pytest.mark.parametrize(
    "forwarded", ["unknown", "203.0.113.1:443", '"203.0.113.1"', "203.0.113.1 x", "203.0.113.1, _x"]
)
def test_what_is_no_address_is_not_believed(forwarded: str) -> None:
    assert "10.0.0.1" == PROXIES.behind("10.0.0.1", [forwarded])


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert "127.0.0.1" == CallerAddress([]).behind("127.0.0.1", ["203.0.113.1"])
