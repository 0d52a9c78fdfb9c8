"""The network of a sender."""

import pytest

from backend.web.sender import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("no address", "-"),
    ],
)
def test_it_is_what_one_household_shares(address: str, network: str) -> None:
    assert network == network_of(address)
