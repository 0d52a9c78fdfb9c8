"""Whether those who follow still may: asked when rights change, and nobody stays of whom that cannot be said."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Final

from backend.db.rights_changes import RightsChanges
from backend.errors import ServiceError
from bridge.gate.signed.records import Records
from bridge.realtime.timing import Timing

if TYPE_CHECKING:
    from bridge.realtime.following import Following

_ASKED_AT_ONCE: Final = 32
_READ_AT_ONCE: Final = 500


class Recheck:
    """Looks after all streams of a process."""

    def __init__(
        self,
        streams: Mapping[str, "Following"],
        rights: RightsChanges,
        records: Callable[[], Records],
        timing: Timing,
    ) -> None:
        self._streams = streams
        self._records = records
        self._rights = rights
        self._timing = timing

    def unsure(self, now: float) -> list["Following"]:
        """Return those of whom nobody could say for too long that they may be here."""
        generation = self._rights.generation
        found = []
        for following in list(self._streams.values()):
            if generation is not None and following.asked_in == generation:
                following.sure_at = now
            elif now - following.sure_at > self._timing.unsure_seconds:
                found.append(following)
        return found

    async def asking(self) -> None:
        """Ask for everybody's rights in each generation, until cancelled."""
        while True:
            await asyncio.sleep(self._timing.look_seconds)
            await self.ask()

    async def ask(self) -> None:
        """Ask for those whose rights are not known in this generation, or were read long ago."""
        generation, long_ago = self._rights.generation, monotonic() - self._timing.asked_again_seconds
        if generation is None:
            return
        waiting = [each for each in self._streams.values() if each.asked_in != generation or each.asked_at <= long_ago]
        sessions = [(each.sid, each) for each in waiting if each.sid is not None]
        for start in range(0, len(sessions), _READ_AT_ONCE):
            await self._ask_sessions(sessions[start : start + _READ_AT_ONCE])
        callers = [each for each in waiting if each.sid is None]
        for start in range(0, len(callers), _ASKED_AT_ONCE):
            await asyncio.gather(*(self._ask(each) for each in callers[start : start + _ASKED_AT_ONCE]))

    async def ending(self) -> None:
        """Ask for those whose session ended itself, until cancelled: that changes nobody's rights."""
        while True:
            await asyncio.sleep(self._timing.ended_seconds)
            sessions = [(each.sid, each) for each in self._streams.values() if each.sid is not None]
            try:
                ended = set(await self._records().ended([sid for sid, _ in sessions]))
            except ServiceError:
                # Those of whom nothing can be said are unsure before long.
                continue
            await self._ask_sessions([each for each in sessions if each[0] in ended])

    async def _ask_sessions(self, sessions: Sequence[tuple[str, "Following"]]) -> None:
        """Read the records of many sessions at once."""
        generation, began_at = self._rights.generation, monotonic()
        try:
            records = await self._records().find_all(list({sid for sid, _ in sessions}))
        except ServiceError:
            return  # asked anew, until it is unsure for too long
        for sid, following in sessions:
            following.learn(sid, records.get(sid))
            if following.sid == sid:
                following.asked_in = generation
                following.asked_at = following.sure_at = began_at

    async def _ask(self, following: "Following") -> None:
        generation, began_at = self._rights.generation, monotonic()
        try:
            await following.ask_again()
        except ServiceError:
            return  # asked anew, until it is unsure for too long
        following.asked_in = generation
        following.asked_at = following.sure_at = began_at
