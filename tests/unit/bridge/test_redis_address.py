"""Which addresses of Redis servers are accepted, and that no refusal repeats one."""

import ssl

import pytest

from bridge.redis_address import parse


def test_an_address_says_where_and_as_whom() -> None:
    found = parse("redis://ada:p%40ss@cache.example:7000/3")

    assert ("cache.example", 7000, None, None) == (found.host, found.port, found.path, found.tls)
    assert ("ada", "p@ss", 3) == (found.user, found.password and found.password.reveal(), found.database)


def test_what_is_not_said_is_the_usual() -> None:
    found = parse("redis://[::1]")

    assert ("::1", 6379, 0, None, None) == (found.host, found.port, found.database, found.user, found.password)


def test_over_tls_the_server_has_to_show_who_it_is() -> None:
    found = parse("rediss://:pw@cache.example").tls

    assert found is not None
    assert (ssl.CERT_REQUIRED, True) == (found.verify_mode, found.check_hostname)


def test_a_socket_of_this_machine_has_a_path() -> None:
    found = parse("unix:///run/valkey.sock?db=2")

    assert ("/run/valkey.sock", 2) == (found.path, found.database)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("http://Zq81@cache", "does not start with"),
        ("redis://", "names no host"),
        ("redis://cache:0/Zq81", "port 0"),
        ("redis://cache:Zq81", "cannot be read"),
        ("redis://cache/Zq81", "database that is no number"),
        ("redis://cache/99999", "database that is no number"),
        ("redis://Zq81@cache", "user without a password"),
        ("redis://cache?Zq81=1", "holds a ?"),
        ("redis://cache/0#Zq81", "holds a space, a #"),
        ("unix://Zq81/run/x", "absolute path"),
    ],
)
def test_another_address_is_refused_without_being_repeated(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("?", r"\?")) as caught:
        parse(text)
    assert "Zq81" not in str(caught.value)
