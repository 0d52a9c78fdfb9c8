"""How a stream leaves its connection: what was written goes out, but nobody waits for ever for it to be taken."""

import asyncio
from typing import Final

# Of a WebSocket, by the code of `bye`; anything else is a refusal.
CLOSE_CODES: Final = {"slow": 4008, "expired": 4001, "revoked": 4003, "reconnect": 4012, "malformed": 4000}
REFUSED_CLOSE_CODE: Final = 4003
_TAKEN_SECONDS: Final = 5.0


def close_code(code: str) -> int:
    return CLOSE_CODES.get(code, REFUSED_CLOSE_CODE)


def cut_later(transport: asyncio.Transport) -> None:
    """Cut a connection that should have ended by itself by then."""
    asyncio.get_running_loop().call_later(_TAKEN_SECONDS, transport.abort)
