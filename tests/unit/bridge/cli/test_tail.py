"""`toolboxai tail`, as a process beside a bridge that misbehaves when it is told to."""

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fakes.channel_bridge import ChannelBridge
from tests.integration.cli.conftest import LIMIT_SECONDS, TOOLBOXAI
from tests.integration.db.waiting import until

from .conftest import Run

ROOM = "project/01m4/01m5"


@pytest.fixture
async def bridge() -> AsyncIterator[ChannelBridge]:
    async with ChannelBridge() as stand_in:
        yield stand_in


@pytest.fixture
def device(bridge: ChannelBridge, tmp_path: Path) -> Path:
    return bridge.keep_device(tmp_path / "device.json")


@asynccontextmanager
async def tailing(device: Path, *words: str, **environ: str) -> AsyncIterator[Process]:
    """Run it in the folder of the device; it is ended where it has not ended itself."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "COVERAGE_PROCESS_CONFIG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        TOOLBOXAI, "tail", *words, stdout=PIPE, stderr=PIPE, cwd=device.parent, env=kept | environ
    )
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().removesuffix("\n")


async def error_line(process: Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.readline()).decode().removesuffix("\n")


async def test_each_message_is_a_line_and_what_is_amiss_another_on_stderr(bridge: ChannelBridge, device: Path) -> None:
    bridge.publish(ROOM, {"n": 1, "text": "äöü\x1b[31m\x9b"}, key="lamp\x07")
    async with tailing(device, ROOM, "--from", "earliest") as process:
        assert '2023-11-14T22:13:20.000Z  lamp\\x07  {"n":1,"text":"äöü\\u001b[31m\\x9b"}' == await line(process)
        bridge.cut()
        assert "toolboxai: warning: The bridge does not answer: the stream ended" == await error_line(process)
        assert "toolboxai: warning: it is there again, and nothing was lost" == await error_line(process)
        bridge.publish(ROOM, None)
        assert "2023-11-14T22:13:20.001Z  -  null" == await line(process)
        bridge.say(ROOM, {"type": "coalesced", "offsets": [3]})
        expected = "left out, as a later message of the same key comes: 3"
        assert f"toolboxai: warning: {expected}" == await error_line(process)
        cursor = f"{'0' * 16}.7"
        bridge.say(ROOM, {"type": "reset", "cursor": cursor, "reason": "epoch", "snapshot": "/v1/state"})
        expected = f"messages before {cursor} are missing: the channel began anew"
        assert f"toolboxai: warning: {expected}" == await error_line(process)


async def test_in_json_each_event_is_an_object_of_its_own(bridge: ChannelBridge, device: Path) -> None:
    first = bridge.publish(ROOM, 1)
    async with tailing(device, ROOM, "--from", first, "--json") as process:
        assert {"type": "live", "channel": ROOM, "cursor": first} == json.loads(await line(process))
        second = bridge.publish(ROOM, [None, 0.5], key="a")
        told = {"type": "message", "channel": ROOM, "cursor": second, "at": 1_700_000_000_001}
        assert told | {"key": "a", "data": [None, 0.5]} == json.loads(await line(process))
        bridge.say(ROOM, {"type": "coalesced", "offsets": [3, 4]})
        assert {"type": "coalesced", "channel": ROOM, "offsets": [3, 4]} == json.loads(await line(process))


async def test_ctrl_c_leaves_the_channel_and_ends_the_session(bridge: ChannelBridge, device: Path) -> None:
    async with tailing(device, ROOM) as process:
        await until(lambda: bridge.heard_of("follow"))
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()

    assert (130, b"", b"") == (process.returncode, out, err)
    assert 1 == len(bridge.closed)


async def test_who_reads_no_more_ends_it(bridge: ChannelBridge, device: Path) -> None:
    async with tailing(device, ROOM, "--from", "earliest") as process:
        await until(lambda: bridge.heard_of("follow"))
        assert process.stdout is not None
        process.stdout._transport.close()  # type: ignore[attr-defined]
        bridge.publish(ROOM, 1)

        assert 141 == await process.wait()


async def test_the_device_is_named_by_an_option_or_a_variable(bridge: ChannelBridge, device: Path) -> None:
    named = device.with_name("other.json")
    await asyncio.to_thread(device.rename, named)
    for words, environ in ((["--device", str(named)], {}), ([], {"TOOLBOXAI_DEVICE": str(named)})):
        async with tailing(named, ROOM, "--from", "earliest", *words, **environ) as process:
            bridge.publish(ROOM, 1)
            assert (await line(process)).endswith("1")


async def test_a_refusal_of_the_bridge_is_told_in_its_words(bridge: ChannelBridge, device: Path) -> None:
    bridge.denied[ROOM] = (403, "out_of_scope")
    async with tailing(device, ROOM) as process:
        out, err = await process.communicate()

    assert (12, b"", b"toolboxai: It is out_of_scope\n") == (process.returncode, out, err)


def test_without_a_device_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    ended = run("tail", ROOM, "--device", str(tmp_path / "none.json"))

    assert (13, "") == (ended.code, ended.out)
    assert "pair this machine first" in ended.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([""], "a channel is named as in tenant/<id>"),
        (["tenant/x@1"], "a channel is named as in tenant/<id>"),
        ([ROOM, "--from", "now"], "a place to begin is a cursor, earliest or latest"),
    ],
)
async def test_what_cannot_be_followed_is_an_error_of_usage(device: Path, words: list[str], sentence: str) -> None:
    async with tailing(device, *words) as process:
        out, err = await process.communicate()

    assert (2, b"") == (process.returncode, out)
    assert sentence.encode() in err.lower()


async def test_a_bridge_that_is_not_there_is_an_error_of_its_own(
    bridge: ChannelBridge, device: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.cli.tail.BEGIN_SECONDS", 0.3)
    await bridge.stop_listening()
    ended = await asyncio.to_thread(run, "tail", ROOM, "--device", str(device))

    assert (11, "") == (ended.code, ended.out)
    assert "The bridge does not answer: no connection" in ended.err
