"""Which addresses a client talks to, and the authority that it signs."""

import pytest

from bridge.client import AddressRefused
from bridge.client.address import BridgeAddress


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("http://127.0.0.1:8460", "127.0.0.1:8460"),
        ("http://[::1]:8460/", "[::1]:8460"),
        ("http://LocalHost:80", "localhost"),
        ("https://Bridge.School.Example", "bridge.school.example"),
        ("https://bridge.school.example:443", "bridge.school.example"),
        ("https://bridge.school.example:80", "bridge.school.example:80"),
    ],
)
def test_the_authority_is_the_host_as_it_is_sent(url: str, authority: str) -> None:
    assert authority == BridgeAddress.parse(url).authority


@pytest.mark.parametrize(
    "url",
    ["http://192.0.2.1:8460", "http://bridge.school.example", "http://127.0.0.2", "http://localhost.evil.example"],
)
def test_plain_http_goes_to_this_machine_alone(url: str) -> None:
    with pytest.raises(AddressRefused, match="use https to reach"):
        BridgeAddress.parse(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1",
        "127.0.0.1:8460",
        "https://",
        "https://x@bridge.example",
        "https://:canary@bridge.example",
        "https://bridge.example/v1",
        "https://bridge.example?x",
        "https://bridge.example:99999",
        "https://schöle.example",
    ],
)
def test_what_is_no_plain_address_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        BridgeAddress.parse(url)

    assert "canary" not in refusal.value.sentence
