"""The addresses of Redis servers that are accepted. No error here repeats the address."""

from backend.secret import Secret
from bridge.redis_address import parse


def redis_url(text: str) -> Secret:
    """Return the address, once it can be read; ValueError says what is wrong with it."""
    parse(text)
    return Secret(text)
