"""Beside tests/integration/web/test_hosts_and_origins.py: ports that a test cannot listen on."""

import pytest

from backend.web.host import HostRule

RULE = HostRule(("bridge.school.example", "[2001:db8::1]"))


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "127.0.0.1", "[::1]", "[::1]:80"])
def test_a_browser_leaves_the_default_port_out(host: str) -> None:
    assert RULE._knows(host, 80)


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "[::1]"])
def test_with_another_port_it_has_to_be_named(host: str) -> None:
    assert not RULE._knows(host, 8460)


@pytest.mark.parametrize("host", ["[2001:db8::1]", "[2001:DB8::1]:8460", "bridge.school.example:443"])
def test_configured_names_are_known_with_any_port(host: str) -> None:
    assert RULE._knows(host, 8460)


@pytest.mark.parametrize(
    "host",
    ["2001:db8::1", "[2001:db8::1", "[2001:db8::1]x", "bridge.school.example:", "\u212arate.example", "[2001:db8::1]:"],
)
def test_what_only_looks_like_a_configured_name_is_not_known(host: str) -> None:
    assert not HostRule(("bridge.school.example", "[2001:db8::1]", "krate.example"))._knows(host, 8460)
