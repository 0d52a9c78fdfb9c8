"""Call back what units asked for after their commit."""

import asyncio
from collections.abc import Callable, Iterable


def call_back(callbacks: Iterable[Callable[[], None]]) -> None:
    """Call each in the event loop's thread; what one raises changes neither the commit nor the others."""
    for callback in callbacks:
        try:
            callback()
        except Exception as error:  # noqa: BLE001 -- the boundary of a callback
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a callback after a commit failed", "exception": error}
            )
