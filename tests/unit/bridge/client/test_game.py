"""A game server opens its session with its key, over https alone."""

import ssl
from collections.abc import AsyncIterator
from typing import TypedDict

import pytest
import trustme

from bridge.client import AddressRefused, NoAnswer, NotKnown, open_game
from tests.fakes.stand_in_bridge import Fault, StandInBridge


class Here(TypedDict):
    universe_id: int
    place_id: int


HERE: Here = {"universe_id": 9801, "place_id": 95206881}
BEARER = "tbx_game_0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
async def secured(authority: trustme.CA) -> AsyncIterator[StandInBridge]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with StandInBridge(tls=context) as stand_in:
        stand_in.game_keys.add(BEARER)
        yield stand_in


async def test_a_game_server_signs_and_needs_no_proof_beside_the_certificate(
    secured: StandInBridge, tls: ssl.SSLContext
) -> None:
    async with open_game(secured.url, BEARER, **HERE, tls=tls) as client:
        answer = await client.request("POST", "/v1/progress", json={"stars": 3})

    assert 201 == answer.status
    assert answer.header("Answer-Proof") is None
    assert 1 == len(secured.closed)


async def test_a_lost_answer_is_asked_for_again_over_https_too(secured: StandInBridge, tls: ssl.SSLContext) -> None:
    secured.faults.append("cut_after")

    async with open_game(secured.url, BEARER, **HERE, tls=tls) as client:
        answer = await client.request("POST", "/v1/progress", json={"stars": 3})

    assert answer.is_repeated
    assert [1] == list(secured.effects.values())


@pytest.mark.parametrize("fault", ["bad_gateway", "gateway_timeout", "redirect"])
async def test_what_a_proxy_says_in_place_of_the_bridge_is_a_lost_answer(
    secured: StandInBridge, tls: ssl.SSLContext, fault: Fault
) -> None:
    secured.faults.append(fault)

    async with open_game(secured.url, BEARER, **HERE, tls=tls) as client:
        answer = await client.request("POST", "/v1/progress", json={"stars": 3})

    assert 201 == answer.status
    assert [1] == list(secured.effects.values())


async def test_a_proxy_that_has_no_bridge_yet_is_asked_again(secured: StandInBridge, tls: ssl.SSLContext) -> None:
    secured.opening_faults.extend(["bad_gateway", "bad_gateway"])

    async with open_game(secured.url, BEARER, **HERE, tls=tls) as client:
        assert 200 == (await client.request("GET", "/v1/progress")).status


async def test_a_proxy_that_stays_without_a_bridge_is_told(secured: StandInBridge, tls: ssl.SSLContext) -> None:
    secured.faults.extend(["bad_gateway"] * 100)

    async with open_game(secured.url, BEARER, **HERE, tls=tls) as client:
        with pytest.raises(NoAnswer, match="something before it says 502"):
            await client.request("GET", "/v1/progress", timeout_seconds=0.5)


async def test_a_game_key_never_goes_over_plain_http() -> None:
    with pytest.raises(AddressRefused, match="over https only") as refusal:
        async with open_game("http://127.0.0.1:8460", BEARER, **HERE):
            pass

    assert BEARER not in refusal.value.sentence


async def test_a_game_key_that_is_not_known_is_told_at_once(secured: StandInBridge, tls: ssl.SSLContext) -> None:
    async with open_game(secured.url, "tbx_game_other", **HERE, tls=tls) as client:
        with pytest.raises(NotKnown):
            await client.request("GET", "/v1/progress")


async def test_a_certificate_that_nobody_vouches_for_gets_no_key(secured: StandInBridge) -> None:
    async with open_game(secured.url, BEARER, **HERE) as client:
        with pytest.raises(NoAnswer, match="no connection"):
            await client.request("GET", "/v1/progress", timeout_seconds=0.5)

    assert 0 == secured.openings
