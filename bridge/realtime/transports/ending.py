"""How a stream leaves its connection: what was written goes out, but nobody waits for ever for it to be taken."""

import asyncio
from typing import Final

from backend.errors import InvalidRequest, Malformed, RequestError, ServiceError, TooManyRequests

# Of a WebSocket, by the code of `bye`; anything else is a refusal.
CLOSE_CODES: Final = {"slow": 4008, "expired": 4001, "revoked": 4003, "reconnect": 4012, "malformed": 4000}
REFUSED_CLOSE_CODE: Final = 4003
_AGAIN_SECONDS: Final = 1.0


def close_code(code: str) -> int:
    return CLOSE_CODES.get(code, REFUSED_CLOSE_CODE)


def bye_code(error: RequestError | ServiceError) -> tuple[str, float]:
    """Return what a stream that ends for an error says, and after how many seconds to come back."""
    if isinstance(error, InvalidRequest | Malformed):
        return "malformed", 0.0
    if isinstance(error, ServiceError | TooManyRequests):
        return "reconnect", float(dict(error.headers).get("Retry-After", _AGAIN_SECONDS))
    return error.code, 0.0


def cut_later(transport: asyncio.Transport, seconds: float) -> None:
    """Cut a connection that should have ended by itself by then."""
    asyncio.get_running_loop().call_later(seconds, transport.abort)
