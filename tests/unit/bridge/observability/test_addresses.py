import pytest

from bridge.observability.addresses import truncated


@pytest.mark.parametrize(
    ("expected", "address"),
    [
        ("198.51.100.0/24", "198.51.100.255"),
        ("127.0.0.0/24", "127.0.0.1"),
        ("2001:db8:1::/48", "2001:db8:1:ffff::1"),
        ("::/48", "::1"),
        ("fe80::/48", "fe80::1%eth0"),
        ("198.51.100.0/24", "::ffff:198.51.100.7"),
        ("-", None),
        ("-", ""),
        ("-", "/run/bridge.sock"),
        ("-", '1.2.3.4","x":"'),
    ],
)
def test_only_the_network_is_left(expected: str, address: str | None) -> None:
    assert expected == truncated(address)
