"""Tasks that are still there when everything is closed."""

import asyncio
from typing import Final

LIMIT_SECONDS: Final = 0.2


async def end_leftovers() -> bool:
    """Cancel every other task; return whether all have ended. asyncio itself would wait for a deaf one for ever."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    return not left or not (await asyncio.wait(left, timeout=LIMIT_SECONDS))[1]
