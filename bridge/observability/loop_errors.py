"""What goes wrong in the event loop itself; asyncio's own handler would print whole objects into the log."""

import asyncio
import logging
from typing import Any, Final

log: Final = logging.getLogger(__name__)


def install(loop: asyncio.AbstractEventLoop) -> None:
    loop.set_exception_handler(_tell)


def _tell(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, BaseException):
        log.error("an error that nobody waited for", exc_info=error)
    else:
        log.error("the event loop complains")
