"""The servers of the tests: real, and gone afterwards."""

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]
import pytest

from tests.servers import postgres
from tests.servers.postgres import running_postgres
from tests.servers.processes import Process, ServerFailed
from tests.servers.socket_guard import LeftTheMachine
from tests.servers.valkey import answers, running_valkey

HELD_BY_A_RUN = """
    import sys
    from tests.servers.{module} import running_{module}

    def test_it():
        with running_{module}() as server:
            print("ready", flush=True)
            sys.stdin.read()
"""


async def test_postgresql_answers_and_is_the_version_of_the_wheel(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        assert (await connection.fetchval("SHOW server_version")).startswith("18.")
        assert await connection.fetchval("SHOW fsync") == "on"
    finally:
        await connection.close()


async def test_valkey_answers(valkey_url: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(valkey_url).port)
    writer.write(b"*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n")
    try:
        assert await reader.readexactly(11) == b"$5\r\nhello\r\n"
    finally:
        writer.close()
        await writer.wait_closed()


def permissions(path: Path) -> dict[Path, tuple[int, int]]:
    return {parent: (parent.stat().st_mode, parent.stat().st_uid) for parent in (path, *path.parents)}


def test_starting_postgresql_changes_no_permissions_and_leaves_nothing() -> None:
    installed = Path(postgres.__file__).parents[2] / ".venv"
    before = permissions(installed)

    with running_postgres() as server:
        folder = server._data.parent
        process = server.process_id
        assert os.geteuid() != 0 or Path(f"/proc/{process}").stat().st_uid != 0

    assert permissions(installed) == before
    assert not folder.exists()
    assert not Path(f"/proc/{process}").exists()


def test_valkey_leaves_nothing() -> None:
    with running_valkey() as url:
        port = urlsplit(url).port
        assert port is not None
        assert answers(port)

    assert not answers(port)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", ["postgres", "valkey"])
def test_a_test_run_that_is_interrupted_leaves_no_server(tmp_path: Path, module: str, how: signal.Signals) -> None:
    file = tmp_path / "test_held.py"
    file.write_text(textwrap.dedent(HELD_BY_A_RUN.format(module=module)))
    root = Path(postgres.__file__).parents[2]
    run = subprocess.Popen(
        [sys.executable, "-P", "-m", "pytest", "-q", "-s", "-p", "tests.conftest", "-c", root / "pyproject.toml", file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))},
        cwd=root,
    )
    try:
        assert run.stdout is not None
        while "ready" not in run.stdout.readline():
            assert run.poll() is None
        server = only_child(run.pid)
        works_in = Path(f"/proc/{server}/cwd").readlink()
        folder = next(part for part in (works_in, *works_in.parents) if part.name.startswith("tbx-"))
        run.send_signal(how)
        run.communicate(timeout=30)

        assert not Path(f"/proc/{server}").exists()
        assert not folder.exists()
    finally:
        run.kill()
        run.communicate()


def only_child(process: int) -> int:
    (child,) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(child)


def test_a_server_that_does_not_start_fails_the_run_and_says_why(tmp_path: Path) -> None:
    process = Process(["/bin/sh", "-c", "echo it is broken; exit 3"], log=tmp_path / "log")

    with pytest.raises(ServerFailed, match=r"Broken did not start:\nit is broken"):
        process.wait_until(lambda: False, "Broken")


def test_a_server_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.servers.processes.END_SECONDS", 0.1)
    stubborn = "trap '' INT; echo up; while true; do sleep 0.05; done"
    process = Process(["/bin/sh", "-c", stubborn], log=tmp_path / "log")
    process.wait_until(lambda: "up" in (tmp_path / "log").read_text(), "Stubborn")
    process.end()

    assert process.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_a_connection_that_leaves_the_machine_is_refused(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as leaving, pytest.raises(LeftTheMachine, match=host):
        leaving.connect((host, 80))


async def test_so_it_is_from_the_event_loop() -> None:
    with pytest.raises(LeftTheMachine):
        await asyncio.open_connection("192.0.2.1", 80)


def test_a_look_up_of_a_name_elsewhere_is_refused() -> None:
    with pytest.raises(LeftTheMachine, match=r"db\.example"):
        socket.getaddrinfo("db.example", 5432)


def test_this_machine_is_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
        assert stat.S_ISSOCK((tmp_path / "s").stat().st_mode)
