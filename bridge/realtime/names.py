"""What a channel is called, and what its name says of whom it belongs to."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.errors import InvalidRequest
from backend.ids import is_id

_FORM: Final = re.compile(r"(tenant|project|game)/([0-9a-z]{26})(?:/([0-9a-z]{1,26}))?")
_UNIVERSE: Final = re.compile(r"[1-9][0-9]{0,15}")
_UNIVERSE_MOST: Final = 2**53 - 1


class ChannelKind(StrEnum):
    TENANT = "tenant"
    PROJECT = "project"
    GAME = "game"


@dataclass(frozen=True, slots=True)
class ChannelName:
    text: str
    kind: ChannelKind
    tenant_id: str
    # The project, or the universe.
    of: str | None

    def __str__(self) -> str:
        return self.text


def read_name(text: str) -> ChannelName:
    """Read a name; InvalidRequest where there can be no such channel."""
    found = _FORM.fullmatch(text)
    if found is not None and is_id(found[2]):
        kind, of = ChannelKind(found[1]), found[3]
        if _fits(kind, of):
            return ChannelName(text, kind, found[2], of)
    raise InvalidRequest(
        "A channel is tenant/<tenant id>, project/<tenant id>/<project id> or game/<tenant id>/<universe id>."
    )


def tenant_channel(tenant_id: str) -> str:
    return f"{ChannelKind.TENANT}/{tenant_id}"


def project_channel(tenant_id: str, project_id: str) -> str:
    return f"{ChannelKind.PROJECT}/{tenant_id}/{project_id}"


def game_channel(tenant_id: str, universe_id: int) -> str:
    return f"{ChannelKind.GAME}/{tenant_id}/{universe_id}"


def _fits(kind: ChannelKind, of: str | None) -> bool:
    if kind is ChannelKind.TENANT:
        return of is None
    if of is None:
        return False
    if kind is ChannelKind.PROJECT:
        return is_id(of)
    return _UNIVERSE.fullmatch(of) is not None and int(of) <= _UNIVERSE_MOST
