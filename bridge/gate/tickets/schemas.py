"""What crosses the wire of tickets."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

# As it will stand in the request line, without a query.
TicketPath = Annotated[str, Field(max_length=2048, pattern=r"^/v1/[A-Za-z0-9._~%!$&'()*+,;=:@/-]+$")]


@dataclass(frozen=True, slots=True)
class NewTicket:
    method: Literal["GET"]
    path: TicketPath


@dataclass(frozen=True, slots=True)
class TicketShown:
    ticket: str
    expires_in_seconds: int
