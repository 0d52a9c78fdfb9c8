"""docs/client.md: its examples are programs, the one that follows a channel is run, and its tables are whole."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.client import Client, ClientError, Device, DeviceFile, Message, errors
from bridge.client.address import BridgeAddress
from bridge.client.following.events import EVENTS
from tests.docs.pages import rows, sections, text
from tests.fakes.channel_bridge import ChannelBridge

PAGE = "docs/client.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", text(PAGE), re.MULTILINE | re.DOTALL)
(FOLLOWING,) = (each for each in EXAMPLES if "follow(" in each)
LIMIT_SECONDS = 30


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_program(example: str) -> None:
    compile(example, PAGE, "exec")


async def test_the_example_that_follows_a_channel_does(tmp_path: Path) -> None:
    (channel,) = re.findall(r'^CHANNEL = "(.*)"$', FOLLOWING, re.MULTILINE)
    async with ChannelBridge() as bridge:
        device_id, key = bridge.add_device()
        place = BridgeAddress.parse(bridge.url)
        device = Device(place, device_id, key, "01m4", None, ("sync",), bridge.bridge_id, bridge.public_key)
        await asyncio.to_thread(DeviceFile(tmp_path / "device.json").write, device)
        cursor = bridge.publish(channel, {"on": True}, key="lamp")
        program = await asyncio.create_subprocess_exec(sys.executable, "-P", "-c", FOLLOWING, cwd=tmp_path, stdout=PIPE)
        assert program.stdout is not None
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                begun = f"up to date from {bridge.log(channel).cursor(0)} on"
                assert begun == await _line(program.stdout)
                assert f"{cursor} lamp {{'on': True}}" == await _line(program.stdout)
                reset = {"type": "reset", "cursor": cursor, "reason": "behind", "snapshot": "/v1/state"}
                bridge.say(channel, reset)
                assert f"begun anew at {cursor}: behind" == await _line(program.stdout)
        finally:
            program.kill()
            await program.communicate()


def test_every_event_has_a_row() -> None:
    named = rows(sections(PAGE)["Following channels"])

    assert {each.__name__ for each in EVENTS} == {name for name in named if name[0].isupper()}
    assert Message.__name__ in named


def test_every_argument_of_following_has_a_row() -> None:
    arguments = set(Client.follow.__kwdefaults__ or {})

    assert arguments == {name for name in rows(sections(PAGE)["Following channels"]) if name[0].islower()}


def test_every_error_has_a_row() -> None:
    told = " ".join(" ".join(cells) for cells in rows(sections(PAGE)["What goes wrong"]).values())

    assert set() == {each.__name__ for each in _errors() if f"`{each.__name__}`" not in told}


def _errors() -> Iterator[type[ClientError]]:
    for each in vars(errors).values():
        if isinstance(each, type) and issubclass(each, ClientError) and each is not ClientError:
            yield each


async def _line(stream: asyncio.StreamReader) -> str:
    return (await stream.readline()).decode().rstrip("\n")
