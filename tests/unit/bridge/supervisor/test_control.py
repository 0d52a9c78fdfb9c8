"""The server and the client of the control socket, against each other."""

import asyncio
import json
import os
import socket
import stat
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from backend.errors import CheckFailed, DatabaseError, NotRunning
from bridge.supervisor import control_address, control_server
from bridge.supervisor.control_client import ask, running
from bridge.supervisor.control_server import CALLERS_LIMIT, REQUEST_LIMIT_BYTES, ControlServer
from bridge.worker.json_value import JsonObject


async def _echo(request: JsonObject) -> JsonObject:
    return {"got": request}


async def _fail(_request: JsonObject) -> JsonObject:
    raise DatabaseError("the database is newer")


async def _break(_request: JsonObject) -> JsonObject:
    raise ValueError("canary")


COMMANDS = {"echo": _echo, "fail": _fail, "break": _break}


@pytest.fixture
def folder() -> Iterator[Path]:
    # pytest's own folders may be too long for a unix socket.
    with tempfile.TemporaryDirectory(prefix="tbx-") as name:
        yield Path(name)


@pytest_asyncio.fixture(params=["unix socket", "loopback"])
async def server(folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[ControlServer]:
    server = ControlServer(COMMANDS)
    await server.open(folder, unix=request.param == "unix socket")
    yield server
    await server.close()


@pytest.mark.usefixtures("server")
async def test_a_command_is_answered(folder: Path) -> None:
    answer = await asyncio.to_thread(ask, folder, "echo", code="ABCD")

    assert {"got": {"code": "ABCD"}} == answer


@pytest.mark.usefixtures("server")
async def test_a_command_that_fails_tells_its_sentence(folder: Path) -> None:
    with pytest.raises(CheckFailed, match="the database is newer"):
        await asyncio.to_thread(ask, folder, "fail")


@pytest.mark.usefixtures("server")
async def test_a_command_that_breaks_tells_nothing_of_the_inside(folder: Path) -> None:
    with pytest.raises(CheckFailed, match="the log of the bridge") as caught:
        await asyncio.to_thread(ask, folder, "break")

    assert "canary" not in caught.value.sentence


@pytest.mark.usefixtures("server")
async def test_an_unknown_command_is_refused_with_the_known_ones(folder: Path) -> None:
    with pytest.raises(CheckFailed, match="break, echo, fail"):
        await asyncio.to_thread(ask, folder, "no such")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("line", [b"not json\n", b"[]\n", b"{}\n", b'{"command": 1}\n', b"\xff\n"])
async def test_what_is_no_request_is_refused(folder: Path, line: bytes) -> None:
    answer = await asyncio.to_thread(_say, folder, line)

    assert answer["ok"] is False
    assert answer["code"] == "control_refused"


@pytest.mark.usefixtures("server")
async def test_a_request_above_the_limit_is_refused(folder: Path) -> None:
    answer = await asyncio.to_thread(_say, folder, b" " * (REQUEST_LIMIT_BYTES + 1) + b"\n")

    assert str(REQUEST_LIMIT_BYTES) in str(answer["sentence"])


@pytest.mark.usefixtures("server")
async def test_a_silent_caller_is_shown_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_server, "CALLER_LIMIT_SECONDS", 0.05)

    assert await asyncio.to_thread(_wait_to_be_shown_out, folder) == b""


async def test_too_many_callers_at_once_are_not_let_in(server: ControlServer, folder: Path) -> None:
    waiting = [await asyncio.to_thread(_connect, folder) for _ in range(CALLERS_LIMIT)]
    while len(server._callers) < CALLERS_LIMIT:  # noqa: ASYNC110 - the kernel accepted before the server did
        await asyncio.sleep(0.001)

    assert await asyncio.to_thread(_wait_to_be_shown_out, folder) == b""
    for connection in waiting:
        connection.close()


async def test_closing_ends_the_callers_and_leaves_nothing(server: ControlServer, folder: Path) -> None:
    connection = await asyncio.to_thread(_connect, folder)

    await server.close()

    assert await asyncio.to_thread(_wait_for_its_end, connection) == b""
    assert list(folder.iterdir()) == []  # noqa: ASYNC240 - nothing else runs here


async def test_only_the_owner_reaches_it(folder: Path) -> None:
    before = os.umask(0)
    server = ControlServer(COMMANDS)
    try:
        await server.open(folder)
    finally:
        os.umask(before)
    mode = stat.S_IMODE((folder / control_address.SOCKET_NAME).stat().st_mode)
    await server.close()

    assert mode == 0o600


