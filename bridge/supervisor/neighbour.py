"""Who has taken a port: another bridge says so itself."""

import http.client
import json
from typing import Final

from bridge.about.service import NAME

_LIMIT_SECONDS: Final = 1.0
_LIMIT_BYTES: Final = 16 * 1024


def describe(address: str, port: int) -> str:
    return f"another {NAME}" if _is_a_bridge(address, port) else "another program"


def _is_a_bridge(address: str, port: int) -> bool:
    connection = http.client.HTTPConnection(address, port, timeout=_LIMIT_SECONDS)
    try:
        connection.request("GET", "/api/v1/about", headers={"Host": f"localhost:{port}"})
        about = json.loads(connection.getresponse().read(_LIMIT_BYTES))
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return isinstance(about, dict) and about.get("name") == NAME
