"""Takes everything away that is kept of somebody: in steps that each domain brings, and that can be done again.

What was begun stands in the ledger before anything goes. An erasure that is killed between two steps, or whose database
is an older copy, is run again to its end; a step that was done before finds nothing and does nothing.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from backend.compliance.ledger import Entry, Happened, Ledger
from backend.db.unit import Database
from backend.ids import new_id

Run = Callable[[Database, str | None, str], Awaitable[int]]
"""Called with the tenant, if the subject belongs to one, and the subject; returns how many rows went."""
SHED: Final = "pages"


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    run: Run


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure came to, step by step."""

    erasure: str
    subject_id: str
    reason: str
    rows: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


class Erasure:
    def __init__(self, steps: Sequence[Step], ledger: Ledger, clock: Callable[[], float] = time.time) -> None:
        names = [step.name for step in steps]
        if len(set(names)) != len(names):
            raise ValueError("two steps of an erasure have one name")
        self._steps = tuple(steps)
        self._ledger = ledger
        self._clock = clock

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(step.name for step in self._steps)

    async def erase(self, database: Database, tenant_id: str | None, subject_id: str, reason: str) -> Erased:
        """Erase somebody; it counts once this returns, and stands in the ledger as begun if it does not."""
        begun = Entry(new_id(self._clock), "begun", self._now(), tenant_id, subject_id, reason)
        self._ledger.add(begun)
        return await self._run(database, begun)

    async def unfinished(self, database: Database) -> Sequence[Erased]:
        """Bring to their end the erasures that were begun and never finished."""
        entries = self._ledger.entries()
        finished = {entry.erasure for entry in entries if entry.happened == "finished"}
        left = [entry for entry in entries if entry.happened == "begun" and entry.erasure not in finished]
        return [await self._run(database, entry) for entry in left]

    async def replay(self, database: Database) -> Sequence[Erased]:
        """Do every erasure there was again: the database may be an older copy of itself."""
        begun = [entry for entry in self._ledger.entries() if entry.happened == "begun"]
        return [await self._run(database, entry) for entry in begun]

    async def _run(self, database: Database, begun: Entry) -> Erased:
        rows: dict[str, int] = {}
        for step in self._steps:
            rows[step.name] = await step.run(database, begun.tenant_id, begun.subject_id)
            self._note(begun, "step", step.name, rows[step.name])
        # Deleted is not gone: what was on a page of the file is there until the page is written over.
        await database.shed_old_pages()
        erased = Erased(begun.erasure, begun.subject_id, begun.reason, rows)
        self._note(begun, "finished", SHED, erased.total)
        return erased

    def _note(self, begun: Entry, happened: Happened, step: str, rows: int) -> None:
        self._ledger.add(
            Entry(begun.erasure, happened, self._now(), begun.tenant_id, begun.subject_id, begun.reason, step, rows)
        )

    def _now(self) -> int:
        return round(self._clock() * 1000)
