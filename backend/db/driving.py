"""Run the coroutine of a unit, and refuse it when it awaits anything but its transaction.

Such a unit would hold the locks of its transaction for as long as something outside of the database takes.
"""

from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, Protocol, TypeVar

from backend.db.unit import UnitRefused

T = TypeVar("T")


def run_whole(unit: Coroutine[Any, Any, T]) -> T:
    """Run a unit to its end on the spot: the statements of SQLite's transaction never suspend it."""
    try:
        unit.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise _refused(unit)


class Busy(Protocol):
    @property
    def busy(self) -> bool:
        """Whether the transaction itself is what the unit waits for."""
        ...


@coroutine
def run_watched(unit: Coroutine[Any, Any, T], transaction: Busy) -> Generator[Any, Any, T]:
    """Run a unit in the loop, passing on only what its transaction waits for."""
    error: BaseException | None = None
    while True:
        try:
            waited_for = unit.send(None) if error is None else unit.throw(error)
        except StopIteration as end:
            result: T = end.value
            return result
        if not transaction.busy:
            raise _refused(unit)
        try:
            yield waited_for
            error = None
        except GeneratorExit:
            unit.close()
            raise
        except BaseException as thrown:  # noqa: BLE001 -- a cancellation too goes to whom it was meant for
            error = thrown


def _refused(unit: Coroutine[Any, Any, object]) -> UnitRefused:
    frame = unit.cr_frame if hasattr(unit, "cr_frame") else None
    where = f" (line {frame.f_lineno} of {frame.f_code.co_filename})" if frame else ""
    name = getattr(unit, "__qualname__", "a unit")
    unit.close()
    return UnitRefused(f"{name} awaits something other than its transaction{where}; do that before or after the unit.")
