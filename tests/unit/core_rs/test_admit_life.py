"""What a gate holds: master keys, principals, and itself among threads."""

import gc
import threading
import weakref

import pytest

from core_rs import MacKey, Table
from tests.contract.signing import Session
from tests.unit.core_rs.gatehouse import (
    BRIDGE_ID,
    MASTER,
    NEXT_MASTER,
    House,
    Principal,
    gate,
    limits,
    open_session,
)

NOBODY = ("not_proven", None, 0, None)


@pytest.fixture
def house() -> House:
    return House.new()


def test_a_rotation_of_the_master_key_drops_nobody(house: House) -> None:
    house.offer(house.signed())
    house.gate.replace_masters({1: MASTER, 2: NEXT_MASTER})
    new = open_session(house.table, master=NEXT_MASTER, version=2)

    assert "admitted" == house.ask(house.signed())[0]
    assert "admitted" == house.offer(house.signed(1, session=new))[0]
    assert 2 == house.gate.remembered

    house.gate.replace_masters({2: NEXT_MASTER})

    assert NOBODY == house.ask(house.signed(3))
    assert "admitted" == house.ask(house.signed(2, session=new))[0]
    assert 1 == house.gate.remembered


def test_answers_and_streams_have_keys_of_their_session(house: House) -> None:
    key_id = house.session.key_id
    for used_for in ("answer", "stream"):
        key = house.gate.session_mac(key_id, used_for)
        assert isinstance(key, MacKey)
        assert MacKey(house.session.use(used_for)).mac(b"frame 1") == key.mac(b"frame 1")
    unknown = Session(MASTER, BRIDGE_ID, 9, 0, bytes(16), house.table.epoch)
    assert None is house.gate.session_mac(unknown.key_id, "answer")
    with pytest.raises(ValueError, match="sixteen hex digits"):
        house.gate.session_mac(house.session.sid, "answer")
    with pytest.raises(ValueError, match="'request', 'answer' or 'stream'"):
        house.gate.session_mac(key_id, "other")  # type: ignore[arg-type]


def test_a_failed_replacement_of_master_keys_changes_nothing(house: House) -> None:
    house.offer(house.signed())
    for masters in ({}, {1: b"short"}):
        with pytest.raises(ValueError, match="master key"):
            house.gate.replace_masters(masters)
    assert "admitted" == house.ask(house.signed())[0]


def test_principals_are_let_go_with_their_sessions_even_if_they_ask_the_gate_then() -> None:
    class Asking(Principal):
        def __del__(self) -> None:
            asked.append(house.gate.remembered)

    asked: list[int] = []
    table = Table.in_process()
    house = House(table, gate(limits(table), remembered=1), open_session(table))
    for session in (house.session, open_session(table)):
        waiting = house.ask(house.signed(1, session=session))[1]
        house.gate.put_record(waiting, Asking("one"), account=b"a", tenant=b"t")
    gc.collect()
    assert [1] == asked
    house.gate.replace_masters({2: NEXT_MASTER})
    assert [1, 0] == asked


def test_a_gate_that_nobody_holds_lets_its_principals_go(house: House) -> None:
    class Held(Principal):
        __slots__ = ("__weakref__",)

    principal = Held("one")
    gone = weakref.ref(principal)
    house.gate.put_record(house.ask(house.signed())[1], principal, account=b"a", tenant=b"t")
    del principal
    assert gone() is not None
    del house.gate
    assert None is gone()


def test_of_many_threads_with_one_request_one_comes_in(house: House) -> None:
    house.offer(house.signed())
    request = house.signed()
    start = threading.Barrier(8)
    codes: list[str] = []

    def offer() -> None:
        start.wait()
        codes.append(house.ask(request)[0])

    threads = [threading.Thread(target=offer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ["admitted"] + ["replayed"] * 7 == sorted(codes)


def test_a_large_body_is_hashed_while_other_threads_run(house: House) -> None:
    body = b"x" * 200_000_000
    house.offer(house.signed())
    proven = house.head(house.signed(body=body))[1]
    turns, ended = 0, threading.Event()

    def spin() -> None:
        nonlocal turns
        while not ended.wait(0.005):
            turns += 1

    spinner = threading.Thread(target=spin)
    spinner.start()
    try:
        assert "admitted" == house.gate.admit_body(proven, body)[0]
    finally:
        ended.set()
        spinner.join()

    assert turns > 5
