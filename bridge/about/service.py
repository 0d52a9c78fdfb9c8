"""Knows what this bridge is and what it takes."""

from importlib.metadata import version
from typing import Final

from backend.web.mutation import LONGEST_KEY
from backend.web.server import HEADERS_LIMIT, LINE_LIMIT_BYTES
from bridge import protocol_range
from bridge.about.schemas import About, LimitsShown, Protocol
from bridge.settings import Settings

DISTRIBUTION: Final = "toolboxai"
NAME: Final = "ToolboxAI Bridge"
PROTOCOL: Final = Protocol(lowest=protocol_range.LOWEST, highest=protocol_range.HIGHEST)


def installed_version() -> str:
    return version(DISTRIBUTION)


def about(settings: Settings) -> About:
    return About(
        name=NAME,
        version=installed_version(),
        protocol=PROTOCOL,
        limits=LimitsShown(
            body_bytes=settings.body_limit_bytes,
            address_bytes=LINE_LIMIT_BYTES,
            headers=HEADERS_LIMIT,
            header_bytes=LINE_LIMIT_BYTES,
            body_seconds=settings.body_timeout_seconds,
            request_seconds=settings.request_timeout_seconds,
            idempotency_key_characters=LONGEST_KEY,
            idempotency_hours=settings.idempotency_hours,
        ),
    )
