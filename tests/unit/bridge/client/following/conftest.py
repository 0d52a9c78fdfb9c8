"""A stand-in bridge with channels, in the place of the one without."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.channel_bridge import ChannelBridge


@pytest.fixture
async def bridge() -> AsyncIterator[ChannelBridge]:
    async with ChannelBridge() as stand_in:
        yield stand_in