async def test_the_secret_of_the_loopback_door_is_for_the_owner_alone(folder: Path) -> None:
    before = os.umask(0)
    server = ControlServer(COMMANDS)
    try:
        await server.open(folder, unix=False)
    finally:
        os.umask(before)
    mode = stat.S_IMODE((folder / control_address.DOOR_NAME).stat().st_mode)
    door = control_address.read_door(folder)
    await server.close()

    assert mode == 0o600
    assert door is not None
    assert len(bytes.fromhex(door.secret)) == 32


@pytest.mark.parametrize("secret", [None, "", "wrong", 7, "ä"])
async def test_the_loopback_door_hears_nobody_without_its_secret(folder: Path, secret: object) -> None:
    server = ControlServer(COMMANDS)
    await server.open(folder, unix=False)
    request = {"command": "echo"} if secret is None else {"command": "echo", "secret": secret}

    answer = await asyncio.to_thread(_say, folder, json.dumps(request).encode() + b"\n")

    await server.close()
    assert answer["ok"] is False
    assert "secret" in str(answer["sentence"])


async def test_the_secret_does_not_reach_the_command(folder: Path) -> None:
    server = ControlServer(COMMANDS)
    await server.open(folder, unix=False)

    answer = await asyncio.to_thread(ask, folder, "echo")

    await server.close()
    assert {"got": {}} == answer


async def test_what_a_killed_bridge_left_is_replaced(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(folder / control_address.SOCKET_NAME))
    assert running(folder) is None
    server = ControlServer(COMMANDS)

    await server.open(folder)

    assert {"got": {}} == await asyncio.to_thread(ask, folder, "echo")
    await server.close()


async def test_a_path_that_is_too_long_for_a_unix_socket_gets_the_other_door(folder: Path) -> None:
    deep = folder / ("d" * control_address.SOCKET_PATH_LIMIT_BYTES)
    deep.mkdir()
    server = ControlServer(COMMANDS)

    await server.open(deep)

    assert (deep / control_address.DOOR_NAME).exists()
    assert {"got": {}} == await asyncio.to_thread(ask, deep, "echo")
    await server.close()


def test_the_longest_path_of_a_unix_socket_is_one_that_works() -> None:
    with tempfile.TemporaryDirectory(prefix="tbx-") as name:
        rest = control_address.SOCKET_PATH_LIMIT_BYTES - len(name) - 2 - len(control_address.SOCKET_NAME)
        folder = Path(name) / ("d" * rest)
        folder.mkdir()
        path = control_address.unix_path(folder)

        assert path is not None
        assert control_address.unix_path(folder.with_name("d" * (rest + 1))) is None
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))


def test_a_platform_without_unix_sockets_has_the_other_door(tmp_path: Path) -> None:
    assert control_address.unix_path(tmp_path, has_unix_sockets=False) is None


def test_where_nobody_runs_is_told(folder: Path) -> None:
    assert running(folder) is None
    with pytest.raises(NotRunning, match=f"no bridge runs in the data folder {folder}: start one"):
        ask(folder, "status")


def test_the_door_of_a_killed_bridge_is_nobody(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    control_address.write_door(folder, control_address.Door(port, "secret"))

    assert running(folder) is None


def test_a_door_file_that_is_broken_is_nobody(folder: Path) -> None:
    (folder / control_address.DOOR_NAME).write_text("{")

    assert running(folder) is None


def test_a_bridge_that_hangs_is_told_apart_from_none(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / control_address.SOCKET_NAME))
        listener.listen()
        with pytest.raises(CheckFailed, match="does not answer"):
            running(folder, limit_seconds=0.05)


def _connect(folder: Path) -> socket.socket:
    path = folder / control_address.SOCKET_NAME
    if path.exists():
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(path))
    else:
        door = control_address.read_door(folder)
        assert door is not None
        connection = socket.create_connection(("127.0.0.1", door.port))
    connection.settimeout(10)
    return connection


def _say(folder: Path, line: bytes) -> JsonObject:
    with _connect(folder) as connection, connection.makefile("rb") as answers:
        connection.sendall(line)
        answer: JsonObject = json.loads(answers.readline())
        return answer


def _wait_to_be_shown_out(folder: Path) -> bytes:
    return _wait_for_its_end(_connect(folder))


def _wait_for_its_end(connection: socket.socket) -> bytes:
    with connection:
        try:
            return connection.recv(1)
        except ConnectionResetError:
            return b""
