"""What is said of the Redis server of channels."""

from typing import Final

from bridge.redis_server.server import Words

WORDS: Final = Words(
    name="the channels' Redis",
    without="nothing is published",
    refusal="Channels cannot be used at the moment; try again a little later.",
)
