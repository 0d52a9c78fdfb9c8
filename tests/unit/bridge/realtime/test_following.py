"""One stream with who it is for, while the answer about their rights is on its way."""

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from backend.errors import DatabaseUnavailable, EpochEnded, NotProven, RequestError
from bridge.gate.principal import DEVICE, Principal, Scope
from bridge.gate.sessions.service import Found
from bridge.gate.signed.refusals import revoked
from bridge.realtime.desk import Desk
from bridge.realtime.followers import SessionFollower
from bridge.realtime.following import Following, new_stream_id
from bridge.realtime.forms import FRAMES
from bridge.realtime.meter import StreamMeter
from bridge.realtime.stream import Stream
from bridge.realtime.timing import Timing


def principal(sid: str = "old", *, holder_id: str = "d1", ends_in: float = 900.0) -> Principal:
    return Principal(
        sid=sid,
        key_id=f"{sid}.0",
        kind=DEVICE,
        holder_id=holder_id,
        tenant_id="t1",
        project_id=None,
        scopes=frozenset({Scope.READ}),
        place_id=None,
        universe_id=None,
        ends_at=int((time.time() + ends_in) * 1000),
    )


@dataclass
class Records:
    """Answers when the test says so."""

    answer: Found | RequestError | DatabaseUnavailable | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def find(self, _sid: str) -> Found | None:
        self.asked.set()
        await self.may_answer.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class Gate:
    records: Records = field(default_factory=Records)


class Counter:
    timing = Timing()
    presence = None

    def stream_key(self, _principal: Principal) -> None:
        return None


class Line:
    def __init__(self) -> None:
        self.ended: str | None = None

    def write(self, _data: bytes) -> None:
        """Nothing: nobody reads it."""

    def socket(self) -> int:
        return -1

    def end(self, code: str, _last: bytes) -> None:
        self.ended = code


class Scene:
    def __init__(self, of: Principal | None = None) -> None:
        self.line, self.gate = Line(), Gate()
        follower = SessionFollower(of or principal(), cast("Any", self.gate), None)
        stream = Stream(self.line, FRAMES, None, StreamMeter())
        self.following = Following(cast("Desk", Counter()), stream, follower, new_stream_id())

    async def ask(self, answer: Any, *, extend_meanwhile: bool = False) -> None:
        self.gate.records.answer = answer
        asking = asyncio.create_task(self.following.ask_again())
        await self.gate.records.asked.wait()
        if extend_meanwhile:
            self.following.extend(principal("new"))
        self.gate.records.may_answer.set()
        await asking


async def test_an_answer_about_the_session_before_changes_nothing() -> None:
    for answer in (None, Found(principal(), revoked=True), Found(principal(), revoked=False)):
        scene = Scene()
        await scene.ask(answer, extend_meanwhile=True)

        assert "new" == scene.following.sid
        assert scene.line.ended is None


async def test_what_the_record_says_decides_how_it_ends() -> None:
    for answer, expected in (
        (Found(principal(), revoked=False), None),
        (Found(principal(), revoked=True), "revoked"),
        (None, "expired"),
        (EpochEnded("x"), "expired"),
        (revoked(), "revoked"),
    ):
        scene = Scene()
        await scene.ask(answer)
        assert expected == scene.line.ended


async def test_what_was_read_for_many_at_once_decides_the_same() -> None:
    for record, expected in (
        (Found(principal(), revoked=False), None),
        (Found(principal(), revoked=True), "revoked"),
        (None, "expired"),
    ):
        scene = Scene()
        scene.following.learn("of another session", record)
        assert scene.line.ended is None
        scene.following.learn("old", record)
        assert expected == scene.line.ended


def test_a_record_that_says_nothing_new_is_not_kept_beside_what_is_known() -> None:
    known = principal()
    scene = Scene(known)
    before = scene.following.follower
    scene.following.learn("old", Found(replace(known), revoked=False))
    assert before is scene.following.follower

    scene.following.learn("old", Found(replace(known, scopes=frozenset()), revoked=False))
    follower = scene.following.follower
    assert isinstance(follower, SessionFollower)
    assert frozenset() == follower.principal.scopes


async def test_where_nobody_can_say_it_is_not_sure() -> None:
    scene = Scene()
    with pytest.raises(DatabaseUnavailable):
        await scene.ask(DatabaseUnavailable("It is away."))

    assert scene.line.ended is None


async def test_it_ends_with_its_session_and_the_overlap() -> None:
    for ends_in, expected in ((-59.0, None), (-61.0, "expired")):
        scene = Scene(principal(ends_in=ends_in))
        scene.following.check_time()
        assert expected == scene.line.ended


async def test_an_extension_is_for_the_same_holder_and_is_asked_for_soon() -> None:
    scene = Scene()
    scene.following.asked_in = (1, 1)
    with pytest.raises(NotProven):
        scene.following.extend(principal("new", holder_id="d2"))
    assert (1, 1) == scene.following.asked_in
    scene.following.extend(principal("new", ends_in=1800.0))

    assert [None] == [scene.following.asked_in]
    assert 1_800 < (scene.following.expires_in_seconds or 0) <= 1_860


def test_a_stream_has_an_id_that_cannot_be_guessed() -> None:
    drawn = {new_stream_id() for _ in range(100)}

    assert 100 == len(drawn)
    assert {22} == {len(each) for each in drawn}
