"""What is counted of those who have not shown who they are, and given back."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from backend.errors import Crowded, TooManyRequests
from backend.web.unproven import Caps, Refused, Unproven

ONE, OTHER = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def unproven() -> Unproven:
    return Unproven(Caps(network_bytes=100, all_bytes=150, network_connections=2, all_connections=3))


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_an_address_is_refused_beyond_its_bytes_and_another_is_not(unproven: Unproven, held: ExitStack) -> None:
    held.enter_context(unproven.body(ONE, 60))
    held.enter_context(unproven.body(ONE, 40))
    with pytest.raises(TooManyRequests) as refused, unproven.body(ONE, 1):
        pytest.fail("it was let in")

    assert (("Retry-After", "5"),) == refused.value.headers
    held.enter_context(unproven.body(OTHER, 50))
    assert 150 == unproven.bytes
    assert {Refused.NETWORK_BYTES: 1} == unproven.refused


def test_all_are_refused_beyond_the_bytes_of_all(unproven: Unproven, held: ExitStack) -> None:
    held.enter_context(unproven.body(ONE, 100))
    held.enter_context(unproven.body(OTHER, 50))
    with pytest.raises(Crowded) as refused, unproven.body("192.0.2.3", 1):
        pytest.fail("it was let in")

    assert (("Retry-After", "5"),) == refused.value.headers
    assert {Refused.ALL_BYTES: 1} == unproven.refused


def test_one_body_is_taken_however_long_it_is(unproven: Unproven) -> None:
    with unproven.body(ONE, 1_000):
        assert 1_000 == unproven.bytes


def test_what_was_counted_is_given_back_however_it_ends(unproven: Unproven) -> None:
    with pytest.raises(KeyError), unproven.body(ONE, 100):
        raise KeyError
    with unproven.body(ONE, 100):
        pass

    assert 0 == unproven.bytes
    with unproven.body(ONE, 60), unproven.body(ONE, 40):
        pass


def test_a_network_of_ipv6_is_one_address_and_nobody_without_one_is_let_off(
    unproven: Unproven, held: ExitStack
) -> None:
    held.enter_context(unproven.body("2001:db8:1:2::1", 100))
    with pytest.raises(TooManyRequests), unproven.body("2001:db8:1:2::9", 1):
        pytest.fail("it was let in")
    held.enter_context(unproven.body("2001:db8:1:3::1%eth0", 50))

    nobody = Unproven(unproven.caps)
    held.enter_context(nobody.body(None, 100))
    with pytest.raises(TooManyRequests), nobody.body(None, 1):
        pytest.fail("it was let in")


def test_an_address_has_so_many_connections_and_all_have_so_many(unproven: Unproven) -> None:
    names = [unproven.let_in(ONE, is_proxy=False) for _ in range(3)]
    names += [unproven.let_in(OTHER, is_proxy=False) for _ in range(2)]

    assert [ONE, ONE, None, OTHER, None] == names
    assert {Refused.NETWORK_CONNECTIONS: 1, Refused.ALL_CONNECTIONS: 1} == unproven.refused
    unproven.left(ONE)
    assert ONE == unproven.let_in(ONE, is_proxy=False)


def test_a_proxy_is_many_callers(unproven: Unproven) -> None:
    assert None not in {unproven.let_in(ONE, is_proxy=True) for _ in range(3)}
    assert unproven.let_in(ONE, is_proxy=True) is None
    assert 3 == unproven.connections
