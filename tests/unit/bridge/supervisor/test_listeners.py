import contextlib
import errno
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from backend.errors import PortTaken, SettingsError
from bridge.supervisor import listeners
from bridge.supervisor.listeners import close_all, open_listeners, port_of

LOOPBACK = ("127.0.0.1", "::1")


@contextlib.contextmanager
def opened(
    addresses: tuple[str, ...], port: int = 0, *, predecessor_seconds: float = listeners.PREDECESSOR_SECONDS
) -> Iterator[list[socket.socket]]:
    found = open_listeners(addresses, port, setting="TOOLBOXAI_PORT", predecessor_seconds=predecessor_seconds)
    try:
        yield found
    finally:
        close_all(found)


def test_a_free_port_is_the_same_on_both_addresses() -> None:
    with opened(LOOPBACK) as found:
        names = [listener.getsockname()[:2] for listener in found]

    assert [("127.0.0.1", names[0][1]), ("::1", names[0][1])] == names


def test_they_listen_at_once_so_that_callers_wait_instead_of_being_refused() -> None:
    with opened(LOOPBACK) as found:
        for listener in found:
            socket.create_connection(listener.getsockname()[:2], timeout=2).close()


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with (
        opened(("127.0.0.1",)) as found,
        pytest.raises(PortTaken, match=rf"port {port_of(found)} on 127.0.0.1 is taken .*: stop it.*TOOLBOXAI_PORT"),
        opened(LOOPBACK, port_of(found), predecessor_seconds=0),
    ):
        pytest.fail("two have the port")


def test_a_port_taken_on_the_second_address_frees_the_first() -> None:
    with opened(("::1",)) as found:
        with pytest.raises(PortTaken, match="on ::1"), opened(LOOPBACK, port_of(found), predecessor_seconds=0):
            pytest.fail("two have the port")
        with opened(("127.0.0.1",), port_of(found)):
            pass


def test_a_second_program_cannot_join_the_port() -> None:
    with opened(("127.0.0.1",)) as found, socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            other.bind(found[0].getsockname())


def test_a_predecessor_that_is_just_leaving_is_waited_for() -> None:
    with opened(("127.0.0.1",)) as found:
        port = port_of(found)
        threading.Timer(0.3, close_all, [found]).start()

        with opened(("127.0.0.1",), port) as after:
            assert port == port_of(after)


def test_the_port_of_a_bridge_that_just_ended_can_be_taken_again() -> None:
    with opened(("127.0.0.1",)) as found:
        port = port_of(found)
        client = socket.create_connection(found[0].getsockname(), timeout=2)
        served, _ = found[0].accept()
        served.close()  # the server's side goes to TIME_WAIT
        client.close()

    with opened(("127.0.0.1",), port):
        pass


def test_loopback_v6_is_left_out_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.supervisor.listeners.socket.socket", _without_ipv6(socket.socket))

    with opened(LOOPBACK) as found:
        assert ["127.0.0.1"] == [listener.getsockname()[0] for listener in found]


def test_a_machine_with_none_of_the_addresses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.supervisor.listeners.socket.socket", _without_ipv6(socket.socket))

    with pytest.raises(SettingsError, match="none of the addresses ::1"), opened(("::1",)):
        pytest.fail("it was opened")


def test_an_address_of_another_machine_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"no address 203\.0\.113\.7"), opened(("203.0.113.7",)):
        pytest.fail("it was opened")


def test_a_port_that_is_not_allowed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Forbidden(socket.socket):
        def bind(self, _address: object, /) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("bridge.supervisor.listeners.socket.socket", Forbidden)

    with pytest.raises(PortTaken, match=r"port 80 on 127\.0\.0\.1 is not allowed"), opened(("127.0.0.1",), 80):
        pytest.fail("it was opened")


def test_the_wait_for_a_predecessor_has_an_end() -> None:
    with opened(("127.0.0.1",)) as found:
        began = time.monotonic()
        with pytest.raises(PortTaken), opened(("127.0.0.1",), port_of(found)):
            pytest.fail("two have the port")

    assert time.monotonic() - began < listeners.PREDECESSOR_SECONDS + 2.5


def _without_ipv6(real: type[socket.socket]) -> type[socket.socket]:
    class Socket(real):  # type: ignore[misc, valid-type]
        def __init__(self, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM) -> None:
            if family == socket.AF_INET6:
                raise OSError(97, "Address family not supported by protocol")
            super().__init__(family, kind)

    return Socket
