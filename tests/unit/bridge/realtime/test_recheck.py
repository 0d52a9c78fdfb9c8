"""Nobody stays of whom it cannot be said that they still may."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from backend.db.rights_changes import TRUST_SECONDS, Generation
from backend.errors import DatabaseUnavailable
from bridge.gate.sessions.service import Found
from bridge.realtime.following import Following
from bridge.realtime.recheck import Recheck
from bridge.realtime.timing import Timing
from tests.integration.web.waiting import until


class Rights:
    generation: Generation | None = (1, 1)


@dataclass
class Stands(Following):
    """A stream of which a test says what became of it."""

    # Of a person, unless a test says of which session.
    sid: str | None = None
    asked_in: Generation | None = None
    asked_at: float = field(default_factory=monotonic)
    sure_at: float = field(default_factory=monotonic)
    is_unknown: bool = False
    asked: int = 0
    rights: Rights = field(default_factory=Rights)
    # The generation that is meanwhile, when the answer comes.
    meanwhile: Generation | None = None

    learned: list[Found | None] = field(default_factory=list)

    def learn(self, sid: str, record: Found | None) -> None:
        assert self.sid == sid
        self.learned.append(record)

    async def ask_again(self) -> None:
        self.asked += 1
        if self.meanwhile is not None:
            self.rights.generation = self.meanwhile
        if self.is_unknown:
            raise DatabaseUnavailable("It is away.")


class Records:
    def __init__(self, ended: Sequence[str] = (), found: Mapping[str, Found] | None = None) -> None:
        self.ended_sids = ended
        self.found = found or {}
        self.asked: list[Sequence[str]] = []
        self.read: list[Sequence[str]] = []
        self.is_away = False

    async def find_all(self, sids: Sequence[str]) -> Mapping[str, Found]:
        self.read.append(sids)
        if self.is_away:
            raise DatabaseUnavailable("It is away.")
        return self.found

    async def find(self, sid: str) -> Found | None:
        raise AssertionError(sid)

    async def ended(self, sids: Sequence[str]) -> Sequence[str]:
        self.asked.append(sids)
        if self.is_away:
            raise DatabaseUnavailable("It is away.")
        return [sid for sid in sids if sid in self.ended_sids]


def made(*streams: Stands, rights: Rights | None = None, records: Records | None = None, **timing: float) -> Recheck:
    by_id: dict[str, Any] = {str(number): each for number, each in enumerate(streams)}
    known: Any = rights or Rights()
    kept: Any = Timing(**timing)  # type: ignore[arg-type]  # some of them are whole seconds
    return Recheck(by_id, known, lambda: records or Records(), kept)


async def test_whoever_is_new_is_asked_once() -> None:
    stream = Stands()
    recheck = made(stream)
    await recheck.ask()
    await recheck.ask()

    assert 1 == stream.asked
    assert (1, 1) == stream.asked_in


async def test_everybody_is_asked_again_in_another_generation() -> None:
    rights, streams = Rights(), [Stands() for _ in range(100)]
    recheck = made(*streams, rights=rights)
    for generation in ((1, 1), (1, 2), (2, 2)):
        rights.generation = generation
        await recheck.ask()

    assert {3} == {each.asked for each in streams}


async def test_rights_that_end_by_their_date_are_asked_for_without_a_change() -> None:
    stream = Stands()
    recheck = made(stream, asked_again_seconds=0.0)
    await recheck.ask()
    await recheck.ask()

    assert 2 == stream.asked


async def test_while_nobody_knows_of_changes_nobody_is_sure() -> None:
    rights, stream = Rights(), Stands()
    recheck = made(stream, rights=rights)
    await recheck.ask()
    now = monotonic()
    assert [] == recheck.unsure(now)
    rights.generation = None
    assert [] == recheck.unsure(now + 2.4)
    assert [stream] == recheck.unsure(now + 2.6)


async def test_as_long_as_nothing_changes_everybody_stays() -> None:
    stream = Stands()
    recheck = made(stream)
    await recheck.ask()
    now = monotonic()

    assert [[]] * 100 == [recheck.unsure(now + seconds) for seconds in range(100)]


async def test_whoever_cannot_be_asked_does_not_stay() -> None:
    rights, known, unknown = Rights(), Stands(), Stands(is_unknown=True)
    recheck = made(known, unknown, rights=rights)
    await recheck.ask()
    now = monotonic()
    assert [] == recheck.unsure(now + 2.4)
    assert [unknown] == recheck.unsure(now + 2.6)
    # They are asked each time until then.
    await recheck.ask()
    assert (1, 2) == (known.asked, unknown.asked)


async def test_what_was_read_before_a_change_says_nothing_after_it() -> None:
    rights = Rights()
    stream = Stands(rights=rights, meanwhile=(2, 1))
    recheck = made(stream, rights=rights)
    await recheck.ask()
    await recheck.ask()

    assert 2 == stream.asked
    assert (2, 1) == stream.asked_in


async def test_the_records_of_many_sessions_are_read_at_once() -> None:
    streams = [Stands(sid=f"s{number}") for number in range(1200)]
    found: Any = {"s7": object()}
    records = Records(found=found)
    recheck = made(*streams, records=records)
    await recheck.ask()

    assert [500, 500, 200] == [len(sids) for sids in records.read]
    assert [found["s7"]] == streams[7].learned
    # Of a session of which nothing was found the stream has to know, too.
    assert [None] == streams[8].learned
    assert {(1, 1)} == {each.asked_in for each in streams}


async def test_several_streams_of_one_session_are_read_once() -> None:
    streams = [Stands(sid="s1") for _ in range(3)]
    records = Records()
    await made(*streams, records=records).ask()

    assert [["s1"]] == records.read
    assert [[None]] * 3 == [each.learned for each in streams]


async def test_a_session_whose_record_cannot_be_read_does_not_stay() -> None:
    stream, records = Stands(sid="s1"), Records()
    records.is_away = True
    recheck = made(stream, records=records)
    await recheck.ask()
    now = monotonic()

    assert [] == stream.learned
    assert [stream] == recheck.unsure(now + 2.6)


async def test_a_session_that_ended_itself_is_found_though_no_right_has_changed() -> None:
    gone, stays, person = Stands(sid="gone"), Stands(sid="stays"), Stands(sid=None)
    records = Records(ended=["gone"])
    recheck = made(gone, stays, person, records=records, ended_seconds=0.01)
    task = asyncio.create_task(recheck.ending())
    await until(lambda: bool(gone.learned))
    task.cancel()

    assert ["gone", "stays"] == records.asked[0]
    assert ([], 0) == (stays.learned, person.asked)


async def test_a_database_that_is_away_for_a_moment_ends_no_looking() -> None:
    stream, records = Stands(sid="s1"), Records()
    records.is_away = True
    recheck = made(stream, records=records, ended_seconds=0.01)
    task = asyncio.create_task(recheck.ending())
    await until(lambda: len(records.asked) > 1)
    records.is_away, records.ended_sids = False, ["s1"]
    await until(lambda: bool(stream.learned))
    task.cancel()


def test_a_withdrawn_right_ends_a_stream_within_five_seconds() -> None:
    """By the numbers of the product: what the database said counts for two seconds, then nobody is sure."""
    timing = Timing()
    assert TRUST_SECONDS + timing.unsure_seconds + timing.look_seconds <= 5.0
    assert timing.ended_seconds + timing.look_seconds <= 5.0
